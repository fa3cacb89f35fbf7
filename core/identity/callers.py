"""Callers that are not simply a signed-in person: services that read garment metadata, and signed links."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.identity.authenticators import Auth
from core.identity.errors import AccountErased, InvalidApiKey, InvalidSignedUrl, IssuerUnavailable
from core.platform import clock, signing
from core.platform.errors import DomainError

if TYPE_CHECKING:
    from core.platform.http import Credentials, Principal
    from core.platform.settings import MetadataAuthSettings

AZURE_AD_ALGORITHMS = ("RS256",)


class MetadataCaller:
    """Who may extract garment metadata, by ``METADATA_EXTRACT_AUTH_MODE``.

    ``user``: a signed-in person. ``api_key``: whoever sends the key as ``X-Api-Key``. ``azure_ad``: a bearer
    token of the configured issuer and audience. The two service modes accept no person: a deployment that
    closes the route to its own service means it.
    """

    scheme: str | None = "accessToken service"
    roles: Sequence[str] = ()
    problems: Sequence[type[DomainError]] = (*Auth.USER.problems, InvalidApiKey, IssuerUnavailable)

    async def __call__(self, request: Credentials) -> Principal:
        """The person, or a service that acts for nobody. Raises ``Unauthenticated``."""
        from core.platform import settings

        configured = settings.get(settings.MetadataAuthSettings)
        if configured.mode == "api_key":
            return _by_api_key(request.headers.get("x-api-key"), configured)
        if configured.mode == "azure_ad":
            return await _by_azure_ad(request.headers.get("authorization"), configured)
        return await Auth.USER(request)


class SignedUrlOrUser:
    """A signed link that reads one path (``signing.sign`` with claim ``uid``), else a signed-in person."""

    scheme: str | None = "accessToken signedUrl"
    roles: Sequence[str] = ()
    problems: Sequence[type[DomainError]] = (*Auth.USER.problems, InvalidSignedUrl)

    async def __call__(self, request: Credentials) -> Principal:
        """The person signed in, or the one the link speaks for. Raises ``Unauthenticated``, ``Forbidden``."""
        if "sig" not in request.params:
            return await Auth.USER(request)
        from core.identity import closures
        from core.platform.http import Principal

        # A link is for looking: the signature covers the path, not the method.
        reads = request.method.upper() in ("GET", "HEAD")
        owner = request.params.get("uid")
        if not (reads and owner and signing.verify(request.path, request.params)):
            raise InvalidSignedUrl("This link is not valid or has expired; ask for a new one.")
        if await closures.is_closed(owner):
            raise AccountErased("This account is being erased.")
        return Principal(user_id=owner)


def _by_api_key(sent: str | None, configured: MetadataAuthSettings) -> Principal:
    from core.platform.http import Principal

    expected = configured.api_key
    if not sent or expected is None:
        raise InvalidApiKey("Send the service's key as `X-Api-Key`.")
    if not hmac.compare_digest(sent.encode(errors="surrogateescape"), expected.get_secret_value().encode()):
        raise InvalidApiKey("The key in `X-Api-Key` is wrong.")
    return Principal(user_id="", kind="service")


async def _by_azure_ad(authorization: str | None, configured: MetadataAuthSettings) -> Principal:
    from core.identity import foreign_tokens
    from core.identity.bearer import bearer_token
    from core.identity.fetching import issuer_keys
    from core.platform.http import Principal

    token = bearer_token(authorization)
    await foreign_tokens.verify(
        token,
        keys=await issuer_keys(configured.azure_ad_issuer or ""),
        audience=configured.azure_ad_audience or "",
        algorithms=AZURE_AD_ALGORITHMS,
        now=clock.now(),
    )
    return Principal(user_id="", kind="service")
