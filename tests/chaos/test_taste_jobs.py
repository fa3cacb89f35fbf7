"""Every event ends exactly once and every profile is right, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pytest
from azure.storage.queue.aio import QueueClient

from bench.events import SAID, reactions
from core import jobs, taste
from core.jobs import dead_letters, repository
from core.jobs.models import DeadLetter, Job, JobStatus
from core.platform.errors import Unavailable
from core.taste import applying
from core.taste import repository as profiles
from core.taste.events import StatementReading, TasteEvent
from core.taste.profile import TasteProfile, apply, empty
from devstack.stack import Stack
from tests.chaos import weather
from tests.chaos.conftest import Scale
from tests.chaos.weather import Tally

UNSETTLED = (
    "c.status IN ('queued', 'running', 'waiting') OR (c.status = 'dead_lettered' AND c.buried = false)"
)


@pytest.mark.timeout(1800)
async def test_no_event_is_lost_and_none_counts_twice(stormy: Stack, scale: Scale) -> None:
    chance, tally = random.Random(7), Tally()
    events = list(reactions(scale.events, scale.people, seed=7, said=0.02))
    readings = {text: await applying._read("reader", text) for text in SAID}
    queue_name = stormy.settings["TASTE_JOB_QUEUE_NAME"]
    async with QueueClient.from_connection_string(stormy.settings["StorageQueue"], queue_name) as queue:
        async with weather.storm(stormy, tally), asyncio.TaskGroup() as at_once:
            at_once.create_task(weather.killer(stormy, chance, tally, scale.kills))
            sending = at_once.create_task(sent(queue, events, chance, tally))
            hopeless = at_once.create_task(sent_hopeless(events, tally))
            at_once.create_task(weather.rubbish(queue, 10, tally))
            at_once.create_task(settled(scale, after=(sending, hopeless)))
        given_up = await replayed({job.id for job in hopeless.result()}, tally)
        await settled(scale, after=())
        await drained(queue)
    submitted = sending.result()
    records = {job.id: job async for job in repository.jobs().everyone(where="true")}
    letters = [letter async for letter in repository.dead_letters().everyone(where="true")]
    counts = Counter(record.status for record in records.values())
    report(scale, tally, counts, given_up, records)

    assert len(submitted) == len(events)
    assert records.keys() == {job.id for job in submitted.values()} | {job.id for job in hopeless.result()}
    assert {records[job.id].status for job in submitted.values()} == {"completed"}
    assert {records[job.id].status for job in hopeless.result()} == {"dead_lettered"}
    assert ends(letters, records) == {job.id: 1 for job in hopeless.result()}
    assert {letter.body for letter in letters if letter.job_id is None} == set(tally.rubbish)
    assert await differing(events, submitted, readings) == []


async def sent(
    queue: QueueClient, events: Sequence[TasteEvent], chance: random.Random, tally: Tally
) -> Mapping[str, Job]:
    """Submit all events in a random order, many of them twice, with copies of their messages; jobs by key."""
    shuffled = chance.sample(events, len(events))
    places, found = asyncio.Semaphore(8), {}

    async def one(event: TasteEvent) -> None:
        async with places:
            jobs_of_it = [
                await weather.insisting(tally, lambda: taste.submit(event))
                for _ in range(chance.choice((1, 1, 2)))
            ]
            assert len({job.id for job in jobs_of_it}) == 1
            found[event.key] = jobs_of_it[0]
            await weather.copies(queue, jobs_of_it[0], chance, tally)

    await asyncio.gather(*(one(event) for event in shuffled))
    return found


async def sent_hopeless(events: Sequence[TasteEvent], tally: Tally) -> list[Job]:
    """Submit some that can never be applied: of a version from the future."""
    found = []
    for event in events[: max(3, len(events) // 100)]:
        payload = {**event.model_dump(mode="json"), "version": 99}
        submit = partial(jobs.submit, event.user_id, "taste", f"{event.key}-99", payload)
        found.append(await weather.insisting(tally, submit))
    return found


async def settled(scale: Scale, *, after: tuple[asyncio.Task[Any], ...]) -> None:
    """Wait until no job is on its way any more."""
    await asyncio.gather(*after)
    async with asyncio.timeout(scale.seconds):
        while True:
            try:
                if not [job async for job in repository.jobs().everyone(where=UNSETTLED)]:
                    return
            except Unavailable:
                pass  # not known yet
            await asyncio.sleep(0.5)


async def replayed(hopeless: set[str], tally: Tally) -> int:
    """Replay what only ran out of attempts, now that the weather is fine; return how many there were."""
    letters = [letter async for letter in repository.dead_letters().everyone(where="true")]
    unlucky = [letter for letter in letters if letter.job_id is not None and letter.job_id not in hopeless]
    for letter in unlucky:
        await dead_letters.replay(letter.id)
    return len(unlucky)


async def drained(queue: QueueClient) -> None:
    """Wait until the queue is empty, late copies included, for as long as it gets shorter."""
    fewest, in_vain = 0, 0
    while in_vain < 300:
        left = (await queue.get_queue_properties()).approximate_message_count or 0
        if not left:
            return
        shorter = not fewest or left < fewest
        fewest, in_vain = (left, 0) if shorter else (fewest, in_vain + 1)
        await asyncio.sleep(0.2)
    raise AssertionError(f"{fewest} messages are left in the queue")


def ends(letters: Sequence[DeadLetter], records: Mapping[str, Job]) -> dict[str, int]:
    """Return how many open dead letters each job has."""
    return dict(Counter(x.job_id for x in letters if x.job_id is not None and x.replayed_at is None))


async def differing(
    events: Sequence[TasteEvent], submitted: Mapping[str, Job], readings: Mapping[str, StatementReading]
) -> list[str]:
    """Return the people whose profile is not what a run without any fault gives, to the last bit."""
    right: dict[str, TasteProfile] = {}
    for event in events:
        read = event if event.text is None else event.read_as(readings[event.text])
        before = right.get(event.user_id) or empty(event.user_id)
        right[event.user_id] = apply(before, read, submitted[event.key].id)
    wrong = []
    for user_id, expected in right.items():
        found = await profiles.profile(user_id)
        if content(found) != content(expected):
            spoken = [event.text for event in events if event.user_id == user_id and event.text]
            wrong.append(f"{user_id}, who said {spoken}: {content(found)} is not {content(expected)}")
    return wrong


def content(profile: TasteProfile) -> str:
    return profile.model_dump_json(exclude={"etag", "written_at"})


def report(
    scale: Scale, tally: Tally, counts: Mapping[JobStatus, int], given_up: int, records: Mapping[str, Job]
) -> None:
    attempts = Counter(job.attempt for job in records.values())
    print(  # noqa: T201 - the counts are the point of the long run
        f"\n{scale.events} events of {scale.people} people: {dict(counts)}\n"
        f"  {tally.kills} kills, {tally.faults} database faults, {tally.copies} copied messages, "
        f"{len(tally.rubbish)} unreadable ones, {tally.refused} submissions told to come again\n"
        f"  attempts of the last run: {dict(sorted(attempts.items()))}; "
        f"replayed after the storm: {given_up}; replays in all: {sum(job.run for job in records.values())}"
    )
