"""Spans leave as the library would encode them, clean, and its exporters take another encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc
from opentelemetry.exporter.otlp.proto.http import trace_exporter as http
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from core.platform.telemetry import encoding
from core.platform.telemetry.cleaning import clean
from core.platform.telemetry.tracing import Told

texts = st.text(max_size=8)
flat = st.one_of(texts, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
values = st.one_of(flat, st.sampled_from([0, 1, 0.0, 1.0, True, False]), st.tuples(texts, texts))
contexts = st.builds(
    SpanContext,
    trace_id=st.integers(1, 2**128 - 1),
    span_id=st.integers(1, 2**64 - 1),
    is_remote=st.booleans(),
    trace_flags=st.integers(0, 3).map(TraceFlags),
    trace_state=st.sampled_from([TraceState(), TraceState([("vendor", "it"), ("other", "that")])]),
)
RESOURCES = [Resource({"service.name": name}) for name in ("one", "two")]
SCOPES = [InstrumentationScope("pluckit"), InstrumentationScope("a library", "1.0", "https://schema.example")]
HERE = Resource({"service.name": "here"})
libraries = st.builds(
    ReadableSpan,
    name=texts,
    context=contexts,
    parent=st.none() | contexts,
    resource=st.sampled_from([HERE, Resource({"service.name": "there"})]),
    attributes=st.dictionaries(texts, values, max_size=5),
    kind=st.sampled_from(SpanKind),
    events=st.lists(st.builds(Event, name=texts, timestamp=st.just(1)), max_size=1),
    links=st.lists(st.builds(Link, contexts), max_size=1),
    status=st.sampled_from([Status(StatusCode.UNSET), Status(StatusCode.ERROR, "why")]),
    start_time=st.integers(0, 2**63),
    end_time=st.integers(0, 2**63),
    instrumentation_scope=st.sampled_from(
        [InstrumentationScope("pluckit"), InstrumentationScope("a", "1.0")]
    ),
)
names = texts.map("pluckit.{}".format) | texts


@st.composite
def told(draw: st.DrawFn) -> Told:
    """Draw a span of the app that is over, below none, one of its own or one of another process."""
    span = Told(draw(texts), draw(st.sampled_from(SpanKind)), {}, None, None)
    span.attributes = draw(st.dictionaries(names, values, max_size=5))
    span.trace_id, span.span_id = draw(st.integers(1, 2**128 - 1)), draw(st.integers(1, 2**64 - 1))
    span.trace_flags = TraceFlags(1)
    span.parent = draw(st.none() | contexts | told())
    span.started, span.ended = draw(st.integers(0, 2**63)), draw(st.integers(0, 2**63))
    span.failed = draw(st.booleans())
    return span


ENCODE = encoding.encoder(HERE, "pluckit")


def sent(exported: Sequence[object], encode: object) -> dict[tuple[str, str], bytes]:
    """Return what is said of each resource and scope."""
    assert callable(encode)
    return {
        (str(group.resource), str(scope.scope) + group.schema_url + scope.schema_url): b"".join(
            span.SerializeToString(deterministic=True) for span in scope.spans
        )
        for group in encode(exported).resource_spans
        for scope in group.scope_spans
    }


def readable(span: Told | ReadableSpan) -> ReadableSpan:
    """Return the span as the SDK has it; the library is given the app's with their scope."""
    if isinstance(span, ReadableSpan):
        return span
    shown = clean(span.readable(HERE))
    shown._instrumentation_scope = InstrumentationScope("pluckit")
    return shown


@given(st.lists(libraries | told(), max_size=6))
@settings(max_examples=60)
def test_what_is_sent_is_what_the_library_sends_of_clean_spans(spans: list[Told | ReadableSpan]) -> None:
    ours = [span for span in spans if isinstance(span, Told)]
    for some in (ours, [span for span in spans if isinstance(span, ReadableSpan)]):
        assert sent(some, ENCODE) == sent([readable(span) for span in some], encoding.library)
    assert count(ENCODE(spans)) == len(spans)


def count(request: ExportTraceServiceRequest) -> int:
    return sum(len(scope.spans) for group in request.resource_spans for scope in group.scope_spans)


@pytest.mark.parametrize("value", [2**64, None, ["list"], object()], ids=repr)
def test_a_span_that_no_message_can_hold_is_lost_alone(value: Any, caplog: pytest.LogCaptureFixture) -> None:
    span, other = (Told(name, SpanKind.CLIENT, {}, None, None) for name in ("odd", "plain"))
    span.attributes["pluckit.it"] = value  # a model's answer may bring it
    for each in (span, other):
        each.parent, each.trace_id, each.span_id, each.ended = None, 1, 1, 2
    request = ENCODE([span, other])
    assert [sent.name for sent in request.resource_spans[0].scope_spans[0].spans] == ["plain"]
    assert "a span named odd cannot be told" in caplog.text


def test_half_a_character_takes_no_span_along() -> None:
    span = Told("GET", SpanKind.SERVER, {"http.route": "/\ud800"}, None, None)
    span.parent, span.trace_id, span.span_id, span.ended = None, 1, 1, 2
    [sent] = ENCODE([span]).resource_spans[0].scope_spans[0].spans
    assert sent.attributes[0].value.string_value == "/?"


@pytest.mark.parametrize("module", [grpc, http])
def test_the_librarys_exporters_encode_by_the_name_that_is_replaced(module: object) -> None:
    assert (
        vars(module)["encode_spans"] is encoding.library
        or vars(module)["encode_spans"].__module__ == encoding.__name__
    )
