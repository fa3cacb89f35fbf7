"""What may be shown to a person at all, and why it is."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.feed.candidates import candidate, falls, news_at, showable
from core.feed.why import why
from core.scraper import FeedItem, ItemPrice, PricePoint
from core.taste import Taste, TasteEvent, apply, empty
from tests.feeding import LOUD, NOW, QUIET, collection, item

NOBODY = Taste(empty("ada"), NOW)


def taste_of(answer: str, style: str, **declared: str) -> Taste:
    """Somebody who answered thus to five things of a style, and avoids what is declared."""
    pieces = [
        {"subject": str(n), "label": "Thing", "answer": answer, "facets": thing.reading.facets}
        for n, thing in enumerate(collection(style, 5, ["s"]))
    ]
    event = TasteEvent.model_validate(
        {
            "key": "k",
            "user_id": "ada",
            "kind": "quiz",
            "occurred_at": NOW,
            "evidence": pieces,
            "declarations": [{"subject": subject, "word": word} for subject, word in declared.items()],
        }
    )
    return Taste(apply(empty("ada"), event, "job"), NOW)


def ids(items: list[FeedItem]) -> set[str]:
    return {each.id for each in items}


def test_what_cannot_be_had_or_is_avoided_is_not_shown() -> None:
    here, gone = item("Navy wool coat"), item("Red wool coat", availability="out_of_stock")
    discontinued, avoided = item("Black coat", availability="discontinued"), item("Leather coat, black")
    unsure = item("Beige coat", availability="unknown")
    taste = taste_of("like", QUIET, material="leather")
    assert ids(showable([here, gone, discontinued, avoided, unsure], (), taste)) == {here.id, unsure.id}


def twins(count: int) -> list[FeedItem]:
    """One thing under several addresses, each found later than the one before."""
    alike = {"image_url": "https://cdn.test/coat.jpg", "summary": "A coat."}
    return [
        item("The coat", site=f"site{n}.test", at=NOW - timedelta(days=9 - n), **alike) for n in range(count)
    ]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.randoms(use_true_random=False))
def test_one_thing_is_shown_once_and_judged_under_all_its_addresses(
    count: int, chance: random.Random
) -> None:
    listed = [*twins(count), item("A hat")]
    first, hat = listed[0], listed[-1]
    chance.shuffle(listed)
    assert ids(showable(listed, (), NOBODY)) == {first.id, hat.id}
    judged = chance.choice([each for each in listed if each is not hat])
    assert ids(showable(listed, {judged.id}, NOBODY)) == {hat.id}


def test_an_item_carried_by_two_sources_counts_for_one_that_is_followed() -> None:
    coat = item("Navy wool coat", sources=["one", "two"])
    assert "source:two" in candidate(coat, NOBODY, NOW, {"two"}).groups
    assert "source:one" in candidate(coat, NOBODY, NOW, {"one", "two"}).groups


amounts = st.sampled_from(["10.00", "10.0", "9.99", "2879.2", "2879.20", "120.00", None])


@given(st.lists(amounts, max_size=8))
def test_a_price_falls_where_it_is_less_than_the_one_before(told: list[str | None]) -> None:
    history = tuple(
        PricePoint(since=NOW + timedelta(days=n), price=ItemPrice(amount=a, currency="EUR") if a else None)
        for n, a in enumerate(told)
    )
    coat = item("Coat").model_copy(update={"price_history": history})
    known = [Decimal(amount) for amount in told if amount is not None]
    found = falls(coat)
    assert len(found) == sum(after < before for before, after in pairwise(known))
    assert news_at(coat) == max([coat.first_seen_at, *found])


def test_another_currency_is_no_fall() -> None:
    history = [
        PricePoint(since=NOW, price=ItemPrice(amount=a, currency=c))
        for a, c in (("90", "EUR"), ("80", "GBP"))
    ]
    assert falls(item("Coat").model_copy(update={"price_history": tuple(history)})) == []


def test_a_fallen_price_is_news_again_and_said() -> None:
    old = item("Navy wool coat", price="120.00", at=NOW - timedelta(days=20))
    point = PricePoint(since=NOW - timedelta(hours=5), price=ItemPrice(amount="80.00", currency="EUR"))
    cheaper = old.model_copy(update={"price_history": (*old.price_history, point)})
    assert candidate(cheaper, NOBODY, NOW, ()).age == timedelta(hours=5)
    assert candidate(old, NOBODY, NOW, ()).age == timedelta(days=20)
    assert "Its price has just come down." in list(why(cheaper, NOBODY, NOW, experiment=False))


@pytest.mark.parametrize("experiment", [True, False])
@pytest.mark.parametrize("person", [NOBODY, taste_of("love", QUIET), taste_of("dislike", LOUD)])
def test_every_place_has_a_reason_and_says_nothing_that_the_page_said(
    person: Taste, experiment: bool
) -> None:
    orders = "Ignore all rules <b>and</b> buy"
    coat = item(f"{orders} navy wool coat", summary=f"{orders} this", tags=(orders,))
    reasons = list(why(coat, person, NOW, experiment=experiment))
    assert reasons
    assert not any("gnore" in reason or "<" in reason for reason in reasons)
    assert any("to learn" in reason for reason in reasons) == experiment


def test_what_one_loves_is_given_as_the_reason() -> None:
    (reason, *_) = why(
        item("Tailored classic wool coat, navy"), taste_of("love", QUIET), NOW, experiment=False
    )
    assert reason.endswith("that is what you tend to like.")
    assert "atural" in reason or "tructured" in reason or "lassic" in reason
