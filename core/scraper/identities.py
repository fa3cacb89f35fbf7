"""When two findings are the same thing, and when the same thing has changed."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit

from core.scraper.models import Finding

_NOT_CONTENT = {"published_at", "read_as"}
"""Feeds that set every date anew, and shops that change how they describe, have not changed the thing."""


def content_hash(finding: Finding) -> str:
    """Return a digest of all that can change about a thing; the query of a picture's address is left out."""
    counted = finding.model_copy(update={"image_url": _place(finding.image_url)})
    return sha256(counted.model_dump_json(exclude=_NOT_CONTENT).encode()).hexdigest()


def fingerprint(finding: Finding) -> str | None:
    """Return what is the same for a thing wherever it lies; ``None`` where too little is told to be sure.

    Two addresses are one thing if title, brand, colours, text and picture are equal, and there is a picture
    or a text. The price is not asked: it changes at one address before the other.
    """
    if not finding.image_url and len(finding.summary) < 40:
        return None
    told = {"kind", "title", "summary", "brand", "colour_texts"}
    counted = finding.model_copy(update={"title": finding.title.casefold()})
    picture = _place(finding.image_url) or ""
    return sha256(f"{picture}\n{counted.model_dump_json(include=told)}".encode()).hexdigest()


def _place(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"
