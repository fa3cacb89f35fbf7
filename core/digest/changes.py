"""One figure that moved since the last digest: the one that moved most, for what it was.

Each digest keeps its figures as decimal strings, so the next one compares with what was really said. The size
of a move is the difference as a share of the larger of the two; of equal ones the first in ``FIGURES`` is
told. Where nothing moved nothing is told, and a first digest says how much of the wardrobe is in use, if
any is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.digest.models import Insight
from core.insights import VaultInsights


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by the name it is stored under; ``say`` gets the value now and the comparison."""

    name: str
    say: Callable[[str, str], str]


def _pieces(count: str) -> str:
    return "1 piece" if count == "1" else f"{count} pieces"


FIGURES: Final = (
    Figure("worn_30_percent", lambda n, than: f"You wore {n} % of your wardrobe in the last 30 days{than}."),
    Figure("dormant", lambda n, than: f"{_pieces(n)} rested for 90 days or more{than}."),
    Figure("never_worn", lambda n, than: f"{_pieces(n)} still waited for a first wear{than}."),
    Figure("items", lambda n, than: f"Your wardrobe counted {_pieces(n)}{than}."),
    Figure("longest_streak", lambda n, than: f"Your longest run of logged days came to {n}{than}."),
    Figure("score", lambda n, than: f"Your wardrobe score was {n}{than}."),
)
_FIRST: Final = "worn_30_percent"
_COST: Final = "cost_per_wear_"


def figures_of(found: VaultInsights) -> dict[str, str]:
    """Return the figures a digest keeps, by name; what is unknown is left out."""
    worn = found.utilisation[0].share
    known = {
        "worn_30_percent": None if worn is None else f"{round(100 * worn)}",
        "dormant": f"{found.dormant.count}",
        "never_worn": f"{found.never_worn.count}",
        "items": f"{found.totals.active}",
        "longest_streak": f"{found.streaks.longest.days}",
        "score": None if found.score.value is None else f"{found.score.value}",
    }
    costs = {f"{_COST}{each.currency}": each.cost_per_wear for each in found.worth.by_currency}
    return {name: value for name, value in {**known, **costs}.items() if value is not None}


def insight(before: Mapping[str, str] | None, after: Mapping[str, str]) -> Insight | None:
    """Return what to tell of the figures; ``before`` are the last digest's, ``None`` if this is the first."""
    if before is None:
        return _told(_FIRST, None, after[_FIRST]) if Decimal(after.get(_FIRST, 0)) else None
    names = [figure.name for figure in FIGURES] + sorted(name for name in after if name.startswith(_COST))
    both = [name for name in names if name in before and name in after]
    moved = max(both, key=lambda name: _move(before[name], after[name]), default=None)
    if moved is None or before[moved] == after[moved]:
        return None
    return _told(moved, before[moved], after[moved])


def _told(name: str, before: str | None, after: str) -> Insight:
    than = ""
    if before is not None:
        direction = "up" if Decimal(after) > Decimal(before) else "down"
        than = f", {direction} from {before} at your last digest"
    return Insight(figure=name, before=before, after=after, text=_sentence(name, after, than))


def _sentence(name: str, after: str, than: str) -> str:
    if name.startswith(_COST):
        return f"Each wear of what you wear has come to {after} {name.removeprefix(_COST)}{than}."
    return next(figure for figure in FIGURES if figure.name == name).say(after, than)


def _move(before: str, after: str) -> Decimal:
    one, other = Decimal(before), Decimal(after)
    larger = max(abs(one), abs(other))
    return abs(one - other) / larger if larger else Decimal(0)
