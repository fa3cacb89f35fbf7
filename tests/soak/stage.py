"""A stack of the run's own, with its settings in this process too, which looks into the database itself."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from core.jobs import repository
from core.platform import connections, settings
from devstack import appsettings
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
}
"""Settings under which a job fails, waits and is found again within minutes."""
SOAK = {
    **CHAOS,
    "ACCOUNT_ERASURE_SETTLE_SECONDS": "8",  # longer than a step may take while a service is silent
    "AI_DAILY_TOKEN_BUDGET": "1000000000",
    "FETCH_PAUSE_SECONDS": "0",
    "FETCH_TIMEOUT_SECONDS": "5",
    "FETCH_PATIENCE_SECONDS": "8",
    "WEEKLY_DIGEST_SCHEDULE": "*/20 * * * * *",
    **dict.fromkeys(
        (
            "RATE_LIMIT_SIGN_IN_PERSON",
            "RATE_LIMIT_SIGN_IN_ADDRESS",
            "RATE_LIMIT_MODEL_PERSON",
            "RATE_LIMIT_MODEL_ADDRESS",
        ),
        "1000000",
    ),
}
"""Those of a soak, in which nobody is limited and digests are looked for all the time."""


def values() -> dict[str, str]:
    """Return the app's settings for a run."""
    return {**appsettings.fresh(REPOSITORY), **SOAK}


def _forget() -> None:
    for cached in (settings.get, repository.jobs, repository.dead_letters):
        cached.cache_clear()


@asynccontextmanager
async def settings_of(stack: Stack) -> AsyncIterator[None]:
    """Give this process the settings of a running stack until the block ends, whatever it had before."""
    before = dict(os.environ)
    await connections.close_all()
    _set(stack.settings)
    try:
        yield
    finally:
        await connections.close_all()
        os.environ.clear()
        _set(before)


def _set(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    _forget()
