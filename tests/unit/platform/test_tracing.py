"""Where a span stands: what of OpenTelemetry's own is done here, is done as OpenTelemetry does it."""

from __future__ import annotations

import asyncio
import gc
from contextvars import Token

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.trace import TracerProvider, sampling
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.platform.telemetry import sdk, tracing
from core.platform.telemetry.tracing import Told

library = TraceContextTextMapPropagator()
digits = st.text("0123456789abcdef", min_size=0, max_size=34)
carried = st.one_of(
    st.from_regex("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True),
    st.builds("{}-{}-{}-{}".format, digits, digits, digits, digits),
    st.sampled_from(["", f"00-{'0' * 32}-{'1' * 16}-01", f"00-{'1' * 32}-{'0' * 16}-01", "ff-1-1-1"]),
    st.text(max_size=60),
)
CHOSEN = sampling.TraceIdRatioBased(0.5)
SAMPLERS = [
    sampling.ParentBased(CHOSEN, remote_parent_not_sampled=CHOSEN),
    sampling.ParentBased(sampling.ALWAYS_OFF),
    sampling.ALWAYS_ON,
    CHOSEN,
]
places = st.builds(
    SpanContext,
    trace_id=st.integers(1, 2**128 - 1),
    span_id=st.integers(1, 2**64 - 1),
    is_remote=st.booleans(),
    trace_flags=st.integers(0, 3).map(TraceFlags),
)


class Kept:
    """A queue that keeps what it is given."""

    def __init__(self) -> None:
        self.spans: list[Told] = []

    def on_end(self, span: Told) -> None:
        self.spans.append(span)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """What is told, of a tracer of this test alone."""
    queue, tracer = Kept(), TracerProvider(SAMPLERS[0]).get_tracer("test")
    monkeypatch.setattr(tracer, "span_processor", queue)
    monkeypatch.setattr(sdk, "tracer", lambda: tracer)
    return queue


def told(name: str, parent: str | None = None) -> Told:
    return tracing.span(name, "client", {}, parent, None)


ABOVE = f"00-{'1' * 32}-{'2' * 16}-01"


@given(carried)
@settings(max_examples=100)
def test_a_traceparent_is_read_as_the_library_reads_it(header: str) -> None:
    theirs = trace.get_current_span(library.extract({"traceparent": header}, Context())).get_span_context()
    assert tracing._far(header) == (theirs if theirs.is_valid else None)


@given(places, st.sampled_from(SAMPLERS))
@settings(max_examples=100)
def test_a_span_below_another_is_told_where_the_sampler_says_so(
    above: SpanContext, sampler: sampling.Sampler
) -> None:
    tracer = TracerProvider(sampler).get_tracer("test")
    context = trace.set_span_in_context(NonRecordingSpan(above), Context())
    theirs = tracer.start_span("it", context, SpanKind.CLIENT).get_span_context()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sdk, "tracer", lambda: tracer)
        token = attach(context)
        with told("it") as span:
            here = span.get_span_context()
        detach(token)
    assert (here.trace_id, here.trace_flags.sampled) == (above.trace_id, theirs.trace_flags.sampled)
    assert here.trace_flags.random_trace_id == above.trace_flags.random_trace_id


async def test_a_span_is_below_the_one_around_it_in_its_own_task(kept: Kept) -> None:
    async def inside(name: str) -> None:
        with told(name):
            await asyncio.sleep(0)
            with told(f"in {name}"):
                await asyncio.sleep(0)

    with told("request", ABOVE) as request:
        await asyncio.gather(inside("one"), inside("other"))
    spans = {span.name: span for span in kept.spans}
    assert spans["in one"].parent is spans["one"]
    assert spans["in other"].parent is spans["other"]
    assert spans["one"].parent is spans["other"].parent is request
    assert {span.trace_id for span in kept.spans} == {int("1" * 32, 16)}
    assert tracing.traceparent() is None


def test_a_librarys_span_in_between_is_the_parent(kept: Kept) -> None:
    theirs = SpanContext(5, 6, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    with told("request", ABOVE), trace.use_span(NonRecordingSpan(theirs)), told("below"):
        pass
    assert [span.parent for span in kept.spans if span.name == "below"] == [theirs]


def test_the_current_span_is_carried_and_libraries_find_it(kept: Kept) -> None:
    with told("it", ABOVE) as span:
        found = trace.get_current_span().get_span_context()
        assert (found.trace_id, found.span_id) == (span.trace_id, span.span_id)
        carrier: dict[str, str] = {}
        library.inject(carrier)
        assert tracing.traceparent() == carrier["traceparent"]


def test_an_exception_fails_its_span_by_its_type_alone_and_goes_on(kept: Kept) -> None:
    with pytest.raises(ValueError, match="planted"), told("it", ABOVE):
        raise ValueError("planted")
    [span] = kept.spans
    assert (span.failed, span.attributes) == (True, {"error.type": "ValueError"})
    assert span.started <= span.ended


def test_what_waits_in_the_queue_holds_nothing_of_the_context_around(kept: Kept) -> None:
    with told("it", ABOVE):
        pass
    [span] = kept.spans
    assert [held for held in gc.get_referents(span) if isinstance(held, Token | Context)] == []
