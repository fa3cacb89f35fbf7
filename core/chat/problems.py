"""A failure inside a stream: the ``error`` frame carries the same problem document an answer would."""

from __future__ import annotations

from core.chat.events import ErrorEvent
from core.chat.frames import ERROR, Frame
from core.platform.errors import DomainError
from core.platform.ids import new_id


def as_frame(error: DomainError, turn_id: str) -> Frame:
    """Return ``error`` as the last frame of a turn; ``retry_after`` in seconds where waiting helps."""
    from core.platform.http.problem import Problem, status_of

    problem = Problem(
        type=f"/problems/{error.slug}",
        title=error.title,
        status=status_of(type(error)),
        detail=error.detail,
        instance=f"/api/chat/turns/{turn_id}/events",
        trace_id=new_id().replace("-", ""),
    )
    told = ErrorEvent(**problem.model_dump(exclude={"errors"}), retry_after=error.retry_after)
    return Frame.of(ERROR, told.model_dump(mode="json"))
