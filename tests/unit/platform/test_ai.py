"""The language model through its real SDK, with a transport that answers: whom it asks, and what fails."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel

from core.platform import ai, ai_budget, ai_stream, ai_usage, connections
from core.platform.ai import Message
from core.platform.ai_errors import ModelUnavailable
from core.platform.ai_stream import Delta, Finished, Limits, stream
from core.platform.errors import Unavailable
from tests.fixtures.tuning import Tune

LIMITS = Limits(total=30, stall=30, tokens=100)
ASKED: list[Message] = [{"role": "user", "content": "Hello"}]

type Answer = httpx2.Response | Exception
type Bill = tuple[str, int, int]


class Model:
    """A model behind the SDK: gives its answers in turn, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[dict[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(json.loads(request.content))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
async def model(tune: Tune, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Model]:
    tune("OPENAI_BASE_URL", "http://model.test/v1")
    monkeypatch.delenv("AZURE_OPENAI_ENDPOINT", raising=False)
    monkeypatch.setattr(ai_stream, "_REST_SECONDS", 0.0)
    there = Model()

    async def connect() -> tuple[AsyncOpenAI, connections.Closer]:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(there))
        client = AsyncOpenAI(api_key="k", base_url="http://model.test/v1", max_retries=0, http_client=http)
        return client, client.close

    await connections.shared("openai", connect)
    yield there
    await connections.close_all()


@pytest.fixture(autouse=True)
def bills(monkeypatch: pytest.MonkeyPatch) -> list[Bill]:
    """What was counted, where no database is."""
    kept: list[Bill] = []

    async def add(usage: ai_usage.Usage) -> None:
        kept.append((usage.model, usage.prompt_tokens, usage.completion_tokens))

    monkeypatch.setattr(ai_usage._usage, "add", add)
    return kept


class Cut(httpx2.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._beginning
        raise httpx2.ReadError("the connection is gone")


def chunk(reason: str | None = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def events(*chunks: dict[str, Any], ends: bool = True) -> bytes:
    lines = [f"data: {json.dumps(one)}\n\n" for one in chunks]
    return "".join([*lines, "data: [DONE]\n\n" if ends else ""]).encode()


def streamed(body: bytes | Cut) -> httpx2.Response:
    headers = {"Content-Type": "text/event-stream"}
    if isinstance(body, Cut):
        return httpx2.Response(200, headers=headers, stream=body)
    return httpx2.Response(200, headers=headers, content=body)


async def heard(**named: Any) -> list[Delta | Finished]:
    return [one async for one in stream(ASKED, user_id="", purpose="test", limits=LIMITS, **named)]


async def test_a_call_that_found_nobody_is_tried_once_more_before_its_first_word(model: Model) -> None:
    model.answers = [httpx2.ConnectError("nobody there"), streamed(events(chunk("stop", content="Hi")))]
    [said, end] = await heard()
    assert (said, isinstance(end, Finished)) == (Delta("Hi"), True)
    model.answers = [httpx2.ConnectError("nobody there"), httpx2.ConnectError("still nobody")]
    with pytest.raises(ModelUnavailable):
        await heard()
    assert len(model.asked) == 4


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (httpx2.ReadTimeout("too slow"), 10),
        (httpx2.Response(429, headers={"Retry-After": "9"}), 9),
        (httpx2.Response(429, headers={"Retry-After": "9" * 12}), 24 * 60 * 60),
        (httpx2.Response(429, headers=[(b"Retry-After", b"\xb2")]), 10),
    ],
)
async def test_what_took_too_long_or_asks_to_wait_is_not_tried_again(
    model: Model, answer: Answer, wait: float
) -> None:
    model.answers = [answer]
    with pytest.raises(ModelUnavailable) as refused:
        await heard()
    assert refused.value.retry_after == wait
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        Cut(events(chunk(content="Wear the"), ends=False)),
        events(chunk(content="Wear the"), ends=False),
        events(chunk(content="Wear the")),
    ],
    ids=["the connection broke", "the stream ended", "no reason was given"],
)
async def test_half_an_answer_is_never_taken_for_one_nor_asked_for_again(
    model: Model, bills: list[Bill], body: bytes | Cut
) -> None:
    model.answers = [streamed(body)]
    answering = stream(ASKED, user_id="", purpose="test", limits=LIMITS)
    assert await anext(answering) == Delta("Wear the")
    with pytest.raises(ModelUnavailable):
        await anext(answering)
    assert len(model.asked) == 1
    [(name, prompt, completion)] = bills
    assert (name, prompt > 0, completion > 0) == ("m", True, True), "it was paid for all the same"


async def test_a_model_that_calls_without_end_is_held_to_sixteen_tools(model: Model) -> None:
    calls = [{"index": n, "id": f"c{n}", "function": {"name": "t", "arguments": "{}"}} for n in range(40)]
    model.answers = [streamed(events(chunk("tool_calls", tool_calls=calls)))]
    [end] = await heard(tools=[{"type": "function", "function": {"name": "t"}}])
    assert isinstance(end, Finished)
    assert [call.id for call in end.calls] == [f"c{n}" for n in range(16)]


@pytest.mark.parametrize(("use", "choice"), [(True, "auto"), (False, "none")])
async def test_tools_are_offered_only_where_there_are_some(model: Model, use: bool, choice: str) -> None:
    tools = [{"type": "function", "function": {"name": "t"}}]
    for offered in ([], tools):
        model.answers = [streamed(events(chunk("stop", content="Hi")))]
        await heard(tools=offered, use_tools=use)
    without, with_tools = model.asked
    assert not {"tools", "tool_choice"} & without.keys()
    assert (with_tools["tools"], with_tools["tool_choice"]) == (tools, choice)


async def test_half_a_character_can_be_stored_and_sent_on(model: Model) -> None:
    call = {"index": 0, "id": "c", "function": {"name": "t\ud83d", "arguments": '{"a": "\ud83d"}'}}
    model.answers = [streamed(events(chunk(content="Hi \ud83d"), chunk("tool_calls", tool_calls=[call])))]
    [said, end] = await heard(tools=[{"type": "function", "function": {"name": "t"}}])
    assert isinstance(end, Finished)
    assert said == Delta("Hi ?")
    assert [(one.name, one.arguments) for one in end.calls] == [("t?", '{"a": "?"}')]


class Reading(BaseModel):
    colour: str


def completion(content: str) -> httpx2.Response:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    told = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    headers = {"Content-Type": "application/json"}
    return httpx2.Response(200, headers=headers, content=json.dumps({**told, "usage": None}))


async def read() -> Reading:
    return await ai.complete_structured(
        Reading, user_id="", purpose="test", system="Read.", content=[ai.text_part("A coat.")]
    )


async def test_an_answer_is_not_lost_because_its_bill_is(
    model: Model, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def down(*given: Any) -> None:
        raise Unavailable("The database does not answer now.")

    monkeypatch.setattr(ai_usage._usage, "add", down)
    monkeypatch.setattr(ai_budget._days, "increment", down)
    model.answers = [completion('{"colour": "red"}')]
    assert await read() == Reading(colour="red")
    await ai_usage.record("anna", "test", "m", 3, 4)
    assert "7 tokens were not counted" in caplog.text
    assert caplog.text.count("usage of test was not recorded") == 2


async def test_an_answer_with_half_a_character_is_read(model: Model) -> None:
    model.answers = [completion('{"colour": "\ud83d"}')]
    assert await read() == Reading(colour="?")


@pytest.mark.parametrize(
    ("failures", "asked"),
    [
        ([httpx2.ConnectError("nobody there")], 2),
        ([httpx2.Response(503)], 2),
        ([httpx2.Response(503, headers={"Retry-After": "soon"})], 1),
        ([httpx2.Response(401)], 1),
        ([httpx2.ConnectError("nobody there"), httpx2.ConnectError("still nobody")], 2),
    ],
)
async def test_a_structured_answer_is_asked_for_twice_at_most_and_once_where_that_cannot_help(
    model: Model, failures: Sequence[Answer], asked: int
) -> None:
    model.answers = [*failures, completion('{"colour": "red"}')]
    if asked > len(failures):
        assert await read() == Reading(colour="red")
    else:
        with pytest.raises(ModelUnavailable) as refused:
            await read()
        assert refused.value.retry_after == 10
    assert len(model.asked) == asked


@pytest.mark.parametrize(
    ("settings", "url", "key"),
    [
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, "http://127.0.0.1:1/v1/", "none"),
        (
            {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_API_KEY": "plain"},
            "http://127.0.0.1:1/v1/",
            "plain",
        ),
        (
            {"AZURE_OPENAI_ENDPOINT": "https://r.openai.azure.com/", "AZURE_OPENAI_API_KEY": "azure"},
            "https://r.openai.azure.com/openai/v1/",
            "azure",
        ),
    ],
)
async def test_the_service_that_is_configured_is_asked_with_its_own_key(
    monkeypatch: pytest.MonkeyPatch,
    tune: Tune,
    settings: dict[str, str],
    url: str,
    key: str,
) -> None:
    for name in ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        tune(name, value)
    client, close = await ai.connect()
    assert (str(client.base_url), client.api_key, client.max_retries) == (url, key, 0)
    await close()
