"""What leaves as a span: known attributes only, cleaned as logs are, and of addresses the origin alone.

The app's own spans say nothing else, and are cleaned as they are encoded. Libraries tell by themselves URLs
that name people and carry signatures, and messages of errors that quote documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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

_HARMLESS = re.compile("[0-9a-f-]*")
"""An id of ours, or a number: no secret looks so, and each is seen once."""


class Cleaned(SpanExporter):
    """An exporter that libraries' spans pass through; it works in the exporter's thread."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export clean copies of them; the app's own are cleaned by what they become."""
        return self._exporter.export(
            [clean(span) if isinstance(span, ReadableSpan) else span for span in spans]
        )

    def shutdown(self) -> None:
        """Shut the exporter down."""
        self._exporter.shutdown()


def clean(span: ReadableSpan) -> ReadableSpan:
    """Return the span without events, words of errors, and attributes nobody knows."""
    told = (span.attributes or {}).items()
    return ReadableSpan(
        name=cleaned(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: cleaned(value) for name, value in told if known(name)},
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def known(name: str) -> bool:
    """Tell whether an attribute is exported."""
    return name.startswith(KNOWN)


def cleaned(value: Any) -> Any:
    """Return a clean attribute's value, or name: of an address the origin, of other texts no secret."""
    if isinstance(value, tuple):
        return tuple(cleaned(each) for each in value)
    if not isinstance(value, str) or _HARMLESS.fullmatch(value):
        return value
    if value.startswith(("http://", "https://")):
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return logs.cleaned(value).encode(errors="replace").decode()  # OTLP takes no half of a surrogate pair
