"""What a judgement of a thing in a digest says of taste: its place in style space and its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core import stylist, taste
from core.digest.models import Digest, Opinion, Traits
from core.taste import Evidence, FacetName, TasteEvent
from core.vault import VaultItem

_MOST_WORDS = 8


def traits_of(item: VaultItem) -> Traits:
    """Return what judging an item says of taste."""
    return Traits(
        label=item.name,
        facets=dict(stylist.facets_of(item) or {}),
        colours=tuple(taste.colour_families(colour.hex for colour in item.colours)),
        categories=_distinct(word for word in (item.category, item.subtype) if word),
        brands=(item.brand,) if item.brand else (),
    )


def together(label: str, parts: Sequence[Traits]) -> Traits:
    """Return what judging an outfit says: the mean of its parts' facets, and all of their words."""
    names: set[FacetName] = {name for part in parts for name in part.facets}
    return Traits(
        label=label,
        facets={n: round(sum(p.facets.get(n, 0.0) for p in parts) / len(parts), 3) for n in sorted(names)},
        colours=_distinct(word for part in parts for word in part.colours),
        categories=_distinct(word for part in parts for word in part.categories),
        brands=_distinct(word for part in parts for word in part.brands),
    )


def key_of(digest: Digest, name: str) -> str | None:
    """Return the one key of what ``name`` names in a digest, in any case; ``revival`` is its item's id."""
    revival = digest.contents.revival
    keys = (*(look.key for look in digest.contents.looks), *digest.traits)
    called = {key.casefold(): key for key in keys} | ({"revival": revival.item_id} if revival else {})
    return called.get(name.casefold())


def about(digest: Digest, key: str) -> Traits:
    """Return the traits of what a key of ``key_of`` names in a digest."""
    for look in digest.contents.looks:
        if look.key == key:
            parts = [digest.traits[piece.item_id] for piece in look.pieces if piece.item_id in digest.traits]
            return together(", ".join(piece.name for piece in look.pieces)[:120], parts)
    return digest.traits[key]


def event(digest: Digest, key: str, traits: Traits, opinion: Opinion) -> TasteEvent:
    """Return the taste event of an opinion: the same each time, so saying it again counts once."""
    evidence = Evidence(
        subject=f"digest:{digest.id}:{key}"[:120],
        label=traits.label[:120],
        answer=opinion.answer,
        facets=traits.facets,
        colours=traits.colours[:_MOST_WORDS],
        categories=traits.categories[:_MOST_WORDS],
        brands=traits.brands[:_MOST_WORDS],
    )
    return TasteEvent(
        key=f"digest:{digest.id}:{key}",
        user_id=digest.user_id,
        kind="digest_feedback",
        occurred_at=opinion.said_at,
        source_id=digest.id,
        evidence=(evidence,),
        text=opinion.text,
    )


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))[:_MOST_WORDS]
