"""Which season it is where a person lives, from the one thing known of the place: the time zone.

The IANA database gives each zone the coordinates of its principal city (``zone.tab``). North and south of the
tropics the meteorological seasons of that latitude hold; between them, and where a zone names no place
(``UTC``), no season is assumed.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from core.stylist import Season

TROPIC: Final = 23.44
"""Latitude of the tropics in degrees: the obliquity of the ecliptic (IAU 2006)."""
_NORTHERN: Final[tuple[Season, ...]] = ("winter", "spring", "summer", "autumn")


def season_of(time_zone: str, day: date) -> Season | None:
    """Return the season of ``day`` in the zone, ``None`` where that cannot be told."""
    latitude = _latitudes().get(time_zone, _latitudes().get(_current_names().get(time_zone, "")))
    if latitude is None or abs(latitude) <= TROPIC:
        return None
    quarter = day.month % 12 // 3
    return _NORTHERN[quarter if latitude > 0 else (quarter + 2) % 4]


@cache
def _latitudes() -> dict[str, float]:
    rows = (line.split("\t") for line in _table("zone.tab") if not line.startswith("#"))
    return {name: _degrees(where) for _, where, name, *_ in rows}


@cache
def _current_names() -> dict[str, str]:
    """Return what old names (``Asia/Katmandu``) are called now."""
    links = (line.split() for line in _table("tzdata.zi") if line.startswith("L "))
    return {old: new for _, new, old in links}


def _table(name: str) -> list[str]:
    return resources.files("tzdata.zoneinfo").joinpath(name).read_text("utf-8").splitlines()


def _degrees(where: str) -> float:
    """Return the latitude of an ISO 6709 point: ``+5230+01322`` or ``-690022+0393524``."""
    cut = max(where.rfind("+"), where.rfind("-"))
    sign, digits = (-1 if where[0] == "-" else 1), where[1:cut]
    return sign * (int(digits[:2]) + int(digits[2:4]) / 60)
