"""A card's picture: the look drawn from its own data, so no photograph of unknown origin is needed.

The same card always gives the same bytes. The picture describes itself (``<title>``, ``<desc>``) for those
who hear it instead, and holds nothing but shapes: no script, no link, no font, no text that could be markup.
"""

from __future__ import annotations

from html import escape
from typing import Final

from core.taste.deck import Card, Garment
from core.taste.figures import BODY, HEAD, path
from core.taste.fills import mixed, outline, pattern
from core.taste.palette import oklch

WIDTH: Final = 320
HEIGHT: Final = 480
_SKINLESS: Final = "#cfc6bf"
_LAYERS: Final = (
    "socks",
    "legs",
    "choli",
    "suit",
    "skirt",
    "wrap",
    "boots",
    "shoes",
    "dress",
    "top",
    "bib",
    "drape",
    "gloves",
    "tie",
    "coat",
    "sash",
    "cape",
    "veil",
    "scarf",
    "necklace",
    "turban",
    "cap",
    "hat",
    "cone",
    "flower",
    "earrings",
    "glasses",
    "bangle",
    "bag",
)
_FROM_UNDER: Final = ("shirt", "blouse", "t-shirt", "turtleneck", "sweater", "polo-shirt")


def draw(card: Card) -> str:
    """Return the picture of ``card`` as an SVG document of 320 by 480."""
    pieces = sorted(enumerate(card.garments), key=lambda piece: _depth(card, piece[1]))
    patterns = "".join(
        pattern(f"{card.card_id}-{i}", g.pattern, g.colour, [c for c in card.palette if c != g.colour])
        for i, g in enumerate(card.garments)
    )
    shapes = "".join(_shape(card, i, garment) for i, garment in pieces)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" '
        f'role="img" aria-labelledby="{card.card_id}-title {card.card_id}-desc">'
        f'<title id="{card.card_id}-title">{escape(card.title)}</title>'
        f'<desc id="{card.card_id}-desc">{escape(description(card))}</desc><defs>{patterns}</defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="18" fill="{_backdrop(card.palette[0])}"/>'
        f'<ellipse cx="160" cy="455" rx="92" ry="9" fill="#000000" opacity=".08"/>'
        f'<path d="{BODY}" fill="{_SKINLESS}"/><path d="{HEAD}" fill="{_SKINLESS}"/>'
        f'<g stroke-linejoin="round">{shapes}</g></svg>'
    )


def description(card: Card) -> str:
    """Return the look in words: ``Red brocade silk sari, gold necklace and gold bangle.``"""
    words = [_in_words(garment) for garment in card.garments]
    text = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return text[0].upper() + text[1:] + "."


def _in_words(garment: Garment) -> str:
    pattern_word = "" if garment.pattern == "solid" else garment.pattern
    words = (garment.colour_name, pattern_word, garment.material or "", garment.kind)
    return " ".join(word.replace("-", " ") for word in words if word)


def _depth(card: Card, garment: Garment) -> int:
    """Return the layer; what is worn under a suit or a long dress goes below it."""
    figures = {other.shape.figure for other in card.garments}
    if garment.kind in _FROM_UNDER and "suit" in figures:
        return _LAYERS.index("suit") - 1
    return _LAYERS.index(garment.shape.figure)


def _backdrop(colour: str) -> str:
    """Return a pale ground against which ``colour`` shows, white included."""
    return "#e3e6ee" if oklch(colour)[0] > 0.9 else mixed(colour, "#ffffff", 0.86)


def _shape(card: Card, index: int, garment: Garment) -> str:
    plain = not pattern("", garment.pattern, garment.colour, [])
    fill = garment.colour if plain else f"url(#{card.card_id}-{index})"
    return (
        f'<path d="{path(garment.shape)}" fill="{fill}" stroke="{outline(garment.colour)}" '
        f'stroke-width="1.3"/>'
    )
