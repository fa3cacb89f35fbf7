"""What a person thinks of an answer, kept with its turn: one opinion, which a later one replaces."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from core.chat.stream_errors import TurnNotFound
from core.platform import langfuse
from core.platform.examples import example
from core.platform.models import Wire
from core.platform.texts import Readable

Comment = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Readable]


class TurnFeedback(Wire):
    """Whether the stylist's answer was a good one, and why."""

    model_config = example(rating="up", comment="Just what I needed.")

    rating: Literal["up", "down"]
    comment: Comment | None = None


async def give_feedback(user_id: str, turn_id: str, given: TurnFeedback) -> TurnFeedback:
    """Keep what the person thinks of a finished turn; Langfuse gets the rating alone, never the comment.

    Raises:
        TurnNotFound: the person has no such turn that was finished.
    """
    from core.chat import history_store

    told = await history_store.change_turn(
        user_id,
        turn_id,
        lambda there: there if there.feedback == given else there.model_copy(update={"feedback": given}),
    )
    if told is None:
        raise TurnNotFound("There is no finished turn with this id among yours.")
    langfuse.score(turn_id, "answer", "chat-feedback", given.rating)
    return given
