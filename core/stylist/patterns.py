"""How patterns mix: how loud each is, what family it is of, and what two of them do to each other.

The rules are A. Flusser's ("Dressing the Man", 2002): a plain garment carries any pattern; two patterns of
one family compete unless their scale differs, which a vault does not know; patterns of different families
go together if one is quiet, better if they share a colour. Loudness is our reading of the media patterns.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]
type Family = Literal["line", "check", "spot", "organic", "motif", "texture", "field"]

PATTERNS: Final[dict[str, tuple[float, Family]]] = {
    "striped": (0.45, "line"), "checked": (0.55, "check"), "plaid": (0.65, "check"), "dotted": (0.5, "spot"),
    "floral": (0.75, "organic"), "paisley": (0.75, "organic"), "animal": (0.85, "organic"),
    "geometric": (0.7, "motif"), "abstract": (0.75, "motif"), "camouflage": (0.8, "motif"),
    "tie-dye": (0.9, "motif"),
    "ikat": (0.85, "motif"), "batik": (0.85, "motif"), "wax-print": (0.95, "motif"),
    "block-print": (0.7, "motif"),
    "graphic": (0.6, "motif"), "logo": (0.3, "motif"), "embroidered": (0.5, "texture"),
    "brocade": (0.6, "texture"),
    "lace": (0.4, "texture"), "colour-block": (0.45, "field"), "ombre": (0.3, "field"),
    "other": (0.4, "motif"),
}  # fmt: skip
"""Loudness 0 .. 1 and family of each pattern; what is not here is plain."""
_FAMILIES: Final[tuple[Family, ...]] = get_args(Family.__value__)


def loudness(pattern: str | None) -> float:
    """Return how loud a pattern word is, 0 (plain or unknown) .. 1."""
    return _found(pattern)[0]


def family(pattern: str | None) -> Family | None:
    """Return the family a pattern word is of, ``None`` if plain or unknown."""
    return _found(pattern)[1]


def family_code(pattern: str | None) -> int:
    """Return a number for the family of a pattern word, -1 if plain or unknown."""
    found = _found(pattern)[1]
    return -1 if found is None else _FAMILIES.index(found)


def together(loud: Floats, other_loud: Floats, *, same_family: Bools, shared_colour: Bools) -> Floats:
    """Return how well garments of these loudnesses (0 .. 1; arrays that broadcast) mix, 0 .. 1."""
    clash = np.sqrt(loud * other_loud)
    mixed = np.where(same_family, 0.55 - 0.5 * clash, 1 - 0.7 * clash + 0.2 * shared_colour)
    found: Floats = np.where(clash > 0, np.clip(mixed, 0, 1), 1.0)
    return found


def _found(pattern: str | None) -> tuple[float, Family | None]:
    return PATTERNS.get("-".join((pattern or "").casefold().split()), (0.0, None))
