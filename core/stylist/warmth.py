"""How warm an outfit is, and how warm it should be.

Insulation of the whole: ``I_cl = 0.835 * sum(I_clu) + 0.161`` clo (E. A. McCullough, B. W. Jones, "A
comprehensive data base for estimating clothing insulation", 1984; ISO 9920:2007, eq. 5), which already
holds the underwear nobody photographs. What is needed: in balance a person's dry heat loss is ``(t_skin -
t_air) / (0.155 * (I_cl + I_a))`` W/m² (ASHRAE Handbook Fundamentals, chapter 9), so ``I_cl = (33 - t) /
(0.155 * loss) - I_a``.

Simplified: one air temperature, no sun, rain or humidity; a person walking (2 met, ANSI/ASHRAE 55 table
5-1), of whose heat three quarters leave dry; light wind, so the air layer is worth 0.5 clo. Warmth words
and materials scale a garment's table value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SKIN: Final = 33.0
DRY_LOSS: Final = 0.75 * 2.0 * 58.15
AIR_LAYER: Final = 0.5
LEAST: Final = 0.25
"""What anybody wears, however hot: clo."""
WORDS: Final = {"very-light": 0.6, "light": 0.8, "medium": 1.0, "warm": 1.3, "very-warm": 1.6}
MATERIALS: Final = {
    "linen": 0.8, "silk": 0.85, "chiffon": 0.75, "mesh": 0.7, "tulle": 0.75, "hemp": 0.9, "lyocell": 0.9,
    "wool": 1.2, "cashmere": 1.25, "mohair": 1.25, "alpaca": 1.3, "tweed": 1.25, "fleece": 1.25, "down": 1.5,
    "fur": 1.5, "faux-fur": 1.4, "corduroy": 1.1, "velvet": 1.1,
}  # fmt: skip


def factor(warmth: str | None, materials: Iterable[str]) -> float:
    """Return what a garment's table value is multiplied by: its warmth word, or else its warmest material."""
    word = "-".join((warmth or "").casefold().replace("-", " ").split())
    if word in WORDS:
        return WORDS[word]
    known = [
        MATERIALS[word] for material in materials for word in material.casefold().split() if word in MATERIALS
    ]
    return max(known, default=1.0, key=lambda value: abs(value - 1))


def insulation(clo: float) -> float:
    """Return the clo of an outfit whose garments sum to ``clo``."""
    return 0.835 * clo + 0.161


def needed(temperature: float) -> float:
    """Return the clo that keeps a walking person comfortable at ``temperature`` degrees Celsius."""
    return max(LEAST, (SKIN - temperature) / (0.155 * DRY_LOSS) - AIR_LAYER)


def tolerance(temperature: float) -> float:
    """Return how many clo an outfit may be off at most, either way: people differ, and can open a coat."""
    return 0.27 + 0.15 * needed(temperature)


def garments_for(temperature: float) -> tuple[float, float]:
    """Return the clo that garments should sum to, and how far off that may be (``insulation`` reversed)."""
    return (needed(temperature) - 0.161) / 0.835, tolerance(temperature) / 0.835


def worn_at(slot: str, clo: float, temperature: float) -> bool:
    """Tell whether people wear a garment at ``temperature`` at all: total insulation does not make bare
    legs warm.

    Bare legs and arms below, open shoes, boots, coats and knitwear each have an end. A rule of thumb of ours.
    """
    coldest, hottest = _ENDS.get(slot, ())[_band(slot, clo)] if slot in _ENDS else _ANY
    return coldest <= temperature <= hottest


def in_season(seasons: Iterable[str], temperature: float) -> bool:
    """Tell whether any of a garment's seasons is ever so warm or cold; with none given, nothing is known.

    Summer linen is not for 8 °C, whatever is worn over it. The wide ranges are ours.
    """
    ranges = [_SEASONS[season] for season in seasons]
    return not ranges or any(coldest <= temperature <= hottest for coldest, hottest in ranges)


_SEASONS: Final = {
    "spring": (2.0, 27.0), "summer": (14.0, 60.0), "autumn": (-2.0, 25.0), "winter": (-60.0, 18.0)
}  # fmt: skip
_ANY: Final = (-60.0, 60.0)
_BANDS: Final = {
    "bottom": (0.12, 0.19),
    "full": (0.27, 0.46),
    "top": (0.12, 0.27),
    "mid": (0.2,),
    "footwear": (0.015, 0.08),
}
_ENDS: Final = {
    "bottom": ((16.0, 60.0), (6.0, 60.0), (-60.0, 31.0)),
    "full": ((18.0, 60.0), (4.0, 60.0), (-60.0, 28.0)),
    "top": ((12.0, 60.0), (-60.0, 60.0), (-60.0, 22.0)),
    "mid": ((-60.0, 24.0), (-60.0, 21.0)),
    "outer": ((-60.0, 19.0),),
    "footwear": ((18.0, 60.0), (2.0, 60.0), (-60.0, 19.0)),
}


def _band(slot: str, clo: float) -> int:
    return sum(clo >= edge for edge in _BANDS.get(slot, ()))
