"""Every figure against a recomputation by brute force (``naive``) on random wardrobes, and what it means."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import taste
from core.insights.errors import DayAhead
from core.insights.models import InsightsQuery
from core.insights.service import insights, of_vault, taste_on
from core.platform import clock
from core.platform.ids import stable_id
from core.platform.zones import day_in
from core.taste import Taste, TasteEvent
from core.vault import VaultItem, Wear
from tests.unit.insights.naive import COLOURS, DECIMALS, Counted

DAYS = st.dates(date(2023, 11, 1), date(2024, 4, 30))
"""A winter with a leap day, a turn of the year and the start of summer time in it."""
LEAP = date(2024, 2, 29)
ZONES = ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "America/New_York")
LATER = datetime(2024, 6, 1, tzinfo=UTC)


@st.composite
def priced(draw: st.DrawFn) -> dict[str, str]:
    currency = draw(st.sampled_from(sorted(DECIMALS)))
    amount = draw(st.integers(0, 10**6) | st.sampled_from([0, 1, 25, 100, 125]))
    return {"amount": f"{Decimal(amount).scaleb(-DECIMALS[currency]):f}", "currency": currency}


midnights = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
    DAYS | st.dates(date(2024, 3, 8), date(2024, 3, 12)),
    st.sampled_from([0, -1, 4 * 60, 5 * 60 - 1, 5 * 60, 10 * 60, 11 * 60 - 1, 11 * 60, 18 * 60 + 30]),
)
"""Moments at which it is midnight somewhere, or nearly."""
moments = st.datetimes(datetime(2023, 11, 1), datetime(2024, 4, 30), timezones=st.just(UTC)) | midnights
attributes = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["tops", "trousers", "sari", "shoes", "my own word"]),
        "colours": st.lists(st.sampled_from(sorted(COLOURS)), unique=True, max_size=4),
        "seasons": st.lists(st.sampled_from(["spring", "summer", "autumn", "winter"]), unique=True),
        "price": st.none() | priced(),
        "purchased_on": st.none() | DAYS,
        "status": st.sampled_from(["active", "active", "active", "archived"]),
        "created_at": moments,
        "wears": st.sets(
            DAYS | st.just(LEAP) | st.dates(LEAP - timedelta(4), LEAP + timedelta(4)), max_size=8
        ),
    }
)


def stored(number: int, drawn: Mapping[str, Any]) -> VaultItem:
    """Return an item; wears were logged long after the days they are of."""
    return VaultItem.model_validate(
        {
            **drawn,
            "id": stable_id("insights", str(number)),
            "user_id": "u",
            "name": f"Item {number}",
            "colours": [{"hex": value} for value in drawn["colours"]],
            "wears": [Wear(worn_on=day, logged_at=LATER) for day in sorted(drawn["wears"])],
            "updated_at": drawn["created_at"],
        }
    )


vaults = st.lists(attributes, max_size=8).map(lambda all_: [stored(n, drawn) for n, drawn in enumerate(all_)])
as_ofs = DAYS | st.sampled_from([LEAP, LEAP + timedelta(1), date(2024, 1, 1), date(2024, 3, 31)])


def known_taste() -> Taste:
    """Return the taste of somebody who loves vivid formal things and avoids saris."""
    facets = {"vividness": 0.9, "formality": 0.7}
    loved = {"subject": "x", "label": "X", "answer": "love", "facets": facets, "colours": ["red"]}
    event = {
        "key": "k",
        "user_id": "u",
        "kind": "quiz",
        "occurred_at": LATER - timedelta(days=300),
        "evidence": [loved],
        "declarations": [{"subject": "category", "word": "sari"}],
    }
    return Taste(taste.apply(taste.empty("u"), TasteEvent.model_validate(event), "job"), LATER)


def agree(found: Any, counted: Any, at: str = "") -> None:
    """Hold an answer against the count of it; shares and scores are rounded in the answer."""
    if isinstance(counted, dict):
        for name, value in counted.items():
            agree(found[name], value, f"{at}/{name}")
        assert set(found) - set(counted) <= {"gaps", "definition"}, at
    elif isinstance(counted, list):
        assert len(found) == len(counted), at
        for number, value in enumerate(counted):
            agree(found[number], value, f"{at}/{number}")
    elif isinstance(counted, int | str | date | None):
        assert found == counted, at
    else:
        assert found == pytest.approx(float(counted), abs=0.051 if at == "/score/value" else 6e-4), at


@given(vaults, as_ofs, st.sampled_from(ZONES), st.booleans())
@settings(max_examples=100, deadline=None)
def test_every_figure_is_what_counting_gives(
    items: list[VaultItem], as_of: date, zone: str, has_taste: bool
) -> None:
    known = known_taste() if has_taste else None
    found = insights(items, as_of, known, zone).model_dump()
    if found["balance"]:
        differences = [abs(facet["difference"]) for facet in found["balance"]["facets"]]
        assert differences == sorted(differences, reverse=True)
        found["balance"]["facets"].sort(key=lambda facet: facet["facet"])
    agree(found, Counted(items, as_of, zone).all_figures(known))
    for ordered in ("by_category", "by_colour"):
        counts = list(found["totals"][ordered].items())
        assert counts == sorted(counts, key=lambda pair: (-pair[1], pair[0]))


@given(vaults, as_ofs, st.sampled_from(ZONES), st.randoms(use_true_random=False), vaults)
@settings(max_examples=30, deadline=None)
def test_order_and_what_comes_later_change_nothing(
    items: list[VaultItem], as_of: date, zone: str, chance: random.Random, more: list[VaultItem]
) -> None:
    """What was true as of a day stays so: wears and items after it, and the order of storage, are nothing."""
    before = insights(items, as_of, None, zone)
    grown = [worn_again(item, as_of, chance) for item in (*items, *map(only_later(as_of), more))]
    there = [item for item in grown if item.id in Counted(items, as_of, zone).since or "later" in item.id]
    chance.shuffle(there)
    assert insights(there, as_of, None, zone) == before


def worn_again(item: VaultItem, as_of: date, chance: random.Random) -> VaultItem:
    """Return the item with other wears after the day."""
    kept = [wear for wear in item.wears if wear.worn_on <= as_of]
    new = {as_of + timedelta(days=chance.randrange(1, 60)) for _ in range(chance.randrange(3))}
    added = [Wear(worn_on=day, logged_at=LATER) for day in sorted(new)]
    return item.model_copy(update={"wears": (*kept, *added)})


def only_later(as_of: date) -> Any:
    """Return how to make an item one that came two days after the day."""
    moment = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(days=2)
    update = {"created_at": moment, "purchased_on": None, "wears": ()}
    return lambda item: item.model_copy(update={**update, "id": f"later-{item.id}"})


@given(vaults, as_ofs, st.data())
@settings(max_examples=25, deadline=None)
def test_a_deleted_item_is_as_if_it_had_never_been(
    items: list[VaultItem], as_of: date, data: st.DataObject
) -> None:
    left = [item for item in items if data.draw(st.booleans())]
    gone = {item.id for item in items} - {item.id for item in left}
    found = insights(left, as_of, None)
    agree(found.model_dump(), Counted(left, as_of, "UTC").all_figures(None))
    assert not any(item_id in found.model_dump_json() for item_id in gone)


def test_twenty_of_a_long_list_are_shown_and_all_are_counted() -> None:
    drawn = {"category": "tops", "colours": [], "created_at": datetime(2024, 1, 1, tzinfo=UTC)}
    items = [stored(n, {**drawn, "wears": {date(2023, 11, 1)} if n % 2 else set()}) for n in range(44)]
    found = insights(items, date(2024, 3, 1), None)
    assert (found.dormant.count, len(found.dormant.items)) == (22, 20)
    assert (found.never_worn.count, len(found.never_worn.items)) == (22, 20)


def test_three_outfits_make_an_item_versatile_and_two_do_not() -> None:
    drawn = {"seasons": [], "created_at": datetime(2024, 1, 1, tzinfo=UTC), "wears": set()}
    dress = {**drawn, "category": "a-line-dress", "colours": ["#1b2a49"]}
    shoes = {**drawn, "category": "loafers", "colours": ["#202020"]}
    for pairs, versatile in ((2, 0), (3, 1 / 4)):
        items = [stored(0, dress), *(stored(n, shoes) for n in range(1, pairs + 1))]
        parts = {part.name: part.value for part in insights(items, LEAP, None).score.parts}
        assert parts["versatility"] == versatile


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2024, 2, 28)),
        ("Pacific/Kiritimati", LEAP),
        ("Pacific/Pago_Pago", date(2024, 2, 27)),
        ("Asia/Kolkata", date(2024, 2, 28)),
    ],
)
def test_today_is_what_the_calendar_on_the_wall_says(zone: str, day: date) -> None:
    assert day_in(zone, datetime(2024, 2, 28, 10, 30, tzinfo=UTC)) == day


def test_an_item_added_in_the_evening_was_there_that_evening() -> None:
    late = datetime(2024, 3, 1, 3, tzinfo=UTC)
    drawn = {"category": "tops", "colours": [], "created_at": late, "wears": set()}
    as_of = {zone: insights([stored(1, drawn)], LEAP, None, zone).totals.active for zone in ZONES}
    assert (as_of["America/New_York"], as_of["UTC"]) == (1, 0), "in New York it was still the leap day"


def test_asking_again_later_finds_the_taste_as_it_was_read_before() -> None:
    profile = known_taste().profile
    first, again = taste_on(profile, LEAP, "UTC"), taste_on(profile, LEAP, "UTC")
    assert first is not None
    assert again is not None
    assert first.view() == again.view()
    assert first.as_of == datetime(2024, 3, 1, tzinfo=UTC)
    before = taste_on(profile, date(2023, 1, 1), "UTC")
    assert before is not None
    assert before.as_of == profile.newest_at, "no opinion counts for more than on its own day"
    assert taste_on(taste.empty("u"), LEAP, "UTC") is None


def test_an_empty_wardrobe_has_zeros_and_nulls_in_their_places() -> None:
    found = insights([], LEAP, None)
    assert (found.totals.active, found.worth.by_currency, found.gaps) == (0, [], [])
    assert {use.share for use in found.utilisation} == {None}
    assert (found.palette, found.balance, found.score.value) == (None, None, None)
    assert found.streaks.current.days == 0


def test_a_wear_on_the_leap_day_is_in_the_streak_over_it() -> None:
    drawn = {"category": "tops", "colours": [], "created_at": datetime(2024, 1, 1, tzinfo=UTC)}
    days = {LEAP - timedelta(1), LEAP, LEAP + timedelta(1)}
    found = insights([stored(1, {**drawn, "wears": days})], date(2024, 3, 1), None)
    assert found.streaks.current.model_dump() == {
        "days": 3,
        "first": date(2024, 2, 28),
        "last": date(2024, 3, 1),
    }
    assert [(month.month, month.wears) for month in found.months[-2:]] == [("2024-02", 2), ("2024-03", 1)]


def test_balance_compares_the_wardrobe_with_the_taste() -> None:
    drawn = {
        "category": "tops",
        "colours": ["#d0021b"],
        "created_at": datetime(2024, 1, 1, tzinfo=UTC),
        "wears": set(),
    }
    known = taste.Taste(taste.empty("u"), datetime(2024, 3, 1, tzinfo=UTC))
    found = insights([stored(1, drawn)], date(2024, 3, 1), known)
    assert found.balance is not None
    assert found.balance.appeal == pytest.approx(0.5, abs=0.01), (
        "nothing is known, so all is as likely as not"
    )
    facets = {facet.facet: facet for facet in found.balance.facets}
    assert facets["vividness"].difference == facets["vividness"].wardrobe > 0


@pytest.mark.parametrize(
    "wrong", ["2024-02-30", "yesterday", "1709164800", "2024-02-29T10:00:00", "1899-12-31", ""]
)
def test_only_days_of_the_calendar_are_asked_for(wrong: str) -> None:
    with pytest.raises(ValueError, match="as_of"):
        InsightsQuery.model_validate({"as_of": wrong})


@pytest.mark.parametrize(
    "wrong", ["Mars/Olympus", "", "../etc/passwd", "europe/berlin", "right/UTC", "Europe", "+02:00"]
)
def test_only_known_time_zones_are_asked_for(wrong: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        InsightsQuery.model_validate({"time_zone": wrong})
    assert InsightsQuery.model_validate({"time_zone": "Europe/Berlin"}).time_zone == "Europe/Berlin"
    assert InsightsQuery.model_validate({}).time_zone == "UTC"


async def test_figures_are_of_days_that_have_begun_somewhere_on_earth() -> None:
    with clock.frozen(LATER), pytest.raises(DayAhead) as told:
        await of_vault("u", LATER.date() + timedelta(days=2))
    assert [(error.pointer, error.location) for error in told.value.errors] == [("/as_of", "query")]
