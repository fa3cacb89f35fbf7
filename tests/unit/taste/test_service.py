"""The use cases of taste by what they ask of the repository and of jobs, which stand-ins keep in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import jobs
from core.jobs import Job
from core.platform import ai, clock
from core.taste import Taste, TasteEvent, applying, quiz, repository, service
from core.taste.errors import EventNotBelievable, EventUnreadable
from core.taste.events import StatementReading
from core.taste.profile import TasteProfile, apply, empty
from core.taste.quiz import NewAnswer, QuizSession
from core.taste.statements import INSTRUCTIONS

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PIECE = {"subject": "coat", "label": "Camel coat", "answer": "love", "facets": {"formality": 0.8}}


class Kept:
    """Profiles and quizzes by person, and the jobs that were asked for."""

    def __init__(self) -> None:
        self.profiles: dict[str, TasteProfile] = {}
        self.quizzes: dict[tuple[str, str], QuizSession] = {}
        self.submitted: list[tuple[Any, ...]] = []

    async def profile(self, user_id: str) -> TasteProfile:
        return self.profiles.get(user_id, empty(user_id))

    async def add(self, event: TasteEvent, job_id: str) -> TasteProfile:
        return await self.change_profile(event.user_id, lambda found: apply(found, event, job_id))

    async def change_profile(self, user_id: str, change: Callable[[Any], Any]) -> TasteProfile:
        self.profiles[user_id] = change(await self.profile(user_id))
        return self.profiles[user_id]

    async def add_quiz(self, session: QuizSession) -> QuizSession:
        return self.quizzes.setdefault((session.user_id, session.id), session)

    async def quiz(self, user_id: str, quiz_id: str) -> QuizSession:
        return self.quizzes[user_id, quiz_id]

    async def change_quiz(self, user_id: str, quiz_id: str, change: Callable[[Any], Any]) -> QuizSession:
        self.quizzes[user_id, quiz_id] = change(self.quizzes[user_id, quiz_id])
        return self.quizzes[user_id, quiz_id]

    async def submit(self, *asked: Any, job_id: str | None) -> Job:
        self.submitted.append((*asked, job_id))
        return job(asked[3])


def job(payload: dict[str, Any]) -> Job:
    given = {"id": "j", "user_id": "ada", "kind": "taste", "status": "queued", "payload": payload}
    return Job.model_validate({**given, "created_at": NOW, "updated_at": NOW})


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    found = Kept()
    for name in ("profile", "add", "change_profile", "add_quiz", "quiz", "change_quiz"):
        monkeypatch.setattr(repository, name, getattr(found, name))
    monkeypatch.setattr(jobs, "submit", found.submit)
    return found


def event(kind: str = "item_reaction", **fields: Any) -> TasteEvent:
    told = {"key": "k", "user_id": "ada", "kind": kind, "occurred_at": NOW, "evidence": [PIECE]}
    return TasteEvent.model_validate({**told, **fields})


@pytest.mark.parametrize(
    ("kind", "once"),
    [
        ("quiz", True),
        ("item_reaction", True),
        ("mood_reaction", True),
        ("digest_feedback", True),
        ("wear", False),
        ("statement", False),
    ],
)
async def test_what_happens_once_is_one_job_for_ever_by_its_person_and_key(
    kept: Kept, kind: str, once: bool
) -> None:
    with clock.frozen(NOW):
        for told in (event(kind), event(kind), event(kind, key="l"), event(kind, user_id="bob")):
            await service.submit(told)
    first, again, other, theirs = kept.submitted
    assert first[:3] == ("ada", "taste", "k")
    assert TasteEvent.model_validate_json(json.dumps(first[3])) == event(kind), "it is kept as JSON"
    assert first == again
    ids = {asked[-1] for asked in (first, other, theirs)}
    assert len(ids) == 3 if once else ids == {None}


async def test_an_event_from_the_future_is_no_job(kept: Kept) -> None:
    with clock.frozen(NOW - timedelta(hours=1)), pytest.raises(EventNotBelievable):
        await service.submit(event())
    assert kept.submitted == []


async def test_a_quiz_is_opened_once_answered_and_handed_in_as_an_event(kept: Kept) -> None:
    with clock.frozen(NOW) as time:
        opened = await service.start_quiz("ada", "q")
        assert await service.start_quiz("ada", "q") == await service.get_quiz("ada", "q") == opened
        assert opened.card is not None
        time.advance(seconds=5)
        given = NewAnswer(card_id=opened.card.card_id, answer="like")
        answered = await service.answer_quiz("ada", "q", given)
        assert answered.answered == 1
        time.advance(seconds=5)
        await service.complete_quiz("ada", "q")
        await service.complete_quiz("ada", "q")
    session = kept.quizzes["ada", "q"]
    moments = (session.opened_at, session.answers[0].answered_at, session.completed_at)
    assert moments == (NOW, NOW + timedelta(seconds=5), NOW + timedelta(seconds=10))
    first, again = kept.submitted
    assert first == again
    assert TasteEvent.model_validate(first[3]) == quiz.event(session)


async def test_a_taste_is_read_as_of_now_and_forgotten_up_to_now(kept: Kept) -> None:
    kept.profiles["ada"] = apply(empty("ada"), event(), "j")
    later = NOW + timedelta(days=9)
    with clock.frozen(later):
        taste = await service.taste_of("ada")
        assert (taste.profile, taste.as_of) == (kept.profiles["ada"], later)
        left = await service.forget("ada")
    assert left == Taste(kept.profiles["ada"], later).view()
    assert (left.opinions, kept.profiles["ada"].reset_at) == ({}, later)
    assert kept.profiles["ada"].ledger.holds("j", NOW)


async def test_a_job_brings_its_event_into_the_profile_once_and_finds_it_there(kept: Kept) -> None:
    asked = job(event().model_dump(mode="json"))
    assert await applying.finished(asked) is None
    assert await applying.work(asked) == await applying.work(asked) == await applying.finished(asked)
    assert kept.profiles["ada"] == apply(empty("ada"), event(), "j")


async def test_words_are_read_by_the_model_for_their_person_before_they_count(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = StatementReading.model_validate(
        {
            **{name: [] for name in StatementReading.model_fields},
            "likes": [{"subject": "colour", "word": "red"}],
        }
    )
    asked: list[Any] = []

    async def complete(shape: Any, **given: Any) -> StatementReading:
        asked.append((shape, given))
        return reading

    monkeypatch.setattr(ai, "complete_structured", complete)
    said = event("statement", evidence=[], text="I love red")
    await applying.work(job(said.model_dump(mode="json")))
    [(shape, given)] = asked
    assert (shape, given["user_id"], given["purpose"]) == (StatementReading, "ada", "taste-statement")
    assert (given["system"], given["content"]) == (INSTRUCTIONS, [ai.text_part("I love red")])
    assert kept.profiles["ada"] == apply(empty("ada"), said.read_as(reading), "j")


@pytest.mark.parametrize(
    ("payload", "where"),
    [
        ({}, "key"),
        (event().model_dump(mode="json") | {"kind": "swipe"}, "kind"),
        (event().model_dump(mode="json") | {"evidence": [{**PIECE, "answer": "meh"}]}, "evidence.0.answer"),
        (event().model_dump(mode="json") | {"evidence": []}, "the event"),
    ],
)
async def test_a_payload_that_is_no_event_says_where_and_is_never_found_done(
    kept: Kept, payload: dict[str, Any], where: str
) -> None:
    with pytest.raises(EventUnreadable, match=f"can read: {where}: .+\\.$"):
        await applying.work(job(payload))
    assert await applying.finished(job(payload)) is None
