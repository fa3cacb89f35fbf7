"""Every operation of docs/openapi.json has examples, and they are true: the app takes and gives such."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core import jobs
from core.chat import frames
from devstack.openapi import document
from tests.contract.walking import Contract, Outside, Walk
from tests.fixtures.issuer import IssuerControl
from tests.fixtures.web import Page, Web

CONTRACT = Contract(document())
OPERATIONS = CONTRACT.operations
FEED = """<rss version="2.0"><channel><title>New</title><item><title>Navy linen shirt</title>
<link>/shirt</link><pubDate>Sat, 14 Jun 2025 08:30:00 GMT</pubDate></item></channel></rss>"""


def test_every_parameter_has_an_example_of_its_schema_or_a_reason() -> None:
    for name, (_, _, told) in OPERATIONS.items():
        for parameter in told["parameters"]:
            assert "example" in parameter or parameter.get("x-left-out"), (name, parameter["name"])
            if "example" in parameter:
                CONTRACT.check(parameter["example"], parameter["schema"])
            assert "x-left-out" not in parameter or not parameter["required"], (name, parameter["name"])


def contents(told: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return list(told.get("content", {}).items())


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "requestBody" in OPERATIONS[name][2]])
def test_every_request_body_has_an_example_of_its_schema(name: str) -> None:
    found = contents(OPERATIONS[name][2]["requestBody"])
    for media, content in found:
        example = CONTRACT.example(content)
        assert example or content.get("x-left-out"), media
        if media == "application/json":
            CONTRACT.check(example["value"], content["schema"])
    assert any(CONTRACT.example(content) for _, content in found)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_has_an_example_of_its_schema(name: str) -> None:
    for status, answer in OPERATIONS[name][2]["responses"].items():
        for media, content in contents(answer):
            assert content.get("examples") or content.get("x-left-out"), (status, media)
            for example in content.get("examples", {}).values():
                value = (CONTRACT.at(example["$ref"]) if "$ref" in example else example)["value"]
                CONTRACT.check(value, content["schema"])
                if media == frames.MEDIA_TYPE:
                    CONTRACT.check_events(name, value.encode())
                    assert stream_of(value)


def stream_of(text: str) -> list[str]:
    """The events of a stream whose ids are the offsets they say they are."""
    data, found = text.encode(), []
    for offset, frame in frames.parse(data):
        assert data[:offset].endswith(b"\n\n"), offset
        found.append(frame.event)
    return found


@pytest.mark.parametrize(
    ("event", "data", "complaint"),
    [
        ("tick", {}, "event tick, which is not declared"),
        ("delta", {}, "'text' is a required property"),
        ("delta", {"text": 1}, "1 is not of type 'string'"),
        ("delta", {"text": "Linen.", "tone": "dry"}, "{'tone'} in an event delta"),
    ],
)
def test_an_event_that_is_not_as_declared_is_found(event: str, data: dict[str, Any], complaint: str) -> None:
    stream = frames.Frame(event, json.dumps(data)).encoded(0)
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        CONTRACT.check_events("chat_turn_events", stream)


@pytest.fixture
async def outside(web: Web, devstack_issuer: IssuerControl) -> Outside:
    """What no operation gives: a sign-in at an issuer, and a shop on the web."""
    url = web.put("site77.test", "/new.xml", Page(FEED, headers={"Content-Type": "application/rss+xml"}))

    async def sign_in() -> str:
        return await devstack_issuer.mint(claims={"sub": str(uuid4())}, email=f"{uuid4()}@example.org")

    async def shop() -> str:
        return url

    return {"an issuer's sign-in": sign_in, "a shop that publishes a feed": shop}


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("app_env")
async def test_every_example_is_taken_by_the_running_app(api: ClientSession, outside: Outside) -> None:
    await given_up(2)
    walk = await Walk.begin(api, CONTRACT, outside)
    wrong = {}
    # What removes things comes last, and is asked by somebody of its own, who can spare them.
    for name in sorted(OPERATIONS, key=removes):
        walker = await Walk.begin(api, CONTRACT, outside) if removes(name) else walk
        try:
            await walker.take(name)
        except AssertionError as error:
            wrong[name] = str(error)
    assert not wrong, "\n\n".join(f"{name}: {error}" for name, error in wrong.items())


def removes(name: str) -> bool:
    return OPERATIONS[name][0] == "DELETE" or name == "auth_logout"


async def given_up(count: int) -> None:
    """Leave dead letters, which no operation can bring about."""
    for _ in range(count):
        await jobs.submit(str(uuid4()), "taste", "from-tomorrow", {"version": 2})
