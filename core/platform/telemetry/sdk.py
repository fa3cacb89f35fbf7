"""OpenTelemetry's SDK as the standard settings want it; what they say, the SDK reads by itself.

Exporting happens in threads of the SDK with bounded queues: a collector that is down, slow or refusing costs
nobody a request, only what did not fit is lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Tracer, TracerProvider, sampling
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

from core.platform.telemetry import encoding, parting
from core.platform.telemetry.cleaning import Cleaned, clean

if TYPE_CHECKING:
    from opentelemetry._logs import Logger

    from core.platform.telemetry.tracing import Told

SCOPE = "pluckit"
"""Name of the instrumentation scope, and of the service where ``OTEL_SERVICE_NAME`` names none."""

_OTLP = {
    "TRACES": ("trace_exporter", "OTLPSpanExporter"),
    "METRICS": ("metric_exporter", "OTLPMetricExporter"),
    "LOGS": ("_log_exporter", "OTLPLogExporter"),
}

# Empty is unset by OpenTelemetry's specification, which the exporters do not follow.
for _name in [name for name, value in os.environ.items() if name.startswith("OTEL_") and not value.strip()]:
    del os.environ[_name]


class UnknownExporter(RuntimeError):
    """An exporter or protocol this app does not bring."""


@cache
def resource() -> Resource:
    """Return what every signal says of where it comes from; ``OTEL_RESOURCE_ATTRIBUTES`` are read, too."""
    from core.platform.health import VERSION

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": SCOPE}
    return Resource.create({**named, "service.version": VERSION})


@cache
def tracer() -> Tracer:
    """Return the app's tracer, with exporters as ``OTEL_TRACES_EXPORTER`` names them (default ``otlp``)."""
    provider = TracerProvider(_sampler(), resource(), shutdown_on_exit=False)
    parting.at_exit(provider.shutdown)
    for name in exporters("TRACES"):
        spans = exporter("TRACES", name, lambda: ConsoleSpanExporter(formatter=_shown))
        provider.add_span_processor(BatchSpanProcessor(Cleaned(spans)))
    trace.set_tracer_provider(provider)
    return cast("Tracer", provider.get_tracer(SCOPE))


@cache
def logger() -> Logger:
    """Return the app's logger of records, with exporters as ``OTEL_LOGS_EXPORTER`` names them."""
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, ConsoleLogRecordExporter

    provider = LoggerProvider(resource(), shutdown_on_exit=False)
    parting.at_exit(provider.shutdown)
    for name in exporters("LOGS"):
        logs = exporter("LOGS", name, ConsoleLogRecordExporter)
        provider.add_log_record_processor(BatchLogRecordProcessor(logs))
    return provider.get_logger(SCOPE)


def _shown(span: ReadableSpan | Told) -> str:
    shown = span if isinstance(span, ReadableSpan) else clean(span.readable(resource()))
    return f"{shown.to_json()}{os.linesep}"


def _sampler() -> sampling.Sampler | None:
    """Return how traces are chosen; ``None`` where the SDK reads that for itself.

    A host that tells no traces marks each as not sampled, which would silence the app below it. So the
    samplers that follow a parent decide about such a trace as about a new one, by its id.
    """
    base, _, root = os.environ.get("OTEL_TRACES_SAMPLER", "parentbased_always_on").lower().partition("_")
    if base != "parentbased":
        return None
    ratio = {"always_on": 1.0, "always_off": 0.0}.get(
        root, float(os.environ.get("OTEL_TRACES_SAMPLER_ARG") or 1)
    )
    chosen = sampling.TraceIdRatioBased(ratio)
    return sampling.ParentBased(chosen, remote_parent_not_sampled=chosen)


def exporters(signal: str) -> list[str]:
    """Return the names in ``OTEL_<signal>_EXPORTER``; ``otlp`` where it is empty."""
    named = os.environ.get(f"OTEL_{signal}_EXPORTER", "").lower().split(",")
    return [name.strip() for name in named if name.strip()] or ["otlp"]


def protocol(signal: str) -> str:
    """Return the OTLP protocol of a signal: ``http/protobuf`` or ``grpc``.

    Raises:
        UnknownExporter: the settings name another one.
    """
    common = os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    chosen = os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or common
    if chosen not in {"http/protobuf", "grpc"}:
        raise UnknownExporter(f"OTEL_EXPORTER_OTLP_PROTOCOL is {chosen}; use http/protobuf or grpc.")
    return chosen


def exporter(signal: str, name: str, console: Callable[[], Any]) -> Any:
    """Return the exporter ``name`` of a signal; ``console`` makes the one that prints."""
    if name == "console":
        return console()
    if name != "otlp":
        raise UnknownExporter(f"OTEL_{signal}_EXPORTER names {name}; use otlp, console or none.")
    by = "grpc" if protocol(signal) == "grpc" else "http"
    module, kind = _OTLP[signal]
    found = import_module(f"opentelemetry.exporter.otlp.proto.{by}.{module}")
    if signal == "TRACES":
        encode = encoding.encoder(resource(), SCOPE)
        vars(found)["encode_spans"] = encode  # it offers no other way to choose the encoder
    return getattr(found, kind)()
