"""Spans by OpenTelemetry's API, exported by its SDK; imported by the first span of an app that tells them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.platform.telemetry import Attributes, Kind, Value, sdk

_KINDS = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}
_carrier = TraceContextTextMapPropagator()


class _Told:
    """A span that is exported."""

    def __init__(self, told: trace.Span) -> None:
        self._told = told

    def set(self, name: str, value: Value) -> None:
        """Set an attribute."""
        self._told.set_attribute(name, value)

    def fail(self, kind: str) -> None:
        """Mark it failed."""
        self._told.set_attribute("error.type", kind)
        self._told.set_status(Status(StatusCode.ERROR))


def start() -> None:
    """Make the tracer; raises where the settings make no sense."""
    sdk.tracer()


@contextmanager
def span(
    name: str, kind: Kind, attributes: Attributes, parent: str | None, started: int | None
) -> Iterator[_Told]:
    """Run the block inside a span; an exception marks it failed, by type only, and goes on."""
    within = context.get_current() if parent is None else _carrier.extract({"traceparent": parent})
    with sdk.tracer().start_as_current_span(
        name,
        within,
        _KINDS[kind],
        dict(attributes),
        start_time=started,
        record_exception=False,
        set_status_on_exception=False,
    ) as told:
        running = _Told(told)
        try:
            yield running
        except BaseException as error:
            running.fail(type(error).__qualname__)
            raise


def traceparent() -> str | None:
    """Return the current span as a ``traceparent``."""
    carrier: dict[str, str] = {}
    _carrier.inject(carrier)
    return carrier.get("traceparent")
