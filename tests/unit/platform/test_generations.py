"""What is told of a model call, however it ends: tokens and errors by name, and never a word of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from core.platform import generations, langfuse, telemetry, web
from core.platform.errors import Unavailable
from core.platform.generations import generation
from tests.fixtures.tuning import Tune

MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "secret words"},
    {"role": "user", "content": [{"type": "image_url"}]},
]


class Told:
    """Stands in for telemetry: the attributes of each span, its errors, and what was measured."""

    def __init__(self) -> None:
        self.attributes: dict[str, Any] = {}
        self.failed: list[str] = []
        self.measured: list[tuple[str, float, Mapping[str, Any]]] = []

    @contextmanager
    def span(self, name: str, kind: str, attributes: Mapping[str, Any], **named: Any) -> Iterator[Told]:
        self.attributes = {**attributes}
        yield self

    def set(self, name: str, value: Any) -> None:
        self.attributes[name] = value

    def fail(self, kind: str) -> None:
        self.failed.append(kind)

    def measure(self, name: str, value: float, attributes: Mapping[str, Any]) -> None:
        self.measured.append((name, value, attributes))


@pytest.fixture(autouse=True)
def configured(tune: Tune, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    tune("OPENAI_BASE_URL", "http://model.test/v1")
    tune("AI_PRICES", json.dumps({"m": {"input": 2, "output": 8}}))
    monkeypatch.setattr(telemetry, "tells", lambda signal: False)
    monkeypatch.delenv("LANGFUSE_TRACING_ENABLED", raising=False)
    langfuse.on.cache_clear()
    generations._provider.cache_clear()
    yield
    langfuse.on.cache_clear()
    generations._provider.cache_clear()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    monkeypatch.setattr(telemetry, "tells", lambda signal: True)
    monkeypatch.setattr(telemetry, "span", told.span)
    monkeypatch.setattr(telemetry, "measure", told.measure)
    return told


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What Langfuse is told, on its way out."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(langfuse, "_tracer", lambda: provider.get_tracer("pluckit"))
    for name in ("PUBLIC", "SECRET"):
        monkeypatch.setenv(f"LANGFUSE_{name}_KEY", f"{name}-key")
    langfuse.on.cache_clear()
    return exporter


def failing(user_id: str = "anna") -> None:
    with pytest.raises(Unavailable), generation("digest", user_id, MESSAGES):
        raise Unavailable("It does not answer.")


def test_a_call_that_was_answered_tells_tokens_reason_and_cost(told: Told) -> None:
    with generation("digest", "anna", MESSAGES) as call:
        call.answered("m", 1_000_000, 500_000, "stop")
    assert told.failed == []
    assert told.attributes["gen_ai.usage.input_tokens"] == 1_000_000
    assert told.attributes["gen_ai.response.finish_reasons"] == ("stop",)
    measured = {name: value for name, value, _ in told.measured}
    assert measured["pluckit.model.cost"] == 6
    assert [value for name, value, _ in told.measured if name == "gen_ai.client.token.usage"] == [
        1_000_000,
        500_000,
    ]


def test_a_call_without_an_answer_tells_its_error_and_no_tokens(told: Told) -> None:
    failing()
    assert told.failed == ["Unavailable"]
    assert not {name for name in told.attributes if name.startswith(("gen_ai.response", "gen_ai.usage"))}
    [(name, _, about)] = told.measured
    assert (name, about["error.type"]) == ("gen_ai.client.operation.duration", "Unavailable")


def test_langfuse_is_told_of_a_failure_by_its_name_and_of_nobody_where_a_service_asked(
    spans: InMemorySpanExporter,
) -> None:
    failing(user_id="")
    [span] = spans.get_finished_spans()
    said = dict(span.attributes or {})
    assert said["langfuse.observation.level"] == "ERROR"
    assert said["langfuse.observation.status_message"] == "Unavailable"
    assert not {"user.id", "session.id"} & said.keys()
    assert "secret words" not in span.to_json()


def test_what_langfuse_makes_of_it_never_reaches_who_asked_the_model(
    spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("no tracer")

    monkeypatch.setattr(langfuse, "_tracer", broken)
    with generation("digest", "anna", MESSAGES) as call:
        call.answered("m", 1, 1, "stop")
    assert "a generation was not told" in caplog.text


async def test_a_score_that_cannot_be_told_is_only_logged(
    spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def down() -> None:
        raise OSError("secret address")

    monkeypatch.setattr(web, "session", down)
    langfuse.score("turn", "outfit", "liked", "yes")
    for sending in list(langfuse._sending):
        await sending
    assert "a score was not told: OSError" in caplog.text
    assert "secret address" not in caplog.text
