"""A model call as it is told: a span by OpenTelemetry's GenAI conventions, its tokens and its cost.

Never a prompt and never an answer. The span is told when the call is over, below what was current when it
began, for a stream's consumer runs in between and must not find itself inside the call.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from core.platform import langfuse, settings, telemetry
from core.platform.telemetry import Value


@dataclass(slots=True)
class Generation:
    """One call under way; what is unknown of its answer stays empty. ``started`` is in ns since 1970."""

    purpose: str
    requested: str
    user_id: str
    messages: Sequence[Mapping[str, Any]] = field(repr=False)
    parent: str | None = field(default_factory=telemetry.traceparent)
    started: int = field(default_factory=time.time_ns)
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    reason: str = ""
    error: str = ""

    def answered(self, model: str, input_tokens: int, output_tokens: int, reason: str | None) -> None:
        """Note how it ended."""
        self.model, self.reason = model, reason or ""
        self.input_tokens, self.output_tokens = input_tokens, output_tokens

    @property
    def cost(self) -> float:
        """What it cost in USD; 0 where ``AI_PRICES`` does not know the model."""
        prices = settings.get(settings.PriceSettings).prices
        price = prices.get(self.model) or prices.get(self.requested)
        return price.of(self.input_tokens, self.output_tokens) if price is not None else 0.0


@contextmanager
def generation(purpose: str, user_id: str, messages: Sequence[Mapping[str, Any]]) -> Iterator[Generation]:
    """Tell of the model call that the block makes, however it ends."""
    requested = settings.get(settings.OpenAISettings).deployment
    under_way = Generation(purpose, requested, user_id, messages)
    try:
        yield under_way
    except BaseException as error:
        under_way.error = type(error).__qualname__
        raise
    finally:
        _span(under_way)
        _measure(under_way)
        if langfuse.on():
            langfuse.tell(under_way)


def _span(done: Generation) -> None:
    if not telemetry.tells("TRACES"):
        return
    attributes = _request(done) | {"pluckit.ai.purpose": done.purpose}
    with telemetry.span(
        f"chat {done.requested}", "client", attributes, parent=done.parent, started=done.started
    ) as span:
        if done.model:
            span.set("gen_ai.response.model", done.model)
            span.set("gen_ai.usage.input_tokens", done.input_tokens)
            span.set("gen_ai.usage.output_tokens", done.output_tokens)
        if done.reason:
            span.set("gen_ai.response.finish_reasons", (done.reason,))
        if done.error:
            span.fail(done.error)


def _measure(done: Generation) -> None:
    if not telemetry.tells("METRICS"):
        return
    about = _request(done) | {"pluckit.ai.purpose": done.purpose}
    seconds = (time.time_ns() - done.started) / 1e9
    failed = {"error.type": done.error} if done.error else {}
    telemetry.measure("gen_ai.client.operation.duration", seconds, {**about, **failed})
    if done.model:
        for kind, tokens in (("input", done.input_tokens), ("output", done.output_tokens)):
            telemetry.measure("gen_ai.client.token.usage", tokens, {**about, "gen_ai.token.type": kind})
    if cost := done.cost:
        telemetry.measure("pluckit.model.cost", cost, about)


def _request(done: Generation) -> dict[str, Value]:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": _provider(),
        "gen_ai.request.model": done.requested,
    }


@cache
def _provider() -> str:
    configured = settings.get(settings.OpenAISettings)
    return "openai" if configured.azure_endpoint is None else "azure.ai.openai"
