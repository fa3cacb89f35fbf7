"""What leaves as a span: known attributes only, cleaned as logs are, and of addresses the origin alone.

The app's own spans say nothing else. This is for what libraries tell by themselves, with URLs that name
people and carry signatures, and with messages of errors that quote documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from core.platform import logs

KNOWN = (
    "az.namespace",
    "az.schema_url",
    "db.collection.name",
    "db.operation.name",
    "db.system",
    "error.type",
    "faas.",
    "gen_ai.",
    "http.method",
    "http.request.method",
    "http.request.resend_count",
    "http.response.status_code",
    "http.route",
    "http.status_code",
    "http.url",
    "messaging.",
    "net.peer.",
    "pluckit.",
    "server.",
    "url.full",
)
"""Attributes that are exported, by how their names begin."""


class Cleaned(SpanExporter):
    """An exporter that another one's spans pass through; it works in the exporter's thread."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export clean copies."""
        return self._exporter.export([clean(span) for span in spans])

    def shutdown(self) -> None:
        """Shut the exporter down."""
        self._exporter.shutdown()


def clean(span: ReadableSpan) -> ReadableSpan:
    """Return the span without events, words of errors, and attributes nobody knows."""
    told = (span.attributes or {}).items()
    return ReadableSpan(
        name=_text(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: _value(value) for name, value in told if name.startswith(KNOWN)},
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _value(value: Any) -> Any:
    return _text(value) if isinstance(value, str) else value


@lru_cache(1024)
def _text(value: str) -> str:
    """Return a clean text; few of them differ, so most have been cleaned before."""
    if value.startswith(("http://", "https://")):
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return logs.cleaned(value)
