"""Where a garment or a text lies in style space, by rules: the same words always give the same place.

Words of the media taxonomy and of shop texts lean on facets; a thing's position on a facet is the mean of
what its words say of it, and a facet nobody speaks of is absent, which is not the same as being in the middle
but counts as it. Colours are measured, not read, where their hex values are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from core.platform import terms
from core.taste.facets import FacetName
from core.taste.palette import HEX, colour_facets
from core.taste.wardrobe import PATTERN_STRENGTH
from core.vault import colour_family

MOST_TEXT: Final = 4000
"""Characters of a text that are read; a product page says the rest again."""


class _Lexicon(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    notice: str
    leans: dict[FacetName, dict[str, float]]
    colours: dict[str, str]


def facets_of(text: str | Iterable[str], colours: Sequence[tuple[str, float]] = ()) -> dict[FacetName, float]:
    """Return the facets that ``text`` (or several words and texts) and ``colours`` speak of.

    ``colours`` are ``(#rrggbb, share)``; without them colour words in the text are taken for the colours.
    Values are in -1..1, rounded to thousandths.
    """
    texts = [text] if isinstance(text, str) else list(text)
    known = [term for one in texts for term in _terms(one[:MOST_TEXT])]
    said: dict[FacetName, list[float]] = {}
    for term in known:
        for facet, lean in _leans().get(term, {}).items():
            said.setdefault(facet, []).append(lean)
    named = [(_lexicon().colours[term], 1.0) for term in known if term in _lexicon().colours]
    measured = colour_facets([pair for pair in colours if HEX.fullmatch(pair[0])] or named)
    found = {facet: sum(values) / len(values) for facet, values in said.items()}
    return {name: round(value, 3) for name, value in {**found, **measured}.items()}  # type: ignore[misc]  # names of colour_facets are facets


def colours_in(text: str) -> tuple[str, ...]:
    """Return the families of the colours that ``text`` names, each once, in its order."""
    colours = _lexicon().colours
    named = (colours[term] for term in terms.found_in(text[:MOST_TEXT], colours.__contains__))
    return tuple(dict.fromkeys(map(colour_family, named)))


def is_descriptive(word: str) -> bool:
    """Tell whether a word is a colour, a material or a pattern, as texts about clothes use them."""
    term = word.casefold()
    return term in _lexicon().colours or term in _lexicon().leans["fabric"] or term in PATTERN_STRENGTH


def _terms(text: str) -> Iterator[str]:
    return terms.found_in(text, lambda term: term in _leans() or term in _lexicon().colours)


@cache
def _lexicon() -> _Lexicon:
    return _Lexicon.model_validate_json((Path(__file__).parent / "lexicon.json").read_bytes())


@cache
def _leans() -> dict[str, dict[FacetName, float]]:
    """Return, for every term, how it leans on each facet it speaks of."""
    found: dict[str, dict[FacetName, float]] = {}
    for facet, leaning in _lexicon().leans.items():
        for term, lean in leaning.items():
            found.setdefault(term, {})[facet] = lean
    for pattern, strength in PATTERN_STRENGTH.items():
        if pattern != "other":
            found.setdefault(pattern, {}).setdefault("pattern", strength)
    return found
