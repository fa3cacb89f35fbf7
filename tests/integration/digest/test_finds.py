"""What followed sources brought since the last digest, the most to one's taste first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from core import scraper, taste
from core.digest import service, sweeping
from core.digest.finds import MOST, latest, ranked
from core.digest.models import Feedback
from core.platform import clock
from core.platform.ids import new_id
from core.scraper import FeedItem, Source, SourceSpec
from core.scraper import repository as feed
from core.taste import Declaration, Taste, TasteEvent
from tests.integration.digest.conftest import SUNDAY, Reader

pytestmark = pytest.mark.usefixtures("app_env")


def thing(source: Source, title: str, seen: datetime = SUNDAY, **more: Any) -> FeedItem:
    """Return an item of a source, first seen at a moment."""
    colours, facets = more.pop("colours", ["navy"]), more.pop("facets", {})
    reading = {"category": "tops", "facets": facets, "colours": colours}
    url = f"https://{source.site}/{title}"
    finding = {"kind": "product", "read_as": "json-ld", "url": url, "title": title}
    return FeedItem.model_validate(
        {
            "id": new_id(),
            "partition": source.site,
            "source_ids": [source.id],
            "finding": {**finding, "price": {"amount": "79.90", "currency": "EUR"}},
            "reading": reading,
            "content_hash": "0",
            "provenance": {"document_url": url, "fetched_at": seen, "sweep": "s"},
            "first_seen_at": seen,
            "changed_at": seen,
            "expires_at": datetime.now(UTC) + timedelta(days=400),
            **more,
        }
    )


@pytest.fixture
async def source() -> Source:
    spec = SourceSpec(name="A shop", url=f"https://{uuid4()}.example.org/", kind="page")
    added, _ = await scraper.add(spec)
    return added


def someone(user_id: str, *avoided: str) -> Taste:
    event = TasteEvent(
        key="k", user_id=user_id, kind="statement", occurred_at=SUNDAY,
        declarations=[Declaration(subject="colour", word=word) for word in avoided or ("neon",)],
    )  # fmt: skip
    return Taste(taste.apply(taste.empty(user_id), event, new_id()), SUNDAY)


async def test_only_what_is_new_at_followed_sources_is_found(source: Source) -> None:
    user_id, known = new_id(), someone("u")
    old = thing(source, "Old coat", SUNDAY - timedelta(days=20))
    for item in (old, *(thing(source, f"Shirt {n}", SUNDAY - timedelta(days=n)) for n in range(5))):
        await feed.add_item(item)
    with clock.frozen(SUNDAY + timedelta(hours=1)):
        assert await latest(user_id, known, None) == ()
        await scraper.subscribe(user_id, source.id)
        found = await latest(user_id, known, None)
        assert len(found) == MOST
        assert "Old coat" not in {one.find.title for one in found}
        assert (found[0].find.source, found[0].find.price) == ("A shop", "79.90 EUR")
        since = await latest(user_id, known, SUNDAY - timedelta(hours=30))
    assert {one.find.title for one in since} == {"Shirt 0", "Shirt 1"}


async def test_finds_are_ranked_by_taste_without_what_is_avoided_and_without_twins(source: Source) -> None:
    known = someone("u", "pink")
    pink, twin = (thing(source, "Pink", colours=["pink"]), thing(source, "Twin", fingerprint="f"))
    plain = [thing(source, f"Plain {n}") for n in range(2)]
    same = thing(source, "Twin elsewhere", fingerprint="f")
    found = ranked([pink, *plain, twin, same, twin], known)
    assert pink not in found
    assert len(found) == MOST
    assert len({item.fingerprint or item.id for item in found}) == MOST


async def test_a_find_is_in_the_digest_and_can_be_judged(source: Source, reader: Reader) -> None:
    user_id = await reader(9)
    item = thing(source, "Navy jumper | A shop", SUNDAY - timedelta(days=1), facets={"formality": 0.5})
    await feed.add_item(item)
    await scraper.subscribe(user_id, source.id)
    with clock.frozen(SUNDAY):
        assert await sweeping.deliver(user_id) == "made"
        made = await service.latest(user_id)
        assert [find.find_id for find in made.contents.finds] == [item.id]
        assert made.editorial.written_by == "model"
        assert "Navy jumper | A shop" in " ".join(made.editorial.paragraphs)
        liked = Feedback(about=item.id, answer="like")
        job = await service.give_feedback(user_id, made.id, liked)
        assert (await service.give_feedback(user_id, made.id, liked)).id == job.id
    event = TasteEvent.model_validate(job.payload)
    assert (event.kind, event.evidence[0].facets) == ("digest_feedback", {"formality": 0.5})
