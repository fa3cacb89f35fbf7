"""Sends the examples of docs/openapi.json to the running app, as any reader of the document could.

What one operation needs another gives: by the document's links, by ``x-given-by`` in a body, and in the order
of ``x-follows``. What no operation gives (``GIVEN_OUTSIDE``) the walk is told.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, FormData
from jsonschema import Draft202012Validator

from core.chat import frames
from tests.calling import ADMIN, signed_in

DOCS = Path(__file__).parents[2] / "docs"
PATIENCE = 30.0
"""Seconds in which what an operation started has to come about."""

OF_THE_CONNECTION = {"content-type", "content-length", "date", "server", "transfer-encoding", "connection"}
"""Headers that a server sends by itself, and the one that is told as the content's media type."""

type Outside = Mapping[str, Callable[[], Awaitable[Any]]]


class Contract:
    """The document, read."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.operations: dict[str, tuple[str, str, dict[str, Any]]] = {
            told["operationId"]: (method.upper(), path, told)
            for path, methods in document["paths"].items()
            for method, told in methods.items()
        }
        self.links = {
            (link["operationId"], name): (source, expression.partition("#")[2])
            for source, (_, _, told) in self.operations.items()
            for answer in told["responses"].values()
            for link in answer.get("links", {}).values()
            for name, expression in link["parameters"].items()
        }

    @classmethod
    def kept(cls) -> Contract:
        """The document as it is in the repository."""
        return cls(json.loads((DOCS / "openapi.json").read_text()))

    def operation_at(self, method: str, path: str) -> str | None:
        """The operation that answers there, where one does."""
        return next(
            (
                name
                for name, (its_method, template, _) in self.operations.items()
                if its_method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
            ),
            None,
        )

    def at(self, reference: str) -> Any:
        return pointed(self.document, reference.removeprefix("#"))

    def example(self, told: Mapping[str, Any]) -> Any:
        """The example object of a content, ``None`` where there is none."""
        for example in told.get("examples", {}).values():
            return self.at(example["$ref"]) if "$ref" in example else example
        return None

    def check(self, value: Any, schema: Mapping[str, Any]) -> None:
        whole = {**schema, "components": self.document["components"]}
        validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
        wrong = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]
        assert not wrong, "\n".join(wrong)

    def check_headers(self, name: str, status: int, headers: Mapping[str, str]) -> None:
        """Every header is documented for the answer and as it says, and what is always sent is there."""
        told, general = (
            self.operations[name][2]["responses"].get(str(status)),
            self.document["x-every-answer"],
        )
        assert told is not None, f"{name} answered {status}, which is not declared"
        own = {header.lower(): self.at(one["$ref"]) for header, one in told["headers"].items()}
        known = {header.lower(): self.at(one["$ref"]) for header, one in general.items()} | own
        sent = {header.lower(): value for header, value in headers.items()}
        assert sent.keys() - known.keys() <= OF_THE_CONNECTION, f"{name} sent {sent} with {status}"
        missing = {header for header, one in known.items() if one["required"]} - sent.keys()
        assert not missing, f"{name} answered {status} without {missing}"
        for header in sent.keys() & known.keys():
            schema, value = known[header]["schema"], sent[header]
            self.check(int(value) if schema["type"] == "integer" else value, schema)
            if header not in own:
                assert value == schema.get("default", value), f"{name} sent a {header} of its own: {value}"

    def check_events(self, name: str, stream: bytes) -> None:
        """Every event is one that ``x-events`` names, and says all that is declared and nothing else."""
        content = self.operations[name][2]["responses"].get("200", {}).get("content", {})
        if frames.MEDIA_TYPE not in content:
            return
        events = content[frames.MEDIA_TYPE]["x-events"]
        for _, frame in frames.parse(stream):
            assert frame.event in events, f"{name} streamed an event {frame.event}, which is not declared"
            self.check(frame.payload, events[frame.event])
            more = frame.payload.keys() - self.at(events[frame.event]["$ref"])["properties"].keys()
            assert not more, f"{name} says {more} in an event {frame.event}, which is not declared"

    def given(self, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Fields of a body whose values come from elsewhere, with whence."""
        if "$ref" in schema:
            yield from self.given(self.at(schema["$ref"]))
        for name, inner in schema.get("properties", {}).items():
            if "x-given-by" in inner:
                yield name, inner["x-given-by"]


def pointed(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@dataclass
class Answer:
    """What an operation answered, whole."""

    status: int
    media: str
    data: bytes
    headers: Mapping[str, str]

    @property
    def body(self) -> Any:
        return json.loads(self.data)


@dataclass
class Walk:
    """One person's way through the operations; each is asked once, and what it gave is used again.

    ``administrator`` walks for an administrator; both send the same examples.
    """

    api: ClientSession
    contract: Contract
    outside: Outside
    headers: Mapping[str, str] = field(default_factory=dict)
    administrator: Mapping[str, str] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)

    @classmethod
    async def begin(cls, api: ClientSession, contract: Contract, outside: Outside) -> Walk:
        somebody, administrator = await signed_in(api), await signed_in(api, ADMIN)
        return cls(api, contract, outside, somebody.headers, administrator.headers)

    async def take(self, name: str) -> Answer:
        """Ask an operation, after all that it needs."""
        if name not in self.answers:
            for before in self.contract.operations[name][2].get("x-follows", ()):
                await self.take(before)
            for media in self.bodies(name):
                self.answers[name] = await self.ask(name, media)
        return self.answers[name]

    def bodies(self, name: str) -> list[str | None]:
        """The media types a request's examples are of; the one that others build on comes last."""
        content = self.contract.operations[name][2].get("requestBody", {}).get("content", {})
        return [media for media in reversed(content) if self.contract.example(content[media])] or [None]

    async def ask(self, name: str, media: str | None = None) -> Answer:
        """Send one example; what was started is waited for, and the answer is checked."""
        method, path, told = self.contract.operations[name]
        place, query, headers = path, {}, dict(self.caller(told))
        for parameter in told["parameters"]:
            if "x-left-out" in parameter:
                continue
            value = await self.value(name, parameter)
            if parameter["in"] == "path":
                place = place.replace("{" + parameter["name"] + "}", str(value))
            elif parameter["in"] == "query":
                query[parameter["name"]] = json.dumps(value) if isinstance(value, bool) else str(value)
            else:
                headers[parameter["name"]] = f"{value}-{media}"
        sent = await self.body(told, media) if media else {}
        headers |= sent.pop("headers", {})
        asked = self.api.request(method, place, params=query, headers=headers, allow_redirects=False, **sent)
        async with asked as got:
            answer = Answer(got.status, got.content_type, await got.read(), got.headers)
            self.judge(name, answer)
            if got.status == 202 and got.headers["Location"].startswith("/api/"):
                await self.until_over(got.headers["Location"], headers)
        return answer

    def caller(self, told: Mapping[str, Any]) -> Mapping[str, str]:
        for requirement in told.get("security", ()):
            if "accessToken" in requirement:
                return self.administrator if "administrator" in requirement["accessToken"] else self.headers
        return {}

    async def value(self, name: str, parameter: Mapping[str, Any]) -> Any:
        if (name, parameter["name"]) not in self.contract.links:
            return parameter["example"]
        return await self.fetch(*self.contract.links[name, parameter["name"]])

    async def fetch(self, source: str, pointer: str) -> Any:
        """What another operation's answer has there; it may take a while to be there."""
        answer = await self.take(source)
        for _ in range(int(PATIENCE / 0.1)):
            try:
                return pointed(answer.body, pointer)
            except (LookupError, TypeError):
                await asyncio.sleep(0.1)
                answer = self.answers[source] = await self.ask(source)
        raise AssertionError(f"{source} never answered anything at {pointer}: {answer.data[:500]!r}")

    async def body(self, told: Mapping[str, Any], media: str) -> dict[str, Any]:
        content = told["requestBody"]["content"][media]
        example = self.contract.example(content)
        if "x-files" in example:
            form = FormData()
            for name, file in example["x-files"].items():
                form.add_field(name, (DOCS / file).read_bytes(), filename=Path(file).name)
            return {"data": form}
        if "externalValue" in example:
            data = (DOCS / example["externalValue"]).read_bytes()
            return {"data": data, "headers": {"Content-Type": media}}
        value = dict(example["value"])
        for name, whence in self.contract.given(content["schema"]):
            if name in value:
                source, found, pointer = whence.partition("#")
                value[name] = await (self.fetch(source, pointer) if found else self.outside[whence]())
        return {"json": value}

    async def until_over(self, location: str, headers: Mapping[str, str]) -> None:
        for _ in range(int(PATIENCE / 0.1)):
            async with self.api.get(location, headers={} if "sig=" in location else headers) as answer:
                if answer.status != 202:
                    assert answer.status == 200, await answer.text()
                    return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{location} is not over after {PATIENCE} s")

    def judge(self, name: str, answer: Answer) -> None:
        """The status is one of success that the document declares, and the body is as it says."""
        declared = self.contract.operations[name][2]["responses"].get(str(answer.status))
        said = f"{name} answered {answer.status}: {answer.data[:1500]!r}"
        assert answer.status < 400, said
        assert declared is not None, said
        self.contract.check_headers(name, answer.status, answer.headers)
        content = declared.get("content", {})
        if not content:
            assert not answer.data, f"{name} answered a body where none is declared"
            return
        told = content.get(answer.media) or content.get(answer.media.partition("/")[0] + "/*")
        assert told is not None, f"{name} answered {answer.media}, which is not declared"
        if answer.media == "application/json":
            self.contract.check(answer.body, told["schema"])
