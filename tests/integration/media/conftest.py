"""Photos as people send them, a person of one's own, and faults for the segmentation service."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from core.platform import settings, storage
from core.platform.cosmos import Container
from core.platform.ids import new_id
from devstack.stack import Stack
from tests.flatlay import SHIRT, flat_lay

type Fault = Callable[..., Awaitable[None]]
type Left = Callable[[str], Awaitable[dict[str, list[str]]]]


@pytest.fixture
def person() -> str:
    return new_id()


@pytest.fixture(scope="session")
def portrait() -> bytes:
    return (Path(__file__).parents[2] / "data" / "astronaut-sideways-gps.jpg").read_bytes()


@pytest.fixture
def shirt() -> bytes:
    return shirt_photo((32, 48, 110))


def shirt_photo(colour: tuple[int, int, int], *, quality: int = 92, side: int = 320) -> bytes:
    picture, _ = flat_lay(SHIRT, on="plain", colour=colour, height=side, width=side * 9 // 10)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return file.getvalue()


@pytest.fixture
async def fault(app_env: dict[str, str], stack: Stack) -> AsyncIterator[Fault]:
    control = stack.url("segmentation") + "/__control/faults"
    async with aiohttp.ClientSession() as session:

        async def arm(kind: str, **details: Any) -> None:
            async with session.post(control, json={"kind": kind, **details}) as answer:
                assert answer.status < 300, await answer.text()

        yield arm
        async with session.delete(control) as answer:
            assert answer.status < 300, await answer.text()


@pytest.fixture
def left(app_env: dict[str, str]) -> Left:
    """What is stored of a person: record ids, and blob names by container."""

    async def look(user: str) -> dict[str, list[str]]:
        from core.media.models import Picture

        archive = settings.get(settings.StorageSettings).archive_container
        return {
            "records": [doc.id async for doc in Container("media", Picture).all(user)],
            "archived": [name async for name in storage.Blobs(archive).names(user)],
            "renditions": sorted([name async for name in storage.Blobs("media").names(user)]),
        }

    return look
