"""Sources on a local web and sweeps of them, in this process and on the real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from core import scraper
from core.platform import connections
from core.scraper import FeedItem, Source, SourceSpec, repository, sweeping
from tests.fixtures.tuning import Tune
from tests.fixtures.web import HOSTS, Page

_FREE = iter(HOSTS[40:])


@pytest.fixture
def host() -> str:
    """A host of the local web that no other test's sources are on."""
    return next(_FREE)


@pytest.fixture
async def impatient(tune: Tune) -> AsyncIterator[None]:
    """A fetcher that gives a server one second."""
    tune("FETCH_TIMEOUT_SECONDS", "1")
    await connections.close_all()
    yield
    await connections.close_all()


async def follow(url: str, kind: str, **spec: Any) -> Source:
    """Add a source."""
    source, _ = await scraper.add(
        SourceSpec.model_validate({"name": "A shop", "url": url, "kind": kind, **spec})
    )
    return source


async def sweep(source: Source, *, seconds: float = 30) -> sweeping.Swept:
    """Sweep a source as if it were due, and as a sweep of its own."""
    await scraper.resume(source.id)
    return await sweeping.sweep(source.id, str(uuid4()), seconds=seconds)


async def items(source: Source) -> list[FeedItem]:
    """All items the source carries, by title."""
    found = [item async for item in repository.items_of_source(source.site, source.id)]
    return sorted(found, key=lambda item: item.finding.title)


def entry(title: str, path: str, more: str = "") -> str:
    """An entry of a feed."""
    return f"<item><title>{title}</title><link>{path}</link>{more}</item>"


def feed(*entries: str, etag: str | None = None, **page: Any) -> Page:
    """An RSS feed with Google Merchant Center's fields."""
    body = "".join(entries)
    text = f'<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>{body}</channel></rss>'
    return Page(text, headers=headers("application/rss+xml; charset=utf-8", etag), **page)


def headers(content_type: str, etag: str | None = None) -> dict[str, str]:
    """The headers of a document."""
    return {"Content-Type": content_type, **({"ETag": f'"{etag}"'} if etag else {})}
