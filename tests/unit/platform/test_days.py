from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from core.platform import days

DAY: TypeAdapter[date] = TypeAdapter(days.Day)


def test_the_latest_day_is_tomorrow_in_utc_since_it_is_that_day_somewhere() -> None:
    assert days.latest(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == date(2027, 1, 1)


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert DAY.validate_python(day.isoformat()) == DAY.validate_python(day) == day


@pytest.mark.parametrize(
    "text", ["2025-02-30", "20250101", "2025-W01-1", "2025-1-1", "2025-01-01T00:00:00", "", 20]
)
def test_nothing_else_is_a_day(text: object) -> None:
    with pytest.raises(ValidationError, match="as YYYY-MM-DD"):
        DAY.validate_python(text)
