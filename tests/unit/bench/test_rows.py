"""What is made of numbers: medians, spreads, verdicts, a table, and a page that is only written when due."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import __main__ as runner
from bench import page
from bench.alone import BENCHES, bench
from bench.rows import Result, Row, Target, restored, table

AT_MOST = Target("one", "another", most=0.5)
BETWEEN = Target("share", "one", "of 1", least=0.85, most=0.95)
SHOWN = Target("shown", "nothing")
TIMES = st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)), min_size=1, max_size=9)


@given(TIMES)
def test_a_ratio_is_that_of_medians_and_lies_within_its_spread(times: list[tuple[float, float]]) -> None:
    ours, theirs = zip(*times, strict=True)
    row = Row.ratio(AT_MOST, ours, theirs)
    assert row.low <= row.value <= row.high
    assert row.runs == len(times)
    assert row.value == pytest.approx(sorted(ours)[len(ours) // 2] / sorted(theirs)[len(ours) // 2]) or (
        len(ours) % 2 == 0
    )


@pytest.mark.parametrize(
    ("target", "value", "slack", "met"),
    [
        (AT_MOST, 0.5, 0.0, True),
        (AT_MOST, 0.51, 0.0, False),
        (AT_MOST, 0.51, 0.02, True),
        (BETWEEN, 0.84, 0.0, False),
        (BETWEEN, 0.9, 0.0, True),
        (BETWEEN, 0.96, 0.0, False),
        (SHOWN, 99.0, 0.0, None),
    ],
)
def test_limits_are_inclusive_and_a_row_without_any_only_informs(
    target: Target, value: float, slack: float, met: bool | None
) -> None:
    assert Row.of(target, [value], slack=slack).met is met


def test_rows_survive_the_way_between_processes() -> None:
    rows = [Row.of(AT_MOST, [0.4, 0.6, 0.5]), Row(SHOWN, 1, 1, 2, 7, 0.1)]
    assert restored([row.stored() for row in rows], (AT_MOST, SHOWN)) == rows


def test_what_is_wrong_names_each_missed_and_each_unmeasured_row() -> None:
    rows = [Row.of(AT_MOST, [0.7]), Row.of(SHOWN, [1])]
    result = Result("some", (AT_MOST, BETWEEN, SHOWN), rows, "ended with status 3")
    assert [line.split(":")[1].strip() for line in result.wrong] == ["one", "share"]
    assert not result.complete
    assert [Result("some", (SHOWN,)).wrong, len(Result("some", (AT_MOST,)).wrong)] == [[], 1], "left out"
    shown = table([result])
    assert [word in shown for word in ("MISSED", "FAILED", "0.70")] == [True] * 3


def whole(value: float = 0.0) -> list[Result]:
    """Return a run in which every row has this value."""
    return [
        Result(name, bench(name).TARGETS, [Row.of(target, [value]) for target in bench(name).TARGETS])
        for name in BENCHES
    ]


@pytest.mark.parametrize(
    ("results", "quick", "write", "written"),
    [
        (whole(), False, False, True),
        (whole(), True, False, False),
        (whole()[1:], False, False, False),
        (whole()[1:], False, True, True),
        ([*whole()[:-1], Result(BENCHES[-1], bench(BENCHES[-1]).TARGETS, failure="x")], False, False, False),
    ],
)
def test_the_page_is_written_from_a_whole_run_or_when_forced(
    results: list[Result],
    quick: bool,
    write: bool,
    written: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(runner, "REPOSITORY", tmp_path)
    status = runner.conclude(results, argparse.Namespace(quick=quick, write=write))
    assert status == 1, "a value of zero misses what has to be large"
    assert page.PAGE.exists() is written
