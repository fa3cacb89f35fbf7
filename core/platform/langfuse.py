"""Langfuse, where its keys are set: one generation for each model call, with the words masked.

Langfuse takes OTLP, so OpenTelemetry's own exporter speaks to it: a bounded queue, one thread, bounded waits.
Its SDK would bring full prompts, and flushes that hang (docs/adr/0011-langfuse-by-otlp.md).
Nothing here raises: what Langfuse does or does not do never reaches a person.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from core.platform.generations import Generation

CLOUD = "https://cloud.langfuse.com"
PATIENCE = 3.0
"""Seconds that one export, or one score, may take."""
_QUEUE = 512
"""Generations waiting at most; what does not fit is lost."""

_MOST_SCORES = 64
"""Scores under way at most."""
_sending: set[asyncio.Task[None]] = set()

_log = logging.getLogger("pluckit.langfuse")


@dataclass(frozen=True, slots=True)
class Subject:
    """What model calls are about: ``session`` groups them, ``trace`` names one piece of work in it."""

    session: str
    trace: str


_subject: ContextVar[Subject | None] = ContextVar("langfuse_subject", default=None)


def concerning(session: str, trace: str) -> None:
    """Say what the model calls of this task, from now on, are about: ids only."""
    _subject.set(Subject(session, trace))


@cache
def on() -> bool:
    """Tell whether Langfuse is told: both keys are set, and the kill switch is not."""
    switch = os.environ.get("LANGFUSE_TRACING_ENABLED", "").strip().lower()
    keys = ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY")
    return switch not in {"false", "0"} and all(os.environ.get(name) for name in keys)


def tell(done: Generation) -> None:
    """Queue one generation."""
    try:
        _tell(done)
    except Exception:  # noqa: BLE001 - logged; nothing of this may reach who asked the model
        _log.exception("a generation was not told")


def score(trace: str, about: str, name: str, answer: str) -> None:
    """Send what a person answered about part ``about`` of a piece of work; said again, it is one score."""
    if not on() or len(_sending) >= _MOST_SCORES:
        return
    told = {
        "id": trace_id(f"{trace}:{about}:{name}"),
        "traceId": trace_id(trace),
        "name": name,
        "value": answer,
        "dataType": "CATEGORICAL",
    }
    sending = asyncio.get_running_loop().create_task(_send(told))
    _sending.add(sending)
    sending.add_done_callback(_sending.discard)


async def _send(told: Mapping[str, str]) -> None:
    from core.platform import web

    try:
        session = await web.session()
        async with (
            asyncio.timeout(PATIENCE),
            session.post(f"{_base()}/api/public/scores", json=told, headers=_headers()) as answer,
        ):
            answer.raise_for_status()
    except Exception as error:  # noqa: BLE001 - whatever Langfuse does, only the operator hears of it
        _log.warning("a score was not told: %s", type(error).__name__)


def masked(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return messages as roles and sizes: no word and no picture of them."""
    return [
        {"role": str(message.get("role")), "content": _size(message.get("content"))} for message in messages
    ]


def trace_id(name: str) -> str:
    """Return the trace of what ``name`` names, 32 hex digits: the same for a generation and its scores."""
    return hashlib.sha256(f"pluckit:{name}".encode()).hexdigest()[:32]


def person(user_id: str) -> str:
    """Return a person's pseudonym, keyed by the secret key so that nobody else can make it."""
    key = os.environ.get("LANGFUSE_SECRET_KEY", "").encode()
    return hashlib.blake2b(user_id.encode(), key=key[:64], digest_size=16).hexdigest()


def _size(content: Any) -> str:
    if isinstance(content, list):
        return " ".join(f"[{part.get('type')}: {len(json.dumps(part))} characters]" for part in content)
    return f"[text: {len(content or '')} characters]"


def _tell(done: Generation) -> None:
    from opentelemetry import trace

    subject = _subject.get()
    named = int(trace_id(subject.trace), 16) if subject else secrets.randbits(128)
    # A parent that nobody tells decides the trace; `as_root` tells Langfuse not to wait for it.
    parent = trace.SpanContext(
        named, secrets.randbits(64) or 1, is_remote=True, trace_flags=trace.TraceFlags(1)
    )
    within = trace.set_span_in_context(trace.NonRecordingSpan(parent))
    span = _tracer().start_span(
        done.purpose, within, start_time=done.started, attributes=_attributes(done, subject)
    )
    span.end(time.time_ns())


def _attributes(done: Generation, subject: Subject | None) -> dict[str, str | bool]:
    usage = {
        "input": done.input_tokens,
        "output": done.output_tokens,
    }
    told: dict[str, str | bool] = {
        "langfuse.internal.as_root": True,
        "langfuse.trace.name": done.purpose,
        "langfuse.observation.type": "generation",
        "langfuse.observation.model.name": done.model or done.requested,
        "langfuse.observation.usage_details": json.dumps(usage),
        "langfuse.observation.cost_details": json.dumps({"total": done.cost}),
        "langfuse.observation.input": json.dumps(masked(done.messages)),
        "langfuse.observation.output": json.dumps(
            {"tokens": done.output_tokens, "finish_reason": done.reason}
        ),
        "langfuse.observation.level": "ERROR" if done.error else "DEFAULT",
    }
    if done.error:
        told["langfuse.observation.status_message"] = done.error
    if done.user_id:
        told["user.id"] = person(done.user_id)
    if subject is not None:
        told["session.id"] = subject.session
    return told


@cache
def _tracer() -> Tracer:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON

    from core.platform.telemetry import sdk

    exporter = OTLPSpanExporter(
        endpoint=f"{_base()}/api/public/otel/v1/traces", headers=_headers(), timeout=PATIENCE
    )
    # A provider of its own, not flushed at exit: that could take as long as Langfuse wants.
    provider = TracerProvider(sampler=ALWAYS_ON, resource=sdk.resource(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=_QUEUE, max_export_batch_size=64))
    return provider.get_tracer("pluckit")


def _base() -> str:
    from core.platform import settings

    configured = settings.get(settings.LangfuseSettings)
    return str(configured.base_url or configured.host or CLOUD).rstrip("/")


def _headers() -> dict[str, str]:
    from core.platform import settings

    configured = settings.get(settings.LangfuseSettings)
    secret = configured.secret_key.get_secret_value() if configured.secret_key else ""
    basic = base64.b64encode(f"{configured.public_key}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {basic}", "x-langfuse-ingestion-version": "4"}
