"""Asking an issuer to revoke what a person was given there (RFC 7009), when their account here is erased.

We never see a token that could be revoked: clients get it from the issuer and keep it. So they send it along
when they ask for the erasure. It goes without a client secret, for we have none: an issuer that wants one
refuses.
"""

from __future__ import annotations

from typing import Literal

from core.identity import authority, fetching, issuers, jwks
from core.platform.errors import BadUpstream

type Revoked = Literal["revoked", "refused", "unsupported"]
"""What came of it; ``unsupported``: the issuer has no such endpoint."""


async def revoke(issuer_name: str, token: str) -> Revoked:
    """Ask the configured issuer of this name to revoke ``token``.

    Raises:
        Unavailable: it does not answer now.
    """
    issuer = issuers.find(authority.issuers(), issuer_name)
    if issuer is None:
        return "unsupported"
    try:
        endpoint = await _endpoint(issuer)
    except BadUpstream:
        return "unsupported"
    status = await fetching.post_form(endpoint, {"token": token, "client_id": issuer.client_ids[0]})
    return "revoked" if status == 200 else "refused"


async def _endpoint(issuer: issuers.Issuer) -> str:
    found = await fetching.fetch_json(jwks.discovery_url(issuer.metadata))
    return jwks.checked_url(str(found.body.get("revocation_endpoint", "")))
