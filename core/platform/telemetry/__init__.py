"""What the app tells of itself, by OpenTelemetry, where the standard ``OTEL_*`` settings ask for it.

Off by default, and then free: nothing of OpenTelemetry's SDK is imported, and a span is one shared object
that does nothing. What is told is never what people wrote: names, ids, counts, times, kinds of errors.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Literal, Protocol, Self

type Value = str | int | float | bool | tuple[str, ...]
type Attributes = Mapping[str, Value]
type Kind = Literal["server", "client", "producer", "consumer", "internal"]

_MODULES = {"TRACES": "tracing", "METRICS": "metering"}


class Span(Protocol):
    """One thing that happens; it ends, and is told, when its ``with`` block does."""

    def set(self, name: str, value: Value) -> None:
        """Set an attribute."""
        ...

    def fail(self, kind: str) -> None:
        """Mark it failed, by a short stable name of what went wrong (``error.type``)."""
        ...


class _Nothing:
    """The span of an app that tells nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def set(self, name: str, value: Value) -> None:
        """Set nothing."""

    def fail(self, kind: str) -> None:
        """Mark nothing."""


NOTHING = _Nothing()


@cache
def tells(signal: str) -> bool:
    """Tell whether ``signal`` (``TRACES``, ``METRICS`` or ``LOGS``) goes anywhere, by the standard settings.

    An exporter has to be named, or an OTLP endpoint be given, as exporting to a collector nobody runs is no
    sensible default.
    """
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = os.environ.get(f"OTEL_{signal}_EXPORTER", "").strip().lower()
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    return exporter != "none" and bool(exporter or any(os.environ.get(name) for name in endpoints))


def span(
    name: str,
    kind: Kind = "internal",
    attributes: Attributes | None = None,
    *,
    parent: str | None = None,
    started: int | None = None,
) -> AbstractContextManager[Span]:
    """Return a span to be entered, below ``parent`` (a ``traceparent``), else below the current one.

    It began when it is entered, or at ``started``, in nanoseconds since 1970. What leaves the block as an
    exception is told by its type alone.
    """
    tracing = _behind("TRACES")
    return NOTHING if tracing is None else tracing.span(name, kind, attributes or {}, parent, started)


def traceparent() -> str | None:
    """Return the current span as a ``traceparent``, to be carried to where the work goes on."""
    tracing = _behind("TRACES")
    return None if tracing is None else tracing.traceparent()


def measure(name: str, value: float = 1, attributes: Attributes | None = None) -> None:
    """Take a measurement of an instrument of ``core.platform.telemetry.instruments``, in its unit."""
    metering = _behind("METRICS")
    if metering is not None:
        metering.measure(name, value, attributes or {})


@cache
def _behind(signal: str) -> ModuleType | None:
    """Return the module behind a signal; ``None`` where it goes nowhere.

    Settings that make no sense to it turn it off, logged once: an app that tells nothing still works.
    """
    if not tells(signal):
        return None
    try:
        module = import_module(f"core.platform.telemetry.{_MODULES[signal]}")
        module.start()
    except Exception:
        logging.getLogger("pluckit.telemetry").exception("%s are off: check the OTEL_ settings", signal)
        return None
    return module
