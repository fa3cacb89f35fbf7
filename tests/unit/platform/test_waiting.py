"""``Retry-After``, from servers that may write anything into it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform import waiting

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBERS = st.integers(0, 10**24)
DATES = st.builds("Tue, {} Nov {} {}:00:00 {:+05}".format, NUMBERS, NUMBERS, NUMBERS, NUMBERS)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("1.5", 1.5),
        ("9" * 400, waiting.LONGEST),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=400), usegmt=True), waiting.LONGEST),
        ("Tue, 24 Nov 2026 12:00:30 -0000", 30),
        ("Tue, 24 Nov 99999999999999999999 12:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert waiting.seconds(header, NOW) == seconds


@given(st.text(max_size=40) | DATES)
def test_retry_after_may_be_anything(header: str) -> None:
    said = waiting.seconds(header, NOW)
    assert said is None or 0 <= said <= waiting.LONGEST
