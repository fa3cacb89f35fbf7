"""Sources followed and left, the feed read and swiped; and the administrator's sweeps of the sources."""

from __future__ import annotations

from devstack.shop.sites import sources
from tests.soak.people.person import Person

_ANSWERS = ("like", "love", "dislike", "skip", "undo")


async def follow(person: Person) -> None:
    """Follow a source, or leave it."""
    person.doing = "subscriptions"
    there = (await person.ask("GET", "/api/scraper/sources")).body["items"]
    if not there:
        return
    source_id, follows = person.chance.choice(there)["source_id"], person.chance.random() < 0.8
    method = "PUT" if follows else "DELETE"
    await person.ask(method, f"/api/scraper/sources/{source_id}/subscription")
    person.ledger.follows[source_id] = follows


async def swipe(person: Person) -> None:
    """Read the feed's first pages and react to one or two things."""
    person.doing = "feed"
    page = (await person.ask("GET", "/api/scraper/items?limit=5")).body
    items = page["items"]
    if page["next_cursor"]:
        more = await person.ask("GET", f"/api/scraper/items?limit=5&cursor={page['next_cursor']}")
        items += more.body["items"]
    person.doing = "reactions"
    for item in person.chance.sample(items, min(len(items), 2)):
        answer = person.chance.choice(_ANSWERS)
        path = f"/api/scraper/items/{item['item_id']}/react"
        reacted = (await person.ask("POST", path, json={"answer": answer})).body
        person.ledger.reactions[item["item_id"]] = reacted["answer"]
        if reacted["job_id"] is not None:
            person.asked(reacted["job_id"], taste=True)


async def begin(admin: Person) -> None:
    """Have the devstack's shops and magazine followed."""
    admin.doing = "sources"
    for source in sources(admin.shop):
        await admin.ask("POST", "/api/admin/sources", json=source)
    await sweep(admin)


async def sweep(admin: Person) -> None:
    """Sweep what is due, to the end."""
    admin.doing = "source sweeps"
    started = await admin.ask("POST", "/api/admin/scraper/run")
    while (await admin.ask("GET", started.headers["Location"])).status == 202:
        await admin.rest(0.3)


async def look_after(admin: Person) -> None:
    """Take up again what was paused, and make everything due."""
    admin.doing = "sources"
    for source in (await admin.ask("GET", "/api/admin/sources")).body["items"]:
        path = f"/api/admin/sources/{source['source_id']}"
        await admin.ask("POST", f"{path}/pause", json={"reason": "spring cleaning"})
        await admin.ask("POST", f"{path}/resume")
