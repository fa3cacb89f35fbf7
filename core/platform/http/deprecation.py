"""What goes out of use, told to whoever still uses it (docs/versioning.md).

``Deprecation`` is RFC 9745, ``Sunset`` RFC 8594; both name a moment, each in a way of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

NOTICE = timedelta(days=180)
"""The least time between the announcement and the end."""


@dataclass(frozen=True, slots=True)
class Deprecated:
    """An operation that ends on ``sunset``, announced on ``since``; ``instead`` is what to use, as a path.

    Raises:
        ValueError: clients would have less than ``NOTICE``.
    """

    since: date
    sunset: date
    instead: str | None = None

    def __post_init__(self) -> None:
        if self.sunset - self.since < NOTICE:
            raise ValueError(f"clients need {NOTICE.days} days to move; {self.sunset} is too soon")

    def headers(self) -> Mapping[str, str]:
        """Return the headers of every answer, problems included."""
        told = {
            "Deprecation": f"@{int(_midnight(self.since).timestamp())}",
            "Sunset": format_datetime(_midnight(self.sunset), usegmt=True),
        }
        return told if self.instead is None else told | {"Link": f'<{self.instead}>; rel="successor-version"'}

    @property
    def sentence(self) -> str:
        """The same for people."""
        instead = "" if self.instead is None else f" Use {self.instead} instead."
        return f"Deprecated since {self.since}; it ends on {self.sunset}.{instead}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
