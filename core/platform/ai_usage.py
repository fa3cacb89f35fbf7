"""One record for every model call, so that cost has a person, a purpose and a day."""

from __future__ import annotations

import logging
from datetime import datetime

from openai.types.chat import ChatCompletion

from core.platform import ai_budget, clock
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
    """Keep the tokens a completed call used."""
    await record(user_id, purpose, completion.model, *tokens(completion))


def tokens(completion: ChatCompletion) -> tuple[int, int]:
    """Return the tokens of the prompt and of the answer, as far as the service says."""
    spent = completion.usage
    return (spent.prompt_tokens, spent.completion_tokens) if spent else (0, 0)


async def record(user_id: str, purpose: str, model: str, prompt: int, completed: int) -> None:
    """Keep what a call used, and count it. An answer already paid for is not lost because its bill is."""
    await ai_budget.charge(user_id, prompt + completed)
    try:
        await _usage.add(
            Usage(
                id=new_id(),
                user_id=user_id or "service",
                ttl=90 * DAY,
                purpose=purpose,
                model=model,
                prompt_tokens=prompt,
                completion_tokens=completed,
                called_at=clock.now(),
            )
        )
    except Unavailable:
        _log.warning("usage of %s was not recorded", purpose)
