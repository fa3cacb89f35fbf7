"""The moods that ship with the app, from ``seeds.json``: written by hand, for many wardrobes of many places.

What is a matter of judgement is in the file, in tenths; vividness, lightness, warmth and pattern are measured
from the palette and the pieces, so that a mood and its colours cannot disagree.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from core.moods.models import Look, Mood, MoodPiece, Swatch
from core.platform import ids
from core.taste import FacetName, facets_of

_TENTHS = 10
_WRITTEN: Final = datetime(2026, 11, 1, tzinfo=UTC)


class _Seed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: str
    description: str
    keywords: tuple[str, ...]
    judged: dict[FacetName, Annotated[int, Field(ge=-_TENTHS, le=_TENTHS)]]
    palette: tuple[Swatch, ...]
    pieces: tuple[MoodPiece, ...]


class _Seeds(BaseModel):
    model_config = ConfigDict(defer_build=True)

    notice: str
    moods: tuple[_Seed, ...]


@cache
def seeds() -> dict[str, Mood]:
    """Return the moods that ship with the app by their ids, in the order of the file."""
    document = _Seeds.model_validate_json((Path(__file__).parent / "seeds.json").read_bytes())
    return {mood.id: mood for mood in map(_mood, document.moods)}


def _mood(seed: _Seed) -> Mood:
    judged = {name: tenths / _TENTHS for name, tenths in seed.judged.items()}
    return Mood(
        id=ids.stable_id("mood", seed.slug),
        name=seed.name,
        description=seed.description,
        keywords=seed.keywords,
        look=Look(
            palette=seed.palette,
            facets={**judged, **measured(seed.palette, seed.pieces)},
            pieces=seed.pieces,
        ),
        named_by="hand",
        created_at=_WRITTEN,
    )


def measured(palette: tuple[Swatch, ...], pieces: tuple[MoodPiece, ...]) -> dict[FacetName, float]:
    """Return the facets that colours and patterns decide."""
    colours = facets_of("", [(swatch.hex, 1.0) for swatch in palette])
    patterns = facets_of(piece.pattern or "solid" for piece in pieces)
    return {**colours, "pattern": patterns["pattern"]}
