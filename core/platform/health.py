"""Readiness: each dependency is asked at once and has two seconds to answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from core.platform.errors import DomainError
from core.platform.examples import example
from core.platform.models import Wire

VERSION = "0.1.0"
PATIENCE = 2.0
"""Seconds a dependency has to answer."""

_log = logging.getLogger("pluckit.health")

type Probe = Callable[[], Awaitable[None]]


class Health(Wire):
    """The app runs."""

    model_config = example(version="0.1.0")

    status: Literal["ok"]
    version: str


class Dependency(Wire):
    """One dependency; ``latency_ms`` is how long the question took."""

    model_config = example(latency_ms=12)

    status: Literal["up", "down"]
    latency_ms: int


class Readiness(Wire):
    """Whether the app can do its work."""

    model_config = example(version="0.1.0", dependencies={"cosmos": {"status": "up", "latency_ms": 12}})

    status: Literal["ready", "degraded"]
    version: str
    dependencies: dict[str, Dependency]


async def readiness(probes: Mapping[str, Probe]) -> Readiness:
    """Ask every dependency by its probe and report each as up or down."""
    answers = await asyncio.gather(*(_ask(name, probe) for name, probe in probes.items()))
    found = dict(zip(probes, answers, strict=True))
    ready = all(answer.status == "up" for answer in answers)
    return Readiness(status="ready" if ready else "degraded", version=VERSION, dependencies=found)


async def _ask(name: str, probe: Probe) -> Dependency:
    started = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            await probe()
    except (DomainError, TimeoutError, RuntimeError) as error:
        _log.warning("%s is down: %s: %s", name, type(error).__name__, error)
        return Dependency(status="down", latency_ms=_since(started))
    return Dependency(status="up", latency_ms=_since(started))


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
