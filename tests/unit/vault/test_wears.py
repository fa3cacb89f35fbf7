from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.vault.wears import Wears, is_worn, last_worn_on, with_wear, without_wear

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
days = st.dates(date(2026, 1, 1), date(2026, 1, 12))
steps = st.lists(st.tuples(st.sampled_from(["log", "unlog"]), days))


@given(steps)
def test_wears_behave_as_a_set_of_days(steps: list[tuple[str, date]]) -> None:
    wears: Wears = ()
    model: set[date] = set()
    for step, day in steps:
        before = wears
        if step == "log":
            wears = with_wear(wears, day, NOW)
            assert (wears is before) == (day in model)
            model.add(day)
        else:
            wears = without_wear(wears, day)
            assert (wears is before) == (day not in model)
            model.discard(day)
        assert [wear.worn_on for wear in wears] == sorted(model)
        assert last_worn_on(wears) == max(model, default=None)
        assert is_worn(wears, day) == (day in model)


@given(st.sets(days, min_size=1), days)
def test_a_back_dated_wear_never_moves_last_worn_backwards(worn: set[date], back_dated: date) -> None:
    wears: Wears = ()
    for day in worn:
        wears = with_wear(wears, day, NOW)
    after = last_worn_on(with_wear(wears, back_dated, NOW))
    assert after is not None
    assert after >= max(worn)


def test_a_second_wear_of_a_day_keeps_when_the_first_was_logged() -> None:
    once = with_wear((), date(2026, 1, 1), NOW)
    assert with_wear(once, date(2026, 1, 1), NOW + timedelta(hours=1)) == once
