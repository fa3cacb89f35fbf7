"""Measurements by OpenTelemetry's API, exported by its SDK; imported by the first one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from core.platform.telemetry import Attributes, sdk
from core.platform.telemetry.instruments import INSTRUMENTS


def start() -> None:
    """Make the meter; raises where the settings make no sense."""
    sdk.meter()


def measure(name: str, value: float, attributes: Attributes) -> None:
    """Take one measurement; an instrument nobody declared is a ``KeyError``."""
    _taker(name)(value, dict(attributes))


@cache
def _taker(name: str) -> Callable[[float, dict[str, Any]], None]:
    declared, meter = INSTRUMENTS[name], sdk.meter()
    if declared.kind == "counter":
        return meter.create_counter(name, declared.unit, declared.what).add
    if declared.kind == "gauge":
        return meter.create_gauge(name, declared.unit, declared.what).set
    return meter.create_histogram(
        name, declared.unit, declared.what, explicit_bucket_boundaries_advisory=declared.bounds
    ).record
