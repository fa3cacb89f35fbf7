"""A mood in one's own wardrobe: what fits, the best outfit of it, and the one piece that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from core import stylist
from core.moods.fitting import FITS, MoodTaste
from core.moods.models import Look, MissingPiece, MoodPiece
from core.stylist import Formality, Outfit, Proposals, Wish
from core.taste import Taste, colour_families
from core.vault import ItemColour, VaultItem

_NEARLY: Final = 0.5
"""From here on a garment may help out where those that fit make no outfit."""
_MOST_IN_OUTFITS: Final = 60
"""Best-fitting items that the stylist is given: it judges every combination."""
_SLOTS: Final = frozenset({"top", "bottom", "full", "over", "mid", "outer", "footwear"})
_CEREMONIAL: Final = 6
_IMAGINED: Final = "missing-piece"


@dataclass(frozen=True, slots=True)
class Fitting:
    """An item, how well it fits (0 .. 1), and why."""

    item: VaultItem
    fit: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What a wardrobe has of a mood. ``note`` says why there is no outfit."""

    fitting: tuple[Fitting, ...]
    outfit: Outfit | None
    note: str | None
    missing: MissingPiece | None


def matched(items: Iterable[VaultItem], look: Look, person: Taste, today: date) -> Matched:
    """Return what ``items`` have of a mood; any order of them gives the same."""
    taste = MoodTaste(look, person)
    judged = _judged(items, taste)
    rack = _Rack(taste, Wish(today=today, formality=_occasion(look), count=1))
    worn, proposals = rack.dressed(judged)
    outfit = next(iter(proposals.outfits), None)
    return Matched(
        fitting=tuple(one for one in judged if one.fit >= FITS),
        outfit=outfit,
        note=proposals.note if outfit is None else None,
        missing=rack.missing([one.item for one in judged], worn, outfit),
    )


def _judged(items: Iterable[VaultItem], taste: MoodTaste) -> list[Fitting]:
    """Return the items that can be worn with their fit, best first."""
    found = []
    for item in items:
        facets, words = stylist.facets_of(item), stylist.words_of(item)
        if item.status == "active" and facets is not None:
            fit = round(taste.appeal(facets, words), 4)
            found.append(Fitting(item, fit, tuple(taste.why(facets, words))))
    return sorted(found, key=lambda one: (-one.fit, one.item.id))


@dataclass(frozen=True, slots=True)
class _Rack:
    taste: MoodTaste
    wish: Wish

    def dressed(self, judged: Sequence[Fitting]) -> tuple[list[VaultItem], Proposals]:
        """Return where an outfit was looked for and what was found: in what fits, else what nearly does."""
        for least in (FITS, _NEARLY):
            worn = [one.item for one in judged if one.fit >= least][:_MOST_IN_OUTFITS]
            proposals = stylist.propose(worn, self.wish, taste=self.taste)
            if proposals.outfits:
                break
        return worn, proposals

    def missing(
        self, owned: Sequence[VaultItem], worn: Sequence[VaultItem], outfit: Outfit | None
    ) -> MissingPiece | None:
        """Return the piece with which the best outfit would be best; ``None`` if every piece is owned."""
        wanted = [piece for piece in self.taste.look.pieces if not _is_owned(piece, owned, self.taste.look)]
        if not wanted:
            return None
        scores = {piece: self._score_with(piece, worn) for piece in wanted}
        piece = max(wanted, key=lambda each: scores[each])
        completes = outfit is None and scores[piece] > 0
        return MissingPiece(
            piece=piece, label=piece.label, completes=completes, sentence=_sentence(piece, completes, outfit)
        )

    def _score_with(self, piece: MoodPiece, worn: Sequence[VaultItem]) -> float:
        """Return the score of the best outfit with the piece; 0 where there is none, or it is an accent."""
        kind = stylist.kind_of_word(piece.kind)
        if kind is None or kind.slot not in _SLOTS:
            return 0.0
        together = [*worn, imagined(piece)]
        found = stylist.ways_to_wear(together, _IMAGINED, self.wish, taste=self.taste).outfits
        return found[0].score if found else 0.0


def imagined(piece: MoodPiece) -> VaultItem:
    """Return a piece as if it were owned."""
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    return VaultItem(
        id=_IMAGINED,
        user_id="",
        name=piece.label,
        category=piece.kind,
        colours=[ItemColour(hex=piece.hex)],
        materials=[piece.material] if piece.material else [],
        pattern=piece.pattern,
        created_at=long_ago,
        updated_at=long_ago,
    )


def _is_owned(piece: MoodPiece, owned: Iterable[VaultItem], look: Look) -> bool:
    """Tell whether there is a garment of this kind in a colour of the mood, or of no known colour."""
    palette = {*look.colours, *colour_families([piece.hex])}
    kind = stylist.kind_of_word(piece.kind)
    return any(
        stylist.kind_of(item) == kind
        and (not item.colours or palette & set(colour_families(colour.hex for colour in item.colours)))
        for item in owned
    )


def _occasion(look: Look) -> Formality | None:
    """Return the formality to ask for: ceremonial dress is only ever worn on request."""
    kinds = [stylist.kind_of_word(piece.kind) for piece in look.pieces]
    return "formal" if any(kind is not None and kind.level == _CEREMONIAL for kind in kinds) else None


def _sentence(piece: MoodPiece, completes: bool, outfit: Outfit | None) -> str:
    if completes:
        return f"With a {piece.label} what you own would make an outfit of this mood."
    if outfit is None:
        return f"A {piece.label} would be a place to begin."
    return f"A {piece.label} would go best with what you own of this mood."
