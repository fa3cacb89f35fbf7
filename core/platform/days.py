"""Days of the calendar as people write them, and which of them somebody can speak of.

A day has no time zone; the day it is for somebody is in ``core.platform.zones``.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""YYYY-MM-DD, which may still be no day of the calendar."""
EARLIEST: Final = date(1900, 1, 1)


def latest(now: datetime) -> date:
    """Return the latest date it is anywhere on earth (UTC+14 is a day ahead of ``now``, in UTC)."""
    return now.date() + timedelta(days=1)


def _iso_day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not FORM.fullmatch(value):
        raise ValueError("must be a date as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a day of the calendar as YYYY-MM-DD") from None


Day = Annotated[date, BeforeValidator(_iso_day)]
