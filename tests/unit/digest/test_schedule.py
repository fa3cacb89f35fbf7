"""One digest in every ISO week, in every zone, however late the ticks and whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.digest import subscriptions
from core.digest.schedule import Rhythm, monday
from core.digest.seasons import season_of
from core.digest.subscriptions import DEFAULT, WEEKDAYS, NewPreferences

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
WEEK = timedelta(days=7)
rhythms = st.builds(Rhythm, st.integers(0, 6), st.integers(0, 23), st.sampled_from(ZONES))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))


@given(rhythms, moments)
@settings(deadline=None)
def test_the_next_slot_is_later_and_the_latest_one_is_not(rhythm: Rhythm, now: datetime) -> None:
    latest, following = rhythm.latest_week(now), rhythm.next_week(now, None)
    assert rhythm.slot(latest) <= now < rhythm.slot(following)
    assert following == latest + WEEK
    assert latest.weekday() == 0


@given(rhythms, moments.map(datetime.date))
@settings(deadline=None)
def test_each_week_has_one_slot_on_its_own_day_at_its_hour_unless_that_is_skipped(
    rhythm: Rhythm, day: date
) -> None:
    week = monday(day)
    at = rhythm.slot(week)
    assert at < rhythm.slot(week + WEEK)
    local = at.astimezone(ZoneInfo(rhythm.time_zone))
    wanted = datetime.combine(week + timedelta(days=rhythm.weekday), datetime.min.time())
    wanted = wanted.replace(hour=rhythm.hour)
    if local.replace(tzinfo=None) != wanted:  # skipped: no moment has this wall time, the slot is behind it
        back = at.astimezone(ZoneInfo(rhythm.time_zone)) - timedelta(days=1)
        assert local.replace(tzinfo=None) > wanted
        assert local.utcoffset() != back.utcoffset()


@given(rhythms, moments, st.lists(st.timedeltas(timedelta(), timedelta(days=5)), min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_whenever_ticks_come_each_week_gets_exactly_one_digest(
    rhythm: Rhythm, start: datetime, late: list[timedelta]
) -> None:
    chosen = NewPreferences(
        enabled=True, weekday=WEEKDAYS[rhythm.weekday], hour=rhythm.hour, time_zone=rhythm.time_zone,
        tone="plain",
    )  # fmt: skip
    reader = subscriptions.changed(subscriptions.new("u", start), chosen, start)
    weeks = []
    for delay in late:
        assert reader.next_digest_at is not None
        tick = reader.next_digest_at + delay
        assert subscriptions.is_due(reader, tick)
        weeks.append(subscriptions.due_week(reader, tick))
        reader = subscriptions.settled(reader, weeks[-1], tick)
        assert not subscriptions.is_due(reader, tick)
    assert all(later - earlier == WEEK for earlier, later in pairwise(weeks))


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 2, datetime(2026, 3, 29, 1, tzinfo=UTC)),  # skipped: 3:00 CEST
        ("Europe/Berlin", date(2026, 10, 25), 2, datetime(2026, 10, 25, 0, tzinfo=UTC)),  # the first 2:00
        ("America/New_York", date(2026, 3, 8), 2, datetime(2026, 3, 8, 7, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2, datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),  # by 30 min
        ("Pacific/Apia", date(2011, 12, 30), 9, datetime(2011, 12, 30, 19, tzinfo=UTC)),  # a day never was
    ],
)
def test_hours_that_clocks_skip_or_repeat(zone: str, day: date, hour: int, expected: datetime) -> None:
    rhythm = Rhythm(day.weekday(), hour, zone)
    assert rhythm.slot(monday(day)) == expected
    before, after = rhythm.slot(monday(day) - WEEK), rhythm.slot(monday(day) + WEEK)
    assert before < expected < after


@given(moments, rhythms, rhythms)
@settings(deadline=None)
def test_changing_the_hour_never_gives_a_week_two(now: datetime, one: Rhythm, other: Rhythm) -> None:
    reader = subscriptions.new("u", now)
    for rhythm in (one, other):
        reader = subscriptions.changed(
            reader,
            NewPreferences.model_validate(
                {**DEFAULT, "weekday": WEEKDAYS[rhythm.weekday], "hour": rhythm.hour,
                 "time_zone": rhythm.time_zone}
            ),
            now,
        )  # fmt: skip
        assert reader.next_digest_at is not None
        week = subscriptions.due_week(reader, reader.next_digest_at)
        assert reader.last_week is None or week > reader.last_week
        now = reader.next_digest_at
        reader = subscriptions.settled(reader, week, now)


@pytest.mark.parametrize(
    ("zone", "january"),
    [
        ("Europe/Berlin", "winter"), ("Australia/Sydney", "summer"), ("America/Buenos_Aires", "summer"),
        ("Asia/Katmandu", "winter"), ("Asia/Singapore", None), ("UTC", None), ("Etc/GMT+5", None),
    ],
)  # fmt: skip
def test_the_season_is_that_of_the_zones_latitude(zone: str, january: str | None) -> None:
    assert season_of(zone, date(2026, 1, 15)) == january
    opposite = {"winter": "summer", "summer": "winter", None: None}
    assert season_of(zone, date(2026, 7, 15)) == opposite[january]


def test_editing_the_preferences_while_a_digest_is_due_does_not_lose_it() -> None:
    due = datetime(2026, 11, 29, 17, tzinfo=UTC)
    reader = subscriptions.new("u", due - timedelta(days=1))
    assert reader.next_digest_at == due
    later = NewPreferences.model_validate({**DEFAULT, "weekday": "monday", "hour": 9})
    edited = subscriptions.changed(reader, later, due + timedelta(minutes=20))
    assert subscriptions.is_due(edited, due + timedelta(minutes=40))
    off = NewPreferences.model_validate({**DEFAULT, "enabled": False})
    assert subscriptions.changed(reader, off, due).next_digest_at is None


def test_what_failed_is_due_again_unless_it_healed_or_its_reader_left() -> None:
    due, again = datetime(2026, 11, 29, 17, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC)
    well = subscriptions.new("u", due - timedelta(days=1))
    assert subscriptions.requeued(well, again) is well
    failed = subscriptions.failed(well.model_copy(update={"attempts": 3}), due, "The wardrobe is broken.")
    requeued = subscriptions.requeued(failed, again)
    assert (requeued.next_digest_at, requeued.attempts, requeued.failure) == (again, 0, failed.failure)
    off = NewPreferences.model_validate({**DEFAULT, "enabled": False})
    gone = subscriptions.requeued(subscriptions.changed(failed, off, due), again)
    assert (gone.next_digest_at, gone.failure, gone.failed_position) == (None, None, None)
