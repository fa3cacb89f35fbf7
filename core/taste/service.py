"""The use cases of taste: take the quiz, tell what moves a taste, look at the profile, forget it."""

from __future__ import annotations

from typing import Final

from core import jobs
from core.jobs import Job
from core.platform import clock, ids
from core.taste import profile as profiles
from core.taste import quiz as quizzes
from core.taste.events import EventKind, TasteEvent, check
from core.taste.profile import TasteProfile
from core.taste.quiz import NewAnswer, QuizView
from core.taste.taste import Taste, TasteView

KIND = "taste"
"""The kind of the jobs that move profiles."""
ONCE: Final[frozenset[EventKind]] = frozenset({"quiz", "item_reaction", "mood_reaction", "digest_feedback"})
"""Kinds of events whose key names something that happens once: a quiz is handed in, a coat is first liked."""


async def submit(event: TasteEvent) -> Job:
    """Return the job that will bring ``event`` into its person's profile.

    The same key within the dedupe time is the same job. What happens once (``ONCE``) is one event for ever:
    its job's id is made from its key, and the profile's ledger outlives the job's record.

    Raises:
        EventNotBelievable: the event lies in the future.
        Unavailable: not accepted; sending the same event again goes on from where this stopped.
    """
    check(event, user_id=event.user_id, now=clock.now())
    job_id = ids.stable_id(KIND, event.user_id, event.key) if event.kind in ONCE else None
    return await jobs.submit(
        event.user_id, KIND, event.key, event.model_dump(mode="json", exclude_none=True), job_id=job_id
    )


async def taste_of(user_id: str) -> Taste:
    """Return what is known of the person's taste now."""
    from core.taste import repository

    return Taste(await repository.profile(user_id), clock.now())


async def forget(user_id: str) -> TasteView:
    """Forget everything up to now, declared avoids too, and return what is left: nothing."""
    from core.taste import repository

    now = clock.now()

    def forgotten(found: TasteProfile) -> TasteProfile:
        return profiles.reset(found, now)

    return Taste(await repository.change_profile(user_id, forgotten), now).view()


async def start_quiz(user_id: str, quiz_id: str) -> QuizView:
    """Open quiz ``quiz_id`` and return its first card; the same id again returns where that quiz stands."""
    from core.taste import repository

    return quizzes.view(await repository.add_quiz(quizzes.opened(quiz_id, user_id, now=clock.now())))


async def get_quiz(user_id: str, quiz_id: str) -> QuizView:
    """Return where a quiz stands; raises ``QuizNotFound``."""
    from core.taste import repository

    return quizzes.view(await repository.quiz(user_id, quiz_id))


async def answer_quiz(user_id: str, quiz_id: str, given: NewAnswer) -> QuizView:
    """Take an answer and return the next card; the same answer twice counts once.

    Raises:
        QuizNotFound, QuizCompleted, CardNotInQuiz: nothing was changed.
    """
    from core.taste import repository

    now = clock.now()
    session = await repository.change_quiz(
        user_id, quiz_id, lambda found: quizzes.answered(found, given, now=now)
    )
    return quizzes.view(session)


async def complete_quiz(user_id: str, quiz_id: str) -> Job:
    """Hand the quiz in and return the job that takes it into the profile; again, the same job.

    Raises:
        QuizNotFound, QuizUnanswered: nothing was changed.
    """
    from core.taste import repository

    now = clock.now()
    session = await repository.change_quiz(user_id, quiz_id, lambda found: quizzes.completed(found, now=now))
    return await submit(quizzes.event(session))
