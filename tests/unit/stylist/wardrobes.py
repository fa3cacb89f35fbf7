"""Strategies for wardrobes: what the stylist knows, and what it has never heard of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from core.platform.ids import stable_id
from core.stylist import Wish
from core.stylist.wardrobe import LEVELS, kinds
from core.vault import VaultItem, Wear

TODAY = date(2026, 10, 14)
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SEASONS = ("spring", "summer", "autumn", "winter")

_core = sorted(
    word for word, kind in kinds().items() if kind.slot in ("top", "bottom", "full", "over", "mid")
)
_rest = sorted(
    word for word, kind in kinds().items() if kind.slot in ("outer", "footwear", "bag", "neck", "head")
)
_words = (
    st.sampled_from(_core) | st.sampled_from(_rest) | st.sampled_from(["spacesuit", "swimwear", "jumper"])
)
# Common words are drawn often, so that many drawn wardrobes can dress somebody.
_common = st.sampled_from(
    ("shirt", "t-shirt", "sweater", "cardigan", "jeans", "chinos", "long-skirt", "tea-dress", "sari", "kurta")
) | st.sampled_from(("two-piece-suit", "coat", "parka", "sneakers", "loafers", "boots", "sandals"))
_attributes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "word": _common | _words,
        "colours": st.lists(st.integers(0, 0xFFFFFF), max_size=3, unique=True),
        "pattern": st.sampled_from([None, "solid", "striped", "floral", "ikat", "checked"]),
        "formality": st.sampled_from([None, *LEVELS]),
        "warmth": st.sampled_from([None, "light", "warm", "very-warm"]),
        "materials": st.lists(st.sampled_from(["wool", "linen", "merino wool", "faux-leather"]), max_size=1),
        "seasons": st.lists(st.sampled_from(SEASONS), max_size=4, unique=True),
        "worn": st.sets(st.integers(-2, 40), max_size=3),
        "status": st.sampled_from(["active"] * 5 + ["archived"]),
    }
)


def item(
    number: int, word: str, *, colours: Iterable[int] = (), worn: Iterable[int] = (), **more: object
) -> VaultItem:
    """Return a garment; ``worn`` are days before ``TODAY``."""
    days = sorted(TODAY - timedelta(days=ago) for ago in worn)
    return VaultItem.model_validate(
        {
            "id": stable_id("stylist", str(number)),
            "user_id": "u",
            "name": f"Thing {number}",
            "category": word,
            "colours": [{"hex": f"#{value:06x}"} for value in colours],
            "wears": [Wear(worn_on=day, logged_at=_MOMENT) for day in days],
            "created_at": _MOMENT,
            "updated_at": _MOMENT,
            **more,
        }
    )


def vaults(most: int = 9) -> st.SearchStrategy[list[VaultItem]]:
    return st.lists(_attributes, max_size=most).map(
        lambda drawn: [item(number, **attributes) for number, attributes in enumerate(drawn)]
    )


wishes = st.builds(
    Wish,
    today=st.just(TODAY),
    temperature=st.none() | st.integers(-10, 38).map(float),
    season=st.none() | st.sampled_from(SEASONS),
    formality=st.none() | st.sampled_from(LEVELS),
    avoid=st.lists(st.sampled_from(["wool", "jeans", "floral", "dresses", "black"]), max_size=2).map(tuple),
    avoid_items=st.lists(st.integers(0, 9).map(lambda n: stable_id("stylist", str(n))), max_size=2).map(
        tuple
    ),
    always=st.sampled_from([(), (), (), ("footwear",), ("head",)]),
    count=st.integers(1, 4),
)
