"""Ids, clock, settings, routes and problems: the small things everything leans on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform import clock, connections, ids, settings
from core.platform.http.routes import Route, allowed

PARTS = st.lists(st.text(max_size=8), max_size=4)


@given(PARTS, PARTS)
def test_stable_ids_are_equal_only_for_equal_parts(one: list[str], other: list[str]) -> None:
    assert (ids.stable_id(*one) == ids.stable_id(*other)) == (one == other)


def test_a_frozen_clock_moves_only_when_told_and_thaws() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with clock.frozen(at) as held:
        assert clock.now() == at
        held.advance(seconds=90)
        assert (clock.now() - at).total_seconds() == 90
    assert clock.now() > at


@pytest.mark.parametrize(
    ("environment", "kind", "named"),
    [
        ({}, settings.CosmosSettings, "COSMOS_DB_ENDPOINT"),
        ({"COSMOS_DB_ENDPOINT": "not a url"}, settings.CosmosSettings, "COSMOS_DB_ENDPOINT"),
        ({}, settings.StorageSettings, "StorageQueue"),
        ({}, settings.OpenAISettings, "OPENAI_BASE_URL"),
        ({"URL_SIGNING_KEY": "tooshort-secret"}, settings.SigningSettings, "URL_SIGNING_KEY"),
        ({"CORS_ALLOWED_ORIGINS": "https://*.example.org"}, settings.RuntimeSettings, "CORS_ALLOWED_ORIGINS"),
        ({"CORS_ALLOWED_ORIGINS": "https://a.org/app"}, settings.RuntimeSettings, "CORS_ALLOWED_ORIGINS"),
        ({"OIDC_ISSUERS": "[secret"}, settings.OidcSettings, "OIDC_ISSUERS: .* is not JSON"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_never_shown(
    environment: dict[str, str],
    kind: type[settings.Settings],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.get.cache_clear()
    for field in kind.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(settings.SettingsError, match=named) as raised:
        settings.get(kind)
    assert all(value not in str(raised.value) for value in environment.values())


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.get.cache_clear()
    monkeypatch.setenv("COSMOS_DB_ENDPOINT", "https://127.0.0.1:8081")
    monkeypatch.setenv("COSMOS_DB_KEY", "very-secret")
    assert "very-secret" not in repr(settings.get(settings.CosmosSettings))


def route(name: str, template: str, *methods: str) -> Route:
    return Route(name, template, methods, None)  # type: ignore[arg-type]  # its promises do not matter here


def test_allowed_methods_are_those_of_all_routes_that_take_the_path() -> None:
    an_id = "0D9C3B52-4F1E-4C5B-9B53-7C1E6F0A2B34"
    table = [
        route("add_item", "api/items", "POST"),
        route("list_items", "api/items", "GET"),
        route("get_item", "api/items/{id:guid}", "GET"),
        route("thumb", "api/items/{id:guid}/{v:regex(^(thumb|cutout{{1}})$)}", "GET"),
    ]
    assert allowed(table, "/api/items") == ["GET", "POST"]
    assert allowed(table, f"/API/items/{an_id}") == ["GET"]
    assert allowed(table, "/api/items/export") == []
    assert allowed(table, f"/api/items/{an_id}/thumb") == ["GET"]
    assert allowed(table, f"/api/items/{an_id}/cutout{{1}}") == []
    assert allowed(table, f"/api/items/{an_id}/CUTOUT") == ["GET"]
    assert allowed(table, f"/api/items/{an_id}/original") == []
    assert allowed(table, "/api/items/1/thumb") == []
    assert allowed(table, f"/api/items/{an_id}/thumb/3") == []
    assert table[3].path == "/api/items/{id}/{v}"
    with pytest.raises(ValueError, match=":int"):
        allowed([route("page", "api/pages/{n:int}", "GET")], "/api/pages/3")


async def test_a_client_is_made_once_however_many_ask_at_once() -> None:
    made: list[object] = []
    closed: list[object] = []

    async def make() -> tuple[object, connections.Closer]:
        await asyncio.sleep(0)
        made.append(object())

        async def close() -> None:
            closed.append(made[0])

        return made[0], close

    clients = await asyncio.gather(*(connections.shared("test", make) for _ in range(20)))
    assert len(set(map(id, clients))) == len(made) == 1
    await connections.close_all()
    assert closed == made


async def test_a_client_that_failed_to_come_to_be_is_tried_again() -> None:
    async def broken() -> tuple[object, connections.Closer]:
        raise OSError("no route")

    for _ in range(2):
        with pytest.raises(OSError, match="no route"):
            await connections.shared("broken", broken)
    await connections.close_all()
