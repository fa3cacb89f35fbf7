"""A stack for chaos alone: what is broken here breaks nobody else's test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from devstack import appsettings, ports
from devstack.process import REPOSITORY
from devstack.stack import Stack
from tests.scale import scale
from tests.soak import stage

CHAOS = {**stage.CHAOS, "ACCOUNT_EXPORT_PIECE_SECONDS": "0"}


@dataclass(frozen=True)
class Scale:
    """How much chaos: the short form is part of every test run, ``make chaos`` is the long one."""

    events: int
    people: int
    kills: int
    seconds: int


@pytest.fixture(name="scale", scope="session")
def the_scale() -> Scale:
    return Scale(
        events=scale("CHAOS_EVENTS"),
        people=scale("CHAOS_PEOPLE"),
        kills=scale("CHAOS_KILLS"),
        seconds=scale("CHAOS_SECONDS"),
    )


@pytest.fixture
async def stormy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Emulators and a functions host of their own, their settings in this process too."""
    ours = {**appsettings.fresh(REPOSITORY), **CHAOS}
    folder = tmp_path_factory.mktemp("chaos")
    with Stack(
        folder, asked=ports.spares(), only=("azurite", "cosmos", "openai"), values=ours, say=print
    ) as stack:
        async with stage.settings_of(stack):
            stack.start_service("functions")
            yield stack
            stack.check()
