"""One record for every model call, so that cost has a person, a purpose and a day."""

from __future__ import annotations

import logging
from datetime import datetime

from openai.types.chat import ChatCompletion

from core.platform import clock
from core.platform.containers import DAY
from core.platform.cosmos import Container
from core.platform.errors import Unavailable
from core.platform.ids import new_id
from core.platform.models import Document

_log = logging.getLogger("pluckit.ai")


class Usage(Document):
    """What one call cost, in tokens."""

    purpose: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    called_at: datetime


_usage = Container("ai_usage", Usage)


async def record_usage(user_id: str, purpose: str, completion: ChatCompletion) -> None:
    """Keep the tokens a call used. An answer already paid for is not lost because its bill is."""
    spent = completion.usage
    try:
        await _usage.create(
            Usage(
                id=new_id(),
                user_id=user_id or "service",
                ttl=90 * DAY,
                purpose=purpose,
                model=completion.model,
                prompt_tokens=spent.prompt_tokens if spent else 0,
                completion_tokens=spent.completion_tokens if spent else 0,
                called_at=clock.now(),
            )
        )
    except Unavailable:
        _log.warning("usage of %s was not recorded", purpose)
