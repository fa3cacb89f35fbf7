"""Spans by OpenTelemetry's API, exported by its SDK; imported by the first span of an app that tells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

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
    """A span that is exported: begun by entering it, ended and told by leaving it.

    A class and not a generator, and the SDK's ``start_as_current_span`` not used, for every call has several.
    """

    __slots__ = ("_as_begun", "_before", "_told")

    def __init__(self, begin: Callable[[], trace.Span]) -> None:
        self._as_begun = begin

    def __enter__(self) -> Self:
        self._told = self._as_begun()
        self._before = context.attach(trace.set_span_in_context(self._told))
        return self

    def __exit__(self, kind: type[BaseException] | None, *raised: object) -> None:
        if kind is not None:
            self.fail(kind.__qualname__)
        context.detach(self._before)
        self._told.end()

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


def span(name: str, kind: Kind, attributes: Attributes, parent: str | None, started: int | None) -> _Told:
    """Return a span to be entered; an exception marks it failed, by type only, and goes on."""
    within = None if parent is None else _carrier.extract({"traceparent": parent})
    return _Told(
        lambda: sdk.tracer().start_span(
            name,
            within,
            _KINDS[kind],
            dict(attributes),
            start_time=started,
            record_exception=False,
            set_status_on_exception=False,
        )
    )


def traceparent() -> str | None:
    """Return the current span as a ``traceparent``."""
    carrier: dict[str, str] = {}
    _carrier.inject(carrier)
    return carrier.get("traceparent")
