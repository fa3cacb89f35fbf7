"""Nothing acknowledged is lost: each person reads over HTTP what they were told was done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from core import reactions
from core.platform.storage import Blobs
from tests.soak.invariants.verdict import Verdict
from tests.soak.people import Person

type Look = Callable[[Person], AsyncIterator[str | None]]


async def verdicts(people: list[Person]) -> list[Verdict]:
    """Look everything up, kind by kind."""
    return [await _verdict(name, look, people) for name, look in LOOKS.items()]


async def _verdict(name: str, look: Look, people: list[Person]) -> Verdict:
    async def found(person: Person) -> list[str | None]:
        person.doing = "looking up"
        return [f"{person.email}: {wrong}" if wrong else None async for wrong in look(person)]

    looked = [one for part in await asyncio.gather(*map(found, people)) for one in part]
    return Verdict(f"kept: {name}", len(looked), [wrong for wrong in looked if wrong])


def _differs(what: str, expected: Any, found: Any) -> str | None:
    return None if expected == found else f"{what} is {found!r}, acknowledged was {expected!r}"


async def _items(person: Person) -> AsyncIterator[str | None]:
    for item_id, said in person.ledger.items.items():
        answer = await person.ask("GET", f"/api/vault/items/{item_id}", also=("item-not-found",))
        if answer.slug:
            yield f"item {item_id} is lost"
            continue
        shown = {name: answer.body[name] for name in said}
        yield _differs(f"item {item_id}", said, shown)


async def _removed(person: Person) -> AsyncIterator[str | None]:
    for item_id in person.ledger.removed:
        answer = await person.ask("GET", f"/api/vault/items/{item_id}", also=("item-not-found",))
        yield None if answer.status == 404 else f"item {item_id} came back"


async def _wears(person: Person) -> AsyncIterator[str | None]:
    for item_id, days in person.ledger.wears.items():
        item = (await person.ask("GET", f"/api/vault/items/{item_id}")).body
        found = [one["worn_on"] for one in item["wears"]]
        yield _differs(f"the wears of {item_id}", sorted(days), found)


async def _photos(person: Person) -> AsyncIterator[str | None]:
    for image_id, photo in person.ledger.photos.items():
        await person.ask("GET", f"/api/media/{image_id}/thumb")
        archived = await Blobs("originals").get(f"{person.id}/{image_id}/original")
        yield None if archived == photo else f"photo {image_id} is not archived as it was sent"


async def _quizzes(person: Person) -> AsyncIterator[str | None]:
    for quiz_id, answers in person.ledger.quizzes.items():
        quiz = (await person.ask("GET", f"/api/taste/quiz/{quiz_id}")).body
        status = "completed" if quiz_id in person.ledger.handed_in else "open"
        yield _differs(f"quiz {quiz_id}", (len(answers), status), (quiz["answered"], quiz["status"]))


async def _turns(person: Person) -> AsyncIterator[str | None]:
    from core.chat.frames import parse

    told = await _conversations(person)
    for turn_id, spoken in person.ledger.turns.items():
        deltas = [f.payload["text"] for _, f in parse(spoken.stream) if f.event == "delta"]
        found = [one["answer"] for one in told if one["turn_id"] == turn_id]
        yield _differs(f"turn {turn_id}", ["".join(deltas)], found)


async def _conversations(person: Person) -> list[dict[str, Any]]:
    turns = []
    for conversation_id in {one.conversation_id for one in person.ledger.turns.values()}:
        cursor = ""
        while True:
            path = f"/api/chat/conversations/{conversation_id}?limit=100{cursor}"
            page = (await person.ask("GET", path)).body
            turns += page["turns"]
            if not page["next_cursor"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
    return turns


async def _streams(person: Person) -> AsyncIterator[str | None]:
    for turn_id, spoken in person.ledger.turns.items():
        answer = await person.ask("GET", f"/api/chat/turns/{turn_id}/events")
        _, _, body = answer.data.partition(b"\n")
        yield None if body == spoken.stream else f"the events of turn {turn_id} are others than were told"


async def _feedback(person: Person) -> AsyncIterator[str | None]:
    for digest_id in person.ledger.digests:
        digest = (await person.ask("GET", f"/api/digest/{digest_id}")).body
        said = {about: answer for (of, about), answer in person.ledger.feedback.items() if of == digest_id}
        found = {about: digest["feedback"].get(about.lower()) for about in said}
        yield _differs(f"feedback on {digest_id}", said, found)


async def _preferences(person: Person) -> AsyncIterator[str | None]:
    if person.ledger.preferences:
        found = (await person.ask("GET", "/api/digest/preferences")).body
        shown = {name: found[name] for name in person.ledger.preferences}
        yield _differs("preferences", person.ledger.preferences, shown)


async def _follows(person: Person) -> AsyncIterator[str | None]:
    there = (await person.ask("GET", "/api/scraper/sources")).body["items"]
    found = {one["source_id"]: one["subscribed"] for one in there}
    for source_id, follows in person.ledger.follows.items():
        yield _differs(f"source {source_id}", follows, found.get(source_id))


async def _reactions(person: Person) -> AsyncIterator[str | None]:
    found = await reactions.reactions_to(person.id, "item", person.ledger.reactions)
    for item_id, answer in person.ledger.reactions.items():
        there = found.get(item_id)
        yield _differs(f"reaction to {item_id}", answer, there and there.answer)


async def _jobs(person: Person) -> AsyncIterator[str | None]:
    for job_id in list(person.ledger.jobs):
        view = await person.over(f"/api/jobs/{job_id}")
        person.ledger.jobs[job_id] = "completed" if view else "dead_lettered"
        yield None


async def _sessions(person: Person) -> AsyncIterator[str | None]:
    spent = {"refresh_token": person.refresh_token}
    answer = await person.ask(
        "POST", "/api/auth/refresh", json=spent, also=("session-ended", "refresh-token-reused")
    )
    yield f"the session is over: {answer.slug}" if answer.slug else None
    if not answer.slug:
        person.took(answer.body)


LOOKS: dict[str, Look] = {
    "items as acknowledged": _items,
    "removed items stay away": _removed,
    "wears, one a day": _wears,
    "photos, byte for byte": _photos,
    "quiz answers": _quizzes,
    "jobs of 202s are over": _jobs,
    "turns, one answer each": _turns,
    "streams as they were told": _streams,
    "feedback": _feedback,
    "digest preferences": _preferences,
    "subscriptions": _follows,
    "reactions": _reactions,
    "sessions": _sessions,
}
