"""The answers to "who may call this": anyone, a signed-in person, one whose session lives, one who leaves, an
administrator.

A signed-in call is decided by its access token and the worker's copy of the few closed accounts
(``core.identity.closures``): no database is asked about the caller, but for calls about the account itself,
which end with the session. Who is an administrator is decided by ``ADMIN_USER_IDS`` at the moment of the
call, never by the token, so that taking the right away works at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.identity.errors import (
    AccountErased,
    AdministratorsOnly,
    InvalidToken,
    MissingCredentials,
    SessionEnded,
)
from core.platform.errors import DomainError

if TYPE_CHECKING:
    from core.platform.http import Credentials, Principal


class PublicAccess:
    """Anyone; credentials that come along are not even looked at."""

    scheme: str | None = None
    roles: Sequence[str] = ()
    problems: Sequence[type[DomainError]] = ()

    async def __call__(self, request: Credentials) -> Principal | None:
        """Always ``None``: nobody in particular."""
        return None


class SignedIn:
    """A person with a valid access token in ``Authorization: Bearer``."""

    scheme: str | None = "accessToken"
    roles: Sequence[str] = ()
    problems: Sequence[type[DomainError]] = (MissingCredentials, InvalidToken, AccountErased)
    leaving = False
    """Whether somebody whose account is being erased may call, too."""

    async def __call__(self, request: Credentials) -> Principal:
        """The person the token names. Raises ``Unauthenticated``."""
        from core.identity.bearer import claims_of, principal_of
        from core.identity.closures import check

        claims = claims_of(request.headers.get("authorization"))
        await check(claims.user_id, claims.issued_at, leaving=self.leaving)
        return principal_of(claims)


class InLiveSession(SignedIn):
    """A signed-in person whose session has not ended; costs a read."""

    problems: Sequence[type[DomainError]] = (*SignedIn.problems, SessionEnded)

    async def __call__(self, request: Credentials) -> Principal:
        """The person the token names. Raises ``Unauthenticated``."""
        from core.identity.sessions import check_live

        principal = await super().__call__(request)
        await check_live(principal.user_id, principal.session_id)
        return principal


class Leaving(SignedIn):
    """A person who asks for the erasure of their account, and may ask again while it goes on.

    That ends their session; before, it must be a live one.
    """

    leaving = True
    problems: Sequence[type[DomainError]] = (*SignedIn.problems, SessionEnded)

    async def __call__(self, request: Credentials) -> Principal:
        """The person the token names. Raises ``Unauthenticated``."""
        from core.identity import closures, sessions

        principal = await super().__call__(request)
        if await closures.closed_by(principal.user_id) is None:
            await sessions.check_live(principal.user_id, principal.session_id)
        return principal


class Administrator(SignedIn):
    """A signed-in person whose id is in ``ADMIN_USER_IDS``."""

    roles: Sequence[str] = ("administrator",)
    problems: Sequence[type[DomainError]] = (*SignedIn.problems, AdministratorsOnly)

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
    SESSION = InLiveSession()
    ADMIN = Administrator()
    LEAVING = Leaving()
