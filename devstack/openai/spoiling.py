"""What each fault does to a request or to the answer that was ready for it."""

import asyncio
import uuid
from dataclasses import replace
from typing import Any

from aiohttp import web

from devstack.emulator import hang_up
from devstack.faults import Fault
from devstack.openai.brain import Thought
from devstack.openai.errors import ApiError
from devstack.openai.wire import Answer

KINDS = (
    "rate_limit", "server_error", "hang", "cut_stream", "broken_json",
    "refusal", "content_filter", "empty", "slow",
)  # fmt: skip
REFUSAL = "I'm sorry, but I can't help with that."
_AN_HOUR = 3600.0


async def before(fault: Fault | None, request: web.Request, *, azure: bool) -> None:
    """What strikes before any answer: raises ApiError, waits, or drops the connection."""
    if fault is None:
        return
    if fault.kind == "rate_limit":
        raise _rate_limited(fault)
    if fault.kind == "server_error":
        words = "The server had an error while processing your request. Sorry about that!"
        headers = {} if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
        raise ApiError(fault.status or 500, words, kind="server_error", headers=headers)
    if fault.kind == "content_filter" and (azure or fault.status):
        raise _prompt_filtered(fault)
    if fault.kind == "slow":
        await asyncio.sleep(1 if fault.seconds is None else fault.seconds)
    if fault.kind == "hang" and fault.after is None:
        await hang(fault, request)


async def hang(fault: Fault, request: web.Request) -> None:
    """Say nothing for ``seconds`` (an hour), then drop the connection."""
    await asyncio.sleep(_AN_HOUR if fault.seconds is None else fault.seconds)
    hang_up(request)


def spoiled(fault: Fault | None, answer: Answer) -> Answer:
    """The answer as the fault leaves it."""
    kind = fault.kind if fault else ""
    if kind == "refusal":
        return replace(answer, thought=Thought(None), refusal=REFUSAL, finish_reason="stop", **_NO_CALLS)
    if kind == "empty":
        return replace(answer, thought=Thought(""), finish_reason="stop", **_NO_CALLS)
    if kind == "content_filter":
        partial = (answer.thought.text or "")[: len(answer.thought.text or "") // 2]
        return replace(answer, thought=Thought(partial), finish_reason="content_filter", **_NO_CALLS)
    if kind == "broken_json":
        return _broken(answer)
    return answer


_NO_CALLS: dict[str, Any] = {"call_ids": (), "arguments": ()}


def _broken(answer: Answer) -> Answer:
    """Arguments, or the text, end in the middle of a JSON string."""
    if answer.thought.calls:
        return replace(answer, arguments=tuple(_half(sent) for sent in answer.arguments))
    return replace(answer, thought=Thought(_half(answer.thought.text or "{}")))


def _half(text: str) -> str:
    return text[: max(1, len(text) // 2)].rstrip("}]") + ', "'


def _rate_limited(fault: Fault) -> ApiError:
    seconds = 20 if fault.retry_after is None else fault.retry_after
    words = f"Rate limit reached on requests per min (RPM). Please try again in {seconds:g}s."
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": f"{seconds:g}s"}
    if fault.retry_after is not None:
        headers |= {"retry-after": f"{seconds:g}", "retry-after-ms": f"{seconds * 1000:g}"}
    return ApiError(429, words, kind="requests", code="rate_limit_exceeded", headers=headers)


def _prompt_filtered(fault: Fault) -> ApiError:
    words = "The response was filtered due to the prompt triggering the content management policy."
    inner = {
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {"violence": {"filtered": True, "severity": "medium"}},
    }
    more = {"innererror": inner, "status": 400, "request_id": str(uuid.UUID(int=0))}
    return ApiError(fault.status or 400, words, kind="", param="prompt", code="content_filter", more=more)
