"""What goes into a digest, decided from a wardrobe by the stylist's rules and the insights' figures; pure.

Equal wardrobes, days and earlier digests give equal contents, so a digest that is made twice is the same one.
What was shown in the last weeks steps back: a person who logs nothing still gets new outfits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from core import insights, stylist
from core.digest import changes
from core.digest.models import Contents, Digest, Look, Revival, Traits
from core.digest.seasons import season_of
from core.digest.traits import traits_of
from core.insights import VaultInsights
from core.platform.zones import day_in
from core.stylist import Outfit, Part, Wish
from core.taste import Taste
from core.vault import VaultItem

OUTFITS: Final = 3
WAYS: Final = 3
REASONS: Final = 2
GOOD: Final = 0.85
"""Score from which a way to wear something is worth showing, if all of it is for the season."""
_SPEAKS_FOR_IT: Final = 0.6
"""Value from which a part of a score is a reason for an outfit."""
_MOST_PROPOSED: Final = 10
_MOST_TRIED: Final = 6
"""Sleeping garments looked at for one that can be worn three ways."""
_SETTLING: Final = timedelta(weeks=3)
"""How long after it was added a garment that was never worn is new, not asleep."""
_WELCOME: Final = (
    "Photograph the clothes you wear most, each piece by itself, on a plain ground and in daylight.",
    "Begin with a top, something for the legs and a pair of shoes: that is enough for a first outfit.",
    "Log what you wear for a week. From then on this page knows what you love and what sleeps.",
)


@dataclass(frozen=True)
class Composed:
    """What a digest says but for finds and words, and what is kept beside it."""

    contents: Contents
    figures: dict[str, str]
    traits: dict[str, Traits]


def compose(
    items: Sequence[VaultItem], known: Taste, day: date, time_zone: str, earlier: Sequence[Digest]
) -> Composed:
    """Return a wardrobe's digest for ``day``; ``earlier`` are the last ones, the latest first."""
    wish = Wish(today=day, season=season_of(time_zone, day))
    desk = _Desk(tuple(items), known, wish, time_zone, tuple(earlier))
    figures = changes.figures_of(desk.insights)
    outfits = desk.outfits()
    revival = desk.revival(outfits)
    contents = Contents(
        outfits=outfits,
        revival=revival,
        insight=changes.insight(earlier[0].figures if earlier else None, figures) if desk.active else None,
        advice=() if outfits else desk.advice(),
    )
    shown = {piece.item_id for look in contents.looks for piece in (*look.pieces, *look.accents)}
    return Composed(contents, figures, {i.id: traits_of(i) for i in desk.active if i.id in shown})


@dataclass(frozen=True)
class _Desk:
    """A wardrobe with what is wanted of it."""

    items: tuple[VaultItem, ...]
    taste: Taste
    wish: Wish
    time_zone: str
    earlier: tuple[Digest, ...]

    @cached_property
    def active(self) -> list[VaultItem]:
        return [item for item in self.items if item.status == "active"]

    @cached_property
    def insights(self) -> VaultInsights:
        return insights.of_items(self.items, self.wish.today, None, self.time_zone)

    def outfits(self) -> tuple[Look, ...]:
        """Return outfits for the week, those not shown lately first."""
        shown = [
            frozenset(piece.item_id for piece in look.pieces)
            for digest in self.earlier
            for look in digest.contents.outfits
        ]
        wish = self.wish.model_copy(update={"count": min(_MOST_PROPOSED, OUTFITS + len(set(shown)))})
        found = stylist.propose(self.items, wish, taste=self.taste).outfits
        rested = [_rest(shown, _pieces(outfit)) for outfit in found]
        order = sorted(range(len(found)), key=lambda at: (-rested[at], at))[:OUTFITS]
        return tuple(self._look(f"outfit-{n}", found[at]) for n, at in enumerate(order, 1))

    def revival(self, outfits: Sequence[Look]) -> Revival | None:
        """Return the garment asleep longest that can be worn well in most ways, another one than lately.

        One that makes an outfit comes before one that finishes it; of one that can be worn well in no way,
        the best way is shown. Ways that are among ``outfits`` are left out, unless there is no other.
        """
        shown = {frozenset(piece.item_id for piece in look.pieces) for look in outfits}
        lately = {d.contents.revival.item_id for d in self.earlier if d.contents.revival is not None}
        asleep = self._asleep()
        fresh = [item for item in asleep if item.id not in lately] or asleep
        best, most = None, (False, 0)
        for item in fresh[:_MOST_TRIED]:
            ways = self._ways(item, shown)
            good = [outfit for outfit in ways if outfit.score >= GOOD and self._in_season(outfit)]
            worth = (any(item.id in _pieces(outfit) for outfit in ways), len(good))
            if ways and (best is None or worth > most):
                best, most = self._revived(item, good or ways[:1]), worth
            if worth == (True, WAYS):
                break
        return best

    def _ways(self, item: VaultItem, shown: Collection[frozenset[str]]) -> Sequence[Outfit]:
        wish = self.wish.model_copy(update={"count": WAYS + len(shown)})
        found = stylist.ways_to_wear(self.items, item.id, wish, taste=self.taste).outfits
        return ([outfit for outfit in found if _pieces(outfit) not in shown] or found)[:WAYS]

    def _asleep(self) -> list[VaultItem]:
        """Return what is dormant and then what was never worn since long, as far as it is for this season."""
        by_id = {item.id: item for item in self.active}
        dormant = [by_id[found.item_id] for found in self.insights.dormant.items]
        never = [by_id[found.item_id] for found in self.insights.never_worn.items]
        asleep = [*dormant, *(item for item in never if not self._is_new(item))]
        return [item for item in asleep if self._for_now(item)]

    def _is_new(self, item: VaultItem) -> bool:
        return self.wish.today - day_in(self.time_zone, item.created_at) < _SETTLING

    def _in_season(self, outfit: Outfit) -> bool:
        by_id = {item.id: item for item in self.active}
        return all(self._for_now(by_id[item_id]) for item_id in outfit.item_ids)

    def _for_now(self, item: VaultItem) -> bool:
        """Tell whether nothing an item says of its seasons speaks against the one it is."""
        return not item.seasons or self.wish.season is None or self.wish.season in item.seasons

    def _revived(self, item: VaultItem, ways: Sequence[Outfit]) -> Revival:
        worn = [wear.worn_on for wear in item.wears if wear.worn_on <= self.wish.today]
        return Revival(
            item_id=item.id,
            name=item.name,
            rested_days=(self.wish.today - max(worn)).days if worn else None,
            ways=tuple(self._look(f"way-{n}", outfit) for n, outfit in enumerate(ways, 1)),
        )

    def _look(self, key: str, outfit: Outfit) -> Look:
        known = any(self.taste.profile.precision)
        told = [
            part for part in outfit.parts if part.value >= _SPEAKS_FOR_IT and (part.name != "taste" or known)
        ]
        return Look(
            key=key,
            pieces=outfit.pieces,
            accents=outfit.accents,
            reasons=tuple(part.sentence for part in sorted(told, key=_share)[:REASONS]),
            score=outfit.score,
        )

    def advice(self) -> tuple[str, ...]:
        """Return what to do about a wardrobe that has no outfit in it."""
        if not self.active:
            return _WELCOME
        note = stylist.propose(self.items, self.wish, taste=self.taste).note
        gaps = [
            f"{one(f'{gap.colour} {gap.kind.replace("-", " ")}')} would open most new outfits."
            for gap in self.insights.gaps[:1]
        ]
        return (*([note] if note else []), *gaps)


def one(garment: str) -> str:
    """Return a garment with its article, to begin a sentence; a plural has none: ``Black chinos``."""
    if garment.endswith("s") and not garment.endswith("ss"):
        return f"{garment[0].upper()}{garment[1:]}"
    return f"{'An' if garment[0] in 'aeiou' else 'A'} {garment}"


def _share(part: Part) -> float:
    """Return what a part adds to its outfit's score, most first."""
    return -part.weight * part.value


def _pieces(outfit: Outfit) -> frozenset[str]:
    return frozenset(piece.item_id for piece in outfit.pieces)


def _rest(shown: Sequence[frozenset[str]], pieces: frozenset[str]) -> int:
    """Return how far back a look was shown, the latest first; further than all if never."""
    return next((at for at, one in enumerate(shown) if one == pieces), len(shown))
