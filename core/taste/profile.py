"""A person's taste profile: the sum of all events applied, whatever order they came in.

``apply`` is a function of the *set* of jobs applied: sums are exact, lists of the strongest or newest are
chosen by total orders, and no clock is read. Two profiles that took in the same jobs are equal to the last
bit of their JSON, and a job that comes again changes nothing. Everything in it is bounded; a full profile is
well below Cosmos DB's 2 MB.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from core.platform.models import Document
from core.taste.contribution import TRIANGLE, information
from core.taste.errors import EventNotBelievable, EventUnread
from core.taste.events import OUTRIGHT, WEIGHTS, EventKind, Evidence, Moment, TasteEvent
from core.taste.exact import Fixed, all_fixed
from core.taste.facets import DIMENSIONS
from core.taste.ledger import Ledger
from core.taste.migration import VERSION, migrated
from core.taste.reasons import Reason, Side, found, merged
from core.taste.stances import Stance, declared
from core.taste.tallies import LIMITS, Tally, counted

_NO_INFORMATION: Final = (0,) * TRIANGLE
_NO_SHIFT: Final = (0,) * DIMENSIONS

type Table = dict[str, Tally]


class TasteProfile(Document):
    """The stored profile; ``id`` is the person's own id.

    ``precision`` is the lower triangle, by rows, of the information gained over the prior, ``shift`` that
    times its mean (``core.taste.contribution``), both as exact sums. ``counts`` are opinions by kind.
    """

    schema_version: int = VERSION
    precision: Annotated[tuple[Fixed, ...], Field(min_length=TRIANGLE, max_length=TRIANGLE)] = _NO_INFORMATION
    shift: Annotated[tuple[Fixed, ...], Field(min_length=DIMENSIONS, max_length=DIMENSIONS)] = _NO_SHIFT
    colours: Table = Field(default_factory=dict)
    categories: Table = Field(default_factory=dict)
    brands: Table = Field(default_factory=dict)
    stances: dict[str, Stance] = Field(default_factory=dict)
    reasons: dict[str, dict[Side, tuple[Reason, ...]]] = Field(default_factory=dict)
    counts: dict[EventKind, int] = Field(default_factory=dict)
    ledger: Ledger = Field(default_factory=Ledger)
    newest_at: Moment | None = None
    reset_at: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _migrate(cls, raw: Any) -> Any:
        return migrated(raw) if isinstance(raw, dict) else raw


def empty(user_id: str) -> TasteProfile:
    """Return the profile of somebody nothing is known of."""
    return TasteProfile.model_validate({"id": user_id, "userId": user_id})


def apply(profile: TasteProfile, event: TasteEvent, job_id: str) -> TasteProfile:
    """Return ``profile`` after ``event``; the very same object if ``job_id`` has been applied before.

    An event from before the profile's reset is entered in the ledger and moves nothing; nor do opinions
    in a later one that were given before it.

    Raises:
        EventNotBelievable: the event is another person's.
        EventUnread: its text has not been read into evidence yet.
        EventTooOld: it is so old that the ledger cannot tell whether it was applied.
        TooManyTasteEvents: its day is full.
    """
    if event.user_id != profile.user_id:
        raise EventNotBelievable("The event belongs to somebody else.")
    if event.unread:
        raise EventUnread("The event's text has to be read into evidence first.")
    if profile.ledger.holds(job_id, event.occurred_at):
        return profile
    ledger = profile.ledger.with_job(job_id, event.occurred_at)
    counts = event if profile.reset_at is None else event.after(profile.reset_at)
    moved = {} if counts is None else _moved(profile, counts, job_id)
    return profile.model_copy(update={"ledger": ledger, **moved})


def reset(profile: TasteProfile, at: datetime) -> TasteProfile:
    """Return a profile that has forgotten everything up to ``at``, declared avoids too.

    The ledger stays: events that were in flight must not come back to life.
    """
    blank = empty(profile.user_id)
    kept = {"ledger": profile.ledger, "etag": profile.etag, "written_at": profile.written_at}
    return blank.model_copy(update={**kept, "reset_at": at})


def _moved(profile: TasteProfile, event: TasteEvent, job_id: str) -> dict[str, Any]:
    opinions = [piece for piece in event.evidence if piece.answer != "skip"]
    precision, shift = information(opinions)
    count = profile.counts.get(event.kind, 0) + len(opinions)
    counts = {**profile.counts, event.kind: count} if count else profile.counts
    newest = event.occurred_at if profile.newest_at is None else max(profile.newest_at, event.occurred_at)
    return {
        "precision": _added(profile.precision, precision, event),
        "shift": _added(profile.shift, shift, event),
        **{name: _tallied(getattr(profile, name), name, opinions, event) for name in LIMITS},
        "stances": declared(profile.stances, event.declarations, event.occurred_at, job_id),
        "reasons": _reasoned(profile, event),
        "counts": dict(sorted(counts.items())),
        "newest_at": newest,
    }


def _added(totals: tuple[int, ...], values: list[float], event: TasteEvent) -> tuple[int, ...]:
    weight = WEIGHTS[event.kind]
    added = all_fixed((weight * value for value in values), event.occurred_at)
    return tuple(total + amount for total, amount in zip(totals, added, strict=True))


def _tallied(table: Table, name: str, opinions: list[Evidence], event: TasteEvent) -> Table:
    for piece in opinions:
        weight = WEIGHTS[event.kind] * (1.5 if piece.answer == "love" else 1.0)
        weight *= OUTRIGHT if piece.outright else 1.0
        liked = piece.answer != "dislike"
        words = getattr(piece, name)
        table = counted(table, words, weight, event.occurred_at, liked=liked, limit=LIMITS[name])
    return table


def _reasoned(profile: TasteProfile, event: TasteEvent) -> dict[str, dict[Side, tuple[Reason, ...]]]:
    reasons = {facet: dict(sides) for facet, sides in profile.reasons.items()}
    for facet, side, reason in found(event):
        sides = reasons.setdefault(facet, {})
        sides[side] = merged(sides.get(side, ()), reason)
    return {facet: dict(sorted(sides.items())) for facet, sides in sorted(reasons.items())}
