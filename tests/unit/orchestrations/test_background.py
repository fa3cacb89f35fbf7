"""A timer that found something to do says how much, and one that did not says nothing."""

from __future__ import annotations

import inspect
import logging
from typing import Any

import pytest

from blueprints import background
from core import account, chat, jobs, media
from orchestrations import purging, weekly_digest

TIMERS = [
    (background.sweep_unfinished_media, (media, "sweep_unfinished"), "put 3 abandoned pictures right"),
    (background.remove_expired_turns, (chat, "remove_expired_turns"), "removed the streams of 3 turns"),
    (background.remove_expired_exports, (account, "remove_expired_exports"), "removed 3 files"),
    (background.forget_finished_flows, (purging, "forget_finished"), "purged the histories of 3 finished"),
    (background.reconcile_jobs, (jobs.reconciling, "reconcile"), "sent the messages of 3 silent jobs"),
]


@pytest.mark.parametrize(("timer", "work", "said"), TIMERS, ids=[one[1][1] for one in TIMERS])
@pytest.mark.parametrize("count", [0, 3])
async def test_a_timer_tells_what_it_did(
    timer: Any, work: tuple[Any, str], said: str, count: int, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async def done(*_: object) -> int:
        return count

    async def nothing() -> None:
        return

    monkeypatch.setattr(*work, done)
    monkeypatch.setattr(jobs.measuring, "queues", nothing)
    function = inspect.unwrap(timer._function.get_user_function())
    arguments = {"timer": None} | ({"client": None} if timer is background.forget_finished_flows else {})
    with caplog.at_level(logging.INFO, "pluckit.background"):
        await function(**arguments)
    assert (said in caplog.text) is (count > 0)


@pytest.mark.parametrize("running", [False, True])
async def test_a_tick_while_a_sweep_of_digests_runs_says_that_it_starts_none(
    running: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def start(*_: object) -> bool:
        return not running

    monkeypatch.setattr(weekly_digest, "start", start)
    tick = inspect.unwrap(background.sweep_weekly_digests._function.get_user_function())
    with caplog.at_level(logging.INFO, "pluckit.background"):
        await tick(timer=None, client=None)
    assert ("starts none" in caplog.text) is running
