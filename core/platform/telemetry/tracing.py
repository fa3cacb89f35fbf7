"""Spans of OpenTelemetry, recorded here and exported by its SDK; imported by the first span told.

The SDK's own recording guards for limits, events, links and threads that no span of ours has, and was the
larger part of what telling costs the one who waits. Between the other work of a request each line here is run
once and finds no cache warm, so little is done: what is queued is the span itself, and its context is made
when somebody asks for it. Ids, sampling, queues and exporters are the SDK's.
"""

from __future__ import annotations

import re
import time
from functools import cache
from typing import Final, Self, cast

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.sampling import Decision, ParentBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from core.platform.telemetry import Attributes, Kind, Value, sdk

_KINDS = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}
_TRACEPARENT = re.compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
"""Trace id, span id and flags of a ``traceparent`` (W3C Trace Context 3.2): later versions may add to it."""

[_SPAN] = trace.set_span_in_context(trace.INVALID_SPAN, Context())
"""The name by which a context holds its span."""

type Place = SpanContext | Told
"""Where a span stands: ``trace_id``, ``span_id``, ``trace_flags`` and ``is_remote``."""


class Told(NonRecordingSpan):
    """A span that is exported: begun by entering it, ended by leaving it, and then queued as it is."""

    context: Final = SpanContext(1, 1, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    """What the queue asks a span for: whether it was chosen, which is so of all that get there."""
    is_remote: Final = False

    def __init__(
        self, name: str, kind: SpanKind, attributes: Attributes, carried: str | None, started: int | None
    ) -> None:
        self.name, self.kind, self.started, self._carried = name, kind, started or 0, carried
        self.attributes, self.failed = dict(attributes), False

    def __enter__(self) -> Self:
        around = get_current()
        self.parent = _place(around.get(_SPAN)) if self._carried is None else _far(self._carried)
        self.trace_id, self.trace_flags = _inherited(self.parent) or _chosen(
            self.name, self.kind, self.parent
        )
        self.span_id = sdk.tracer().id_generator.generate_span_id()
        self._before = attach(Context({**around, _SPAN: self}))
        self.started = self.started or time.time_ns()
        return self

    def __exit__(self, kind: type[BaseException] | None, *raised: object) -> None:
        self.ended = time.time_ns()
        if kind is not None:
            self.fail(kind.__qualname__)
        detach(self._before)
        del self._before  # it holds the spans around
        if self.trace_flags & TraceFlags.SAMPLED:
            sdk.tracer().span_processor.on_end(cast("ReadableSpan", self))

    def set(self, name: str, value: Value) -> None:
        """Set an attribute."""
        self.attributes[name] = value

    def fail(self, kind: str) -> None:
        """Mark it failed."""
        self.attributes["error.type"] = kind
        self.failed = True

    def get_span_context(self) -> SpanContext:
        """Return where it stands, for libraries."""
        return SpanContext(self.trace_id, self.span_id, is_remote=False, trace_flags=self.trace_flags)

    def __repr__(self) -> str:
        return f"Told({self.name!r})"

    def readable(self, resource: Resource) -> ReadableSpan:
        """Return it as the SDK has spans, for exporters that show it to people."""
        return ReadableSpan(
            name=self.name,
            context=self.get_span_context(),
            parent=self.parent.get_span_context() if isinstance(self.parent, Told) else self.parent,
            resource=resource,
            attributes=self.attributes,
            kind=self.kind,
            status=Status(StatusCode.ERROR if self.failed else StatusCode.UNSET),
            start_time=self.started,
            end_time=self.ended,
        )


def start() -> None:
    """Make the tracer; raises where the settings make no sense."""
    sdk.tracer()


def span(name: str, kind: Kind, attributes: Attributes, parent: str | None, started: int | None) -> Told:
    """Return a span to be entered; an exception marks it failed, by type only, and goes on."""
    return Told(name, _KINDS[kind], attributes, parent, started)


def traceparent() -> str | None:
    """Return the current span as a ``traceparent`` (W3C Trace Context, version 00)."""
    here = _place(get_current().get(_SPAN))
    return None if here is None else f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"


def _place(span: object) -> Place | None:
    """Return where a span stands, a library's too; ``None`` where there is none."""
    if isinstance(span, Told):
        return span
    found = span.get_span_context() if isinstance(span, trace.Span) else trace.INVALID_SPAN_CONTEXT
    return found if found.is_valid else None


def _far(carried: str) -> SpanContext | None:
    """Return where a span of another process stands; ``None`` for what is no ``traceparent``."""
    if (found := _TRACEPARENT.fullmatch(carried)) is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    place = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return place if place.is_valid else None


def _inherited(parent: Place | None) -> tuple[int, TraceFlags] | None:
    """Return the trace, and whether it is told, where the parent decides that: else ``None``."""
    if parent is None or not isinstance(sdk.tracer().sampler, ParentBased):
        return None
    if parent.is_remote and not parent.trace_flags & TraceFlags.SAMPLED:
        return None
    return parent.trace_id, parent.trace_flags


def _chosen(name: str, kind: SpanKind, parent: Place | None) -> tuple[int, TraceFlags]:
    """Return the trace, the parent's or a new one, and whether it is told, as the sampler says."""
    ids, sampler = sdk.tracer().id_generator, sdk.tracer().sampler
    if parent is None:
        trace_id, above, random = ids.generate_trace_id(), None, ids.is_trace_id_random()
    else:
        trace_id, random = parent.trace_id, bool(parent.trace_flags & TraceFlags.RANDOM_TRACE_ID)
        held = parent if isinstance(parent, Told) else NonRecordingSpan(parent)
        above = trace.set_span_in_context(held, Context())
    verdict = sampler.should_sample(above, trace_id, name, kind)
    return trace_id, _flags(verdict.decision is Decision.RECORD_AND_SAMPLE, random)


@cache
def _flags(sampled: bool, random: bool) -> TraceFlags:
    """Return the flags, one object for all spans: many wait, and the garbage collector walks them."""
    return TraceFlags(sampled * TraceFlags.SAMPLED | random * TraceFlags.RANDOM_TRACE_ID)
