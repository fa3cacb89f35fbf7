"""This week's digest, what people think of it, when they want it; and the administrator's sweep."""

from __future__ import annotations

from typing import Any

from tests.soak.people.person import Person


async def ask(person: Person) -> None:
    """Have the digest made; a week has one, however often it is asked for."""
    person.doing = "digests"
    made = await person.job(await person.effect("/api/digest/run"))
    if made is not None:
        person.ledger.digests.add((await person.ask("GET", "/api/digest")).body["id"])


async def judge(person: Person) -> None:
    """Say what one thinks of an outfit or a piece of it, once each."""
    if not person.ledger.digests:
        await ask(person)
    person.doing = "feedback"
    if not person.ledger.digests:
        return
    digest_id = person.chance.choice(sorted(person.ledger.digests))
    digest = (await person.ask("GET", f"/api/digest/{digest_id}")).body
    things = [about for about in _things(digest) if (digest_id, about) not in person.ledger.feedback]
    if not things:
        return
    about, answer = person.chance.choice(things), person.chance.choice(("like", "love", "dislike"))
    said = {"about": about, "answer": answer}
    given = await person.effect(f"/api/digest/{digest_id}/feedback", json=said)
    person.ledger.feedback[digest_id, about] = answer
    await person.job(given, taste=True)


def _things(digest: dict[str, Any]) -> list[str]:
    return [outfit["key"] for outfit in digest["outfits"]] + [find["find_id"] for find in digest["finds"]]


async def choose(person: Person) -> None:
    """Another weekday, hour or tone."""
    person.doing = "preferences"
    wanted = {
        "enabled": True,
        "weekday": person.chance.choice(("monday", "friday", "sunday")),
        "hour": person.chance.randrange(24),
        "time_zone": person.chance.choice(("UTC", "Europe/Berlin", "America/New_York")),
        "tone": person.chance.choice(("warm", "brisk", "plain")),
    }
    await person.ask("PUT", "/api/digest/preferences", json=wanted)
    person.ledger.preferences = wanted


async def sweep(admin: Person) -> None:
    """Start a sweep of who is due, or find one running."""
    admin.doing = "digest sweeps"
    await admin.ask("POST", "/api/admin/digest/run", json={}, also=("digest-sweep-running",))
