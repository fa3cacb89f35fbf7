import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout, ServerDisconnectedError
from PIL import Image, ImageOps

from devstack.emulator import running
from devstack.segmentation.app import MAX_BYTES, Segmentation
from tests.flatlay import Picture, flat_lay

TOKEN = {"Authorization": "Bearer shared"}
PORTRAIT = Path(__file__).parents[2] / "data" / "astronaut-sideways-gps.jpg"


@pytest.fixture(scope="module")
async def session() -> AsyncIterator[ClientSession]:
    async with running(Segmentation("shared").app) as url, ClientSession(url) as session:
        yield session


@pytest.fixture(autouse=True)
async def _calm(session: ClientSession) -> AsyncIterator[None]:
    yield
    await session.delete("/__control/faults")


def encoded(picture: Picture, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind)
    return out.getvalue()


async def segment(session: ClientSession, body: bytes, **headers: str) -> tuple[int, bytes]:
    sent = TOKEN | {"Content-Type": "image/jpeg"} | headers
    async with session.post("/segment", data=io.BytesIO(body), headers=sent) as response:
        return response.status, await response.read()


async def arm(session: ClientSession, **fault: Any) -> None:
    async with session.post("/__control/faults", json=fault) as response:
        assert response.status == 200, await response.text()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_gets_a_greyscale_png_of_its_own_size(session: ClientSession, kind: str) -> None:
    photo, truth = flat_lay(height=500, width=430)
    status, body = await segment(session, encoded(photo, kind), **{"Content-Type": f"image/{kind.lower()}"})
    mask = Image.open(io.BytesIO(body))
    assert (status, mask.format, mask.mode, mask.size) == (200, "PNG", "L", (430, 500))
    found = np.asarray(mask) > 127
    assert (found & (truth > 0)).sum() / (found | (truth > 0)).sum() >= 0.9


async def test_a_portrait_keeps_the_suit_and_drops_the_wall(session: ClientSession) -> None:
    upright = ImageOps.exif_transpose(Image.open(PORTRAIT)).convert("RGB")
    _, body = await segment(session, encoded(np.asarray(upright)))
    mask = np.asarray(Image.open(io.BytesIO(body)))
    assert mask.shape == (512, 448)
    assert 0.25 < (mask > 127).mean() < 0.6
    assert (mask[300:500, 20:190] > 127).mean() > 0.9, "the suit is the garment"
    assert (mask[:150, 260:350] > 127).mean() < 0.05, "the wall is not"


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (401, {"Authorization": "Bearer wrong"}, b""),
        (401, {"Authorization": ""}, b""),
        (401, {"Authorization": "Bearer "}, b""),
        (415, {"Content-Type": "image/svg+xml"}, b"<svg/>"),
        (400, {}, b""),
        (400, {}, b"\xff\xd8\xff rubbish"),
        (400, {}, encoded(flat_lay(height=200, width=200)[0])[:900]),
        (413, {}, bytes(MAX_BYTES + 1)),
    ],
    ids=["wrong-token", "no-token", "blank-token", "svg", "nothing", "rubbish", "half", "large"],
)
async def test_what_it_cannot_take_it_refuses(
    session: ClientSession, status: int, headers: dict[str, str], body: bytes
) -> None:
    assert (await segment(session, body, **headers))[0] == status


async def test_faults_strike_once_and_are_over(session: ClientSession) -> None:
    photo = encoded(flat_lay(height=200, width=180)[0])
    right = await segment(session, photo)
    spoiled = {}
    for kind in ["rubbish", "truncated", "wrong_size", "empty_mask", "full_mask"]:
        await arm(session, kind=kind)
        spoiled[kind] = await segment(session, photo)
        assert await segment(session, photo) == right
    assert {status for status, _ in spoiled.values()} == {200}
    assert right[1].startswith(spoiled["truncated"][1])
    assert not spoiled["rubbish"][1].startswith(b"\x89PNG")
    assert Image.open(io.BytesIO(spoiled["wrong_size"][1])).size == (180, 100)
    assert Image.open(io.BytesIO(spoiled["empty_mask"][1])).getextrema() == (0, 0)
    assert Image.open(io.BytesIO(spoiled["full_mask"][1])).getextrema() == (255, 255)


async def test_an_error_names_when_to_come_back_and_only_strikes_its_match(session: ClientSession) -> None:
    photo = encoded(flat_lay(height=100, width=90)[0])
    await arm(session, kind="error", status=429, retry_after=7, match="x-request-id: second")
    assert (await segment(session, photo, **{"X-Request-Id": "first"}))[0] == 200
    sent = TOKEN | {"Content-Type": "image/jpeg", "X-Request-Id": "second"}
    async with session.post("/", data=photo, headers=sent) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")


async def test_a_hang_ends_by_the_callers_time_limit_or_a_dropped_connection(session: ClientSession) -> None:
    await arm(session, kind="hang")
    with pytest.raises((TimeoutError, ClientError)):
        await session.post("/", data=b"x", headers=TOKEN, timeout=ClientTimeout(total=0.1))
    await arm(session, kind="hang", seconds=0)
    with pytest.raises(ServerDisconnectedError):
        await session.post("/", data=b"x", headers=TOKEN)


async def test_it_stays_answerable_while_it_works_and_counts_what_was_in_flight(
    session: ClientSession,
) -> None:
    await session.delete("/__control/requests")
    photo = encoded(flat_lay(height=600, width=500)[0])
    working = [asyncio.create_task(segment(session, photo)) for _ in range(3)]
    async with session.get("/healthz") as response:
        assert response.status == 200
    assert {status for status, _ in await asyncio.gather(*working)} == {200}
    async with session.get("/__control/requests") as response:
        report = await response.json()
    assert (report["total"], report["in_flight"], report["most_in_flight"]) == (3, 0, 3)
    assert "shared" not in str(report)


async def test_an_unknown_fault_is_refused_by_name(session: ClientSession) -> None:
    async with session.post("/__control/faults", json={"kind": "refusal"}) as response:
        assert response.status == 400
        assert "refusal" in await response.text()
