"""What speaks for a thing, to a person, in words: the poles and words in which it meets their taste."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from core.taste.events import Subject
from core.taste.facets import NAMES, FacetVector, coordinates, pole
from core.taste.taste import Taste

LEAST: Final = 0.2
"""Worth, in units of the noise of one answer, below which an argument is too weak to be given."""


def speaking_for(
    taste: Taste,
    facets: FacetVector,
    words: Mapping[Subject, Iterable[str]] | None = None,
    *,
    most: int = 3,
) -> tuple[str, ...]:
    """Return up to ``most`` poles of facets and words that draw the person to the thing, strongest first.

    A facet speaks for it with position times position, a word with its share of what words are worth: the
    terms of which ``Taste.outlook`` is the sum. What the person is indifferent to is no argument.
    """
    found = sorted(
        [*_facets(taste, facets), *_words(taste, words or {})], key=lambda pair: (-pair[0], pair[1])
    )
    return tuple(dict.fromkeys(word for worth, word in found if worth >= LEAST))[:most]


def _facets(taste: Taste, facets: FacetVector) -> Iterator[tuple[float, str]]:
    for name, position, lean in zip(NAMES, coordinates(facets), taste.belief.position, strict=True):
        yield position * lean, pole(name, position)


def _words(taste: Taste, words: Mapping[Subject, Iterable[str]]) -> Iterator[tuple[float, str]]:
    scores = taste.scores(words)
    for word, score in scores:
        yield score / len(scores), word
