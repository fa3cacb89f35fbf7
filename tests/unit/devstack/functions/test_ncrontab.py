"""NCRONTAB schedules against a brute-force reading of the same fields."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.functions.ncrontab import ScheduleError, parse_schedule

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [UTC, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]
BOUNDS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
# Fields that keep the brute force within a few weeks of minutes.
STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def items(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high).map(str)
    span = st.tuples(number, number).map("-".join)
    step = st.integers(1, high - low + 1).map(str)
    stepped = st.tuples(st.one_of(st.just("*"), number, span), step).map("/".join)
    return st.one_of(number, span, stepped, st.just("*"))


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    return st.lists(items(low, high), min_size=1, max_size=3).map(",".join)


def members(field: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for item in field.split(","):
        base, _, step = item.partition("/")
        if base == "*":
            first, last = low, high
        else:
            first, last = (int(part) for part in (base.split("-") * 2)[:2])
            if "-" not in base and step:
                last = high
        first, last = sorted((first, last))
        found |= set(range(first, last + 1, int(step or 1)))
    return found


def brute_force(text: str, after: datetime, zone: ZoneInfo) -> datetime | None:
    second, minute, hour, day, month, weekday = (
        members(field, low, high) for field, (low, high) in zip(text.split(), BOUNDS, strict=True)
    )
    wall = after.astimezone(zone).replace(tzinfo=None, fold=0, second=0, microsecond=0)
    for _ in range(60 * 24 * 10):
        if (
            wall.minute in minute
            and wall.hour in hour
            and wall.day in day
            and wall.month in month
            and wall.isoweekday() % 7 in weekday
        ):
            for number in sorted(second):
                at = wall.replace(second=number, tzinfo=zone)
                real = at.astimezone(UTC)
                if real > after and real.astimezone(zone).replace(tzinfo=None) == at.replace(tzinfo=None):
                    return real
        wall += timedelta(minutes=1)
    return None


@given(
    st.tuples(fields(0, 59), fields(0, 59), fields(0, 23), st.just("*"), st.just("*"), fields(0, 6)),
    STARTS,
    st.sampled_from(ZONES),
)
def test_the_next_occurrence_is_the_first_that_matches(
    parts: tuple[str, ...], after: datetime, zone: ZoneInfo
) -> None:
    text = " ".join(parts)
    assert parse_schedule(text, zone).after(after) == brute_force(text, after, zone)


@given(st.tuples(*(fields(low, high) for low, high in BOUNDS)), STARTS)
def test_day_of_month_and_day_of_week_must_both_match(parts: tuple[str, ...], after: datetime) -> None:
    try:
        found = parse_schedule(" ".join(parts), UTC).after(after)
    except ScheduleError as error:
        assert "never occurs" in str(error)  # noqa: PT017 - 31 June is a legal thing to draw
        return
    seen = (found.second, found.minute, found.hour, found.day, found.month, found.isoweekday() % 7)
    for value, field, (low, high) in zip(seen, parts, BOUNDS, strict=True):
        assert value in members(field, low, high)


def test_an_hour_skipped_in_spring_is_skipped_and_one_repeated_in_autumn_comes_once() -> None:
    daily = parse_schedule("0 30 2 * * *", BERLIN)
    assert daily.after(datetime(2026, 3, 28, 23, tzinfo=UTC)) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    first = daily.after(datetime(2026, 10, 24, 22, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert daily.after(first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("0 0 9 * JAN-Mar Mon-friday", "0 0 9 * 1-3 1-5"),
        ("*/5 * * * *", "0 */5 * * * *"),
        ("0 0 0 * * 5-1", "0 0 0 * * 1-5"),
        ("0 10/20 * * * *", "0 10,30,50 * * * *"),
    ],
)
def test_other_ways_to_write_the_same(text: str, same: str) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(20):
        found = parse_schedule(text, UTC).after(at)
        assert found == parse_schedule(same, UTC).after(at)
        at = found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("* * * *", "has 4 fields; an NCRONTAB expression has six"),
        ("60 * * * * *", "60 is not valid for seconds: it goes from 0 to 59"),
        ("0 0 0 * * 7", "7 is not valid for days of the week"),
        ("0 0 0 ? * *", "'?' is not valid for days"),
        ("0 0 0 L * *", "'L' is not valid for days"),
        ("0 0 0 * * 1#2", "'1#2' is not valid for days of the week"),
        ("0 0 0 * ju *", "'ju' is not valid for months"),
        ("0 */0 * * * *", "the step in '*/0' of minutes must be at least 1"),
        ("0 0 0 30 2 *", "never occurs"),
        ("00:00:00", "must be longer than 00:00:00"),
        ("24:00:00", "hours go up to 23"),
    ],
)
def test_refuses_what_the_platform_would_refuse(text: str, words: str) -> None:
    with pytest.raises(ScheduleError) as refusal:
        parse_schedule(text, UTC)
    assert words in str(refusal.value)


def test_a_time_span_is_an_interval() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert parse_schedule("1.02:03:04", UTC).after(at) == at + timedelta(
        days=1, hours=2, minutes=3, seconds=4
    )


@pytest.mark.parametrize(
    ("text", "frequent"), [("*/30 * * * * *", True), ("0 * * * * *", False), ("00:00:59", True)]
)
def test_knows_which_schedules_are_not_worth_monitoring(text: str, frequent: bool) -> None:
    assert parse_schedule(text, UTC).is_frequent is frequent
