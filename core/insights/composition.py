"""What the wardrobe is made of: categories, colours, seasons, palette, and how it sits with the taste."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Final, get_args

from core import stylist
from core.insights.models import Balance, FacetBalance, Palette, PaletteColour, Totals
from core.insights.wardrobe import Wardrobe
from core.taste import Taste
from core.vault import VaultItem, colour_family

SEASONS: Final[tuple[str, ...]] = get_args(stylist.Season.__value__)
_FIRST_COLOUR: Final = 2
"""Weight of an item's first colour in the palette; the others weigh 1."""


def totals(wardrobe: Wardrobe) -> Totals:
    """Count items by status, and the active ones by category, colour family and season."""
    active = wardrobe.active
    seasons: Counter[str] = Counter(season for item in active for season in item.seasons)
    return Totals(
        active=len(active),
        archived=len(wardrobe.items) - len(active),
        by_category=_ordered(Counter(item.category for item in active)),
        by_colour=_ordered(Counter(family for item in active for family in _families(item))),
        colour_unknown=sum(not item.colours for item in active),
        by_season={season: seasons[season] for season in SEASONS},
        season_unknown=sum(not item.seasons for item in active),
    )


def palette(active: Sequence[VaultItem]) -> Palette | None:
    """Return the shares of colour families, first colours counting double; ``None`` without colours.

    Neutral is what the stylist treats as one (``core.stylist.is_neutral``), of first colours.
    """
    coloured = [item for item in active if item.colours]
    if not coloured:
        return None
    weights: Counter[str] = Counter()
    for item in coloured:
        for at, colour in enumerate(item.colours):
            weights[colour_family(colour.hex)] += 1 if at else _FIRST_COLOUR
    total = sum(weights.values())
    neutral = sum(stylist.is_neutral(item.colours[0].hex) for item in coloured)
    return Palette(
        colours=[
            PaletteColour(family=name, share=round(n / total, 4)) for name, n in _ordered(weights).items()
        ],
        neutral=round(neutral / len(coloured), 4),
    )


def balance(active: Sequence[VaultItem], taste: Taste | None) -> Balance | None:
    """Compare the mean place of the active items in style space with the taste; ``None`` without one.

    A facet no item speaks of is left out. The difference is wardrobe minus taste, the largest first. Appeal
    is the mean of the probability that each item is liked (``core.taste.Taste.appeal``), as the stylist
    judges it; it is 0 for what the person avoids, which ``avoided`` counts.
    """
    if taste is None:
        return None
    spoken: dict[str, list[float]] = {}
    for item in active:
        for name, value in (stylist.facets_of(item) or {}).items():
            spoken.setdefault(name, []).append(value)
    liked = [appeal for item in active if (appeal := stylist.appeal_of(item, taste)) is not None]
    wanted = {facet.facet: facet.position for facet in taste.view().facets}
    compared = [_facet(name, wanted[name], fmean(values)) for name, values in spoken.items()]
    return Balance(
        appeal=round(fmean(liked), 4) if liked else None,
        avoided=sum(stylist.is_avoided(item, taste) for item in active),
        facets=sorted(compared, key=lambda facet: (-abs(facet.difference), facet.facet)),
    )


def _facet(name: str, taste: float, wardrobe: float) -> FacetBalance:
    return FacetBalance(
        facet=name, taste=round(taste, 3), wardrobe=round(wardrobe, 3), difference=round(wardrobe - taste, 3)
    )


def _families(item: VaultItem) -> set[str]:
    return {colour_family(colour.hex) for colour in item.colours}


def _ordered(counts: Counter[str]) -> dict[str, int]:
    order: Iterable[tuple[str, int]] = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(order)
