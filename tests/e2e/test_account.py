"""Everything along, or everything gone: what a person may ask, on the running app."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core.account import PIECE, holdings
from core.platform.storage import Blobs
from tests.lives import PHOTO, SAID, Person, export, full_life
from tests.remains import histories, remains

LEFT_BY_A_LIFE = {
    "users", "refresh_tokens", "vault", "media", "profiles", "quizzes", "conversations", "memory", "digests",
    "reactions", "taste_jobs", "idempotency", "ai_usage",
}  # fmt: skip
"""Containers that somebody has documents in who has used everything."""

pytestmark = pytest.mark.usefixtures("app_env")


@pytest.fixture(scope="module")
async def lived(api: ClientSession) -> Person:
    """Somebody who has used everything; the tests of this module erase them at its end."""
    return await full_life(api)


async def archive_of(person: Person, result: Any) -> zipfile.ZipFile:
    async with person.api.get(result["url"]) as answer:
        assert answer.status == 200, await answer.text()
        data = await answer.read()
    assert (len(data), answer.headers["Content-Type"]) == (result["bytes"], "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert len(archive.namelist()) == result["files"]
    return archive


async def test_an_export_has_everything_and_no_secret(lived: Person) -> None:
    archive = await archive_of(lived, await export(lived))
    data = {name: json.loads(archive.read(f"data/{name}.json")) for name in holdings.holdings()}
    assert data["users"][0]["email"] == lived.email
    assert data["conversations"]
    assert SAID in json.dumps(data["conversations"])
    assert {name for name, documents in data.items() if documents} >= LEFT_BY_A_LIFE
    assert all(lived.id in json.dumps(document) for documents in data.values() for document in documents)
    (picture,) = data["media"]
    (original,) = (name for name in archive.namelist() if name.startswith("images/originals/"))
    assert original == f"images/originals/{picture['id']}.jpg"
    assert archive.read(original) == PHOTO.read_bytes()
    assert [name for name in archive.namelist() if name.startswith(f"images/cutouts/{picture['id']}-")]
    readme = archive.read("README.txt").decode()
    assert all(f"data/{name}.json" in readme for name in data)
    everything = b"\n".join(archive.read(name) for name in archive.namelist() if name.startswith("data/"))
    secrets = (b"sig=", b"secret_hash", b"previous_hash", lived.refresh_token.rpartition(".")[2].encode())
    assert [secret for secret in secrets if secret in everything] == []


async def test_two_exports_at_once_are_one_and_a_later_one_is_new(lived: Person) -> None:
    asked = await asyncio.gather(*(lived.send("POST", "/api/auth/me/export") for _ in range(5)))
    (location,) = {answer.headers["Location"] for answer in asked}
    await lived.until_over(location)
    later = await lived.send("POST", "/api/auth/me/export")
    assert later.headers["Location"] != location
    await lived.until_over(later.headers["Location"])


async def test_an_archive_is_read_in_ranges_by_its_link_alone_or_by_its_owner(lived: Person) -> None:
    result = await export(lived)
    path, other = urlsplit(result["url"]).path, Person(lived.api)
    await other.sign_in()
    assert (await other.send("GET", path)).slug == "export-not-found"
    whole = await lived.send("GET", path)
    part = await Person(lived.api).send("GET", result["url"], headers={"Range": "bytes=100-299"})
    assert (part.status, part.data) == (206, whole.data[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{result['bytes']}"
    beyond = await lived.send("GET", path, headers={"Range": f"bytes={result['bytes']}-"})
    assert (beyond.status, beyond.slug) == (416, "range-not-satisfiable")
    await a_large_one_is_read_from_storage(lived)
    forged = await other.send("GET", result["url"][:-1] + ("0" if result["url"][-1] != "0" else "1"))
    assert (forged.status, forged.slug) == (403, "invalid-signed-url")


async def test_nothing_is_left_of_an_erased_person(lived: Person, api: ClientSession) -> None:
    archive = (await export(lived))["url"]
    needles = (lived.id, lived.email)
    before = await remains(*needles, since=lived.began)
    containers = {place.split("/")[0] for place in before}
    assert containers >= LEFT_BY_A_LIFE | {"originals", "media", "chat-turns", "exports"}

    erased = await lived.send("DELETE", "/api/auth/me")
    assert erased.status == 202, erased.data
    again = await lived.send("DELETE", "/api/auth/me")
    assert (again.status, again.body["job_id"]) == (202, erased.body["job_id"])
    await signed_out(lived)
    async with api.get(archive) as link:
        assert link.status == 401
    assert (await lived.sign_in()).slug == "account-being-erased"
    job = await lived.until_over(erased.headers["Location"])

    assert await remains(*needles, since=lived.began) == []
    assert await histories(await management_url(api, job["job_id"]), *needles) == []
    receipt = job["result"]
    counted = sum(receipt["documents"].values()) + sum(receipt["blobs"].values())
    assert counted >= len(before)
    assert receipt["flows"] >= 3
    assert lived.id not in json.dumps(job)
    await a_new_life_begins_with_nothing(lived)


async def a_large_one_is_read_from_storage(person: Person) -> None:
    for _ in range(PIECE // 900_000 + 1):
        await Blobs("originals").put(f"{person.id}/{uuid4()}/original", bytes(900_000), "image/png")
    result = await export(person)
    begun = await person.send("GET", result["url"], headers={"Range": "bytes=10-"})
    assert (begun.status, len(begun.data)) == (206, PIECE)
    assert begun.headers["Content-Range"] == f"bytes 10-{PIECE + 9}/{result['bytes']}"
    sent_on = await person.send("GET", result["url"])
    assert sent_on.status == 307
    async with ClientSession() as anybody, anybody.get(sent_on.headers["Location"]) as answer:
        assert len(await answer.read()) == result["bytes"]


async def signed_out(person: Person) -> None:
    refused = await person.send("GET", "/api/vault/items")
    assert (refused.status, refused.slug) == (401, "account-erased")
    refresh = await person.send("POST", "/api/auth/refresh", json={"refresh_token": person.refresh_token})
    assert (refresh.status, refresh.slug) == (401, "session-ended")


async def management_url(api: ClientSession, job_id: str) -> str:
    admin = Person(api, email="admin@example.org")
    await admin.sign_in()
    urls = (await admin.ask("GET", f"/api/admin/jobs/{job_id}"))["management"]
    return str(urls["statusQueryGetUri"])


async def a_new_life_begins_with_nothing(person: Person) -> None:
    old = person.token
    assert (await person.sign_in()).status == 200
    assert (await person.ask("GET", "/api/vault/items"))["items"] == []
    assert (await person.ask("GET", "/api/chat/conversations"))["items"] == []
    new, person.token = person.token, old
    assert (await person.send("GET", "/api/vault/items")).slug == "account-erased"
    assert (await person.send("DELETE", "/api/auth/me")).slug == "account-erased"
    person.token = new
