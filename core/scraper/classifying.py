"""What a finding is, by the words it is told in: kind of garment, colours, materials, patterns, style facets.

Rules come first: they are free, explain themselves, and say the same thing tomorrow. Where they find too
little the reading says so (``wants_model``), and the model is asked about it with others (``consulting``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, get_args

from core import media, taste
from core.platform.terms import found_in
from core.scraper.models import Finding, Reading
from core.scraper.vocabulary import ALSO, PATTERNS

_ENOUGH_FACETS: Final = {"product": 3, "article": 2}
_SUMMARY_READ: Final = 600
_TAIL: Final = re.compile(
    r"\b(?:with|for|featuring|from|by|to wear|mit|für|avec|pour|con|per)\b|[(|:]|\s[-\u2013\u2014]\s"
)
"""What follows one of these in a title belongs to the thing or goes with it, but is not the thing."""
_NO_PATTERN: Final = frozenset({"solid", "other"})


def by_rules(finding: Finding) -> Reading:
    """Return what the finding's own words say of it."""
    kind = _kind(finding)
    told = " . ".join((finding.title, *finding.tags, *finding.material_texts))
    materials = tuple(dict.fromkeys(found_in(told, _materials().__contains__)))
    patterns = tuple(dict.fromkeys(_patterns()[word] for word in found_in(told, _patterns().__contains__)))
    facets = _facets(finding, (*materials, *patterns, *((kind,) if kind else ())))
    enough = len(facets) >= _ENOUGH_FACETS[finding.kind] and (kind is not None or finding.kind == "article")
    return Reading(
        category=None if kind is None else _category(kind),
        subtype=None if kind is None or kind in media.categories() else kind,
        colours=taste.colours_in(" . ".join((*finding.colour_texts, finding.title))),
        materials=materials,
        patterns=patterns,
        facets=facets,
        by="rules" if facets else "nobody",
        wants_model=not enough,
    )


def _kind(finding: Finding) -> str | None:
    """Return the kind of garment the words name: the last one in the title, which names the thing itself."""
    head = _TAIL.split(finding.title.casefold(), maxsplit=1)[0]
    path = re.split(r"[>/|]", finding.category_text or "")
    for text in (head, finding.title, *reversed(path), *finding.tags):
        named = [_kinds()[word] for word in found_in(text, _kinds().__contains__)]
        if named:
            return named[-1]
    return None


def _facets(finding: Finding, known: tuple[str, ...]) -> dict[taste.FacetName, float]:
    """Return the facets of title and shop words; the description is only asked where those say too little.

    Descriptions of products also tell what goes with them.
    """
    short = [finding.title, finding.category_text or "", *finding.tags, *finding.colour_texts, *known]
    facets = taste.facets_of(short)
    if finding.kind == "product" and len(facets) >= _ENOUGH_FACETS["product"]:
        return facets
    return {**taste.facets_of([*short, finding.summary[:_SUMMARY_READ]]), **facets}


def _category(kind: str) -> str:
    return kind if kind in media.categories() else media.category_of(kind)


@cache
def _kinds() -> Mapping[str, str]:
    own = {word: word for word in (*media.subtypes(), *media.categories())}
    return {
        word: kind for word, kind in {**ALSO, **own}.items() if kind not in {"other", "garment", "accessory"}
    }


@cache
def _materials() -> frozenset[str]:
    return frozenset(get_args(media.Material.__value__)) - {"other"}


@cache
def _patterns() -> Mapping[str, str]:
    own = {word: word for word in get_args(media.Pattern.__value__) if word not in _NO_PATTERN}
    return {**PATTERNS, **own}
