"""Spans of OpenTelemetry, recorded here and exported by its SDK; imported by the first span told.

The SDK's own recording guards for limits, events, links and threads that no span of ours has, and was the
larger part of what telling costs the one who waits. Ids, sampling, queues and exporters are the SDK's.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Self

from opentelemetry import context, trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.platform.telemetry import Attributes, Kind, Value, sdk

_KINDS = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}
_UNSET, _ERROR = Status(StatusCode.UNSET), Status(StatusCode.ERROR)
_SCOPE = InstrumentationScope(sdk.SCOPE)
_carrier = TraceContextTextMapPropagator()


class _Told:
    """A span that is exported: begun by entering it, ended and told by leaving it."""

    __slots__ = (
        *("_attributes", "_carried", "_kind", "_name", "_started"),
        *("_before", "_here", "_parent", "_status"),
    )

    def __init__(
        self, name: str, kind: SpanKind, attributes: Attributes, carried: str | None, started: int | None
    ) -> None:
        self._name, self._kind, self._started, self._carried = name, kind, started, carried
        self._attributes, self._status = dict(attributes), _UNSET

    def __enter__(self) -> Self:
        self._parent = _parent(self._carried)
        self._here = _begun(self._name, self._kind, self._parent)
        self._before = context.attach(trace.set_span_in_context(NonRecordingSpan(self._here)))
        if self._started is None:
            self._started = time.time_ns()
        return self

    def __exit__(self, kind: type[BaseException] | None, *raised: object) -> None:
        if kind is not None:
            self.fail(kind.__qualname__)
        context.detach(self._before)
        if self._here.trace_flags.sampled:
            sdk.tracer().span_processor.on_end(self._ended())

    def set(self, name: str, value: Value) -> None:
        """Set an attribute."""
        self._attributes[name] = value

    def fail(self, kind: str) -> None:
        """Mark it failed."""
        self._attributes["error.type"] = kind
        self._status = _ERROR

    def _ended(self) -> ReadableSpan:
        return ReadableSpan(
            name=self._name,
            context=self._here,
            parent=self._parent,
            resource=sdk.tracer().resource,
            attributes=self._attributes,
            kind=self._kind,
            status=self._status,
            start_time=self._started,
            end_time=time.time_ns(),
            instrumentation_scope=_SCOPE,
        )


def start() -> None:
    """Make the tracer; raises where the settings make no sense."""
    sdk.tracer()


def span(name: str, kind: Kind, attributes: Attributes, parent: str | None, started: int | None) -> _Told:
    """Return a span to be entered; an exception marks it failed, by type only, and goes on."""
    return _Told(name, _KINDS[kind], attributes, parent, started)


def traceparent() -> str | None:
    """Return the current span as a ``traceparent``."""
    carrier: dict[str, str] = {}
    _carrier.inject(carrier)
    return carrier.get("traceparent")


def _parent(carried: str | None) -> SpanContext | None:
    """Return where the span above stands, the current one where none is carried; ``None`` above a trace."""
    within = None if carried is None else _carrier.extract({"traceparent": carried})
    found = trace.get_current_span(within).get_span_context()
    return found if found.is_valid else None


def _begun(name: str, kind: SpanKind, parent: SpanContext | None) -> SpanContext:
    """Return where a new span stands: in its parent's trace or a new one, told if the sampler says so."""
    tracer = sdk.tracer()
    ids = tracer.id_generator
    trace_id = ids.generate_trace_id() if parent is None else parent.trace_id
    above = None if parent is None else trace.set_span_in_context(NonRecordingSpan(parent), context.Context())
    verdict = tracer.sampler.should_sample(above, trace_id, name, kind)
    random = ids.is_trace_id_random() if parent is None else parent.trace_flags.random_trace_id
    flags = _flags(verdict.decision is Decision.RECORD_AND_SAMPLE, random)
    return SpanContext(
        trace_id,
        ids.generate_span_id(),
        is_remote=False,
        trace_flags=flags,
        trace_state=verdict.trace_state,
    )


@cache
def _flags(sampled: bool, random: bool) -> TraceFlags:
    """Return the flags, one object for all spans: many wait, and the garbage collector walks them."""
    return TraceFlags(sampled * TraceFlags.SAMPLED | random * TraceFlags.RANDOM_TRACE_ID)
