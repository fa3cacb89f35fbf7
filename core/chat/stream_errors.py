"""What can be wrong with a turn's stream, from the outside."""

from typing import Self

from core.platform.errors import Conflict, FieldError, Invalid, NotFound, TooManyRequests, Unavailable


class TurnNotFound(NotFound):
    """There is no such turn, its stream has expired, or it is someone else's."""

    slug = "turn-not-found"
    title = "There is no such turn"


class TurnIdReused(Invalid):
    """The turn id was used for another message."""

    slug = "turn-id-reused"
    title = "This turn id belongs to another message"

    @classmethod
    def chosen(cls) -> Self:
        """Return the refusal of a turn id that its client chose."""
        detail = "It was posted with another message, conversation or photos. Choose a new one."
        return cls(detail, errors=[FieldError("/turn_id", detail)])


class InvalidOffset(Invalid):
    """The offset to read on from is not one this turn gave out."""

    slug = "invalid-event-id"
    title = "This is no event id of this turn"


class TooManyTurns(TooManyRequests):
    """As many turns of this person run already as may run at once."""

    slug = "too-many-turns"
    title = "Too many answers at once"
    retry_after = 5


class TurnStillRunning(Conflict):
    """The turn goes on longer than a request may wait for it."""

    slug = "turn-still-running"
    title = "The answer is still being written"
    retry_after = 5


class TurnDied(Unavailable):
    """Nothing was heard of whoever wrote the answer."""

    slug = "turn-died"
    title = "The answer broke off"


class TurnTookTooLong(Unavailable):
    """The answer was not finished within the time a turn has."""

    slug = "turn-took-too-long"
    title = "The answer took too long"


class TurnLost(Conflict):
    """Somebody else has taken the turn over; this run of it ends."""

    slug = "turn-lost"
    title = "Another run has taken this answer over"
