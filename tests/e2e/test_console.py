"""The console in a real browser: the whole journey, in both colour schemes, at a desk's width and a phone's.

With `CONSOLE_PICTURES=<folder>` (`make pictures`) it also writes the pictures of `docs/console.md`.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession
from PIL import Image
from playwright.async_api import Locator, Page, Route, expect

from core import taste
from core.jobs import Job
from core.platform import clock
from tests.fixtures.app import FunctionsHost
from tests.fixtures.browsing import Browse, Seen
from tests.fixtures.faults import Emulator

PHOTO = Path(__file__).parents[1] / "data" / "astronaut-sideways-gps.jpg"
PICTURES = {
    "chat-desk-light",
    "wardrobe-desk-light",
    "quiz-desk-dark",
    "insights-desk-light",
    "orchestrations-desk-dark",
    "photo-phone-light",
    "functions-phone-dark",
}
"""What docs/console.md shows."""
_END_IN_SIGHT = """() => document.querySelector(".talk > :last-child").getBoundingClientRect().bottom
  <= document.querySelector(".composer").getBoundingClientRect().top"""
_WIDTH = "async image => (await image.decode(), image.naturalWidth)"
_ADD_ELSEWHERE = """async () => (await import("/admin/console/api.js")).app("/api/vault/items",
  {send: {name: "Ochre scarf", category: "accessories", colours: [{hex: "#c58a1f"}]}})"""
_FOLDER = os.environ.get("CONSOLE_PICTURES")


@pytest.fixture
async def seen(browse: Browse, functions_host: FunctionsHost) -> AsyncIterator[Seen]:
    async with browse(functions_host.url) as seen:
        yield seen


@pytest.fixture
async def letter(api: ClientSession, app_env: dict[str, str], model: Emulator) -> str:
    """The text of a job that will be given up, because the model has an error for it until it is reset."""
    mark = f"mark-{uuid4()}"
    await model.fail("server_error", match=mark, times=None)
    await _stated(api, mark)
    return mark


@pytest.fixture
async def waiting(api: ClientSession, app_env: dict[str, str], model: Emulator) -> str:
    """The id of a job, and of its flow, that waits for a long time, because the model asks for that."""
    mark = f"mark-{uuid4()}"
    await model.fail("rate_limit", match=mark, times=None, retry_after=3600)
    return (await _stated(api, mark)).id


async def _stated(api: ClientSession, mark: str) -> Job:
    async with api.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
        user_id = (await answer.json())["user"]["id"]
    event = taste.TasteEvent(
        key=mark, user_id=user_id, kind="statement", occurred_at=clock.now(), text=f"I like {mark}"
    )
    return await taste.submit(event)


@pytest.mark.usefixtures("functions_host")
async def test_the_whole_journey(seen: Seen, letter: str, waiting: str, model: Emulator) -> None:
    await _sign_in(seen.page)
    for step in (_photo, _wardrobe, _quiz, _chat, _digest, _insights):
        await step(seen)
    for step in (_functions, _orchestrations, _queues, _routes):
        await step(seen)
    await _terminate(seen, waiting)
    await _retry(seen, letter, model)
    assert seen.complaints == []


async def _looked_at(seen: Seen, name: str) -> None:
    async for look in seen.check(name):
        if _FOLDER is None or look not in PICTURES:
            continue
        await seen.page.evaluate("scrollTo(0, 0)")
        with Image.open(io.BytesIO(await seen.page.screenshot(scale="css"))) as taken:
            taken.convert("RGB").quantize(128).save(Path(_FOLDER) / f"{look}.png", optimize=True)


async def _sign_in(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await page.get_by_label("Signed in as").fill(f"ada-{uuid4().hex[:6]}@example.org")
    await page.keyboard.press("Enter")
    await expect(page.locator("#signed-in")).to_contain_text("signed in")


async def _photo(seen: Seen) -> None:
    page = seen.page
    await seen.open("Insights")
    await expect(page.get_by_role("heading", name="An empty wardrobe has no figures")).to_be_visible()
    await seen.open("Wardrobe")
    await expect(page.get_by_role("heading", name="Nothing in the wardrobe yet")).to_be_visible()
    await page.get_by_role("link", name="Add a photo or a sample wardrobe").click()
    await expect(page.get_by_role("heading", level=1, name="Photo")).to_be_visible()
    await page.set_input_files("#photo", PHOTO)
    cutout = page.get_by_role("img", name="Cutout")
    await expect(cutout).to_be_visible()
    assert await cutout.evaluate(_WIDTH) > 0
    await page.get_by_role("button", name="Put it into the wardrobe").click()
    await expect(page.get_by_text("is in the wardrobe.")).to_be_visible()
    await page.get_by_role("button", name="Add a sample wardrobe").click()
    await expect(page.get_by_text("14 added, 0 were there already.")).to_be_visible()
    await _looked_at(seen, "photo")


async def _wardrobe(seen: Seen) -> None:
    page = seen.page
    await seen.open("Wardrobe")
    things = page.locator(".thing")
    await expect(things).to_have_count(12)
    await page.evaluate(_ADD_ELSEWHERE)
    await expect(things.first).to_contain_text("Ochre scarf")
    await page.get_by_role("button", name="More").click()
    await expect(things).to_have_count(16)
    assert await things.locator("img").evaluate(_WIDTH) > 0
    await _looked_at(seen, "wardrobe")
    await page.get_by_label("Category").fill("accessories")
    await page.get_by_label("Find", exact=True).fill("ochre")
    await expect(things).to_have_count(1)
    worn = things.get_by_role("button", name="Worn today")
    await worn.press("Enter")
    await expect(things).to_contain_text("worn 1 \u00d7")
    await expect(worn).to_be_focused()
    await worn.press("Enter")
    await expect(things).to_contain_text("never worn")
    await _archive_and_remove(page, things)


async def _archive_and_remove(page: Page, things: Locator) -> None:
    await things.get_by_role("button", name="Archive", exact=True).click()
    await expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    await expect(page.get_by_role("region", name="Items")).to_be_focused()
    await page.get_by_label("Show").select_option("archived")
    await things.get_by_role("button", name="Unarchive").click()
    await expect(things).to_have_count(0)
    await page.get_by_label("Show").select_option("active")
    await things.get_by_role("button", name="Remove").click()
    await things.get_by_role("button", name="Really remove?").click()
    await expect(things).to_have_count(0)


async def _quiz(seen: Seen) -> None:
    page = seen.page
    await seen.open("Quiz")
    curve = page.locator(".posterior .belief").first
    flat = await curve.get_attribute("points")
    for key in ("ArrowRight", "ArrowLeft", "ArrowUp"):
        await _next_card(page, lambda key=key: page.keyboard.press(key))
    await _next_card(page, lambda: _drag(page))
    await _next_card(page, lambda: _swipe(page))
    await expect(page.get_by_text("5 answered")).to_be_visible()
    await expect(curve).not_to_have_attribute("points", flat or "")
    await _looked_at(seen, "quiz")
    await page.get_by_role("button", name="hand it in").click()
    await expect(page.get_by_role("heading", name="Your taste")).to_be_visible()


async def _next_card(page: Page, answer: Any) -> None:
    card = await page.locator(".look").get_attribute("data-card")
    await answer()
    await expect(page.locator(".look")).not_to_have_attribute("data-card", card or "")


async def _middle(look: Locator) -> tuple[float, float]:
    box = await look.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def _drag(page: Page) -> None:
    x, y = await _middle(page.locator(".look"))
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 150, y, steps=4)
    await page.mouse.up()


async def _swipe(page: Page) -> None:
    x, y = await _middle(page.locator(".look"))
    fingers = await page.context.new_cdp_session(page)
    for kind, points in (("Start", [(x, y)]), ("Move", [(x - 60, y)]), ("Move", [(x - 150, y)]), ("End", [])):
        touched = [{"x": at, "y": down} for at, down in points]
        await fingers.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touched})


async def _chat(seen: Seen) -> None:
    page = seen.page
    await seen.open("Chat")
    words = page.locator(".theirs .words")

    async def held_back(route: Route) -> None:
        """The whole turn is answered only after its text was seen: what shows came over the EventSource."""
        answer = await route.fetch()
        await expect(words).to_contain_text(re.compile(r"\w+ \w+"))
        await route.fulfill(response=answer)

    await page.route("**/api/chat", held_back)
    await page.get_by_label("Message").fill("What should I wear today?")
    await page.keyboard.press("Enter")
    await expect(page.locator('.theirs[data-state="over"]')).to_be_visible()
    await page.unroute("**/api/chat")
    await expect(page.locator(".outfit .piece").first).to_be_visible()
    good, bad = (page.get_by_role("button", name=f"{which} answer") for which in ("Good", "Bad"))
    for thumb, other in ((good, bad), (bad, good)):
        await thumb.click()
        await expect(thumb).to_have_attribute("aria-pressed", "true")
        await expect(other).to_have_attribute("aria-pressed", "false")
    await _looked_at(seen, "chat")
    await page.get_by_label("Message").fill("And tomorrow?\n" * 40)
    await page.keyboard.press("Enter")
    await expect(page.locator(".thumbs")).to_have_count(2)
    await page.wait_for_function(_END_IN_SIGHT)


async def _digest(seen: Seen) -> None:
    page = seen.page
    await seen.open("Digest")
    await expect(page.get_by_role("heading", name="No digest yet")).to_be_visible()
    await page.get_by_role("button", name="Make this week's digest").click()
    inside = page.frame_locator("iframe.document")
    await expect(inside.get_by_role("heading", level=1)).to_contain_text("Your wardrobe, week")
    styled = await inside.locator("body").evaluate("body => getComputedStyle(body).fontFamily")
    assert "Georgia" in styled, "the digest's own styles apply"
    await expect(page.get_by_label("Week").locator("option")).to_have_text(
        re.compile(r"\d+ \S .*\d{4}, \d outfits")
    )
    await _looked_at(seen, "digest")


async def _insights(seen: Seen) -> None:
    await seen.open("Insights")
    await expect(seen.page.get_by_role("img", name=re.compile(r"Score \d+ of 100"))).to_be_visible()
    await _looked_at(seen, "insights")


async def _functions(seen: Seen) -> None:
    page = seen.page
    await seen.open("Functions")
    await page.get_by_label("Filter functions by name").fill("process_image")
    await page.get_by_role("button", name="process_image").click()
    await expect(page.get_by_text("POST /api/process-image").first).to_be_visible()
    await page.get_by_label("Filter functions by name").fill("job")
    await _looked_at(seen, "functions")


async def _orchestrations(seen: Seen) -> None:
    page = seen.page
    await seen.open("Orchestrations")
    await page.get_by_role("button", name="digest_job").first.click()
    await expect(page.get_by_text("execution completed")).to_be_visible()
    await _looked_at(seen, "orchestrations")
    flows = page.get_by_role("button", name="digest_job", exact=True)
    before = await flows.count()
    await page.get_by_role("button", name="Run again").click()
    await expect(flows).to_have_count(before + 1)
    await page.get_by_role("button", name="Purge").click()
    await page.get_by_role("button", name="Really purge?").click()
    await expect(page.get_by_text("execution completed")).to_be_hidden()


async def _terminate(seen: Seen, flow: str) -> None:
    page = seen.page
    await seen.open("Orchestrations")
    await page.get_by_label("Instance id begins with").fill(flow)
    row = page.get_by_role("row", name=flow)
    await expect(row).to_contain_text('"state":"waiting"')
    await row.get_by_role("button", name="taste_job", exact=True).click()
    await page.get_by_role("button", name="Terminate").click()
    await page.get_by_role("button", name="Really terminate?").click()
    await expect(page.get_by_role("heading", name="taste_job Terminated")).to_be_visible()
    await expect(page.get_by_role("button", name="Purge")).to_be_visible()


async def _queues(seen: Seen) -> None:
    await seen.open("Queues")
    await expect(seen.page.get_by_role("heading", name=re.compile("^taste-jobs *$"))).to_be_visible()
    await _looked_at(seen, "queues")


async def _routes(seen: Seen) -> None:
    page = seen.page
    await seen.open("Routes")
    await page.get_by_label("Filter routes").fill("auth/me")
    await page.get_by_role("button", name="GET /api/auth/me", exact=True).click()
    await page.get_by_label("As an email address").fill("admin@example.org")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("region", name="Answer")).to_contain_text("admin@example.org")
    await _looked_at(seen, "routes")


async def _retry(seen: Seen, letter: str, model: Emulator) -> None:
    page = seen.page
    await seen.open("Dead letters")
    card = page.locator(".letter", has_text=letter)
    await expect(card).to_have_count(1)
    await _looked_at(seen, "dead-letters")
    await model.reset()
    await card.get_by_role("button", name="Replay").click()
    await expect(page.locator(".replay")).to_contain_text("completed")
    await expect(card).to_have_count(0)
