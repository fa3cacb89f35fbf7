"""The host is killed at random moments of an export and of an erasure: both end complete."""

from __future__ import annotations

import asyncio
import io
import random
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core.platform.storage import Blobs
from devstack.stack import Stack
from tests.chaos.conftest import Scale
from tests.chaos.weather import Tally, killer
from tests.lives import Person, export
from tests.remains import remains

PHOTOS = 30
PHOTO_BYTES = 100_000


async def photographer(api: ClientSession) -> Person:
    """Somebody with a wardrobe, a conversation, and more photos than one piece of an export holds."""
    person = Person(api)
    assert (await person.sign_in()).status == 200
    await person.ask("POST", "/api/vault/items", json={"name": "Coat", "category": "outerwear"})
    await person.ask("POST", "/api/chat", json={"message": "I love green linen."})
    for number in range(PHOTOS):
        photo = bytes([number]) * PHOTO_BYTES
        await Blobs("originals").put(f"{person.id}/{uuid4()}/original", photo, "image/jpeg")
    return person


async def with_kills(stack: Stack, kills: int, chance: random.Random, work: Any) -> Any:
    tally = Tally()
    async with asyncio.TaskGroup() as at_once:
        at_once.create_task(killer(stack, chance, tally, kills))
        done = at_once.create_task(work)
    assert tally.kills == kills
    return done.result()


@pytest.mark.timeout(2000)
async def test_an_export_and_an_erasure_end_complete_however_often_the_host_dies(
    stormy: Stack, scale: Scale
) -> None:
    chance, kills = random.Random(20261124), max(1, scale.kills // 2)
    async with ClientSession(stormy.url("functions")) as api:
        person = await photographer(api)
        result = await with_kills(stormy, kills, chance, export(person, patience=scale.seconds))
        async with api.get(result["url"]) as answer:
            archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
        assert archive.testzip() is None
        photos = [archive.read(name) for name in archive.namelist() if name.startswith("images/originals/")]
        assert sorted(photos) == [bytes([number]) * PHOTO_BYTES for number in range(PHOTOS)]

        erased = await person.send("DELETE", "/api/auth/me")
        assert erased.status == 202, erased.data
        over = person.until_over(erased.headers["Location"], patience=scale.seconds)
        receipt = (await with_kills(stormy, kills, chance, over))["result"]
        assert receipt["blobs"]["originals"] == PHOTOS
        assert await remains(person.id, person.email, since=person.began) == []
        assert (await person.sign_in()).status == 200
