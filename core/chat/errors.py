"""What can go wrong in talking with the stylist, told without HTTP."""

from __future__ import annotations

from typing import Self

from core.platform.errors import BadUpstream, NotFound


class ConversationNotFound(NotFound):
    """No such conversation of this person's."""

    slug = "conversation-not-found"
    title = "There is no such conversation"


class FactNotFound(NotFound):
    """Nothing with this id is remembered about this person."""

    slug = "fact-not-found"
    title = "Nothing like that is remembered"

    @classmethod
    def here(cls) -> Self:
        """Return the refusal of an id under which nothing is remembered."""
        return cls("Nothing with this id is remembered about you.")


class AnswerWithheld(BadUpstream):
    """The model began to recite its instructions."""

    slug = "answer-withheld"
    title = "The stylist's answer was held back"
