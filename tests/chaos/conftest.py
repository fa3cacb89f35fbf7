"""A stack for chaos alone: what is broken here breaks nobody else's test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from core.jobs import repository
from core.platform import connections, settings
from devstack import appsettings, ports
from devstack.process import REPOSITORY
from devstack.stack import Stack

CHAOS = {
    "TASTE_JOB_MAX_RETRIES": "8",
    "TASTE_JOB_BASE_BACKOFF_SECONDS": "0.1",
    "TASTE_JOB_MAX_BACKOFF_SECONDS": "1",
    "TASTE_JOB_JITTER_SECONDS": "0.2",
    "TASTE_JOB_RECONCILE_AFTER_SECONDS": "1",
    "TASTE_JOB_RECONCILE_SCHEDULE": "* * * * * *",
    "DEVSTACK_QUEUE_LEASE": "2",
    "ACCOUNT_ERASURE_SETTLE_SECONDS": "1",
    "ACCOUNT_EXPORT_PIECE_SECONDS": "0",
}


@dataclass(frozen=True)
class Scale:
    """How much chaos: the short form is part of every test run, ``make chaos`` is the long one."""

    events: int = int(os.environ.get("CHAOS_EVENTS", "200"))
    people: int = int(os.environ.get("CHAOS_PEOPLE", "20"))
    kills: int = int(os.environ.get("CHAOS_KILLS", "3"))
    seconds: int = int(os.environ.get("CHAOS_SECONDS", "100"))


@pytest.fixture(scope="session")
def scale() -> Scale:
    return Scale()


def _forget() -> None:
    for cached in (settings.get, repository.jobs, repository.dead_letters):
        cached.cache_clear()


@pytest.fixture
async def stormy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Emulators and a functions host of their own, their settings in this process too."""
    with (
        Stack(
            tmp_path_factory.mktemp("chaos"),
            asked=ports.spares(),
            only=("azurite", "cosmos", "openai"),
            values={**appsettings.fresh(REPOSITORY), **CHAOS},
            say=print,
        ) as stack,
        pytest.MonkeyPatch.context() as environment,
    ):
        for name, value in stack.settings.items():
            environment.setenv(name, value)
        await connections.close_all()
        _forget()
        stack.start_service("functions")
        yield stack
        stack.check()
        await connections.close_all()
    _forget()
