"""Spans as OTLP, of the library's own messages: the app's from what was recorded, in the exporter's thread.

What repeats from span to span (names, and most attributes) is cleaned and encoded once: serialized messages
that follow each other are one message. Libraries' spans are left to the library; a test holds both to the
same message.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import starmap
from typing import TYPE_CHECKING, Any, cast

from opentelemetry.exporter.otlp.proto.common import trace_encoder
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, SpanFlags, Status
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind

from core.platform.telemetry import cleaning

if TYPE_CHECKING:
    from core.platform.telemetry.tracing import Told

type Encoder = Callable[[Sequence[ReadableSpan | Told]], ExportTraceServiceRequest]

_log = logging.getLogger("opentelemetry.pluckit")
_LOCAL = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_REMOTE = _LOCAL | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
library = trace_encoder.encode_spans


def encoder(resource: Resource, scope: str) -> Encoder:
    """Return what makes a request of spans; ``resource`` and ``scope`` are where the app's own come from."""
    origin = _origin(resource, scope)

    def encode(spans: Sequence[ReadableSpan | Told]) -> ExportTraceServiceRequest:
        request = library([span for span in spans if isinstance(span, ReadableSpan)])
        if own := [_encoded(span) for span in spans if not isinstance(span, ReadableSpan)]:
            group = request.resource_spans.add()
            group.CopyFrom(origin)
            for span in filter(None, own):
                group.scope_spans[0].spans.add().MergeFromString(span)
        return request

    return encode


def _encoded(span: Told) -> bytes:
    """Return one span; nothing for one that no message can hold, which must not take the others along."""
    parent = span.parent
    own = Span(
        trace_id=span.trace_id.to_bytes(16),
        span_id=span.span_id.to_bytes(8),
        parent_span_id=b"" if parent is None else parent.span_id.to_bytes(8),
        start_time_unix_nano=span.started,
        end_time_unix_nano=span.ended,
        flags=_REMOTE if parent is not None and parent.is_remote else _LOCAL,
    ).SerializeToString()
    try:
        repeated = [*starmap(_attribute, span.attributes.items())]
    except (TypeError, ValueError):
        _log.exception("a span named %s cannot be told", span.name)
        return b""
    return b"".join((own, _fixed(span.name, span.kind, span.failed), *repeated))


def _origin(resource: Resource, scope: str) -> ResourceSpans:
    context = SpanContext(1, 1, is_remote=False)
    some = ReadableSpan("", context, resource=resource, instrumentation_scope=InstrumentationScope(scope))
    group: ResourceSpans = library([some]).resource_spans[0]
    del group.scope_spans[0].spans[:]
    return group


@lru_cache(256)
def _fixed(name: str, kind: SpanKind, failed: bool) -> bytes:
    """Return a span that has this name, kind and status alone."""
    status = Status(code=Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_UNSET)
    number = cast("Span.SpanKind.ValueType", kind.value + 1)
    encoded: bytes = Span(name=cleaning.cleaned(name), kind=number, status=status).SerializeToString()
    return encoded


@lru_cache(1024, typed=True)
def _attribute(name: str, value: Any) -> bytes:
    """Return a span that has this attribute alone, clean, and nothing where nobody knows it."""
    if not cleaning.known(name):
        return b""
    told = KeyValue(key=name, value=_value(cleaning.cleaned(value)))
    encoded: bytes = Span(attributes=[told]).SerializeToString()
    return encoded


def _value(value: Any) -> AnyValue:
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    return AnyValue(array_value=ArrayValue(values=[_value(each) for each in value]))
