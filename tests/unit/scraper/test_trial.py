"""A dry run has an end, whatever the site does."""

from __future__ import annotations

import asyncio

import pytest

from core.platform.fetch import TooSlow
from core.scraper import trial
from core.scraper.models import SourceSpec


async def test_a_site_that_takes_too_long_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*given: object, **named: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(trial, "SECONDS", 0.01)
    monkeypatch.setattr(trial, "fetch", hang)
    spec = SourceSpec(name="Slow", url="https://slow.example.org/feed", kind="feed")
    with pytest.raises(TooSlow) as told:
        await trial.attempt(spec)
    assert told.value.retry_after is not None
