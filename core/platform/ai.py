"""The language model as the domains see it: a pydantic model in, a validated instance out.

What a model writes is untrusted. It is parsed against a strict JSON schema, gets one chance to repair a bad
answer, and after that the caller gets a clear error. Text from photos, pages or people goes in as data parts,
never into ``system``.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    BadRequestError,
    OpenAIError,
)
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from core.platform import ai_budget, clock, connections, credentials, settings, waiting
from core.platform.ai_errors import ModelAnsweredRubbish, ModelRefused, ModelUnavailable
from core.platform.ai_schema import strict_schema
from core.platform.ai_usage import record_usage, tokens
from core.platform.errors import DomainError
from core.platform.generations import generation

type Part = dict[str, Any]
type Message = dict[str, Any]

_log = logging.getLogger("pluckit.ai")
_AZURE_SCOPE = "https://cognitiveservices.azure.com/.default"


def text_part(text: str) -> Part:
    """Return ``text`` as a part of a user message."""
    return {"type": "text", "text": text}


def image_part(data: bytes, content_type: str) -> Part:
    """Return a picture as a part of a user message, inline as a ``data:`` URL."""
    return {
        "type": "image_url",
        "image_url": {"url": f"data:{content_type};base64,{base64.b64encode(data).decode()}"},
    }


async def complete_structured[M: BaseModel](
    model: type[M], *, user_id: str, purpose: str, system: str, content: list[Part]
) -> M:
    """Ask the model for one ``model``.

    ``purpose`` names the use in the usage record; ``content`` is the user message's parts.

    Raises:
        ModelUnavailable: it cannot be reached, is throttled, or fails.
        ModelRefused: it declined, or its filter did.
        ModelAnsweredRubbish: two answers in a row did not validate.
        BudgetSpent: the person's tokens of the day are used up.
    """
    await ai_budget.check(user_id)
    messages: list[Message] = [{"role": "system", "content": system}, {"role": "user", "content": content}]
    for _ in range(2):
        with generation(purpose, user_id, messages) as told:
            completion = await _complete(model, messages)
            told.answered(completion.model, *tokens(completion), completion.choices[0].finish_reason)
        await record_usage(user_id, purpose, completion)
        answer = _text(completion)
        try:
            return model.model_validate_json(answer)
        except ValidationError as error:
            problems = error.json(include_url=False, include_input=False, include_context=False)
            _log.warning("%s: the model's answer did not validate: %s", purpose, problems)
            messages += [
                {"role": "assistant", "content": answer},
                {"role": "user", "content": f"That did not fit the schema: {problems}. Answer again."},
            ]
    raise ModelAnsweredRubbish("The model answered twice with something unreadable. Try again.")


async def probe() -> None:
    """List models; raises ``ModelUnavailable`` where the endpoint does not answer."""
    client = await connections.shared("openai", connect)
    try:
        await client.models.list(timeout=2)
    except OpenAIError as error:
        raise translated(error) from error


async def _complete(model: type[BaseModel], messages: list[Message]) -> ChatCompletion:
    client = await connections.shared("openai", connect)
    request: dict[str, Any] = {
        "model": settings.get(settings.OpenAISettings).deployment,
        "messages": messages,
        "response_format": _response_format(model),
    }
    trying = AsyncRetrying(
        stop=stop_after_attempt(2),
        wait=wait_random_exponential(multiplier=0.3, max=2),
        retry=retry_if_exception(passing),
        reraise=True,
    )

    async def ask() -> ChatCompletion:
        return ChatCompletion.model_validate(await client.chat.completions.create(**request))

    try:
        return await trying(ask)
    except OpenAIError as error:
        raise translated(error) from error


def _response_format(model: type[BaseModel]) -> dict[str, Any]:
    named = {"name": model.__name__, "strict": True, "schema": strict_schema(model)}
    return {"type": "json_schema", "json_schema": named}


def _text(completion: ChatCompletion) -> str:
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise declined()
    return whole(choice.message.content or "")


def whole(text: str) -> str:
    """Return ``text`` with a question mark for half a surrogate pair, which nothing can store or send on."""
    return text.encode(errors="replace").decode()


def declined() -> ModelRefused:
    """Return what is raised where the model, or its filter, would not answer."""
    return ModelRefused("The language model would not answer this. Try another photo or wording.")


def passing(error: BaseException) -> bool:
    """Tell whether trying again at once may help: not when the server says how long to wait."""
    if isinstance(error, APIStatusError):
        return error.status_code >= 500 and "retry-after" not in error.response.headers
    return isinstance(error, APIConnectionError) and not isinstance(error, APITimeoutError)


def translated(error: OpenAIError) -> DomainError:
    """Return an error of the SDK as one of ours."""
    if isinstance(error, BadRequestError) and error.code == "content_filter":
        return declined()
    _log.warning("the model does not answer: %s", type(error).__name__)
    sent = error.response.headers.get("retry-after") if isinstance(error, APIStatusError) else None
    asked = waiting.seconds(sent, clock.now())
    return ModelUnavailable("The language model does not answer now. Try again.", retry_after=asked)


async def connect() -> tuple[AsyncOpenAI, connections.Closer]:
    """Make the SDK's client, its own retries off; share it by ``connections.shared("openai", connect)``."""
    configured = settings.get(settings.OpenAISettings)
    client = AsyncOpenAI(
        base_url=_base_url(configured),
        api_key=_api_key(configured),
        max_retries=0,
        timeout=configured.timeout_seconds,
    )
    return client, client.close


def _base_url(configured: settings.OpenAISettings) -> str:
    if configured.azure_endpoint is not None:
        return f"{str(configured.azure_endpoint).rstrip('/')}/openai/v1/"
    return str(configured.base_url)


def _api_key(configured: settings.OpenAISettings) -> str | Callable[[], Awaitable[str]]:
    if configured.azure_endpoint is None:
        return configured.api_key.get_secret_value() if configured.api_key else "none"
    if configured.azure_api_key is not None:
        return configured.azure_api_key.get_secret_value()
    return _token


async def _token() -> str:
    from azure.core.exceptions import AzureError

    identity = await credentials.identity()
    try:
        return (await identity.get_token(_AZURE_SCOPE)).token
    except AzureError as error:
        _log.warning("no token for the model: %s", type(error).__name__)
        detail = "The language model cannot be asked now."
        raise ModelUnavailable(detail) from error
