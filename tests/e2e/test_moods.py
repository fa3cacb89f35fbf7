"""Moods over HTTP: in the order of one's taste, found in one's own wardrobe, reacted to."""

from __future__ import annotations

from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core.moods.seeds import seeds
from tests.calling import Caller, signed_in

NAMES = {mood.name: mood_id for mood_id, mood in seeds().items()}


@pytest.fixture
async def me(api: ClientSession) -> Caller:
    return await signed_in(api)


async def test_moods_come_in_pages_that_hold_while_one_reacts(me: Caller) -> None:
    first = await me.get("/api/moods", limit=10)
    turned_down = first["items"][0]["mood_id"]
    reacted = await me.post(f"/api/moods/{turned_down}/react", {"answer": "dislike"})
    await me.done(f"/api/jobs/{reacted['job_id']}")
    second = await me.get("/api/moods", limit=10, cursor=first["next_cursor"])
    rest = [mood for page in await me.pages("/api/moods", 100) for mood in page]
    seen = [mood["mood_id"] for mood in (*first["items"], *second["items"])]
    assert len(set(seen)) == 20
    assert {mood["mood_id"] for mood in rest} >= set(seeds())
    assert rest[-1]["mood_id"] == turned_down
    assert rest[-1]["answer"] == "dislike"


async def test_what_is_loved_comes_first_with_a_reason_and_counts_once(me: Caller) -> None:
    loved = NAMES["Neon and mesh"]
    before = await me.get(f"/api/moods/{loved}")
    assert (before["answer"], before["why"]) == (None, [])
    reacted = [await me.post(f"/api/moods/{loved}/react", {"answer": "love"}) for _ in range(2)]
    assert reacted[0] == reacted[1]
    job = await me.done(f"/api/jobs/{reacted[0]['job_id']}")
    assert job["status"] == "completed"
    profile = await me.get("/api/taste/profile")
    assert profile["opinions"] == {"mood_reaction": 1}
    assert profile["facets"][0]["because"] == ["you loved “Neon and mesh”"]
    (page,) = await me.pages("/api/moods", 100)
    assert page[0]["mood_id"] == loved
    assert page[0]["appeal"] > before["appeal"]
    assert page[0]["why"]
    taken_back = await me.post(f"/api/moods/{loved}/react", {"answer": "undo"})
    assert (taken_back["answer"], taken_back["job_id"]) == (None, None)


async def test_a_mood_is_found_in_ones_own_wardrobe_with_the_piece_that_is_missing(me: Caller) -> None:
    mood = f"/api/moods/{NAMES['Weekend denim']}/matches"
    nothing = await me.get(mood)
    assert (nothing["items"], nothing["outfit"]) == ([], None)
    assert nothing["missing"]["completes"] is False
    for name, category, colour in (
        ("Old tee", "t-shirt", "#fafafa"),
        ("Trainers", "sneakers", "#fafafa"),
        ("Denim jacket", "denim-jacket", "#3f6fb0"),
        ("Sweatshirt", "sweatshirt", "#9a9ca0"),
    ):
        await me.post("/api/vault/items", {"name": name, "category": category, "colours": [{"hex": colour}]})
    found = await me.get(mood)
    assert {fitting["item"]["name"] for fitting in found["items"]} >= {"Old tee", "Denim jacket"}
    assert all(fitting["why"] for fitting in found["items"])
    assert found["outfit"] is None
    assert found["missing"]["piece"]["kind"] == "jeans"
    assert found["missing"]["completes"] is True
    await me.post("/api/vault/items", {"name": "501", "category": "jeans", "colours": [{"hex": "#3f6fb0"}]})
    complete = await me.get(mood)
    assert complete["missing"] is None
    assert {piece["name"] for piece in complete["outfit"]["pieces"]} >= {"501", "Trainers"}


async def test_what_can_be_wrong(me: Caller, api: ClientSession) -> None:
    unknown = f"/api/moods/{uuid4()}"
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/matches", None),
        ("POST", "/react", {"answer": "like"}),
    ):
        assert (await me(method, unknown + path, body)).problem == (404, "mood-not-found")
    mood = f"/api/moods/{NAMES['Weekend denim']}"
    assert (await me("POST", f"{mood}/react", {"answer": "meh"})).problem == (422, "validation")
    assert (await me("GET", "/api/moods", cursor="made-up")).problem == (422, "invalid-cursor")
    page = await me.get("/api/moods", limit=5)
    stranger = await signed_in(api)
    assert (await stranger("GET", "/api/moods", cursor=page["next_cursor"])).problem == (410, "list-expired")
    async with api.get("/api/moods") as answer:
        assert answer.status == 401
