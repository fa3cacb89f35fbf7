"""What a garment's surface looks like: a colour, or an SVG pattern in it."""

from __future__ import annotations

from typing import Final

from core.taste.palette import oklch

_TILES: Final[dict[str, tuple[int, str]]] = {
    "striped": (12, '<path d="M0 3H12M0 9H12" stroke="{a}" stroke-width="2.4"/>'),
    "pleated": (9, '<path d="M4 0V9" stroke="{a}" stroke-width="1.2" opacity=".6"/>'),
    "checked": (14, '<path d="M0 0H7V7H0ZM7 7H14V14H7Z" fill="{a}" opacity=".55"/>'),
    "plaid": (
        22,
        '<path d="M0 6H22M6 0V22" stroke="{a}" stroke-width="5" opacity=".5"/>'
        '<path d="M0 16H22M16 0V22" stroke="{b}" stroke-width="1.4"/>',
    ),
    "dotted": (12, '<circle cx="3" cy="3" r="1.9" fill="{a}"/><circle cx="9" cy="9" r="1.9" fill="{a}"/>'),
    "floral": (
        26,
        '<g fill="{a}"><circle cx="8" cy="5" r="3"/><circle cx="11" cy="8" r="3"/>'
        '<circle cx="8" cy="11" r="3"/><circle cx="5" cy="8" r="3"/></g>'
        '<circle cx="8" cy="8" r="2" fill="{b}"/><circle cx="20" cy="20" r="2.6" fill="{b}"/>'
        '<path d="M16 17q4-5 8-1" stroke="{a}" fill="none"/>',
    ),
    "paisley": (
        24,
        '<path d="M6 4q9 1 8 10q-2 7-8 4q-4-4 0-14Z" fill="{a}"/><circle cx="9" cy="14" r="2.2" fill="{b}"/>'
        '<circle cx="20" cy="7" r="1.6" fill="{b}"/>',
    ),
    "block-print": (
        20,
        '<path d="M10 2l4 5-4 5-4-5Z" fill="{a}"/><circle cx="2" cy="16" r="1.8" fill="{a}"/>'
        '<circle cx="18" cy="16" r="1.8" fill="{a}"/>',
    ),
    "geometric": (
        20,
        '<path d="M0 10L10 0L20 10L10 20Z" fill="{a}" opacity=".8"/><path d="M5 10h10" stroke="{b}"/>',
    ),
    "ikat": (
        22,
        '<path d="M11 1l3 5 4 5-4 5-3 5-3-5-4-5 4-5Z" fill="{a}"/><path d="M11 6l4 5-4 5-4-5Z" fill="{b}"/>',
    ),
    "batik": (
        24,
        '<circle cx="12" cy="12" r="8" fill="none" stroke="{a}" stroke-width="2"/>'
        '<circle cx="12" cy="12" r="3" fill="{a}"/><circle cx="0" cy="0" r="3" fill="{b}"/>'
        '<circle cx="24" cy="24" r="3" fill="{b}"/>',
    ),
    "wax-print": (
        28,
        '<circle cx="14" cy="14" r="11" fill="{a}"/><circle cx="14" cy="14" r="6.5" fill="{b}"/>'
        '<circle cx="14" cy="14" r="2.5" fill="{a}"/><path d="M0 0l5 0-5 5ZM28 28l-5 0 5-5Z" fill="{b}"/>',
    ),
    "tie-dye": (
        40,
        '<circle cx="20" cy="20" r="17" fill="{a}" opacity=".45"/><circle cx="20" cy="20" r="11" fill="{b}" '
        'opacity=".5"/><circle cx="20" cy="20" r="5" fill="{a}" opacity=".7"/>',
    ),
    "animal": (
        22,
        '<path d="M4 4q4-3 6 1q-1 4-5 3q-3-1-1-4ZM14 13q5-2 5 2q-2 4-6 2q-2-2 1-4Z" fill="{a}"/>'
        '<circle cx="16" cy="5" r="1.6" fill="{a}"/><circle cx="4" cy="16" r="1.8" fill="{a}"/>',
    ),
    "embroidered": (
        22,
        '<path d="M11 3v7M7.5 6.5h7M4 16q3.5-4 7 0q3.5-4 7 0" stroke="{a}" fill="none" stroke-width="1.5"/>'
        '<circle cx="11" cy="6.5" r="1.5" fill="{b}"/>',
    ),
    "brocade": (
        26,
        '<path d="M13 2q6 6 0 11q-6-5 0-11ZM0 15q6 6 0 11M26 15q-6 6 0 11" fill="{a}" opacity=".85"/>'
        '<path d="M13 13v11" stroke="{a}"/>',
    ),
    "lace": (
        12,
        '<circle cx="6" cy="6" r="3.6" fill="none" stroke="{a}" stroke-width="1"/>'
        '<circle cx="0" cy="0" r="2" fill="{a}" opacity=".6"/>',
    ),
    "graphic": (
        46,
        '<path d="M8 30L20 10L28 24L34 16L40 32Z" fill="{a}"/><circle cx="34" cy="9" r="4" fill="{b}"/>',
    ),
    "colour-block": (90, '<path d="M0 0H90V34H0Z" fill="{a}"/><path d="M0 62H90V90H0Z" fill="{b}"/>'),
}
_DARKER: Final = 0.6
"""Lightness (Oklch) from which the motif is drawn darker than the ground instead of lighter."""


def mixed(one: str, other: str, share: float) -> str:
    """Return ``one`` with ``share`` of ``other`` mixed in, both ``#rrggbb``."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def outline(colour: str) -> str:
    """Return a line colour that shows on ``colour``."""
    return mixed(colour, "#000000", 0.45) if oklch(colour)[0] > 0.35 else mixed(colour, "#ffffff", 0.3)


def pattern(identity: str, name: str, ground: str, others: list[str]) -> str:
    """Return the ``<pattern>`` element ``identity``; empty for a plain surface.

    The motif takes the look's other colours where they stand out from the ground, else a tint of it.
    """
    if name not in _TILES:
        return ""
    size, motif = _TILES[name]
    tint = mixed(ground, "#1a1a1a" if oklch(ground)[0] >= _DARKER else "#ffffff", 0.5)
    seen = [colour for colour in others if abs(oklch(colour)[0] - oklch(ground)[0]) > 0.12]
    first, second = (*seen[:2], tint, tint)[:2]
    return (
        f'<pattern id="{identity}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<rect width="{size}" height="{size}" fill="{ground}"/>{motif.format(a=first, b=second)}</pattern>'
    )
