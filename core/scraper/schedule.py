"""When a source is swept, by whom, and when it is left alone: every step of a source's life, as pure rules.

A failing source backs off alone, each time twice as long, and is paused when it keeps failing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from core.platform import waiting
from core.scraper.models import Source, Telemetry

FIRST_BACKOFF: Final = timedelta(minutes=15)
LONGEST_BACKOFF: Final = timedelta(hours=24)
LONGEST_REST: Final = timedelta(seconds=waiting.LONGEST)
"""The longest that a server's ``Retry-After`` is followed."""
PAUSED_AFTER: Final = 8
"""Failures in a row after which a source is paused: two days and a half of trying."""
PAUSED_AFTER_REFUSALS: Final = 3
"""As many where trying again soon is pointless: refused, gone, or no longer what it was."""
HELD_FOR: Final = timedelta(minutes=4)
"""How long a sweep may be silent before another may take the source over."""
_SPREAD: Final = 0.1


@dataclass(frozen=True, slots=True)
class Tally:
    """What one sweep of one source came to."""

    seen: int = 0
    new: int = 0
    changed: int = 0


def is_due(source: Source, now: datetime) -> bool:
    """Tell whether the source is to be swept."""
    return source.state == "active" and source.due_at <= now


def is_free(source: Source, sweep: str, now: datetime) -> bool:
    """Tell whether ``sweep`` may work on the source: nobody else does, or has fallen silent."""
    return source.held_by in {None, sweep} or source.held_until is None or source.held_until <= now


def held(source: Source, sweep: str, now: datetime) -> Source:
    """Return the source with ``sweep`` at work on it."""
    return source.model_copy(update={"held_by": sweep, "held_until": now + HELD_FOR})


def succeeded(source: Source, sweep: str, tally: Tally, now: datetime) -> Source:
    """Return the source after a sweep that went well; a second time for the same sweep, as it is."""
    if source.telemetry.last_sweep == sweep:
        return source
    well = {"last_success_at": now, "last_error": None, "failures": 0}
    telemetry = source.telemetry.model_copy(update={**_attempted(source, sweep, tally, now), **well})
    every = timedelta(hours=source.spec.every_hours)
    return _released(source, telemetry, now, due_at=now + every * (1 + _share(source.id)))


def failed(
    source: Source, sweep: str, tally: Tally, now: datetime, *, error: str, rest: float | None, refused: bool
) -> Source:
    """Return the source after a sweep that failed: backed off, or paused where it keeps failing.

    ``rest`` is for how many seconds the server wants to be left alone; ``refused`` tells that trying again
    soon is pointless.
    """
    if source.telemetry.last_sweep == sweep:
        return source
    failures = source.telemetry.failures + 1
    ill = {
        "last_error": error,
        "failures": failures,
        "failures_in_all": source.telemetry.failures_in_all + 1,
    }
    telemetry = source.telemetry.model_copy(update={**_attempted(source, sweep, tally, now), **ill})
    after = _released(source, telemetry, now, due_at=now + max(backoff(source.id, failures), _rest(rest)))
    if failures < (PAUSED_AFTER_REFUSALS if refused else PAUSED_AFTER):
        return after
    return paused(after, f"It failed {failures} times in a row: {error}", now)


def put_off(
    source: Source, sweep: str, tally: Tally, now: datetime, *, error: str, rest: float | None
) -> Source:
    """Return the source that could not be asked now, which is no failure: it is due after ``rest``."""
    if source.telemetry.last_sweep == sweep:
        return source
    noted = {**_attempted(source, sweep, tally, now), "last_error": error}
    due_at = now + max(timedelta(minutes=1), _rest(rest))
    return _released(source, source.telemetry.model_copy(update=noted), now, due_at=due_at)


def paused(source: Source, why: str, now: datetime) -> Source:
    """Return the source at rest until somebody resumes it."""
    return source.model_copy(update={"state": "paused", "paused_because": why[:500], "updated_at": now})


def resumed(source: Source, now: datetime) -> Source:
    """Return the source at work again, due at once and with its failures in a row forgotten."""
    telemetry = source.telemetry.model_copy(update={"failures": 0})
    fresh = {"state": "active", "paused_because": None, "due_at": now, "updated_at": now}
    return source.model_copy(update={**fresh, "telemetry": telemetry})


def backoff(source_id: str, failures: int) -> timedelta:
    """Return the pause after so many failures in a row: twice the one before, up to a day, a little spread.

    The spread comes from id and count, so that sources that failed together are not tried together.
    """
    doubled = FIRST_BACKOFF * 2.0 ** min(failures - 1, 20)
    return min(LONGEST_BACKOFF, doubled) * (1 + _share(source_id, failures))


def _rest(seconds: float | None) -> timedelta:
    return min(LONGEST_REST, timedelta(seconds=seconds or 0.0))


def _attempted(source: Source, sweep: str, tally: Tally, now: datetime) -> dict[str, Any]:
    """Return what every end of a sweep changes in the telemetry: what it found before it ended counts."""
    told = source.telemetry
    return {
        "sweeps": told.sweeps + 1,
        "last_sweep": sweep,
        "last_attempt_at": now,
        "seen": told.seen + tally.seen,
        "new": told.new + tally.new,
        "changed": told.changed + tally.changed,
    }


def _released(source: Source, telemetry: Telemetry, now: datetime, *, due_at: datetime) -> Source:
    free = {"held_by": None, "held_until": None, "due_at": due_at, "updated_at": now}
    return source.model_copy(update={**free, "telemetry": telemetry})


def _share(*parts: object) -> float:
    """Return a number in 0..0.1 that is the same for the same parts."""
    digest = sha256(repr(parts).encode()).digest()
    return _SPREAD * int.from_bytes(digest[:4]) / 0xFFFF_FFFF
