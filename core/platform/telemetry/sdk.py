"""OpenTelemetry's SDK as the standard settings want it; what they say, the SDK reads by itself.

Exporting happens in threads of the SDK with bounded queues: a collector that is down, slow or refusing costs
nobody a request, only what did not fit is lost.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter

SCOPE = "pluckit"
"""Name of the instrumentation scope, and of the service where ``OTEL_SERVICE_NAME`` names none."""


class UnknownExporter(RuntimeError):
    """An exporter or protocol this app does not bring."""


@cache
def resource() -> Resource:
    """Return what every signal says of where it comes from; ``OTEL_RESOURCE_ATTRIBUTES`` are read, too."""
    from core.platform.health import VERSION

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": SCOPE}
    return Resource.create({**named, "service.version": VERSION})


@cache
def tracer() -> trace.Tracer:
    """Return the app's tracer, with exporters as ``OTEL_TRACES_EXPORTER`` names them (default ``otlp``)."""
    provider = TracerProvider(resource=resource())
    for name in exporters("TRACES"):
        provider.add_span_processor(BatchSpanProcessor(_span_exporter(name)))
    trace.set_tracer_provider(provider)
    _trace_azure_sdks()
    return provider.get_tracer(SCOPE)


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


def _span_exporter(name: str) -> SpanExporter:
    if name == "console":
        return ConsoleSpanExporter()
    if name != "otlp":
        raise UnknownExporter(f"OTEL_TRACES_EXPORTER names {name}; use otlp, console or none.")
    by = "grpc" if protocol("TRACES") == "grpc" else "http"
    otlp: Any = import_module(f"opentelemetry.exporter.otlp.proto.{by}.trace_exporter")
    exporter: SpanExporter = otlp.OTLPSpanExporter()
    return exporter


def _trace_azure_sdks() -> None:
    """Let the SDKs of Cosmos DB and Storage tell their calls as spans."""
    from azure.core.settings import settings as azure

    azure.tracing_enabled = True
