"""What can be wrong with a quiz, an event or a profile."""

from __future__ import annotations

from core.platform.errors import Conflict, Invalid, NotFound, TooManyRequests, Unavailable


class QuizNotFound(NotFound):
    """No such quiz, or somebody else's."""

    slug = "quiz-not-found"
    title = "No such quiz"


class CardNotInQuiz(Invalid):
    """An answer to a card this quiz has not shown."""

    slug = "card-not-in-quiz"
    title = "This card is not part of the quiz"


class QuizCompleted(Conflict):
    """The quiz is over; its answers have been handed in."""

    slug = "quiz-completed"
    title = "The quiz is already completed"


class QuizUnanswered(Conflict):
    """A quiz cannot be completed without a single answer."""

    slug = "quiz-unanswered"
    title = "The quiz has no answers yet"


class EventUnreadable(Invalid):
    """A job's payload that is no event, or one of a version this app does not know."""

    slug = "taste-event-unreadable"
    title = "The taste event cannot be read"


class EventUnread(Invalid):
    """A statement that nobody has read into facets yet cannot move a profile."""

    slug = "taste-event-unread"
    title = "The statement has not been read yet"


class EventNotBelievable(Invalid):
    """An event from the future, or of another person."""

    slug = "taste-event-not-believable"
    title = "The taste event cannot be right"


class EventTooOld(Invalid):
    """So old that the profile no longer knows whether it was applied; applying it could count it twice."""

    slug = "taste-event-too-old"
    title = "The taste event is too old to be applied safely"


class TooManyTasteEvents(TooManyRequests):
    """More events of one day than a person can cause."""

    slug = "too-many-taste-events"
    title = "Too many taste events for one day"


class ProfileTooNew(Unavailable):
    """The profile was written by a newer version of the app, which is being rolled out or back."""

    slug = "taste-profile-too-new"
    title = "The taste profile needs a newer version of the app"
