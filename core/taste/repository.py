"""Taste profiles and quizzes in Cosmos DB: one profile per person, under the person's own id."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from core.platform import settings
from core.platform.cosmos import AlreadyExists, Container, Stale
from core.platform.errors import Unavailable
from core.taste.errors import QuizNotFound
from core.taste.events import TasteEvent
from core.taste.profile import TasteProfile, apply, empty
from core.taste.quiz import QuizSession

_profiles = Container("profiles", TasteProfile, echo=False)
_quizzes = Container("quizzes", QuizSession)

_written: OrderedDict[str, TasteProfile] = OrderedDict()
"""What this worker wrote last, by person: events come in bursts; compare-and-swap tells if it is stale."""
MOST_WRITTEN = 64


async def profile(user_id: str) -> TasteProfile:
    """Return the person's profile, the empty one where there is none."""
    return await _profiles.get(user_id, user_id) or empty(user_id)


async def add(event: TasteEvent, job_id: str) -> TasteProfile:
    """Bring ``event`` into its person's profile, once for each ``job_id``.

    Raises:
        EventTooOld, TooManyTasteEvents: nothing was written.
        Unavailable: others kept changing the profile.
    """
    return await change_profile(event.user_id, lambda found: apply(found, event, job_id))


async def change_profile(user_id: str, change: Callable[[TasteProfile], TasteProfile]) -> TasteProfile:
    """Apply ``change`` by compare-and-swap, to the empty profile where there is none.

    Raises:
        Unavailable: others kept changing it, for as many tries as the settings allow.
    """
    if (seen := _written.pop(user_id, None)) is not None:
        changed = change(seen)
        if changed is seen or await _wrote(changed):
            return changed
    for _ in range(settings.get(settings.RetrySettings).profile_tries):
        found = await profile(user_id)
        changed = change(found)
        if changed is found or await _wrote(changed):
            return changed
    raise Unavailable("The profile is being changed too often right now.", retry_after=1)


async def add_quiz(session: QuizSession) -> QuizSession:
    """Write a new quiz unless it is there; return what is there."""
    try:
        return await _quizzes.create(session)
    except AlreadyExists:
        return await quiz(session.user_id, session.id)


async def quiz(user_id: str, quiz_id: str) -> QuizSession:
    """Return one's own quiz; raises ``QuizNotFound``."""
    return _found(await _quizzes.get(user_id, quiz_id))


async def change_quiz(
    user_id: str, quiz_id: str, change: Callable[[QuizSession], QuizSession]
) -> QuizSession:
    """Apply ``change`` by compare-and-swap; raises ``QuizNotFound``, and what ``change`` raises."""
    return _found(await _quizzes.update(user_id, quiz_id, change))


async def _wrote(changed: TasteProfile) -> bool:
    """Write over the version that was read; ``False`` where it is no longer the current one."""
    try:
        written = await (_profiles.create(changed) if changed.etag is None else _profiles.replace(changed))
    except (AlreadyExists, Stale):
        return False
    _written[changed.user_id] = written
    if len(_written) > MOST_WRITTEN:
        _written.popitem(last=False)
    return True


def _found(session: QuizSession | None) -> QuizSession:
    if session is None:
        raise QuizNotFound("There is no such quiz.")
    return session
