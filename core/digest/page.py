"""A digest as one HTML page that stands for itself: to be looked at, read aloud, or mailed.

No script, no style sheet, no picture: styles are inline, because mail programs drop the rest. The order of
headings is the order of reading, and nothing is said by colour alone. What a section says, the words above it
do not say again. Jinja escapes every value; names stand in ``bdi`` and directional controls are dropped, so
none turns the text around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.digest import plain
from core.digest.models import DigestView

if TYPE_CHECKING:
    from jinja2 import Template

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The page's Content-Security-Policy: inline styles, and nothing from anywhere."""
_DIRECTIONAL: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def page(digest: DigestView) -> str:
    """Return a digest as a complete HTML document."""
    monday = date.fromisoformat(digest.week)
    return _template().render(digest=digest, words=words(digest), monday=monday, moved=moved(digest))


def moved(digest: DigestView) -> str | None:
    """Return the sentence on what moved; ``None`` without an earlier figure to compare with."""
    return digest.insight.text if digest.insight and digest.insight.before is not None else None


def words(digest: DigestView) -> list[str]:
    """Return the editorial without what the sections of a page say."""
    told = digest.editorial.paragraphs
    if digest.editorial.written_by == "rules":
        first = digest.insight.text if digest.insight and not moved(digest) else None
        told = (plain.opening(told), *(text for text in told[1:] if text == first))
    return [left for text in told if (left := _without(text, (moved(digest), *digest.advice)))]


def spoken(day: date) -> str:
    """Return a date as people write it: ``23 November 2026``."""
    return f"{day.day} {day:%B %Y}"


def _without(text: str, sentences: Iterable[str | None]) -> str:
    for sentence in filter(None, sentences):
        text = text.replace(sentence, "")
    return " ".join(text.split())


def _undirected(value: Any) -> Any:
    """Return a value to be shown, a text without directional embeddings, overrides and isolates."""
    return value.translate(_DIRECTIONAL) if isinstance(value, str) else value


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=folder,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_undirected,
    )
    environment.filters["spoken"] = spoken
    return environment.get_template("page.html")
