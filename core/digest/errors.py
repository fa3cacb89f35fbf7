"""What can go wrong with a digest, told without HTTP."""

from __future__ import annotations

from core.platform.errors import Conflict, Invalid, NotFound, StaleVersion


class DigestNotFound(NotFound):
    """There is no such digest, none yet, or it is somebody else's."""

    slug = "digest-not-found"
    title = "There is no such digest"


class PreferencesChanged(StaleVersion):
    """The preferences are no longer the version the caller edits."""

    slug = "digest-preferences-changed"
    title = "The digest preferences were changed in between"


class NotInDigest(Invalid):
    """Feedback on something that the digest does not hold."""

    slug = "not-in-digest"
    title = "The digest holds no such thing"


class FeedbackGiven(Conflict):
    """The person has already said something else about this."""

    slug = "digest-feedback-given"
    title = "You have already said what you think of this"


class SweepRunning(Conflict):
    """A sweep is under way, and what was asked needs one of its own."""

    slug = "digest-sweep-running"
    title = "A digest sweep is running"
    retry_after = 60
