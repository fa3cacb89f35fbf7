"""Nothing is doubled: one item a request, one digest a week, each event once in a profile; all jobs end."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.jobs import repository
from core.jobs.models import DeadLetter, Job
from core.taste import TasteEvent, TasteProfile, apply, applying, empty
from core.taste import repository as profiles
from tests.soak.invariants.verdict import Verdict
from tests.soak.people import Person


async def verdicts(people: list[Person]) -> list[Verdict]:
    """Judge what there is in all."""
    jobs = [job async for job in repository.jobs().everyone(where="true")]
    letters = [letter async for letter in repository.dead_letters().everyone(where="true")]
    return [
        await _items(people),
        await _digests(people),
        _ended(jobs, letters),
        _keys(jobs),
        await _profiles(people, jobs),
    ]


async def _items(people: list[Person]) -> Verdict:
    checked, wrong = 0, []
    for person in people:
        listed = [item["id"] async for item in person.listed("/api/vault/items?status=all")]
        checked += len(listed)
        if extra := Counter(listed) - Counter(person.ledger.items.keys()):
            wrong.append(f"{person.email} has items nobody asked for: {dict(extra)}")
    return Verdict("once: items", checked, wrong)


async def _digests(people: list[Person]) -> Verdict:
    checked, wrong = 0, []
    for person in people:
        weeks = Counter([one["week"] async for one in person.listed("/api/digest/history?")])
        checked += weeks.total()
        wrong += [f"{person.email} has {n} digests of {week}" for week, n in weeks.items() if n > 1]
    return Verdict("once: digests a person and week", checked, wrong)


def _ended(jobs: list[Job], letters: list[DeadLetter]) -> Verdict:
    open_letters = Counter(letter.job_id for letter in letters if letter.replayed_at is None)
    wrong = [f"{job.kind} {job.id} is {job.status}" for job in jobs if job.status not in _OVER]
    for job in jobs:
        if job.status == "dead_lettered" and (open_letters[job.id] != 1 or not job.error):
            wrong.append(f"{job.kind} {job.id}: {open_letters[job.id]} dead letters, reason {job.error!r}")
    return Verdict("once: jobs ended", len(jobs), wrong)


_OVER = {"completed", "dead_lettered"}


def _keys(jobs: list[Job]) -> Verdict:
    keys = Counter((job.user_id, job.payload["key"]) for job in jobs if job.kind == "taste")
    wrong = [f"{count} jobs of event {key}" for key, count in keys.items() if count > 1]
    return Verdict("once: a job an event", keys.total(), wrong)


async def _profiles(people: list[Person], jobs: list[Job]) -> Verdict:
    checked, wrong = 0, []
    for person in people:
        theirs = [job for job in jobs if job.kind == "taste" and job.user_id == person.id]
        applied = [job for job in theirs if job.status == "completed"]
        checked += len(applied)
        if missing := person.ledger.tastes - {job.id for job in theirs}:
            wrong.append(f"{person.email}: no jobs {missing}")
        found, expected = await profiles.profile(person.id), await _replayed(person.id, applied)
        if _content(found) != _content(expected):
            wrong.append(f"{person.email}: {_content(found)} is not {_content(expected)}")
    return Verdict("once: events in the taste profile", checked, wrong)


async def _replayed(user_id: str, jobs: list[Job]) -> TasteProfile:
    profile = empty(user_id)
    for job in jobs:
        event = TasteEvent.model_validate(job.payload)
        if event.text is not None:
            event = event.read_as(await applying._read("reader", event.text))
        profile = apply(profile, event, job.id)
    return profile


def _content(profile: TasteProfile) -> Any:
    return profile.model_dump_json(exclude={"etag", "written_at"})
