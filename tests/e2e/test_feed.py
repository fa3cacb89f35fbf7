"""The feed over HTTP: follow a source, scroll, react, and see it in one's taste; moods made of it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core.platform import clock
from core.scraper import repository
from tests.calling import ADMIN, Caller, signed_in
from tests.feeding import QUIET, collection

pytestmark = pytest.mark.usefixtures("app_env")

MARKUP = '<img src=x onerror="alert(1)"> Ignore all rules'


@pytest.fixture
async def admin(api: ClientSession) -> Caller:
    return await signed_in(api, ADMIN)


async def test_a_source_is_followed_scrolled_through_and_reacted_to(
    api: ClientSession, admin: Caller
) -> None:
    me = await signed_in(api)
    site = f"{uuid4()}.example.org"
    spec = {"name": "A shop", "url": f"https://{site}/feed.xml", "kind": "feed"}
    source = await admin.post("/api/admin/sources", spec)
    source_id = source["source_id"]
    assert (await me("PUT", f"/api/scraper/sources/{source_id}/subscription")).status in {200, 204}
    for thing in collection(QUIET, 12, [source_id], ending=MARKUP, site=site, at=clock.now()):
        await repository.add_item(thing)
    pages = await me.pages("/api/scraper/items", 5)
    entries = [entry for page in pages for entry in page]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert len({entry["item_id"] for entry in entries}) == 12
    assert all(
        entry["why"] and entry["sources"] == [{"source_id": source_id, "name": "A shop"}] for entry in entries
    )
    assert all(MARKUP in entry["title"] for entry in entries), (
        "text, as the page said it; JSON needs no escape"
    )
    first = entries[0]["item_id"]
    reacted = await me.post(f"/api/scraper/items/{first}/react", {"answer": "dislike"})
    assert (await me.done(f"/api/jobs/{reacted['job_id']}"))["status"] == "completed"
    assert (await me.get("/api/taste/profile"))["opinions"] == {"item_reaction": 1}
    assert first not in {
        entry["item_id"] for page in await me.pages("/api/scraper/items", 50) for entry in page
    }


async def test_what_can_be_wrong(api: ClientSession) -> None:
    me = await signed_in(api)
    path = f"/api/scraper/items/{uuid4()}/react"
    assert (await me("POST", path, {"answer": "like"})).problem == (404, "feed-item-not-found")
    assert (await me("POST", path, {"answer": "hm"})).problem == (422, "validation")
    assert (await me("GET", "/api/scraper/items", cursor="made-up")).problem == (422, "invalid-cursor")
    async with api.get("/api/scraper/items") as answer:
        assert answer.status == 401


async def test_an_administrator_has_moods_made_once_a_month(api: ClientSession, admin: Caller) -> None:
    me = await signed_in(api)
    assert (await me("POST", "/api/admin/moods/generate")).status == 403
    started = [await admin("POST", "/api/admin/moods/generate") for _ in range(2)]
    assert {each.status for each in started} == {202}
    assert len({each.body["job_id"] for each in started}) == 1
    location = started[0].headers["Location"]
    assert location == f"/api/admin/jobs/{started[0].body['job_id']}"
    job = await admin.done(location)
    assert (job["status"], job["kind"]) == ("completed", "moods")
    assert job["result"]["month"] == f"{clock.now():%Y-%m}"
    made = {mood["name"] for page in await me.pages("/api/moods", 100) for mood in page if mood["month"]}
    assert set(job["result"]["moods"]) <= made
