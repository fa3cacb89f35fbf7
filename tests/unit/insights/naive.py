"""The figures once more, as one would count them by hand: every day, coin and item looked at one by one.

Nothing of ``core.insights`` is used. What belongs to other domains and is tested there is asked of them:
where an item lies in style space, whether it is liked, and in how many outfits it is. Colours are a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import log
from typing import Any

from core import stylist
from core.taste import Taste
from core.vault import VaultItem

COLOURS = {
    "#ffffff": ("white", True),
    "#1b2a49": ("navy", True),
    "#d0021b": ("red", False),
    "#202020": ("black", True),
    "#d41124": ("red", False),
    "#228b22": ("green", False),
}
"""Hex to family, and whether it acts as a neutral."""
DECIMALS = {"EUR": 2, "JPY": 0, "KWD": 3}
OFFSETS = {
    "UTC": 0,
    "Pacific/Kiritimati": 14 * 60,
    "Pacific/Pago_Pago": -11 * 60,
    "Asia/Kolkata": 5 * 60 + 30,
}
"""Minutes ahead of UTC; New York's are in ``minutes_ahead``."""
NEW_YORK_WINTER = (datetime.fromisoformat("2023-11-05T06:00Z"), datetime.fromisoformat("2024-03-10T07:00Z"))


def minutes_ahead(zone: str, moment: datetime) -> int:
    if zone == "America/New_York":
        begins, ends = NEW_YORK_WINTER
        return -5 * 60 if begins <= moment < ends else -4 * 60
    return OFFSETS[zone]


def day_of(zone: str, moment: datetime) -> date:
    return (moment.replace(tzinfo=None) + timedelta(minutes=minutes_ahead(zone, moment))).date()


def days_back(as_of: date, count: int) -> list[date]:
    return [as_of - timedelta(days=ago) for ago in range(count)]


class Counted:
    """A wardrobe as of a day: its items with the days they were worn up to then."""

    def __init__(self, items: list[VaultItem], as_of: date, zone: str) -> None:
        self.as_of, self.zone = as_of, zone
        self.days: dict[str, list[date]] = {}
        self.since: dict[str, date] = {}
        self.there: list[VaultItem] = []
        for item in sorted(items, key=lambda item: item.id):
            signs = [day_of(zone, item.created_at), *(wear.worn_on for wear in item.wears)]
            signs += [item.purchased_on] if item.purchased_on else []
            if any(day <= as_of for day in signs):
                self.there.append(item)
                self.since[item.id] = sorted(signs)[0]
                self.days[item.id] = [wear.worn_on for wear in item.wears if wear.worn_on <= as_of]
        self.active = [item for item in self.there if item.status == "active"]

    def worn_in(self, item: VaultItem, days: int) -> int:
        return sum(self.days[item.id].count(day) for day in days_back(self.as_of, days))

    def all_figures(self, taste: Taste | None) -> dict[str, Any]:
        return {
            "as_of": self.as_of,
            "time_zone": self.zone,
            "totals": self.totals(),
            "worth": self.worth(),
            "utilisation": [self.use(days) for days in (30, 60, 90)],
            "dormant": self.listed(self.asleep()),
            "never_worn": self.listed(self.unworn()),
            "most_worn": [self.line(item) for item in self.most_worn()[:5]],
            "least_worn": [self.line(item) for item in self.least_worn()[:5]],
            "streaks": self.streaks(),
            "months": list(self.months()),
            "palette": self.palette(),
            "balance": None if taste is None else self.balance(taste),
            "score": self.score(),
        }

    def totals(self) -> dict[str, Any]:
        def having(test: Any) -> int:
            return len([item for item in self.active if test(item)])

        def families(item: VaultItem) -> list[str]:
            return [COLOURS[colour.hex][0] for colour in item.colours]

        seasons = ["spring", "summer", "autumn", "winter"]
        categories = {item.category for item in self.active}
        found = {family for item in self.active for family in families(item)}
        return {
            "active": len(self.active),
            "archived": len([item for item in self.there if item.status == "archived"]),
            "by_category": {
                word: having(lambda item, word=word: item.category == word) for word in categories
            },
            "by_colour": {word: having(lambda item, word=word: word in families(item)) for word in found},
            "colour_unknown": having(lambda item: item.colours == []),
            "by_season": {word: having(lambda item, word=word: word in item.seasons) for word in seasons},
            "season_unknown": having(lambda item: item.seasons == []),
        }

    def worth(self) -> dict[str, Any]:
        priced = [item for item in self.active if item.price is not None]
        return {
            "by_currency": [self.value(currency, priced) for currency in sorted(DECIMALS) if any(
                item.price and item.price.currency == currency for item in priced)],
            "unpriced": len(self.active) - len(priced),
            "priced_but_unworn": len([item for item in priced if not self.days[item.id]]),
        }  # fmt: skip

    def value(self, currency: str, priced: list[VaultItem]) -> dict[str, Any]:
        mine = [item for item in priced if item.price and item.price.currency == currency]
        worn = [item for item in mine if self.days[item.id]]
        worn.sort(key=lambda item: (self.each(item), item.id))
        wears = sum(len(self.days[item.id]) for item in worn)
        spent = sum((self.cents(item) for item in worn), Fraction(0))
        return {
            "currency": currency,
            "total": written(sum((self.cents(item) for item in mine), Fraction(0)), currency),
            "items": len(mine),
            "spent_on_worn": written(spent, currency),
            "wears": wears,
            "cost_per_wear": written(spent / wears, currency) if wears else None,
            "cheapest_worn": [self.line(item) for item in worn[:5]],
            "dearest_worn": [self.line(item) for item in worn[::-1][:5]],
        }

    def cents(self, item: VaultItem) -> Fraction:
        assert item.price is not None
        return Fraction(item.price.amount)

    def each(self, item: VaultItem) -> Fraction:
        return self.cents(item) / len(self.days[item.id])

    def line(self, item: VaultItem) -> dict[str, Any]:
        days = self.days[item.id]
        known = item.price is not None and len(days) > 0
        return {
            "item_id": item.id,
            "name": item.name,
            "wears": len(days),
            "last_worn_on": sorted(days)[-1] if days else None,
            "cost_per_wear": {"amount": written(self.each(item), item.price.currency),
                              "currency": item.price.currency} if known and item.price else None,
            "no_cost_because": None if known else "unworn" if item.price else "unpriced",
        }  # fmt: skip

    def use(self, days: int) -> dict[str, Any]:
        worn = len([item for item in self.active if self.worn_in(item, days)])
        return {
            "days": days,
            "worn": worn,
            "items": len(self.active),
            "share": Fraction(worn, len(self.active)) if self.active else None,
        }

    def asleep(self) -> list[VaultItem]:
        found = [item for item in self.active if self.days[item.id] and not self.worn_in(item, 90)]
        return sorted(found, key=lambda item: (self.days[item.id][-1], item.id))

    def unworn(self) -> list[VaultItem]:
        found = [item for item in self.active if not self.days[item.id]]
        return sorted(found, key=lambda item: (self.since[item.id], item.id))

    def listed(self, items: list[VaultItem]) -> dict[str, Any]:
        return {"count": len(items), "items": [self.line(item) for item in items[:20]]}

    def most_worn(self) -> list[VaultItem]:
        """Return the worn items by wears; of equals the later worn first, then by id."""
        found = self.least_worn()
        return sorted(
            found,
            key=lambda item: (-len(self.days[item.id]), self.as_of - self.days[item.id][-1], item.id),
        )

    def least_worn(self) -> list[VaultItem]:
        worn = [item for item in self.active if self.days[item.id]]
        return sorted(worn, key=lambda item: (len(self.days[item.id]), self.days[item.id][-1], item.id))

    def streaks(self) -> dict[str, Any]:
        worn = {day for days in self.days.values() for day in days}
        runs = [run(worn, day) for day in sorted(worn) if day - timedelta(days=1) not in worn]
        alive = [days for days in runs if {self.as_of, self.as_of - timedelta(days=1)} & set(days)]
        longest = [days for days in runs if len(days) == max(map(len, runs))]
        return {"current": streak(alive[-1:]), "longest": streak(longest[-1:])}

    def months(self) -> Iterator[dict[str, Any]]:
        first = min(self.since.values(), default=None)
        for back in range(11, -1, -1):
            year, month = self.as_of.year, self.as_of.month - back
            if month < 1:
                year, month = year - 1, month + 12
            counts = [
                sum((day.year, day.month) == (year, month) for day in days) for days in self.days.values()
            ]
            known = first is not None and (first.year, first.month) <= (year, month)
            yield {
                "month": f"{year}-{month:02}",
                "wears": sum(counts) if known else None,
                "items": len([count for count in counts if count]) if known else None,
            }

    def palette(self) -> dict[str, Any] | None:
        drops: list[str] = []
        for item in self.active:
            for at, colour in enumerate(item.colours):
                drops += [COLOURS[colour.hex][0]] * (2 if at == 0 else 1)
        firsts = [item.colours[0].hex for item in self.active if item.colours]
        if not drops:
            return None
        order = sorted(set(drops), key=lambda family: (-drops.count(family), family))
        return {
            "colours": [{"family": name, "share": Fraction(drops.count(name), len(drops))} for name in order],
            "neutral": Fraction(len([value for value in firsts if COLOURS[value][1]]), len(firsts)),
        }

    def balance(self, taste: Taste) -> dict[str, Any]:
        told = [found for item in self.active if (found := stylist.facets_of(item)) is not None]
        liked = [chance for item in self.active if (chance := stylist.appeal_of(item, taste)) is not None]
        facets = []
        for view in taste.view().facets:
            said = [value for found in told for facet, value in found.items() if facet == view.facet]
            if said:
                mean = sum(said) / len(said)
                facets.append({"facet": view.facet, "taste": view.position, "wardrobe": mean,
                               "difference": mean - view.position})  # fmt: skip
        return {
            "appeal": sum(liked) / len(liked) if liked else None,
            "avoided": len([item for item in self.active if stylist.is_avoided(item, taste)]),
            "facets": sorted(facets, key=lambda one: one["facet"]),
        }

    def score(self) -> dict[str, Any]:
        outfits = list(stylist.versatility(self.active).values())
        parts = {
            "use": (0.35, share(self.worn_in(item, 90) > 0 for item in self.active)),
            "evenness": (0.20, self.evenness()),
            "versatility": (0.25, share(count >= 3 for count in outfits)),
            "wear": (0.20, mean([min(len(self.days[item.id]), 30) / 30 for item in self.active])),
        }
        known = [(weight, value) for weight, value in parts.values() if value is not None]
        whole = sum(weight for weight, _ in known)
        return {
            "value": 100 * sum(weight * value for weight, value in known) / whole if known else None,
            "parts": [{"name": name, "value": value, "weight": w} for name, (w, value) in parts.items()],
        }

    def evenness(self) -> float | None:
        counts = [count for item in self.active if (count := self.worn_in(item, 90))]
        if len(counts) < 2:
            return None
        shares = [count / sum(counts) for count in counts]
        return -sum(part * log(part) for part in shares) / log(len(shares))


def written(amount: Fraction, currency: str) -> str:
    scaled = amount * 10 ** DECIMALS[currency]
    whole = Decimal(round(scaled)).scaleb(-DECIMALS[currency])
    return f"{whole.quantize(Decimal(1).scaleb(-DECIMALS[currency]), ROUND_HALF_EVEN):f}"


def run(worn: set[date], day: date) -> list[date]:
    found = []
    while day in worn:
        found.append(day)
        day += timedelta(days=1)
    return found


def streak(runs: list[list[date]]) -> dict[str, Any]:
    days = runs[0] if runs else []
    return {"days": len(days), "first": days[0] if days else None, "last": days[-1] if days else None}


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def share(tests: Iterator[bool]) -> float | None:
    return mean([float(test) for test in tests])
