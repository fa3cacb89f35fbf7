"""Time zones people live in, by their IANA names, and the day it is for somebody there.

Names come from outside. ``zoneinfo`` opens a file by the name, so only names of the database's own list are
taken: no paths, none of the ``right/`` zones, which count leap seconds, and nothing that is no place's.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field


def _known(name: str) -> str:
    if name not in _names():
        raise ValueError('must be an IANA time zone, such as "Europe/Berlin"')
    return name


type ZoneName = Annotated[str, Field(max_length=64), AfterValidator(_known)]
"""The name of an IANA time zone, in its own spelling."""


def day_in(zone: str, moment: datetime) -> date:
    """Return the calendar day that the aware ``moment`` falls on for somebody in ``zone``."""
    return moment.astimezone(ZoneInfo(zone)).date()


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - {"Factory", "localtime"}
