"""From the feed to drafts of moods: what its groups look like, named by rule until the model names them.

A group becomes a mood if it is large enough, is carried by more than one source (a mood is no shop window),
and does not lie where a mood is already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core import stylist
from core.moods.clustering import clusters
from core.moods.models import ItemRef, Look, Mood, MoodPiece, Swatch
from core.platform import ids
from core.scraper import FeedItem
from core.taste import FACETS, FacetName, coordinates, pole, similarity

MOST_GROUPS: Final = 8
FEWEST_ITEMS: Final = 8
FEWEST_SOURCES: Final = 2
THERE_ALREADY: Final = 0.97
"""Cosine to another mood from which a group brings nothing new."""
KEPT_DAYS: Final = 200
"""A mood made of the feed has its season, and then goes."""
_COLOURS, _PIECES, _EXAMPLES, _KEYWORDS = 4, 5, 12, 5
_CLEAR: Final = 0.15

SWATCHES: Final[dict[str, str]] = {
    "black": "#17171a", "grey": "#85888c", "white": "#f7f7f4", "beige": "#cdb892", "brown": "#6b4423",
    "red": "#d01c1f", "orange": "#f27a1a", "yellow": "#f9d423", "green": "#2f7d3b", "teal": "#167a7c",
    "blue": "#3f6fb0", "navy": "#1f2a44", "purple": "#7a2f9a", "pink": "#ee92b4",
}  # fmt: skip
"""A colour of each family: the feed tells families, a palette shows colours."""


@dataclass(frozen=True)
class Group:
    """Items that lean the same way."""

    items: tuple[FeedItem, ...]

    @property
    def sources(self) -> set[str]:
        """The sources that carry them."""
        return {source for item in self.items for source in item.source_ids}

    def most(self, words: Iterable[str], count: int) -> list[str]:
        """Return the commonest of ``words``; equals by the alphabet."""
        ranked = sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0]))
        return [word for word, _ in ranked[:count]]


def drafts(items: Sequence[FeedItem], known: Iterable[Mood], month: str, now: datetime) -> tuple[Mood, ...]:
    """Return the moods that ``items`` contain beyond those ``known``; any order of items gives the same."""
    placed = sorted((item for item in items if item.reading.facets), key=lambda item: item.id)
    vectors = [coordinates(item.reading.facets) for item in placed]
    groups = [
        Group(tuple(placed[at] for at in group)) for group in clusters(vectors, MOST_GROUPS, FEWEST_ITEMS)
    ]
    looks = [mood.look for mood in known]
    found: list[Mood] = []
    for group in groups:
        if len(group.items) < FEWEST_ITEMS or len(group.sources) < FEWEST_SOURCES:
            continue
        look = _look(group)
        if look.pieces and all(similarity(look.facets, other.facets) < THERE_ALREADY for other in looks):
            looks.append(look)
            found.append(_draft(group, look, month, len(found), now))
    return tuple(found)


def _look(group: Group) -> Look:
    means = {facet.name: _mean_of(group, facet.name) for facet in FACETS}
    colours = group.most((c for item in group.items for c in item.reading.colours), _COLOURS)
    return Look(
        palette=tuple(Swatch(name=colour, hex=SWATCHES[colour]) for colour in colours if colour in SWATCHES),
        facets=means,
        pieces=tuple(_pieces(group)),
    )


def _mean_of(group: Group, name: FacetName) -> float:
    return round(sum(item.reading.facets.get(name, 0.0) for item in group.items) / len(group.items), 3)


def _pieces(group: Group) -> Iterable[MoodPiece]:
    """Yield the commonest kinds of garment that the stylist knows, each in its commonest colour and cloth."""
    kinds = group.most((kind for item in group.items if (kind := _kind(item))), _PIECES)
    for kind in kinds:
        alike = Group(tuple(item for item in group.items if _kind(item) == kind))
        colours = alike.most(
            (c for item in alike.items for c in item.reading.colours if c in SWATCHES), 1
        ) or group.most((c for item in group.items for c in item.reading.colours if c in SWATCHES), 1)
        if colours:
            yield MoodPiece(
                kind=kind,
                colour=colours[0],
                hex=SWATCHES[colours[0]],
                pattern=_commonest(alike, [p for item in alike.items for p in item.reading.patterns]),
                material=_commonest(alike, [m for item in alike.items for m in item.reading.materials]),
            )


def _commonest(alike: Group, words: list[str]) -> str | None:
    """Return a word that at least half of the items share."""
    found = alike.most(words, 1)
    return found[0] if found and words.count(found[0]) * 2 >= len(alike.items) else None


def _kind(item: FeedItem) -> str | None:
    word = item.reading.subtype or item.reading.category
    kind = stylist.kind_of_word(word) if word else None
    return None if kind is None else kind.word


def _draft(group: Group, look: Look, month: str, number: int, now: datetime) -> Mood:
    poles = _poles(look)
    return Mood(
        id=ids.stable_id("mood", month, str(number)),
        name=_name(poles, look),
        description=_description(poles, look, group, month),
        keywords=tuple(dict.fromkeys([*poles, *(piece.kind for piece in look.pieces)]))[:_KEYWORDS],
        look=look,
        examples=tuple(ItemRef(site=item.site, item_id=item.id) for item in group.items[:_EXAMPLES]),
        month=month,
        named_by="rules",
        created_at=now,
        ttl=KEPT_DAYS * 24 * 60 * 60,
    )


def _poles(look: Look) -> list[str]:
    """Return the poles the group leans to clearly, strongest first."""
    places = sorted(look.facets.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return [pole(name, place) for name, place in places if abs(place) >= _CLEAR][:3]


def _name(poles: list[str], look: Look) -> str:
    words = [*poles[:1], *(swatch.name for swatch in look.palette[:1]), look.pieces[0].kind.replace("-", " ")]
    return " ".join(words).capitalize()


def _description(poles: list[str], look: Look, group: Group, month: str) -> str:
    colours = " and ".join(swatch.name for swatch in look.palette[:2])
    kinds = ", ".join(piece.kind.replace("-", " ") for piece in look.pieces[:3])
    lean = ", ".join(poles) or "of every kind"
    return (
        f"{lean.capitalize()}, mostly in {colours}: {kinds}. "
        f"Seen {len(group.items)} times at {len(group.sources)} sources in {month}."
    )
