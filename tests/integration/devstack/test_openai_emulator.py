"""The real SDK against the emulator: what it parses, streams, retries and raises."""

import base64
import io
import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import openai
import pytest
from aiohttp import ClientSession
from openai import AsyncAzureOpenAI, AsyncOpenAI
from openai.types.chat import ChatCompletionChunk
from PIL import Image
from pydantic import BaseModel, Field

from devstack.emulator import running
from devstack.openai.app import OpenAI
from devstack.openai.brain import Look, Thought
from devstack.openai.request import ChatRequest
from tests.flatlay import TROUSERS, flat_lay

MODEL = "gpt-4.1-mini"
ORPHAN = {"role": "tool", "tool_call_id": "call_0", "content": "4 items"}
USER: Any = [{"role": "user", "content": "What shall I wear to dinner? Show me three outfits."}]
TEXT = {"type": "string"}
TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": about,
            "strict": True,
            "parameters": {
                "type": "object",
                "properties": properties,
                "required": list(properties),
                "additionalProperties": False,
            },
        },
    }
    for name, about, properties in [
        (
            "propose_outfits",
            "Propose outfits from the wardrobe",
            {"occasion": TEXT, "limit": {"type": "integer"}},
        ),
        ("search_vault", "Search the wardrobe", {"query": TEXT}),
        ("log_wear", "Record that an item was worn", {"item_id": TEXT}),
    ]
]
BLAZER, JEANS = "0e4b4f0e-6f6e-4f0e-9d1a-111111111111", "0e4b4f0e-6f6e-4f0e-9d1a-222222222222"
FOUND = {"outfits": [{"items": [{"id": BLAZER, "name": "Navy blazer"}, {"id": JEANS, "name": "Grey jeans"}],
                      "why": "Navy and grey agree"}]}  # fmt: skip


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with running(OpenAI().app) as url:
        yield url


@pytest.fixture(scope="module")
async def client(url: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key="devstack", max_retries=0, timeout=10) as client:
        yield client


@pytest.fixture(scope="module")
async def control(url: str) -> AsyncIterator[ClientSession]:
    async with ClientSession(f"{url}/__control/") as session:
        yield session


@pytest.fixture(autouse=True)
async def _calm(control: ClientSession) -> AsyncIterator[None]:
    yield
    await control.delete("faults")
    await control.post("delay", json={"first_token": 0, "per_token": 0})


async def arm(control: ClientSession, **fault: Any) -> None:
    async with control.post("faults", json=fault) as response:
        assert response.status == 200, await response.text()


def photo(**how: Any) -> dict[str, Any]:
    out = io.BytesIO()
    Image.fromarray(flat_lay(height=400, width=360, **how)[0]).save(out, "JPEG", quality=92)
    encoded = base64.b64encode(out.getvalue()).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{encoded}"}}


class Certain[T](BaseModel):
    value: T | None
    confidence: float


class Garment(BaseModel):
    category: Certain[Literal["dress", "footwear", "top", "trousers"]]
    colours: list[Literal["black", "blue", "brown", "green", "grey", "red", "white", "yellow"]]
    pattern: Certain[Literal["checked", "dotted", "floral", "solid", "striped"]]
    material: Literal["cotton", "wool", "not_visible"]
    brand: Certain[str]
    description: str = Field(description="One sentence")


async def test_a_photo_becomes_a_validated_model_from_its_pixels(client: AsyncOpenAI) -> None:
    asked: Any = [
        {"role": "system", "content": "Describe the garment. Categories are dress, footwear, top, trousers."},
        {"role": "user", "content": [photo(points=TROUSERS, fabric="striped", colour=(190, 30, 40))]},
    ]
    completion = await client.chat.completions.parse(model=MODEL, messages=asked, response_format=Garment)
    garment = completion.choices[0].message.parsed
    assert garment is not None
    assert (garment.category.value, garment.pattern.value) == ("trousers", "striped")
    assert set(garment.colours) >= {"red", "white"}
    assert (garment.material, garment.brand.value) == ("not_visible", None)
    assert garment.category.confidence > 0.6 > garment.brand.confidence
    assert completion.usage is not None
    assert (
        completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    )
    again = await client.chat.completions.parse(model=MODEL, messages=asked, response_format=Garment)
    assert again.choices[0].message.content == completion.choices[0].message.content


async def test_a_turn_calls_the_fitting_tool_and_then_writes_from_its_answer(client: AsyncOpenAI) -> None:
    rules = {"role": "system", "content": "You are a stylist. Name item ids in brackets."}
    asked: Any = [rules, *USER]
    first = await client.chat.completions.create(
        model=MODEL, messages=asked, tools=TOOLS, parallel_tool_calls=False
    )
    choice = first.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls is not None
    (call,) = choice.message.tool_calls
    assert call.type == "function"
    assert call.function.name == "propose_outfits"
    assert json.loads(call.function.arguments) == {"occasion": USER[0]["content"], "limit": 3}
    answered = {"role": "tool", "tool_call_id": call.id, "content": json.dumps(FOUND)}
    follow: Any = [*asked, choice.message.model_dump(exclude_none=True), answered]
    second = await client.chat.completions.create(
        model=MODEL, messages=follow, tools=TOOLS, parallel_tool_calls=False
    )
    assert second.choices[0].finish_reason == "tool_calls", "'show me' also wants a search"
    last = await client.chat.completions.create(model=MODEL, messages=follow, tools=TOOLS, tool_choice="none")
    text = last.choices[0].message.content or ""
    assert all(word in text for word in ["Navy blazer", BLAZER, "Grey jeans", JEANS, "Navy and grey agree"])


async def test_tools_can_be_called_in_parallel_forced_or_forbidden(client: AsyncOpenAI) -> None:
    async def names(**how: Any) -> list[str]:
        messages: Any = USER
        completion = await client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS, **how)
        return [call.function.name for call in completion.choices[0].message.tool_calls or ()]

    assert sorted(await names()) == ["propose_outfits", "search_vault"]
    assert await names(tool_choice={"type": "function", "function": {"name": "log_wear"}}) == ["log_wear"]
    assert await names(tool_choice="none") == []


async def streamed(client: AsyncOpenAI, **how: Any) -> list[ChatCompletionChunk]:
    stream = await client.chat.completions.create(model=MODEL, stream=True, **({"messages": USER} | how))
    return [chunk async for chunk in stream]


async def test_a_stream_says_the_same_as_the_whole_answer(client: AsyncOpenAI) -> None:
    messages: Any = USER
    whole = await client.chat.completions.create(model=MODEL, messages=messages)
    chunks = await streamed(client, stream_options={"include_usage": True})
    assert chunks[0].choices[0].delta.role == "assistant"
    assert (
        "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        == whole.choices[0].message.content
    )
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-2:] == [None, "stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert [c.usage for c in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert len({c.id for c in chunks}) == 1


async def test_streamed_tool_calls_add_up_for_the_sdks_own_accumulator(client: AsyncOpenAI) -> None:
    messages: Any = USER
    async with client.chat.completions.stream(model=MODEL, messages=messages, tools=TOOLS) as stream:
        final = await stream.get_final_completion()
    calls = final.choices[0].message.tool_calls or []
    assert sorted(call.function.name for call in calls) == ["propose_outfits", "search_vault"]
    assert all(isinstance(json.loads(call.function.arguments), dict) for call in calls)
    assert len({call.id for call in calls}) == 2


async def test_limits_stops_and_json_mode(client: AsyncOpenAI) -> None:
    messages: Any = USER
    cut = await client.chat.completions.create(model=MODEL, messages=messages, max_completion_tokens=4)
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage is not None
    assert cut.usage.completion_tokens == 4
    stopped = await client.chat.completions.create(model=MODEL, messages=messages, stop=[":"], n=2)
    assert [choice.index for choice in stopped.choices] == [0, 1]
    assert all(":" not in (choice.message.content or ":") for choice in stopped.choices)
    as_json: Any = [{"role": "user", "content": "Say it as JSON"}]
    kind: Any = {"type": "json_object"}
    spoken = await client.chat.completions.create(model=MODEL, messages=as_json, response_format=kind)
    assert isinstance(json.loads(spoken.choices[0].message.content or ""), dict)


def schema(**properties: Any) -> dict[str, Any]:
    body = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "it", "strict": True, "schema": body},
        }
    }


def broken(change: dict[str, Any]) -> dict[str, Any]:
    wanted = schema(a={"type": "string"})
    wanted["response_format"]["json_schema"]["schema"] |= change
    return wanted


@pytest.mark.parametrize(
    ("sent", "param", "says"),
    [
        (broken({"additionalProperties": True}), "response_format", "'additionalProperties' is required"),
        (broken({"required": []}), "response_format", "Missing 'a'"),
        (broken({"type": "array"}), "response_format", 'got \'type: "array"\''),
        (schema(a={"type": "string", "default": ""}), "response_format", "'default' is not permitted"),
        (schema(a={"oneOf": [{"type": "string"}]}), "response_format", "'oneOf' is not permitted"),
        (schema(a={"type": "string", "format": "uri"}), "response_format", "'uri' is not a valid format"),
        (schema(a={"description": "what?"}), "response_format", "must have a 'type' key"),
        ({"messages": []}, "messages", "'messages'"),
        ({"messages": [{"role": "king", "content": "x"}]}, "messages[0].role", "messages[0].role"),
        ({"messages": [ORPHAN]}, "messages.[0].role", "preceding message"),
        ({"tool_choice": "required"}, "tool_choice", "'tools'"),
        ({"stream_options": {"include_usage": True}}, "stream_options", "'stream' is enabled"),
        ({"response_format": {"type": "json_object"}}, "messages", "'json'"),
        ({"extra_body": {"colour": "red"}}, "colour", "Unknown parameter: 'colour'"),
        ({"temperature": 3}, "temperature", "temperature"),
    ],
)  # fmt: skip
async def test_the_service_refuses_what_the_real_one_refuses(
    client: AsyncOpenAI, sent: dict[str, Any], param: str, says: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(**({"model": MODEL, "messages": USER} | sent))
    assert caught.value.type == "invalid_request_error"
    assert caught.value.param == param
    assert says in caught.value.message


async def test_unanswered_calls_and_unreadable_pictures_are_refused(client: AsyncOpenAI) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "log_wear", "arguments": "{}"}}
    unanswered: Any = [*USER, {"role": "assistant", "tool_calls": [call]}, *USER]
    with pytest.raises(openai.BadRequestError, match="call_1"):
        await client.chat.completions.create(model=MODEL, messages=unanswered)
    for link, code in [
        ("https://example.org/a.jpg", "invalid_image_url"),
        ("data:image/png;base64,aaaa", "image_parse_error"),
    ]:
        message: Any = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": link}}]}]
        with pytest.raises(openai.BadRequestError) as caught:
            await client.chat.completions.create(model=MODEL, messages=message)
        assert caught.value.code == code


async def test_azures_paths_key_filter_results_and_stricter_schemas(url: str) -> None:
    messages: Any = USER
    azure = AsyncAzureOpenAI(azure_endpoint=url, api_key="k", api_version="2024-10-21", max_retries=0)
    async with azure, AsyncOpenAI(base_url=f"{url}/openai/v1/", api_key="k", max_retries=0) as v1:
        chunks = await streamed(azure)
        assert chunks[0].choices == []
        assert chunks[1].model == MODEL
        completion = await v1.chat.completions.create(model=MODEL, messages=messages)
        assert set(completion.choices[0].model_extra or {}) == {"content_filter_results"}
        wanted: Any = schema(a={"type": "string", "maxLength": 9})
        with pytest.raises(openai.BadRequestError, match="'maxLength' is not permitted"):
            await v1.chat.completions.create(model=MODEL, messages=messages, **wanted)
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key=" ", max_retries=0) as nobody:
        with pytest.raises((openai.AuthenticationError, openai.APIConnectionError)):
            await nobody.models.list()


async def test_models_are_listed(client: AsyncOpenAI) -> None:
    assert MODEL in [model.id async for model in client.models.list()]
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("gpt-9")


async def test_http_faults_raise_what_the_sdk_raises(client: AsyncOpenAI, control: ClientSession) -> None:
    messages: Any = USER
    await arm(control, kind="rate_limit", retry_after=7)
    with pytest.raises(openai.RateLimitError) as limited:
        await client.chat.completions.create(model=MODEL, messages=messages)
    assert limited.value.response.headers["retry-after"] == "7"
    assert limited.value.code == "rate_limit_exceeded"
    await arm(control, kind="server_error", status=503)
    with pytest.raises(openai.InternalServerError):
        await client.chat.completions.create(model=MODEL, messages=messages)
    await arm(control, kind="hang")
    with pytest.raises(openai.APITimeoutError):
        await client.chat.completions.create(model=MODEL, messages=messages, timeout=0.2)
    await arm(control, kind="hang", seconds=0)
    with pytest.raises(openai.APIConnectionError):
        await client.chat.completions.create(model=MODEL, messages=messages)
    await arm(control, kind="cut_stream")
    with pytest.raises(openai.APIConnectionError):
        await client.chat.completions.create(model=MODEL, messages=messages)


async def test_the_sdks_own_retry_gets_through_a_passing_fault(
    client: AsyncOpenAI, control: ClientSession
) -> None:
    messages: Any = USER
    await arm(control, kind="rate_limit", retry_after=0.01)
    patient = client.with_options(max_retries=1)
    assert (await patient.chat.completions.create(model=MODEL, messages=messages)).choices


async def test_spoiled_answers(client: AsyncOpenAI, control: ClientSession) -> None:
    async def answer(**fault: Any) -> Any:
        await arm(control, **fault)
        wanted: Any = schema(description={"type": "string"})
        completion = await client.chat.completions.create(model=MODEL, **({"messages": USER} | wanted))
        return completion.choices[0]

    refused = await answer(kind="refusal")
    assert (refused.message.content, bool(refused.message.refusal)) == (None, True)
    assert (await answer(kind="empty")).message.content == ""
    assert (await answer(kind="content_filter")).finish_reason == "content_filter"
    with pytest.raises(ValueError, match=r"."):
        json.loads((await answer(kind="broken_json")).message.content)
    assert json.loads((await answer(kind="slow", seconds=0.01)).message.content)
    await arm(control, kind="content_filter", status=400)
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model=MODEL, messages=USER)
    assert caught.value.code == "content_filter"


async def test_a_stream_is_cut_or_stalls_after_so_many_chunks(
    client: AsyncOpenAI, control: ClientSession
) -> None:
    for fault, error in [({"kind": "cut_stream", "after": 4}, openai.APIConnectionError),
                         ({"kind": "hang", "after": 4}, openai.APITimeoutError)]:  # fmt: skip
        await arm(control, **fault)
        stream = await client.with_options(timeout=0.4).chat.completions.create(
            model=MODEL, messages=USER, stream=True
        )
        heard: list[ChatCompletionChunk] = []

        async def listen(stream: Any = stream, heard: list[ChatCompletionChunk] = heard) -> None:
            async for chunk in stream:
                heard.append(chunk)

        with pytest.raises(error):
            await listen()
        assert len(heard) == 4
    await arm(control, kind="refusal")
    chunks = await streamed(client)
    assert "".join(chunk.choices[0].delta.refusal or "" for chunk in chunks).startswith("I'm sorry")


async def test_the_record_shows_prompts_without_pictures_or_keys(
    client: AsyncOpenAI, control: ClientSession
) -> None:
    await control.delete("requests")
    message: Any = [{"role": "user", "content": [{"type": "text", "text": "lilac please"}, photo()]}]
    await arm(control, kind="empty", match="lilac")
    await client.chat.completions.create(model=MODEL, messages=USER)
    await client.chat.completions.create(model=MODEL, messages=message)
    async with control.get("requests", params={"match": "lilac"}) as response:
        report = await response.json()
    (entry,) = report["requests"]
    assert (report["total"], entry["status"], entry["fault"]) == (2, 200, "empty")
    assert entry["headers"]["authorization"] == "***"
    assert len(json.dumps(entry)) < 2500


async def test_delays_are_set_and_refused_when_wrong(client: AsyncOpenAI, control: ClientSession) -> None:
    async with control.post("delay", json={"per_token": 0.001, "first_token": 0.01}) as response:
        assert await response.json() == {"per_token": 0.001, "first_token": 0.01}
    assert await streamed(client)
    for wrong in [{"per_token": -1}, {"per_tokens": 1}, []]:
        async with control.post("delay", json=wrong) as response:
            assert response.status == 400


async def test_another_brain_can_stand_behind_the_same_wire() -> None:
    def parrot(request: ChatRequest, looks: tuple[Look, ...]) -> Thought:
        return Thought(request.messages[-1].text)

    async with running(OpenAI(parrot).app) as url, AsyncOpenAI(base_url=f"{url}/v1", api_key="k") as client:
        completion = await client.chat.completions.create(model=MODEL, messages=USER)
    assert completion.choices[0].message.content == USER[0]["content"]
