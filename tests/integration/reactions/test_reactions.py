"""Reactions in the database: one for each person and thing, told to taste once, however often it is sent."""

from __future__ import annotations

import asyncio

import pytest

from core import reactions, taste
from core.jobs import Job
from core.platform import clock
from core.platform.errors import Unavailable
from core.platform.ids import new_id
from core.reactions import NewReaction, Reacted, Subject
from core.taste import Evidence, TasteEvent

pytestmark = pytest.mark.usefixtures("app_env")


def subject(name: str = "") -> Subject:
    name = name or new_id()
    evidence = Evidence(subject=f"item:{name}", label="A coat", answer="skip", facets={"formality": 0.4})
    return Subject(kind="item", id=name, evidence=evidence)


async def react(person: str, thing: Subject, answer: str) -> Reacted:
    return await reactions.react(person, thing, NewReaction.model_validate({"answer": answer}))


async def test_the_same_reaction_is_one_job_however_often_and_at_once_it_is_sent() -> None:
    person, coat = new_id(), subject()
    answered = await asyncio.gather(*(react(person, coat, "like") for _ in range(6)))
    assert len({each.job_id for each in answered}) == 1
    await react(person, coat, "undo")
    assert (await react(person, coat, "like")).job_id == answered[0].job_id
    assert (await react(person, coat, "dislike")).job_id not in {None, answered[0].job_id}


async def test_reactions_are_remembered_per_person() -> None:
    person, other, coat, hat = new_id(), new_id(), subject(), subject()
    await react(person, coat, "dislike")
    await react(person, hat, "love")
    await react(other, coat, "like")
    wanted = [coat.id, hat.id, *(new_id() for _ in range(450))]
    found = await reactions.reactions_to(person, "item", wanted)
    assert {name: each.answer for name, each in found.items()} == {coat.id: "dislike", hat.id: "love"}
    assert await reactions.reactions_to(person, "mood", wanted) == {}


async def test_a_skip_and_an_undo_are_remembered_and_make_no_job() -> None:
    person, coat = new_id(), subject()
    assert (await react(person, coat, "skip")).job_id is None
    undone = await react(person, coat, "undo")
    assert (undone.answer, undone.job_id) == (None, None)


async def test_a_retry_after_a_crash_before_the_job_tells_taste_the_very_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person, coat, told = new_id(), subject(), list[TasteEvent]()
    submit = taste.submit

    async def down(event: TasteEvent) -> Job:
        told.append(event)
        if len(told) == 1:
            raise Unavailable("not now")
        return await submit(event)

    monkeypatch.setattr(taste, "submit", down)
    with pytest.raises(Unavailable):
        await react(person, coat, "love")
    assert (await react(person, coat, "love")).job_id is not None
    assert told[0] == told[1]


async def test_a_profile_that_forgot_everything_is_told_again() -> None:
    person, coat = new_id(), subject()
    before = clock.now()
    first = await react(person, coat, "love")
    with clock.frozen(before) as time:
        time.advance(seconds=60)
        await taste.forget(person)
        time.advance(seconds=60)
        again = await react(person, coat, "love")
    assert again.job_id not in {None, first.job_id}
