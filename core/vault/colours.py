"""Colour families: what a person means by "my blue things", decided from the pixels' hex value.

A family is a handful of CSS named colours and a range of hues. A hex belongs to the family of the nearest
colour in Oklab, where distance follows what eyes see (Björn Ottosson, "A perceptual color space for image
processing", 2020), among the families that may have it: once a colour is clearly tinted those whose hues
include its own, so that a dark green is never a grey; below that black, grey, white and, if warm, beige.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from math import atan2, degrees, dist, hypot
from typing import Final

from core.platform.oklab import oklab

FAMILIES: dict[str, dict[str, str]] = {
    "black": {"black": "#000000", "jet": "#1a1a1a"},
    "grey": {
        "grey": "#808080", "dimgrey": "#696969", "ash": "#999999", "darkgrey": "#a9a9a9", "silver": "#c0c0c0",
        "lightgrey": "#d8d8d8", "slate": "#54585c", "charcoal": "#3b3f42",
    },
    "white": {"white": "#ffffff", "snow": "#fffafa", "whitesmoke": "#f5f5f5"},
    "beige": {"beige": "#f5f5dc", "tan": "#d2b48c", "wheat": "#f5deb3", "khaki": "#b5a27c",
        "oatmeal": "#d8cdb8", "ecru": "#e8e4da", "ivory": "#fffff0",
    },
    "brown": {"brown": "#6b4423", "saddlebrown": "#8b4513", "sienna": "#a0522d", "chocolate": "#3d2314",
        "camel": "#b98a55", "cognac": "#9a5a2c",
    },
    "red": {"red": "#ff0000", "crimson": "#dc143c", "firebrick": "#b22222", "maroon": "#800000"},
    "orange": {"orange": "#ffa500", "darkorange": "#ff8c00", "coral": "#ff7f50", "rust": "#b7410e"},
    "yellow": {
        "yellow": "#ffff00", "gold": "#ffd700", "mustard": "#d4a017",
        "saffron": "#f4c430", "lemon": "#fff176",
    },
    "green": {
        "green": "#008000", "lime": "#00ff00", "olive": "#808000", "forestgreen": "#228b22",
        "darkgreen": "#013220", "mint": "#98ff98", "sage": "#9caf88", "army": "#4b5320",
    },
    "teal": {"teal": "#008080", "turquoise": "#40e0d0", "cyan": "#00ffff", "petrol": "#005f6a"},
    "blue": {
        "blue": "#0000ff", "royalblue": "#4169e1", "skyblue": "#87ceeb", "steelblue": "#4682b4",
        "denim": "#3b5b8c", "lightblue": "#add8e6",
    },
    "navy": {"navy": "#000080", "midnightblue": "#191970", "ink": "#1b2a49"},
    "purple": {"purple": "#800080", "indigo": "#4b0082", "violet": "#9370db", "lavender": "#c8b6e2"},
    "pink": {"pink": "#ffc0cb", "hotpink": "#ff69b4", "fuchsia": "#ff00ff", "blush": "#de8fa0"},
}  # fmt: skip

HUES: Final[dict[str, tuple[float, float]]] = {
    "red": (345, 45), "orange": (35, 85), "brown": (20, 105), "beige": (40, 118), "yellow": (80, 118),
    "green": (100, 175), "teal": (170, 225), "blue": (210, 290), "navy": (235, 290), "purple": (280, 350),
    "pink": (318, 40),
}  # fmt: skip
"""Oklch hues of each family, degrees from .. to, through 0 where the first is the greater; ours."""
TINTED: Final = 0.035
"""Oklch chroma from which a colour goes by its hue: slate grey is just below, forest green well above."""
CREAM: Final = 0.008
"""Oklch chroma from which a warm colour that is not tinted may be beige."""
DARKEST: Final = 0.17
"""Oklab lightness below which no hue is seen."""

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


def normal_hex(text: str) -> str | None:
    """Return ``#rrggbb`` in lower case for ``#RGB`` or ``#RRGGBB``; ``None`` for anything else."""
    text = text.strip().lower()
    if not _HEX.fullmatch(text):
        return None
    return text if len(text) == 7 else "#" + "".join(digit * 2 for digit in text[1:])


def hex_of(name: str) -> str | None:
    """Return the hex of a colour word this module knows (``navy``, ``mustard``), else ``None``."""
    return _named().get(name.strip().lower())


@lru_cache(maxsize=4096)
def family(hex_colour: str) -> str:
    """Return the family of ``#rrggbb``."""
    point = oklab(hex_colour)
    possible = _possible(point[0], hypot(*point[1:]), degrees(atan2(point[2], point[1])) % 360)
    anchors = (anchor for anchor in _anchors() if anchor[0] in possible)
    return min(anchors, key=lambda anchor: dist(point, anchor[1]))[0]


def terms(colours: Iterable[tuple[str, str | None]]) -> list[str]:
    """Return every word these ``(hex, name)`` colours answer to in a filter, sorted.

    The words are each hex's family and the person's own name for it.
    """
    found = ((family(hex_colour), (name or "").lower()) for hex_colour, name in colours)
    return sorted({word for words in found for word in words if word})


def term(wanted: str) -> str:
    """Return the word to look for: the family of a hex (``#`` may be missing), or the word itself."""
    bare = wanted.strip().lower()
    found = normal_hex(bare) or (normal_hex("#" + bare) if len(bare) == 6 else None)
    return family(found) if found else bare


def _possible(lightness: float, chroma: float, hue: float) -> frozenset[str]:
    """Return the families a colour may belong to, of which one is the nearest."""
    if lightness < DARKEST:
        return frozenset({"black"})
    held = {name for name, ends in HUES.items() if _within(hue, *ends)}
    if chroma >= TINTED:
        return frozenset(held)
    return frozenset({"black", "grey", "white"} | (held & {"beige"} if chroma >= CREAM else set()))


def _within(hue: float, first: float, last: float) -> bool:
    return first <= hue <= last if first <= last else hue >= first or hue <= last


@cache
def _named() -> dict[str, str]:
    return {name: value for members in FAMILIES.values() for name, value in members.items()}


@cache
def _anchors() -> list[tuple[str, tuple[float, float, float]]]:
    return [(name, oklab(value)) for name, members in FAMILIES.items() for value in members.values()]
