"""Every figure against a recomputation by brute force, day by day and coin by coin, on random wardrobes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import taste
from core.insights.models import InsightsQuery, VaultInsights, WornItem
from core.insights.service import insights
from core.platform.ids import stable_id
from core.vault import VaultItem, Wear, colour_family

DAYS = st.dates(date(2023, 11, 1), date(2024, 4, 30))
"""A winter with a leap day and a turn of the year in it."""
LEAP = date(2024, 2, 29)
DECIMALS = {"EUR": 2, "JPY": 0, "KWD": 3}


@st.composite
def priced(draw: st.DrawFn) -> dict[str, str]:
    currency = draw(st.sampled_from(sorted(DECIMALS)))
    places = DECIMALS[currency]
    return {"amount": f"{Decimal(draw(st.integers(0, 10**6))).scaleb(-places):f}", "currency": currency}


moments = st.datetimes(datetime(2023, 11, 1), datetime(2024, 4, 30), timezones=st.just(UTC))
attributes = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["tops", "trousers", "sari", "shoes", "my own word"]),
        "colours": st.lists(st.sampled_from(["#ffffff", "#1b2a49", "#d0021b", "#202020"]), unique=True),
        "seasons": st.lists(st.sampled_from(["spring", "summer", "autumn", "winter"]), unique=True),
        "price": st.none() | priced(),
        "purchased_on": st.none() | DAYS,
        "status": st.sampled_from(["active", "active", "archived"]),
        "created_at": moments,
        "wears": st.sets(
            DAYS | st.just(LEAP) | st.dates(LEAP - timedelta(4), LEAP + timedelta(4)), max_size=8
        ),
    }
)


def stored(number: int, drawn: dict[str, object]) -> VaultItem:
    wears = sorted(drawn["wears"])  # type: ignore[call-overload]
    return VaultItem.model_validate(
        {
            **drawn,
            "id": stable_id("insights", str(number)),
            "user_id": "u",
            "name": f"Item {number}",
            "colours": [{"hex": value} for value in drawn["colours"]],  # type: ignore[attr-defined]
            "wears": [Wear(worn_on=day, logged_at=datetime(2024, 5, 1, tzinfo=UTC)) for day in wears],
            "updated_at": drawn["created_at"],
        }
    )


vaults = st.lists(attributes, max_size=8).map(lambda all_: [stored(n, drawn) for n, drawn in enumerate(all_)])
as_ofs = DAYS | st.sampled_from([LEAP, LEAP + timedelta(1), date(2024, 1, 1), date(2024, 3, 31)])


def there(items: list[VaultItem], as_of: date) -> list[tuple[VaultItem, list[date]]]:
    """Return the items owned by then with their wears up to then."""
    found = []
    for item in sorted(items, key=lambda item: item.id):
        days = [wear.worn_on for wear in item.wears]
        known = [item.created_at.date(), *days] + ([item.purchased_on] if item.purchased_on else [])
        if any(day <= as_of for day in known):
            found.append((item, [day for day in days if day <= as_of]))
    return found


def active(items: list[VaultItem], as_of: date) -> list[tuple[VaultItem, list[date]]]:
    return [(item, days) for item, days in there(items, as_of) if item.status == "active"]


def days_back(as_of: date, count: int) -> set[date]:
    return {as_of - timedelta(days=ago) for ago in range(count)}


@given(vaults, as_ofs)
@settings(max_examples=60, deadline=None)
def test_totals_are_counts(items: list[VaultItem], as_of: date) -> None:
    totals = insights(items, as_of, None).totals
    now = [item for item, _ in active(items, as_of)]
    assert (totals.active, totals.archived) == (len(now), len(there(items, as_of)) - len(now))
    assert totals.by_category == dict(Counter(item.category for item in now))
    families = [{colour_family(colour.hex) for colour in item.colours} for item in now]
    assert totals.by_colour == dict(Counter(name for names in families for name in names))
    assert totals.colour_unknown == sum(not names for names in families)
    assert sum(totals.by_season.values()) == sum(len(item.seasons) for item in now)
    assert set(totals.by_season) == {"spring", "summer", "autumn", "winter"}
    assert totals.season_unknown == sum(item.seasons == [] for item in now)


@given(vaults, as_ofs)
@settings(max_examples=60, deadline=None)
def test_money_is_exact_and_never_crosses_currencies(items: list[VaultItem], as_of: date) -> None:
    worth = insights(items, as_of, None).worth
    now = active(items, as_of)
    assert [value.currency for value in worth.by_currency] == sorted(
        {item.price.currency for item, _ in now if item.price}
    )
    for value in worth.by_currency:
        mine = [
            (Decimal(i.price.amount), len(d))
            for i, d in now
            if i.price and i.price.currency == value.currency
        ]
        assert Decimal(value.total) == sum(amount for amount, _ in mine)
        assert value.items == len(mine)
        spent, wears = sum(amount for amount, days in mine if days), sum(days for _, days in mine)
        assert (Decimal(value.spent_on_worn), value.wears) == (spent, wears)
        step = Decimal(1).scaleb(-DECIMALS[value.currency])
        each = None if not wears else (spent / wears).quantize(step, ROUND_HALF_EVEN)
        assert (None if value.cost_per_wear is None else Decimal(value.cost_per_wear)) == each
    assert worth.unpriced == sum(item.price is None for item, _ in now)
    assert worth.priced_but_unworn == sum(item.price is not None and not days for item, days in now)


@given(vaults, as_ofs)
@settings(max_examples=60, deadline=None)
def test_utilisation_and_sleep_are_counted_day_by_day(items: list[VaultItem], as_of: date) -> None:
    found = insights(items, as_of, None)
    now = active(items, as_of)
    for use in found.utilisation:
        worn = sum(bool(days_back(as_of, use.days) & set(days)) for _, days in now)
        assert (use.worn, use.items) == (worn, len(now))
        assert use.share == (pytest.approx(worn / len(now), abs=1e-4) if now else None)
    asleep = {item.id for item, days in now if days and not days_back(as_of, 90) & set(days)}
    assert {item.item_id for item in found.dormant.items} == asleep
    assert found.dormant.count == len(asleep)
    assert {item.item_id for item in found.never_worn.items} == {item.id for item, days in now if not days}


@given(vaults, as_ofs)
@settings(max_examples=60, deadline=None)
def test_favourites_are_ordered_and_cost_what_they_cost(items: list[VaultItem], as_of: date) -> None:
    found = insights(items, as_of, None)
    now = {item.id: (item, days) for item, days in active(items, as_of)}
    counts = sorted((len(days) for _, days in now.values() if days), reverse=True)
    assert [item.wears for item in found.most_worn] == counts[:5]
    assert [item.wears for item in found.least_worn] == counts[::-1][:5]
    for shown in (*found.most_worn, *found.least_worn, *found.never_worn.items):
        check_cost(shown, *now[shown.item_id])


def check_cost(shown: WornItem, item: VaultItem, days: list[date]) -> None:
    assert (shown.wears, shown.last_worn_on) == (len(days), max(days, default=None))
    if item.price is None or not days:
        assert shown.cost_per_wear is None
        return
    assert shown.cost_per_wear is not None
    off = Decimal(shown.cost_per_wear.amount) * len(days) - Decimal(item.price.amount)
    assert abs(off) <= Decimal(len(days)) / 2 * Decimal(1).scaleb(-DECIMALS[item.price.currency])


@given(vaults, as_ofs)
@settings(max_examples=60, deadline=None)
def test_streaks_and_months_are_walked_through(items: list[VaultItem], as_of: date) -> None:
    found = insights(items, as_of, None)
    worn = {day for _, days in there(items, as_of) for day in days}
    end = as_of if as_of in worn else as_of - timedelta(days=1)
    running = 0
    while end - timedelta(days=running) in worn:
        running += 1
    assert found.streaks.current.days == running
    longest = max((sum(1 for _ in run(worn, day)) for day in worn), default=0)
    assert found.streaks.longest.days == longest
    logged = Counter(f"{day:%Y-%m}" for _, days in there(items, as_of) for day in days)
    assert len(found.months) == 12
    assert found.months[-1].month == f"{as_of:%Y-%m}"
    for month in found.months:
        assert (month.wears or 0) == logged[month.month]
    if not there(items, as_of):
        assert {month.wears for month in found.months} == {None}
    else:
        assert found.months[-1].wears is not None


def run(worn: set[date], day: date) -> list[date]:
    found = []
    while day in worn:
        found.append(day)
        day += timedelta(days=1)
    return found


@given(vaults, as_ofs)
@settings(max_examples=60, deadline=None)
def test_the_score_is_its_formula(items: list[VaultItem], as_of: date) -> None:
    found = insights(items, as_of, None)
    now = active(items, as_of)
    parts = {part.name: part for part in found.score.parts}
    assert sum(part.weight for part in parts.values()) == pytest.approx(1)
    assert parts["use"].value == found.utilisation[2].share
    window = days_back(as_of, 90)
    counts = [len(window & set(days)) for _, days in now if window & set(days)]
    if len(counts) > 1:
        entropy = exp(sum(-n / sum(counts) * log(n / sum(counts)) for n in counts))
        assert parts["evenness"].value == pytest.approx(log(entropy) / log(len(counts)), abs=1e-4)
    else:
        assert parts["evenness"].value is None
    known = [part for part in parts.values() if part.value is not None]
    if not known:
        assert found.score.value is None
        return
    mean = sum(part.weight * (part.value or 0) for part in known) / sum(part.weight for part in known)
    assert found.score.value == pytest.approx(100 * mean, abs=0.1)


@given(vaults, as_ofs, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_and_what_comes_later_change_nothing(
    items: list[VaultItem], as_of: date, chance: object
) -> None:
    shuffled = list(items)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    later = [
        item.model_copy(update={"wears": tuple(wear for wear in item.wears if wear.worn_on <= as_of)})
        for item in shuffled
        if any(item is kept for kept, _ in there(items, as_of))
    ]
    assert insights(shuffled, as_of, None) == insights(items, as_of, None)
    assert insights(later, as_of, None) == insights(items, as_of, None)


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
    found: VaultInsights = insights([stored(1, drawn)], date(2024, 3, 1), known)
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
