"""Strategies for anything a person may say about an item."""

from __future__ import annotations

from collections.abc import Set
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from core.platform.ids import stable_id
from core.platform.texts import is_visible
from core.vault.admission import admit
from core.vault.models import NewItem, VaultItem
from core.vault.wears import Wear

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)

# Anything printable, with what CSV, spreadsheets and our own separators treat specially made likely.
_nasty = st.sampled_from(list("=+-@'\"|\\,;# ＝＋－＠é\u0301ß🧥\u200d"))  # noqa: RUF001
_printable = st.characters(exclude_categories=["Cc", "Cs"])


def texts(longest: int, *, extra: str = "") -> st.SearchStrategy[str]:
    chars = _nasty | _printable | st.sampled_from(list(extra)) if extra else _nasty | _printable
    drawn = st.text(chars, min_size=1, max_size=longest).map(str.strip)
    return drawn.filter(lambda text: len(text) <= longest and is_visible(text))


words = texts(12)
categories = words.filter(lambda text: is_visible(text.replace("_", "").replace(" ", "")))
"""Nothing but underscores and spaces says nothing: see `test_a_category_of_underscores_is_refused`."""
hexes = st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True)
colours = st.fixed_dictionaries({"hex": hexes}, optional={"name": words})
past = st.dates(date(1990, 1, 1), date(2026, 11, 22))
prices = st.one_of(
    st.builds(lambda n: {"amount": f"{n // 100}.{n % 100:02}", "currency": "EUR"}, st.integers(0, 10**9)),
    st.builds(lambda n: {"amount": str(n), "currency": "JPY"}, st.integers(0, 10**9)),
    st.builds(lambda n: {"amount": f"{n}.125", "currency": "KWD"}, st.integers(0, 10**6)),
)

new_items = st.fixed_dictionaries(
    {"name": words, "category": categories},
    optional={
        "subtype": words,
        "colours": st.lists(colours, max_size=3),
        "brand": words,
        "size": words,
        "materials": st.lists(words, max_size=3),
        "pattern": words,
        "fit": words,
        "formality": words,
        "warmth": words,
        "seasons": st.lists(st.sampled_from(["spring", "summer", "autumn", "winter"]), max_size=4),
        "style_tags": st.lists(words, max_size=3),
        "notes": texts(40, extra="\n\t\r"),
        "price": prices,
        "purchased_on": past,
        "status": st.sampled_from(["active", "archived"]),
    },
).map(lambda values: admit(values, now=NOW))


def stored(
    user_id: str, number: int, item: NewItem, worn: Set[date] = frozenset(), *, age: int = 0
) -> VaultItem:
    created = NOW - timedelta(seconds=age, microseconds=number)
    return VaultItem(
        id=stable_id(user_id, str(number)),
        user_id=user_id,
        created_at=created,
        updated_at=created,
        wears=tuple(Wear(worn_on=day, logged_at=NOW) for day in sorted(worn)),
        **dict(item),
    )
