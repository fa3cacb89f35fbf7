"""Answers as they go over the wire: completions, stream chunks, usage, Azure's additions."""

import hashlib
import itertools
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from devstack.openai import tokens
from devstack.openai.brain import Call, Look, Thought
from devstack.openai.request import ChatRequest

FINGERPRINT = "fp_pluckit_devstack"
_SAFE = {
    name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")
}


@dataclass(frozen=True)
class Answer:
    """One answer, cut to what the request allows, ready to be written in either form."""

    request: ChatRequest
    thought: Thought
    call_ids: tuple[str, ...]
    arguments: tuple[str, ...]
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    azure: bool
    refusal: str | None = None

    @property
    def usage(self) -> dict[str, Any]:
        """Token counts of the whole exchange."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


def compose(request: ChatRequest, thought: Thought, looks: tuple[Look, ...], *, azure: bool) -> Answer:
    """Cut the thought to the request's stops and token limit and count it."""
    arguments = tuple(_compact(call.arguments) for call in thought.calls)
    text, stopped = _up_to_stop(thought.text, request.stops)
    pieces = tokens.split(text or "")
    limit = request.limit
    reason = "tool_calls" if thought.calls else "stop"
    if text is not None and limit is not None and len(pieces) > limit and not stopped:
        pieces, reason = pieces[:limit], "length"
    used = len(pieces) + sum(
        tokens.count(call.name) + tokens.count(sent) + tokens.PER_MESSAGE
        for call, sent in zip(thought.calls, arguments, strict=True)
    )
    cut = replace(thought, text=None if text is None else "".join(pieces))
    ids = tuple(_call_id(request, place, call) for place, call in enumerate(thought.calls))
    completion = max(used, 1) * (request.n or 1)
    return Answer(request, cut, ids, arguments, reason, _prompt_tokens(request, looks), completion, azure)


def completion(answer: Answer) -> dict[str, Any]:
    """The body of an answer that is not streamed."""
    message: dict[str, Any] = {
        "role": "assistant",
        "content": answer.thought.text,
        "refusal": answer.refusal,
        "annotations": [],
    }
    if answer.thought.calls:
        message["tool_calls"] = _tool_calls(answer)
    choice: dict[str, Any] = {"message": message, "logprobs": None, "finish_reason": answer.finish_reason}
    if answer.azure:
        choice["content_filter_results"] = _SAFE
    body = _head(answer, "chat.completion") | {
        "choices": [{"index": index} | choice for index in range(answer.request.n or 1)],
        "usage": answer.usage,
    }
    if answer.azure:
        body["prompt_filter_results"] = _prompt_filter()
    return body


def chunks(answer: Answer) -> Iterator[dict[str, Any]]:
    """The chunks of a streamed answer, in order; each has its own data line."""
    options = answer.request.stream_options
    with_usage = bool(options and options.include_usage)
    head = _head(answer, "chat.completion.chunk") | ({"usage": None} if with_usage else {})
    if answer.azure:
        yield head | {
            "id": "",
            "created": 0,
            "model": "",
            "choices": [],
            "prompt_filter_results": _prompt_filter(),
        }
    for index in range(answer.request.n or 1):
        for delta in _deltas(answer):
            yield head | {"choices": [_chunk_choice(index, delta, None)]}
        yield head | {"choices": [_chunk_choice(index, {}, answer.finish_reason)]}
    if with_usage:
        yield head | {"choices": [], "usage": answer.usage}


def event(data: Any) -> bytes:
    """One server-sent event."""
    return f"data: {data if isinstance(data, str) else _compact(data)}\n\n".encode()


def _deltas(answer: Answer) -> Iterator[dict[str, Any]]:
    if answer.thought.calls:
        yield from _call_deltas(answer)
        return
    yield {"role": "assistant", "content": None if answer.refusal else "", "refusal": None}
    field = "refusal" if answer.refusal else "content"
    for piece in tokens.split(answer.refusal or answer.thought.text or ""):
        yield {field: piece}


def _call_deltas(answer: Answer) -> Iterator[dict[str, Any]]:
    opening: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    for index, call in enumerate(_tool_calls(answer)):
        sent = call["function"]["arguments"]
        begun = call | {"index": index, "function": call["function"] | {"arguments": ""}}
        yield opening | {"tool_calls": [begun]}
        opening = {}
        for piece in tokens.split(sent):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _chunk_choice(index: int, delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}


def _tool_calls(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"id": call_id, "type": "function", "function": {"name": call.name, "arguments": arguments}}
        for call_id, call, arguments in zip(
            answer.call_ids, answer.thought.calls, answer.arguments, strict=True
        )
    ]


def _head(answer: Answer, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": answer.request.model,
        "service_tier": "default",
        "system_fingerprint": FINGERPRINT,
    }


def _prompt_filter() -> list[dict[str, Any]]:
    return [{"prompt_index": 0, "content_filter_results": _SAFE}]


def _call_id(request: ChatRequest, place: int, call: Call) -> str:
    """The same for the same request, so that a whole conversation can be repeated exactly."""
    asked = f"{request.model_dump_json(exclude={'stream', 'stream_options'})}|{place}|{call.name}"
    return f"call_{hashlib.sha256(asked.encode()).hexdigest()[:24]}"


def _up_to_stop(text: str | None, stops: list[str]) -> tuple[str | None, bool]:
    if text is None:
        return None, False
    places = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return (text[: min(places)], True) if places else (text, False)


def _prompt_tokens(request: ChatRequest, looks: tuple[Look, ...]) -> int:
    details = [image.detail for message in request.messages for image in message.images]
    pictures = sum(
        tokens.picture(look.width, look.height, detail) for look, detail in zip(looks, details, strict=True)
    )
    written = [message.text for message in request.messages]
    written += [call.function.arguments for message in request.messages for call in message.tool_calls or ()]
    for described in itertools.chain(request.tools or (), filter(None, [request.response_format])):
        written.append(described.model_dump_json(exclude_none=True))
    return sum(map(tokens.count, written)) + pictures + tokens.PER_MESSAGE * (len(request.messages) + 1)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
