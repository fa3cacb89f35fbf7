"""The three answers to "who may call this": anyone, a signed-in person, an administrator.

A signed-in call is decided by its access token alone: no database is asked. Who is an administrator is
decided by ``ADMIN_USER_IDS`` at the moment of the call, never by the token, so that taking the right
away works at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.identity.errors import AdministratorsOnly

if TYPE_CHECKING:
    from core.platform.http import Credentials, Principal


class PublicAccess:
    """Anyone; credentials that come along are not even looked at."""

    scheme: str | None = None

    async def __call__(self, request: Credentials) -> Principal | None:
        """Always ``None``: nobody in particular."""
        return None


class SignedIn:
    """A person with a valid access token in ``Authorization: Bearer``."""

    scheme: str | None = "accessToken"

    async def __call__(self, request: Credentials) -> Principal:
        """The person the token names. Raises ``Unauthenticated``."""
        from core.identity.bearer import principal_of

        return principal_of(request.headers.get("authorization"))


class Administrator(SignedIn):
    """A signed-in person whose id is in ``ADMIN_USER_IDS``."""

    async def __call__(self, request: Credentials) -> Principal:
        """The administrator. Raises ``Unauthenticated`` or ``AdministratorsOnly``."""
        principal = await super().__call__(request)
        if not principal.is_admin:
            raise AdministratorsOnly("Only administrators may do this.")
        return principal


class Auth:
    """What an endpoint names: ``auth=Auth.USER``."""

    PUBLIC = PublicAccess()
    USER = SignedIn()
    ADMIN = Administrator()
