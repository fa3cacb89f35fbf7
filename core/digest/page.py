"""A digest as one HTML page that stands for itself: to be looked at, read aloud, or mailed.

No script, no style sheet, no picture: styles are inline, because mail programs drop the rest. The order of
headings is the order of reading, and nothing is said by colour alone. Jinja escapes every value.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.digest.models import DigestView

if TYPE_CHECKING:
    from jinja2 import Template

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The page's Content-Security-Policy: inline styles, and nothing from anywhere."""


def page(digest: DigestView) -> str:
    """Return a digest as a complete HTML document."""
    return _template().render(digest=digest)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html")
