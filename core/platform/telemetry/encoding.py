"""Spans as OTLP, of the library's own messages, with what repeats from span to span made once.

The library makes each attribute of each span anew and hashes the resource, as JSON, for each. A test holds
both encoders to the same message.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from opentelemetry.exporter.otlp.proto.common import trace_encoder
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, SpanFlags, Status
from opentelemetry.sdk.trace import ReadableSpan

_LOCAL = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_REMOTE = _LOCAL | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
library = trace_encoder.encode_spans


def encode(spans: Sequence[ReadableSpan]) -> ExportTraceServiceRequest:
    """Return the spans as a request, grouped by resource and scope; the library does what is rare."""
    if not all(_plain(span) for span in spans):
        return library(spans)
    origins: dict[Any, ReadableSpan] = {}
    grouped: dict[Any, list[Span]] = {}
    for span in spans:
        origin = id(span.resource), span.instrumentation_scope
        origins.setdefault(origin, span)
        grouped.setdefault(origin, []).append(_span(span))
    return ExportTraceServiceRequest(
        resource_spans=[_group(origins[origin], told) for origin, told in grouped.items()]
    )


def _plain(span: ReadableSpan) -> bool:
    return not (span.events or span.links or span.dropped_attributes)


def _group(first: ReadableSpan, told: list[Span]) -> ResourceSpans:
    """Return spans of one origin, which the library tells of the first of them."""
    group: ResourceSpans = library([first]).resource_spans[0]
    scope = group.scope_spans[0]
    del scope.spans[:]
    scope.spans.extend(told)
    return group


def _span(span: ReadableSpan) -> Span:
    here, parent = span.context, span.parent
    return Span(
        trace_id=here.trace_id.to_bytes(16),
        span_id=here.span_id.to_bytes(8),
        trace_state=",".join(f"{key}={value}" for key, value in here.trace_state.items()),
        parent_span_id=b"" if parent is None else parent.span_id.to_bytes(8),
        name=span.name,
        kind=cast("Span.SpanKind.ValueType", span.kind.value + 1),
        start_time_unix_nano=span.start_time or 0,
        end_time_unix_nano=span.end_time or 0,
        attributes=[_attribute(name, value) for name, value in (span.attributes or {}).items()],
        status=_status(span.status.status_code.value, span.status.description),
        flags=_REMOTE if parent is not None and parent.is_remote else _LOCAL,
    )


@lru_cache(64)
def _status(code: int, description: str | None) -> Status:
    return Status(code=cast("Status.StatusCode.ValueType", code), message=description or "")


@lru_cache(1024, typed=True)
def _attribute(name: str, value: Any) -> KeyValue:
    return KeyValue(key=name, value=_value(value))


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
