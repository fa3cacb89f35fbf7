"""Declared avoids: hard constraints, matched generously, because wearing what one cannot is worse than
missing out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from core.stylist.garments import Garment
from core.vault import VaultItem


def allowed(garments: Iterable[Garment], words: Iterable[str], item_ids: Collection[str]) -> list[Garment]:
    """Return the garments that no avoided word describes and no avoided id names."""
    avoided = [form for form in map(_form, words) if form]
    return [
        garment
        for garment in garments
        if garment.id not in item_ids and not any(_says(garment, form) for form in avoided)
    ]


def _says(garment: Garment, avoided: tuple[str, ...]) -> bool:
    """Tell whether ``avoided`` (words in a row) occurs in any of the garment's own words."""
    length = len(avoided)
    return any(
        said[at : at + length] == avoided
        for said in map(_form, _words(garment.item, garment.kind.word))
        for at in range(len(said) - length + 1)
    )


def _words(item: VaultItem, kind: str) -> Iterator[str]:
    single = (kind, item.category, item.subtype, item.pattern, item.brand, item.fit, item.formality)
    yield from (word for word in single if word)
    yield from item.materials
    yield from item.style_tags
    yield from item.colour_terms
    yield item.name


def _form(text: str) -> tuple[str, ...]:
    """Return words without case and plural: a pleated-skirt is a skirt, but faux-leather is no leather."""
    joined = text.casefold().replace("_", " ").replace("faux ", "faux-")
    words = (part for word in joined.split() for part in _parts(word))
    return tuple(_singular(word) for word in words)


def _parts(word: str) -> list[str]:
    whole = word.startswith(("faux-", "t-"))
    return [word] if whole else [part for part in word.split("-") if part]


def _singular(word: str) -> str:
    if word.endswith("ss") or len(word) < 4:
        return word
    return word.removesuffix("es") if word.endswith(("sses", "shes", "ches")) else word.removesuffix("s")
