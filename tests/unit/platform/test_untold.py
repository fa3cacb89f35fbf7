"""An app that tells nothing makes nothing: one shared span, no attribute kept, no module loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from core.platform import telemetry


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    caches = telemetry.tells, telemetry._behind
    for each in caches:
        each.cache_clear()
    yield
    for each in caches:
        each.cache_clear()


def test_every_span_is_the_one_that_does_nothing() -> None:
    told = telemetry.span("one", "client", {"faas.name": "it"}, parent="00-1-2-01", started=1)
    assert told is telemetry.span("other") is telemetry.NOTHING
    with told as span:
        span.set("name", "value")
        span.fail("kind")
    assert vars(telemetry.NOTHING) == {}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://127.0.0.1:4318"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": " True "}, False),
    ],
)
def test_a_signal_goes_somewhere_only_where_the_standard_settings_say_where(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], told: bool
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert telemetry.tells("TRACES") is told


def test_nothing_is_carried_and_no_module_behind_is_loaded() -> None:
    loaded = set(sys.modules)
    assert telemetry.traceparent() is None
    telemetry.measure("http.server.request.duration", 1.0)
    assert set(sys.modules) == loaded
