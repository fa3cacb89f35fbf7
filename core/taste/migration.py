"""Older profile documents, brought to today's shape when they are read.

A profile is migrated by the read and written in the new shape by the next change: no job has to visit every
person. Each step takes a document one version further and is never edited once released.

Version 1 kept, per facet, a mean and the number of opinions behind it, likes and dislikes per word, avoids
without dates, and the ids of applied jobs with the day of their event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from core.taste.contribution import TRIANGLE
from core.taste.errors import ProfileTooNew
from core.taste.exact import fixed
from core.taste.facets import NAMES
from core.taste.ledger import mark

VERSION: Final = 2
_PRECISION_OF_ONE_OPINION: Final = 0.2
"""What one opinion on a clear look tells about one facet; version 1 had no correlations."""

type Raw = Mapping[str, Any]


def migrated(raw: Raw) -> Raw:
    """Return ``raw`` in the shape of ``VERSION``; the very same object if it already is.

    Raises:
        ProfileTooNew: a newer version of the app wrote it; changing it would lose what we do not know.
    """
    version = raw.get("schema_version", VERSION)
    if version > VERSION:
        raise ProfileTooNew(f"The profile has version {version}; this app knows up to {VERSION}.")
    while version < VERSION:
        raw = _STEPS[version](raw)
        version = raw["schema_version"]
    return raw


def _from_1(raw: Raw) -> Raw:
    at = _moment(raw.get("updated_at"))
    precisions = [
        _PRECISION_OF_ONE_OPINION * raw.get("facets", {}).get(name, {}).get("count", 0) for name in NAMES
    ]
    means = [raw.get("facets", {}).get(name, {}).get("mean", 0.0) for name in NAMES]
    kept = {key: raw[key] for key in ("id", "userId", "user_id", "_etag", "_ts", "ttl") if key in raw}
    return {
        **kept,
        "schema_version": 2,
        "precision": _diagonal([fixed(value, at) for value in precisions]),
        "shift": [fixed(p * mean, at) for p, mean in zip(precisions, means, strict=True)],
        **{name: _tallies(raw.get(name, {}), at) for name in ("colours", "categories", "brands")},
        "stances": _stances(raw.get("avoids", []), at),
        "ledger": {"days": _days(raw.get("applied", []), at)},
        "newest_at": at,
    }


_STEPS: Final[dict[int, Callable[[Raw], Raw]]] = {1: _from_1}


def _diagonal(values: list[int]) -> list[int]:
    triangle = [0] * TRIANGLE
    for i, value in enumerate(values):
        triangle[i * (i + 3) // 2] = value
    return triangle


def _tallies(table: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {
        word: {
            "liked": fixed(likes, at),
            "disliked": fixed(dislikes, at),
            "likes": likes,
            "dislikes": dislikes,
        }
        for word, (likes, dislikes) in sorted(table.items())
    }


def _stances(avoids: list[Mapping[str, str]], at: datetime) -> dict[str, Any]:
    return {
        f"{avoid['subject']}:{avoid['word']}": {"avoid": True, "said_at": at, "said_in": ""}
        for avoid in sorted(avoids, key=lambda avoid: (avoid["subject"], avoid["word"]))
    }


def _days(applied: list[Mapping[str, str]], at: datetime) -> dict[str, str]:
    days: dict[str, set[str]] = {}
    for entry in applied:
        days.setdefault(entry.get("day", at.date().isoformat()), set()).add(mark(entry["job_id"]))
    return {day: "".join(sorted(marks)) for day, marks in sorted(days.items())}


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(UTC) if isinstance(found, datetime) else datetime(2026, 1, 1, tzinfo=UTC)
