"""Signed links to renditions, for whatever cannot send a header: an ``<img>``, a share sheet, a print job.

A link names its person and revision, and its expiry is rounded so that the same link is given out for
hours: a client's cache would otherwise never hit.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.media.models import Picture, VariantName, Variants
from core.platform import signing

VALID_FOR = timedelta(hours=24)
STEP = timedelta(hours=6)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def expiry(now: datetime) -> datetime:
    """Return when a link given out ``now`` ends: after 24 to 30 hours, at a multiple of six."""
    return _EPOCH + ((now - _EPOCH) // STEP + 1) * STEP + VALID_FOR


def links(picture: Picture, now: datetime) -> Variants:
    """Return the links of a finished photo."""
    return Variants(
        original=_link(picture, "original", now),
        cutout=_link(picture, "cutout", now) if "cutout" in picture.variants else None,
        thumb=_link(picture, "thumb", now),
    )


def _link(picture: Picture, variant: VariantName, now: datetime) -> str:
    path = f"/api/media/{picture.id}/{variant}"
    claims = {"uid": picture.user_id, "rev": str(picture.revision)}
    return f"{path}?{signing.sign(path, expires_at=expiry(now), claims=claims)}"
