"""Simulated people: one module for each kind of thing they do, and how often they do it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.soak.people import account, chat, digest, feed, photos, quiz, sessions, wardrobe
from tests.soak.people.person import Person

type Act = Callable[[Person], Awaitable[None]]

ACTS: tuple[tuple[Act, int], ...] = (
    (photos.upload, 15),
    (photos.describe, 6),
    (wardrobe.add, 15),
    (wardrobe.edit, 15),
    (wardrobe.wear, 18),
    (wardrobe.take_back, 6),
    (wardrobe.remove, 3),
    (quiz.take, 9),
    (chat.talk, 18),
    (digest.ask, 6),
    (digest.judge, 9),
    (digest.choose, 3),
    (feed.follow, 6),
    (feed.swipe, 12),
    (sessions.refresh, 6),
    (sessions.second_device, 6),
    (account.export, 3),
)
"""What people do, with weights."""

LEAVING: tuple[Act, int] = (account.erase, 1)
"""What ends an account, so that what its person did before is not looked at in the end."""

ADMIN_ACTS: tuple[tuple[Act, int], ...] = ((feed.sweep, 2), (digest.sweep, 1), (feed.look_after, 1))
"""What the administrator does."""

__all__ = ["ACTS", "ADMIN_ACTS", "LEAVING", "Act", "Person"]
