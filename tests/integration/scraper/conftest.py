"""Sources of a local web and the sweeps that read them, in this process and on the real database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from core import scraper
from core.scraper import Source, SourceSpec, repository, sweeping
from core.scraper.models import FeedItem

type Follow = Callable[..., Awaitable[Source]]


@pytest.fixture
def host(request: pytest.FixtureRequest) -> str:
    """A host of the local web that no other test's sources are on."""
    return f"site{next(_NUMBERS):02}.test"


_NUMBERS = iter(range(11, 41))


async def follow(url: str, kind: str, **spec: Any) -> Source:
    """Add a source."""
    source, _ = await scraper.add(SourceSpec(name=spec.pop("name", "A shop"), url=url, kind=kind, **spec))
    return source


async def sweep(source: Source, sweep_id: str | None = None) -> sweeping.Swept:
    """Sweep a source to the end, due or not."""
    await scraper.resume(source.id)
    return await sweeping.sweep(source.id, sweep_id or str(uuid4()), seconds=30)


async def items(source: Source) -> list[FeedItem]:
    """All items the source carries, by title."""
    found = [item async for item in repository.items_of_source(source.site, source.id)]
    return sorted(found, key=lambda item: item.finding.title)
