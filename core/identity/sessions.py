"""A person's sessions: which devices are signed in, and ending some or all of them.

An ended session gives out no more tokens. Access tokens it gave out before stay good for what is left of
their 15 minutes, but not for what is about the account itself (``Auth.SESSION``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from core.identity import families
from core.identity.devices import label
from core.identity.errors import SessionEnded, SessionNotFound
from core.identity.models import Family, SessionView
from core.platform import clock
from core.platform.models import Page

_LIVE = "NOT IS_DEFINED(c.revoked_at)"


async def check_live(user_id: str, session_id: str | None) -> None:
    """Return where the session has not ended.

    Raises:
        SessionEnded: it has.
    """
    from core.identity import repository

    family = None if session_id is None else await repository.sessions.get(user_id, session_id)
    if family is None or not families.is_live(family, clock.now()):
        raise SessionEnded("The session has ended; sign in again.")


async def listed(user_id: str, current: str | None, *, limit: int, cursor: str | None) -> Page[SessionView]:
    """Return a page of the live sessions, last used first; ``current`` is the caller's own."""
    from core.identity import repository

    found, following = await repository.sessions.page(user_id, where=_LIVE, limit=limit, cursor=cursor)
    now = clock.now()
    items = [_view(family, current) for family in found if families.is_live(family, now)]
    return Page(items=items, next_cursor=following)


async def end(user_id: str, session_id: str) -> None:
    """End one session; ending an ended one is done already.

    Raises:
        SessionNotFound: this person has no such session.
    """
    from core.identity import repository

    if await repository.sessions.update(user_id, session_id, _revoked) is None:
        raise SessionNotFound("There is no such session.")


async def end_all(user_id: str, *, spared: str | None = None) -> int:
    """End every live session but the ``spared`` one; return how many there were. Safe to repeat."""
    from core.identity import repository

    ended = 0
    async for family in _live(user_id):
        if family.id != spared:
            await repository.sessions.update(user_id, family.id, _revoked)
            ended += 1
    return ended


async def _live(user_id: str) -> AsyncIterator[Family]:
    from core.identity import repository

    now = clock.now()
    async for family in repository.sessions.all(user_id, where=_LIVE):
        if families.is_live(family, now):
            yield family


def _revoked(family: Family) -> Family:
    return families.revoke(family, "revoked", clock.now())


def _view(family: Family, current: str | None) -> SessionView:
    return SessionView(
        id=family.id,
        created_at=family.created_at,
        last_used_at=family.rotated_at,
        expires_at=min(family.idle_expires_at, family.expires_at),
        device=label(family.user_agent),
        signed_in_with=family.signed_in_with,
        current=family.id == current,
    )
