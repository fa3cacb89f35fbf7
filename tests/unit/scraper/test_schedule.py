"""A source's life: backed off alone and twice as long, paused with the reason, counted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.scraper import schedule
from core.scraper.models import Source, SourceSpec
from core.scraper.schedule import Tally

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPEC = SourceSpec(name="A shop", url="https://shop.example/feed", kind="feed")
SOURCE = Source(id="s", spec=SPEC, site="shop.example", due_at=NOW, created_at=NOW, updated_at=NOW)


def fail(source: Source, sweep: str, *, rest: float | None = None, refused: bool = False) -> Source:
    error = "The server answered 500."
    return schedule.failed(source, sweep, Tally(1, 1, 0), NOW, error=error, rest=rest, refused=refused)


@given(st.text(max_size=10), st.integers(1, 60))
def test_the_pause_doubles_up_to_a_day_and_spreads_by_a_tenth(source_id: str, failures: int) -> None:
    pause = schedule.backoff(source_id, failures)
    least = min(timedelta(hours=24), timedelta(minutes=15) * 2 ** min(failures - 1, 20))
    assert least <= pause <= least * 1.1
    assert schedule.backoff(source_id, failures) == pause


def test_eight_failures_in_a_row_pause_it_and_a_success_between_forgives() -> None:
    source = SOURCE
    for number in range(7):
        source = fail(source, f"{number}")
    assert (source.state, source.telemetry.failures) == ("active", 7)
    healed = schedule.succeeded(source, "well", Tally(5, 2, 1), NOW)
    assert (healed.telemetry.failures, healed.telemetry.failures_in_all) == (0, 7)
    assert healed.telemetry.last_error is None
    source = fail(source, "7")
    assert source.state == "paused"
    assert source.paused_because == "It failed 8 times in a row: The server answered 500."
    again = schedule.resumed(source, NOW)
    assert (again.state, again.paused_because, again.telemetry.failures, again.due_at) == (
        "active",
        None,
        0,
        NOW,
    )


def test_a_refusal_pauses_sooner() -> None:
    source = SOURCE
    for number in range(3):
        assert source.state == "active"
        source = fail(source, f"{number}", refused=True)
    assert source.state == "paused"


@given(st.floats(0, 10**7))
def test_a_server_that_wants_rest_gets_it_up_to_a_day(rest: float) -> None:
    wanted = min(timedelta(seconds=rest), timedelta(days=1))
    assert fail(SOURCE, "1", rest=rest).due_at - NOW >= max(wanted, timedelta(minutes=15))
    off = schedule.put_off(SOURCE, "1", Tally(), NOW, error="busy", rest=rest)
    assert off.due_at - NOW == max(wanted, timedelta(minutes=1))
    assert off.telemetry.failures == off.telemetry.failures_in_all == 0


def test_whatever_ends_a_sweep_is_counted_once() -> None:
    ends: list[Callable[[Source], Source]] = [
        lambda source: schedule.succeeded(source, "one", Tally(5, 2, 1), NOW),
        lambda source: fail(source, "one"),
        lambda source: schedule.put_off(source, "one", Tally(3, 1, 0), NOW, error="busy", rest=60),
    ]
    for first in ends:
        ended = first(SOURCE)
        assert ended.telemetry.sweeps == 1
        assert ended.telemetry.new >= 1, "what was found before the end counts"
        assert ended.held_by is None
        for second in ends:
            assert second(ended) is ended


def test_a_source_is_held_by_one_sweep_until_that_falls_silent() -> None:
    held = schedule.held(SOURCE, "one", NOW)
    assert schedule.is_free(held, "one", NOW)
    assert not schedule.is_free(held, "other", NOW)
    assert schedule.is_free(held, "other", NOW + schedule.HELD_FOR)
    assert schedule.is_free(schedule.succeeded(held, "one", Tally(), NOW), "other", NOW)
