"""Documents and blobs belong to somebody who lives and a record that knows them; the erased left nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from core import media
from core.platform import clock, connections, containers, cosmos, partitions, settings, storage
from tests.remains import remains
from tests.soak.invariants.verdict import Verdict
from tests.soak.people import Person
from tests.soak.traffic import Traffic

NOBODY = {"unknown", "weekly-digest", "scraper", "service", "reader"}
"""Partitions of the app's own: unreadable messages, the sweep's note, tokens nobody in particular used."""

_OWNERS = ("owner", "account_id", "userId")
"""Fields that say whose a document is; where there are several the first counts."""


async def verdicts(people: list[Person], traffic: Traffic, began: datetime) -> list[Verdict]:
    """Look through the whole database and all of Storage."""
    with clock.frozen(clock.now() + timedelta(hours=2)):
        await media.sweep_unfinished()  # as the hourly timer does with what crashed uploads have left
    accounts = {person.id for person in people} | traffic.others
    return [await _documents(accounts), await _blobs(people), await _remains(traffic.erased, began)]


async def _documents(accounts: set[str]) -> Verdict:
    raw = [one async for one in _everything()]
    erasures = {document["id"] for name, document in raw if name == "erasures"}
    known = accounts | erasures | NOBODY
    wrong = []
    for name, document in raw:
        if name in {"rate_limits", "erasures"} or "userId" not in document:
            continue
        owner = next(document[name] for name in _OWNERS if document.get(name))
        if owner not in known:
            wrong.append(f"{name}/{document['id']} belongs to {owner}, who is not here")
    return Verdict("owned: documents", len(raw), wrong)


async def _everything() -> AsyncIterator[tuple[str, dict[str, Any]]]:
    client = await connections.shared("cosmos", cosmos._connect)
    database = client.get_database_client(settings.get(settings.CosmosSettings).database)
    for declared in containers.cosmos_containers():
        proxy = database.get_container_client(declared.name)
        async for document in proxy.query_items("SELECT * FROM c"):
            yield declared.name, document


async def _blobs(people: list[Person]) -> Verdict:
    known = set[str]()
    for person in people:
        known |= await _pictures(person)
        known |= {f"chat-turns/{person.id}/{turn_id}" for turn_id in person.ledger.turns}
        known |= {f"exports/{person.id}/{job_id}.zip" for job_id in person.ledger.jobs}
    found = set[str]()
    for name in containers.blob_containers():
        found |= {f"{name}/{blob}" async for blob in storage.Blobs(name).names()}
    lost = [f"{blob} is gone" for blob in known - found if not blob.startswith("exports/")]
    return Verdict("owned: blobs", len(found), [f"{blob} is nobody's" for blob in found - known] + lost)


async def _pictures(person: Person) -> set[str]:
    """Return the blobs that a person's finished photos name."""
    archive = settings.get(settings.StorageSettings).archive_container
    declared = next(one for one in containers.cosmos_containers() if one.name == "media")
    names = set[str]()
    async for raw in partitions.documents(declared, person.id):
        names.add(f"{archive}/{raw['archived_as']}")
        names |= {f"media/{variant['blob']}" for variant in raw["variants"].values()}
    return names


async def _remains(erased: list[tuple[str, str]], began: datetime) -> Verdict:
    needles = [text for pair in erased for text in pair]
    places = await remains(*needles, since=began) if needles else []
    return Verdict("owned: nothing of the erased", len(erased), places)
