"""The language model as a stream: text as it is written, then what it wants called, within limits of time.

The SDK's own retries are off. A call that fails before its first word is tried once more; once words have
been shown, a retry would say them twice, so the error is the caller's to show. A stream that just ends,
without a reason, was cut: what it said is half an answer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from openai import AsyncStream, OpenAIError
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from core.platform import ai_budget, connections, settings
from core.platform.ai import Message, connect, declined, passing, translated, whole
from core.platform.ai_errors import ModelUnavailable
from core.platform.ai_usage import record
from core.platform.generations import generation

_RETRY_SECONDS = 5.0
_REST_SECONDS = 0.3
_CHARACTERS_PER_TOKEN = 4
_MOST_CALLS = 16
_MOST_ARGUMENT_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Called:
    """A tool the model wants called; ``arguments`` is the JSON text it wrote, unchecked."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the model's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of one model call: its reason (``stop``, ``tool_calls``, ``length``), calls and tokens."""

    reason: str
    calls: tuple[Called, ...]
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Limits:
    """``total`` and ``stall`` (between two chunks) in seconds; ``tokens`` of the answer."""

    total: float
    stall: float
    tokens: int


@dataclass(slots=True)
class _Heard:
    """What has arrived of one answer."""

    reason: str | None = None
    calls: dict[int, Called] = field(default_factory=dict)
    characters: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model: str = ""

    def take(self, chunk: ChatCompletionChunk) -> str:
        """Note a chunk; return the text it brings."""
        self.model = chunk.model or self.model
        if chunk.usage is not None:
            self.prompt_tokens = chunk.usage.prompt_tokens
            self.completion_tokens = chunk.usage.completion_tokens
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.reason = choice.finish_reason or self.reason
        if choice.delta.refusal or choice.finish_reason == "content_filter":
            raise declined()
        for call in choice.delta.tool_calls or ():
            self._take_call(call)
        text = whole(choice.delta.content or "")
        self.characters += len(text)
        return text

    def _take_call(self, piece: ChoiceDeltaToolCall) -> None:
        known = self.calls.get(piece.index, Called("", "", ""))
        name = whole((piece.function.name if piece.function else None) or "")
        arguments = whole((piece.function.arguments if piece.function else None) or "")
        self.characters += len(arguments)
        if piece.index < _MOST_CALLS:
            self.calls[piece.index] = Called(
                piece.id or known.id,
                name or known.name,
                (known.arguments + arguments)[:_MOST_ARGUMENT_CHARACTERS],
            )


async def stream(
    messages: list[Message],
    *,
    user_id: str,
    purpose: str,
    limits: Limits,
    tools: list[dict[str, Any]] | None = None,
    use_tools: bool = True,
) -> AsyncGenerator[Delta | Finished]:
    """Yield the model's text as it comes and, last, how the call ended.

    ``tools`` are Chat Completions tools; with ``use_tools`` false none may be called.

    Raises:
        BudgetSpent: the person's tokens of the day are used up.
        ModelUnavailable: it cannot be reached, is throttled, stalls, takes too long or breaks off.
        ModelRefused: it declined, or its filter did.
    """
    await ai_budget.check(user_id)
    request = _request(messages, tools, use_tools, limits)
    heard = _Heard()
    with generation(purpose, user_id, messages) as told:
        try:
            async with aclosing(_chunks(request, _Patience(limits))) as chunks:
                async for chunk in chunks:
                    if text := heard.take(chunk):
                        yield Delta(text)
        except TimeoutError:
            raise ModelUnavailable("The language model took too long.", retry_after=_RETRY_SECONDS) from None
        except OpenAIError as error:
            raise translated(error) from error
        finally:
            await _settle(heard, messages, user_id, purpose)
            told.answered(heard.model, heard.prompt_tokens, heard.completion_tokens, heard.reason)
        if heard.reason is None:
            raise _broke_off()
    calls = tuple(call for _, call in sorted(heard.calls.items()))
    yield Finished(heard.reason, calls, heard.prompt_tokens, heard.completion_tokens)


def _request(
    messages: list[Message], tools: list[dict[str, Any]] | None, use_tools: bool, limits: Limits
) -> dict[str, Any]:
    request: dict[str, Any] = {
        "model": settings.get(settings.OpenAISettings).deployment,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens": limits.tokens,
    }
    if tools:
        request |= {"tools": tools, "tool_choice": "auto" if use_tools else "none"}
    return request


class _Patience:
    """How long the next wait may be: not over a stall, nor over what is left of the whole.

    Each wait has a timeout of its own; one around them all would strike the consumer between two chunks.
    """

    def __init__(self, limits: Limits) -> None:
        self._stall = limits.stall
        self._ends = asyncio.get_running_loop().time() + limits.total

    def wait(self) -> asyncio.Timeout:
        now = asyncio.get_running_loop().time()
        return asyncio.timeout_at(min(now + self._stall, self._ends))


async def _chunks(request: dict[str, Any], patience: _Patience) -> AsyncGenerator[ChatCompletionChunk]:
    opened = await _open(request, patience)
    try:
        chunks = aiter(opened)
        while True:
            try:
                async with patience.wait():
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            yield chunk
    finally:
        await opened.close()


async def _open(request: dict[str, Any], patience: _Patience) -> AsyncStream[ChatCompletionChunk]:
    try:
        return await _try(request, patience)
    except OpenAIError as error:
        if not passing(error):
            raise
    await asyncio.sleep(_REST_SECONDS)
    return await _try(request, patience)


async def _try(request: dict[str, Any], patience: _Patience) -> AsyncStream[ChatCompletionChunk]:
    client = await connections.shared("openai", connect)
    async with patience.wait():
        opened: AsyncStream[ChatCompletionChunk] = await client.chat.completions.create(**request)
    return opened


async def _settle(heard: _Heard, messages: list[Message], user_id: str, purpose: str) -> None:
    """Record what the call cost; where the service did not come to say, what it must have been about."""
    if not heard.model:
        return
    if not heard.prompt_tokens:
        asked = sum(len(json.dumps(_wordy(message))) for message in messages)
        heard.prompt_tokens = asked // _CHARACTERS_PER_TOKEN
        heard.completion_tokens = heard.characters // _CHARACTERS_PER_TOKEN + 1
    await record(user_id, purpose, heard.model, heard.prompt_tokens, heard.completion_tokens)


def _wordy(message: Message) -> Message:
    """Return the message without its pictures, whose base64 is no measure of their tokens."""
    content = message.get("content")
    if not isinstance(content, list):
        return message
    return {**message, "content": [part for part in content if part.get("type") == "text"]}


def _broke_off() -> ModelUnavailable:
    return ModelUnavailable("The language model broke off in mid-answer.", retry_after=_RETRY_SECONDS)
