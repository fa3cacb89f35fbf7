"""Signed links: to an archive for a day, and to an erasure's job for as long as its receipt is kept there."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.platform import clock, signing

VALID_FOR = timedelta(hours=24)
"""How long an archive is kept, and its link opens it."""


def of_archive(user_id: str, export_id: str, expires_at: datetime) -> str:
    """Return the link that downloads an archive."""
    return _signed(f"/api/auth/me/exports/{export_id}", user_id, expires_at)


def of_erasure(erasure_id: str, kept: timedelta) -> str:
    """Return the link that polls an erasure; it names nobody, for the job belongs to the erasure itself."""
    return _signed(f"/api/jobs/{erasure_id}", erasure_id, clock.now() + kept)


def _signed(path: str, uid: str, expires_at: datetime) -> str:
    return f"{path}?{signing.sign(path, expires_at=expires_at, claims={'uid': uid})}"
