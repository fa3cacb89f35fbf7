"""How much each part of the score counts, and how much of an outfit each slot is.

The weights are ours, found by reading sample outfits (``python -m bench.stylist --sample``); what can be
sourced is in the rules they weigh. A part that nothing is known of is left out and the others share its
weight.
"""

from __future__ import annotations

from typing import Final

from core.stylist.models import PartName
from core.stylist.wardrobe import Slot

PARTS: Final[dict[PartName, float]] = {
    "colour": 0.23, "pattern": 0.09, "formality": 0.19, "idiom": 0.07, "season": 0.12, "warmth": 0.11,
    "freshness": 0.09, "taste": 0.16, "completeness": 0.10,
}  # fmt: skip

PROMINENCE: Final[dict[Slot, float]] = {
    "top": 1.0, "bottom": 1.0, "full": 1.8, "over": 1.6, "mid": 0.9, "outer": 1.0, "footwear": 0.5,
}  # fmt: skip
"""Share of the picture relative to a shirt: what is seen more counts more."""

UNPAIRED: Final = 0.85
"""Value of the parts about pairs where there is one garment only: nothing clashes, nothing is set off."""

REPEATED: Final[dict[Slot, float]] = {
    "top": 0.08, "bottom": 0.07, "full": 0.10, "over": 0.08, "mid": 0.05, "outer": 0.02, "footwear": 0.03,
}  # fmt: skip
"""What it costs an outfit, for its rank only, to show a garment that an earlier outfit of the answer shows.
"""


def normalised(parts: dict[PartName, float] | set[PartName]) -> dict[PartName, float]:
    """Return the weights of ``parts``, summing to 1."""
    total = sum(weight for name, weight in PARTS.items() if name in parts)
    return {name: weight / total for name, weight in PARTS.items() if name in parts}
