"""Spans are encoded as the library encodes them, and its exporters take another encoder."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc
from opentelemetry.exporter.otlp.proto.http import trace_exporter as http
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from core.platform.telemetry import encoding

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
spans = st.builds(
    ReadableSpan,
    name=texts,
    context=contexts,
    parent=st.none() | contexts,
    resource=st.sampled_from(RESOURCES),
    attributes=st.dictionaries(texts, values, max_size=5),
    kind=st.sampled_from(SpanKind),
    status=st.sampled_from(
        [Status(StatusCode.UNSET), Status(StatusCode.OK), Status(StatusCode.ERROR, "why")]
    ),
    start_time=st.integers(0, 2**63),
    end_time=st.integers(0, 2**63),
    instrumentation_scope=st.sampled_from(SCOPES),
)


def sent(exported: list[ReadableSpan], encode: object) -> dict[tuple[str, str], bytes]:
    """Return what is said of each resource and scope."""
    assert callable(encode)
    return {
        (str(group.resource), str(scope.scope) + group.schema_url + scope.schema_url): b"".join(
            span.SerializeToString(deterministic=True) for span in scope.spans
        )
        for group in encode(exported).resource_spans
        for scope in group.scope_spans
    }


@given(st.lists(spans, max_size=6))
@settings(max_examples=60)
def test_what_is_sent_is_what_the_library_sends(exported: list[ReadableSpan]) -> None:
    assert sent(exported, encoding.encode) == sent(exported, encoding.library)


@given(spans, contexts)
@settings(max_examples=10)
def test_a_span_with_events_or_links_is_sent_whole(span: ReadableSpan, other: SpanContext) -> None:
    rare = ReadableSpan(
        "rare", span.context, resource=RESOURCES[0], events=[Event("it", {}, 1)], links=[Link(other)]
    )
    assert encoding.encode([span, rare]) == encoding.library([span, rare])


@pytest.mark.parametrize("module", [grpc, http])
def test_the_librarys_exporters_encode_by_the_name_that_is_replaced(module: object) -> None:
    assert vars(module)["encode_spans"] in {encoding.library, encoding.encode}
