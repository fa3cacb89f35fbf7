"""Readiness: every dependency is asked, none for longer than its patience, and one that is down is named."""

from __future__ import annotations

import asyncio

import pytest

from core.platform import health
from core.platform.errors import Unavailable


async def up() -> None:
    """Answer."""


async def down() -> None:
    raise Unavailable("It does not answer.")


async def misconfigured() -> None:
    raise RuntimeError("no such setting")


async def silent() -> None:
    await asyncio.Event().wait()


async def test_all_that_answer_make_it_ready() -> None:
    found = await health.readiness({"cosmos": up, "model": up})
    assert (found.status, {one.status for one in found.dependencies.values()}) == ("ready", {"up"})


@pytest.mark.parametrize("probe", [down, misconfigured, silent])
async def test_one_that_does_not_answer_is_down_and_takes_no_other_along(
    monkeypatch: pytest.MonkeyPatch, probe: health.Probe
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    found = await health.readiness({"cosmos": up, "model": probe})
    assert found.status == "degraded"
    assert {name: one.status for name, one in found.dependencies.items()} == {"cosmos": "up", "model": "down"}
