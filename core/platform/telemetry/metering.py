"""Measurements by OpenTelemetry's API, exported by its SDK; imported by the first one.

A request only lays its measurements down; a thread gives them to the SDK, many at a time. The SDK's way is
long, and walked once between other work it takes several times what it takes when walked on end.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from opentelemetry.context import Context, get_current
from opentelemetry.metrics import CallbackOptions, Meter, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, PeriodicExportingMetricReader

from core.platform.telemetry import Attributes, parting, sdk
from core.platform.telemetry.instruments import INSTRUMENTS, Instrument

_log: Final = logging.getLogger("opentelemetry.pluckit")

_MANY: Final = 256
"""Measurements laid down that wake the thread; fewer wait until metrics are exported."""

_laid: Final[deque[tuple[Instrument, str, float, dict[str, Any], Context]]] = deque()
_woken: Final = threading.Event()
_giving: Final = threading.Lock()


def start() -> None:
    """Make the meter; raises where the settings make no sense."""
    _meter()


def measure(name: str, value: float, attributes: Attributes) -> None:
    """Take one measurement, where a trace stands; an instrument nobody declared is a ``KeyError``."""
    _laid.append((INSTRUMENTS[name], name, value, dict(attributes), get_current()))
    if len(_laid) >= _MANY:
        _woken.set()


@cache
def _meter() -> Meter:
    """Return the app's meter, with exporters as ``OTEL_METRICS_EXPORTER`` names them (default ``otlp``)."""
    named = sdk.exporters("METRICS")
    made = [sdk.exporter("METRICS", each, ConsoleMetricExporter) for each in named]
    readers = [PeriodicExportingMetricReader(each) for each in made]
    provider = MeterProvider(readers, sdk.resource(), shutdown_on_exit=False)
    parting.at_exit(provider.shutdown)
    threading.Thread(target=_awake, name="telemetry-metering", daemon=True).start()
    meter = provider.get_meter(sdk.SCOPE)
    meter.create_observable_gauge("pluckit.laid", [_give])  # asked before each export
    return meter


def _awake() -> None:
    while _woken.wait():
        _woken.clear()
        _give()


def _give(_: CallbackOptions | None = None) -> Iterable[Observation]:
    """Give the SDK what is laid down, in its order."""
    with _giving:
        while _laid:
            declared, name, value, attributes, where = _laid.popleft()
            try:
                _taker(name, declared)(value, attributes, where)
            except Exception:  # noqa: BLE001 - logged; the SDK's error must not keep the other measurements
                _log.exception("a measurement of %s cannot be told", name)
    return ()


@cache
def _taker(name: str, declared: Instrument) -> Callable[[float, dict[str, Any], Context], None]:
    meter = _meter()
    if declared.kind == "counter":
        return meter.create_counter(name, declared.unit, declared.what).add
    if declared.kind == "gauge":
        return meter.create_gauge(name, declared.unit, declared.what).set
    return meter.create_histogram(
        name, declared.unit, declared.what, explicit_bucket_boundaries_advisory=declared.bounds
    ).record
