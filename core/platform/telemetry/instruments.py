"""Every instrument the app measures with: docs/telemetry.md lists them, a test holds both together.

Names with a dot that are not ``pluckit`` are OpenTelemetry's own (semantic conventions 1.37), and so are the
bounds of their buckets. Attributes have few values each: never a person, an id or a path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_LONG = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)
_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144)


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is measured, in a unit of UCUM; ``bounds`` are those of a histogram's buckets."""

    kind: Literal["counter", "gauge", "histogram"]
    unit: str
    what: str
    bounds: tuple[float, ...] | None = None


INSTRUMENTS = {
    "http.server.request.duration": Instrument(
        "histogram", "s", "Time of a request, by route, method and status.", _SECONDS
    ),
    "pluckit.job.age": Instrument(
        "histogram", "s", "Time from a job's request to its end, by kind and state.", _LONG
    ),
    "pluckit.job.attempts": Instrument(
        "histogram", "{attempt}", "Attempts of a job that is over, by kind and state.", (1, 2, 3, 5, 8)
    ),
    "pluckit.job.dead_letters": Instrument("counter", "{letter}", "Dead letters written, by kind."),
    "pluckit.queue.depth": Instrument("gauge", "{message}", "Messages in a queue, about, by queue."),
    "pluckit.digest.delivered": Instrument(
        "counter", "{digest}", "Digests of the weekly sweep, by what came of them."
    ),
    "gen_ai.client.token.usage": Instrument(
        "histogram", "{token}", "Tokens of a model call, by model, type and purpose.", _TOKENS
    ),
    "gen_ai.client.operation.duration": Instrument(
        "histogram", "s", "Time of a model call, by model, purpose and error.", (*_SECONDS, 20, 40, 80)
    ),
    "pluckit.model.cost": Instrument(
        "counter", "{USD}", "What model calls cost by AI_PRICES, by model and purpose."
    ),
    "pluckit.budget.rejections": Instrument(
        "counter", "{rejection}", "Model calls refused because a person's tokens of the day are used up."
    ),
    "pluckit.chat.stream.lag": Instrument(
        "histogram", "s", "Time from a chat frame's first byte to its being readable.", _SECONDS
    ),
}
