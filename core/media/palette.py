"""Names for colours, and whether a colour somebody named is really in the pixels.

Hex values of names follow CSS Color Module Level 4 where it has the name; the others are ours. A model that
says "red" about a blue shirt is caught here: a name is believed only as far as a measured colour is near it.
"""

from __future__ import annotations

from typing import Final

from core.media.models import Colour

NAMED: Final[dict[str, str]] = {
    "black": "#000000",
    "charcoal": "#36454f",
    "grey": "#808080",
    "silver": "#c0c0c0",
    "white": "#ffffff",
    "ivory": "#fffff0",
    "cream": "#f5ecd0",
    "beige": "#d9c7a3",
    "tan": "#d2b48c",
    "camel": "#b88a55",
    "brown": "#6b4423",
    "rust": "#b7410e",
    "orange": "#ff8c00",
    "peach": "#ffcba4",
    "coral": "#ff7f50",
    "gold": "#d4af37",
    "mustard": "#c99a1c",
    "yellow": "#ffe135",
    "olive": "#808000",
    "khaki": "#a69b6c",
    "lime": "#9acd32",
    "green": "#228b22",
    "dark-green": "#0b3d20",
    "mint": "#98e6c4",
    "teal": "#008080",
    "turquoise": "#40e0d0",
    "light-blue": "#add8e6",
    "blue": "#1e5fcc",
    "denim-blue": "#4a6a8f",
    "navy": "#1b2a4e",
    "indigo": "#4b0082",
    "purple": "#800080",
    "lavender": "#c3b1e1",
    "magenta": "#d5008f",
    "pink": "#ffb0c4",
    "red": "#d01c1f",
    "burgundy": "#6d0f24",
}
NEAR: Final = 32.0
"""CIE76 distance up to which a measured colour may bear a name: names are wide, and light shifts colours."""
CLEARLY_THERE: Final = 0.04


def measured_as(name: str, colours: list[Colour]) -> Colour | None:
    """Return the measured colour that bears ``name`` best, ``None`` where none comes near.

    ``name`` is one of ``NAMED``; colours of less than ``CLEARLY_THERE`` share count only if nothing else is.
    """
    import numpy as np

    from core.media.colours import delta_e, lab_from_rgb

    code = NAMED[name]
    rgb = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
    lab = tuple(float(value) for value in lab_from_rgb(rgb))
    clear = [colour for colour in colours if colour.share >= CLEARLY_THERE] or colours
    nearest = min(clear, key=lambda colour: delta_e(lab, colour.lab), default=None)
    return nearest if nearest is not None and delta_e(lab, nearest.lab) <= NEAR else None
