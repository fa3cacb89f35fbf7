"""A minute of everything at once, in bad weather: the short form of ``make soak``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.plan import Plan
from tests.soak.run import soak


@pytest.mark.timeout(400)
async def test_a_minute_in_bad_weather_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    verdicts = await soak(Plan(seconds=20, seed=20261124, people=4), tmp_path, told.append)
    assert [verdict.name for verdict in verdicts if not verdict.holds] == [], "\n".join(told)
