"""When, how and whether a person gets a digest, and what became of the one that is due.

Preferences and the next due moment are one document, so changing the hour and moving the next digest is one
write. Everything that happens to it is a pure function here; the repository applies them by compare-and-swap.
An attempt is counted before the work, so a wardrobe that kills its worker runs out of attempts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal, get_args

from pydantic import Field, computed_field

from core.digest.schedule import Rhythm
from core.platform.examples import example
from core.platform.models import Document, Wire
from core.platform.zones import ZoneName

type Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
type Tone = Literal["warm", "brisk", "playful", "plain"]

ID: Final = "subscription"
MOST_ATTEMPTS: Final = 3
"""Ticks that try one week's digest before it is given up until an administrator runs it again."""
_SILENT: Final = "Every attempt ended without a word: it may have stopped its worker."
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday.__value__)


class Preferences(Wire):
    """When and how a person wants the weekly digest. ``hour`` is on the clock of ``time_zone``."""

    model_config = example(enabled=True, weekday="sunday", hour=17, time_zone="Europe/Berlin", tone="warm")

    enabled: bool
    weekday: Weekday
    hour: Annotated[int, Field(ge=0, le=23)]
    time_zone: Annotated[str, Field(max_length=64, description="An IANA time zone: `Europe/Berlin`.")]
    tone: Tone

    @property
    def rhythm(self) -> Rhythm:
        """When the digests are due."""
        return Rhythm(WEEKDAYS.index(self.weekday), self.hour, self.time_zone)


class NewPreferences(Preferences):
    """Preferences as they are sent, all of them: what is left out would be set back in silence."""

    time_zone: ZoneName
    next_digest_at: Annotated[
        datetime | None,
        Field(description="Read-only: what GET returned may be sent back, and is ignored."),
    ] = None


DEFAULT: Final = {
    "enabled": True, "weekday": "sunday", "hour": 17, "time_zone": "UTC", "tone": "warm",
}  # fmt: skip
"""What everyone has who has not said otherwise: between Sunday's and Monday's breakfast in every zone."""


class PreferencesView(Preferences):
    """The preferences as their owner sees them; ``next_digest_at`` is null after opting out."""

    next_digest_at: datetime | None


class Failure(Wire):
    """Why a week's digest could not be made; after ``MOST_ATTEMPTS`` it is given up."""

    model_config = example(
        week="2025-06-09", reason="The wardrobe could not be read.", attempts=3, given_up=True
    )

    week: date
    reason: str
    attempts: int
    failed_at: datetime
    given_up: bool


class FailureView(Failure):
    """A failed digest as administrators see it."""

    model_config = example(
        week="2025-06-09",
        reason="The wardrobe could not be read.",
        attempts=3,
        given_up=True,
        user_id="6f2d1dee-4096-5bb6-a83a-7c1bc71563c8",
    )

    user_id: str


class Subscription(Document):
    """A person's preferences and schedule. ``last_week`` is the last week served or given up.

    ``revision`` counts edits of the preferences: the ETag that clients see. ``attempts`` are those begun for
    what is due now.
    """

    preferences: Preferences
    revision: int = 1
    next_digest_at: datetime | None = None
    last_week: date | None = None
    attempts: int = 0
    failure: Failure | None = None

    @computed_field(description="Index: place among those who are due. Written, never read back.")
    @property
    def due_position(self) -> str | None:
        """Place in the list of everyone by due moment; absent after opting out."""
        return None if self.next_digest_at is None else position(self.next_digest_at, self.user_id)

    @computed_field(description="Index: place among failures. Written, never read back.")
    @property
    def failed_position(self) -> str | None:
        """Place in the list of everyone's failures; absent without one."""
        return None if self.failure is None else position(self.failure.failed_at, self.user_id)


def position(moment: datetime, user_id: str) -> str:
    """Return a text that sorts by moment, then person: one path, as ordering by two needs an index."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S} {user_id}"


def new(user_id: str, now: datetime) -> Subscription:
    """Return what everyone has who has not said otherwise: the first digest at the next slot."""
    chosen = Preferences.model_validate(DEFAULT)
    return _scheduled(Subscription(id=ID, user_id=user_id, preferences=chosen, next_digest_at=None), now)


def view(subscription: Subscription) -> PreferencesView:
    """Return the preferences as their owner sees them."""
    return PreferencesView(
        **subscription.preferences.model_dump(), next_digest_at=subscription.next_digest_at
    )


def failure_view(subscription: Subscription) -> FailureView:
    """Return a failure with whose it is."""
    assert subscription.failure is not None, "only failing ones are listed"  # noqa: S101 - for the type
    return FailureView(**dict(subscription.failure), user_id=subscription.user_id)


def changed(subscription: Subscription, sent: NewPreferences, now: datetime) -> Subscription:
    """Return the subscription with new preferences and the next digest where they put it.

    One that is due already stays due.
    """
    wanted = Preferences(**sent.model_dump(exclude={"next_digest_at"}))
    if wanted == subscription.preferences:
        return subscription
    update = {"preferences": wanted, "revision": subscription.revision + 1, "attempts": 0}
    edited = subscription.model_copy(update=update)
    return edited if wanted.enabled and is_due(subscription, now) else _scheduled(edited, now)


def is_due(subscription: Subscription, now: datetime) -> bool:
    """Tell whether a digest is due."""
    return subscription.next_digest_at is not None and subscription.next_digest_at <= now


def due_week(subscription: Subscription, now: datetime) -> date:
    """Return the week whose digest is due now."""
    return subscription.preferences.rhythm.latest_week(now)


def begun(subscription: Subscription, now: datetime) -> Subscription:
    """Count an attempt, unless nothing is due or earlier ones have used it up without a word."""
    if not is_due(subscription, now):
        return subscription
    if subscription.attempts >= MOST_ATTEMPTS:
        return failed(subscription, now, _SILENT)
    return subscription.model_copy(update={"attempts": subscription.attempts + 1})


def settled(subscription: Subscription, week: date, now: datetime) -> Subscription:
    """Return the subscription after the digest of ``week`` is there: due again at the next free slot."""
    served = {"last_week": max(week, subscription.last_week or week), "attempts": 0, "failure": None}
    return _scheduled(subscription.model_copy(update=served), now)


def failed(subscription: Subscription, now: datetime, reason: str) -> Subscription:
    """Note a failure; the person stays due, until the attempts are used up."""
    week = due_week(subscription, now)
    given_up = subscription.attempts >= MOST_ATTEMPTS
    failure = Failure(
        week=week, reason=reason, attempts=subscription.attempts, failed_at=now, given_up=given_up
    )
    noted = subscription.model_copy(update={"failure": failure})
    if not given_up:
        return noted
    skipped = {"last_week": max(week, noted.last_week or week), "attempts": 0}
    return _scheduled(noted.model_copy(update=skipped), now)


def requeued(subscription: Subscription, due_at: datetime) -> Subscription:
    """Make a failed digest due at ``due_at``; of someone who opted out meanwhile, forget the failure."""
    if subscription.failure is None:
        return subscription
    if not subscription.preferences.enabled:
        return subscription.model_copy(update={"failure": None})
    return subscription.model_copy(update={"next_digest_at": due_at, "attempts": 0})


def _scheduled(subscription: Subscription, now: datetime) -> Subscription:
    chosen = subscription.preferences
    week = chosen.rhythm.next_week(now, subscription.last_week)
    due = chosen.rhythm.slot(week) if chosen.enabled else None
    return subscription.model_copy(update={"next_digest_at": due})
