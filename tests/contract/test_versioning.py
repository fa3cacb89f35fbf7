"""What was released stays true: docs/versioning.md says what may change, and this finds what may not."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from devstack.contract.breaking import breaking
from devstack.openapi import RELEASED, document, promised

TODAY = date(2026, 1, 1)
NOW = promised(document())
type Change = Callable[[dict[str, Any]], object]


def test_nothing_that_was_released_is_broken() -> None:
    found = breaking(json.loads(RELEASED.read_text()), document(), date.today())
    assert not found, "clients of the last release would stumble (docs/versioning.md):\n" + "\n".join(found)


def test_the_words_of_a_document_bind_nobody() -> None:
    assert breaking(document(), NOW, TODAY) == breaking(NOW, document(), TODAY) == []


def operation(told: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = told["paths"][path][method]
    return found


def schema(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = told["components"]["schemas"][name]
    return found


def answer(told: dict[str, Any], path: str, method: str, status: str) -> dict[str, Any]:
    found: dict[str, Any] = operation(told, path, method)["responses"][status]
    return found


def header(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = told["components"]["headers"][name]
    return found


def events(told: dict[str, Any]) -> dict[str, Any]:
    content = answer(told, "/api/chat", "post", "200")["content"]
    found: dict[str, Any] = content["text/event-stream"]["x-events"]
    return found


def item(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema(told, "Item")["properties"][name]
    return found


def parameter(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = operation(told, ITEMS, "get")["parameters"]
    return next(each for each in found if each["name"] == name)


def put(where: dict[str, Any], **values: Any) -> None:
    where.update(values)


ITEMS, ONE = "/api/vault/items", "/api/vault/items/{item_id}"
BROKEN: dict[str, Change] = {
    "remove_vault_item: DELETE /api/vault/items/{item_id} is gone": lambda t: t["paths"][ONE].pop("delete"),
    "add_vault_item: it no longer answers 201": lambda t: operation(t, ITEMS, "post")["responses"].pop("201"),
    "get_vault_item: the 200 no longer has wear_count": lambda t: schema(t, "Item")["properties"].pop(
        "wear_count"
    ),
    "get_vault_item: the 200 may lack brand now": lambda t: schema(t, "Item")["required"].remove("brand"),
    "get_vault_item: the 200, wear_count was integer and is string": lambda t: put(
        item(t, "wear_count"), type="string"
    ),
    "get_vault_item: the 200, name was string and is null or string": lambda t: put(
        item(t, "name"), anyOf=[{"type": "string"}, {"type": "null"}]
    ),
    "get_vault_item: the 200, created_at was date-time and is string": lambda t: item(t, "created_at").pop(
        "format"
    ),
    "add_vault_item: the body, purchased_on was date or null and is date-time or null": lambda t: put(
        schema(t, "NewItem")["properties"]["purchased_on"]["anyOf"][0], format="date-time"
    ),
    "get_job: the 200, status may be lost now": lambda t: schema(t, "JobStatus")["enum"].append("lost"),
    "answer_taste_quiz: the body, answer no longer takes love": lambda t: schema(t, "Answer")["enum"].remove(
        "love"
    ),
    "add_vault_item: the body needs brand now": lambda t: schema(t, "NewItem")["required"].append("brand"),
    "add_vault_item: the body no longer has fit": lambda t: schema(t, "NewItem")["properties"].pop("fit"),
    "add_vault_item: the body, name has maxLength 60 now, 120 before": lambda t: put(
        schema(t, "NewItem")["properties"]["name"], maxLength=60
    ),
    "list_vault_items: query parameter q is gone": lambda t: put(
        operation(t, ITEMS, "get"),
        parameters=[p for p in operation(t, ITEMS, "get")["parameters"] if p["name"] != "q"],
    ),
    "list_vault_items: query parameter limit has maximum 50 now, 100 before": lambda t: put(
        parameter(t, "limit")["schema"], maximum=50
    ),
    "list_vault_items: query parameter page has to be sent now": lambda t: operation(t, ITEMS, "get")[
        "parameters"
    ].append({"in": "query", "name": "page", "required": True, "schema": {"type": "integer"}}),
    "health: callers with nothing are turned away": lambda t: put(
        operation(t, "/api/health", "get"), security=[{"accessToken": []}]
    ),
    "auth_me: callers with {'accessToken': []} are turned away": lambda t: put(
        operation(t, "/api/auth/me", "get"), security=[{"accessToken": ["administrator"]}]
    ),
    "process_image: the body is no longer image/jpeg": lambda t: operation(t, "/api/process-image", "post")[
        "requestBody"
    ]["content"].pop("image/jpeg"),
    "add_vault_item: the 201 no longer has the header ETag": lambda t: answer(t, ITEMS, "post", "201")[
        "headers"
    ].pop("ETag"),
    "add_vault_item: the 201, header Location may be absent now": lambda t: put(
        header(t, "Location"), required=False
    ),
    "get_job: the 202, header Retry-After was integer and is string": lambda t: put(
        header(t, "Retry-After"), schema={"type": "string"}
    ),
    "chat_post: the 200 no longer has the event outfit": lambda t: events(t).pop("outfit"),
    "chat_post: the 200, event turn no longer has memory": lambda t: schema(t, "TurnEvent")["properties"].pop(
        "memory"
    ),
    "chat_post: the 200, event usage, total_tokens was integer and is string": lambda t: put(
        schema(t, "UsageEvent")["properties"]["total_tokens"], type="string"
    ),
    "run_digest: a body has to be sent now": lambda t: put(
        operation(t, "/api/digest/run", "post"), requestBody={"required": True, "content": {}}
    ),
}


@pytest.mark.parametrize(("sentence", "change"), BROKEN.items(), ids=list(BROKEN))
def test_what_breaks_clients_is_told_in_a_sentence(sentence: str, change: Change) -> None:
    changed = deepcopy(NOW)
    change(changed)
    assert sentence in breaking(NOW, changed, TODAY)


COMPATIBLE: dict[str, Change] = {
    "a new operation": lambda t: put(t["paths"], **{"/api/new": {"get": {"operationId": "new"}}}),
    "a new field of an answer": lambda t: put(schema(t, "Item")["properties"], care={"type": "string"}),
    "a new optional field of a request": lambda t: put(
        schema(t, "NewItem")["properties"], care={"type": "string"}
    ),
    "a longer name": lambda t: put(schema(t, "NewItem")["properties"]["name"], maxLength=200),
    "a request that may say more": lambda t: put(
        schema(t, "NewReaction")["properties"]["answer"],
        enum=["like", "love", "dislike", "skip", "undo", "meh"],
    ),
    "a field that is always there now": lambda t: put(item(t, "brand"), anyOf=[{"type": "string"}]),
    "a header more": lambda t: put(
        answer(t, ITEMS, "get", "200")["headers"], ETag={"$ref": "#/components/headers/ETag"}
    ),
    "a header that is always sent now": lambda t: put(
        header(t, "Idempotent-Replayed.optional"), required=True
    ),
    "an event more": lambda t: put(events(t), picture={"$ref": "#/components/schemas/DeltaEvent"}),
    "a field more of an event": lambda t: put(schema(t, "DeltaEvent")["properties"], tone={"type": "string"}),
    "a problem more": lambda t: put(
        operation(t, ITEMS, "post")["responses"], **{"418": {"description": "`teapot`"}}
    ),
}


@pytest.mark.parametrize("change", COMPATIBLE.values(), ids=list(COMPATIBLE))
def test_what_only_adds_is_no_break(change: Change) -> None:
    changed = deepcopy(NOW)
    change(changed)
    assert changed != NOW
    assert breaking(NOW, changed, TODAY) == []


@pytest.mark.parametrize(("sunset", "gone"), [("2025-12-31", []), ("2026-01-02", ["DELETE"])])
def test_what_was_announced_may_end_when_its_time_has_come(sunset: str, gone: list[str]) -> None:
    released, changed = deepcopy(NOW), deepcopy(NOW)
    put(operation(released, ONE, "delete"), **{"deprecated": True, "x-sunset": sunset})
    changed["paths"][ONE].pop("delete")
    assert [sentence.split()[1] for sentence in breaking(released, changed, TODAY)] == gone
