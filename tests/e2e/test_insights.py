"""Wardrobe figures over HTTP, of a wardrobe made over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

ROUTE = "/api/insights/vault"
EARLY_AND_LATE = ("Pacific/Pago_Pago", "Pacific/Kiritimati")
"""25 hours apart, so never on the same day."""
ITEMS: list[dict[str, Any]] = [
    {
        "name": "White shirt", "category": "tops", "subtype": "shirt", "colours": [{"hex": "#f7f7f4"}],
        "price": {"amount": "60.00", "currency": "EUR"},
    },
    {
        "name": "Navy chinos", "category": "trousers", "subtype": "chinos", "colours": [{"hex": "#1b2a49"}],
        "price": {"amount": "9000", "currency": "JPY"},
    },
    {"name": "Brown loafers", "category": "shoes", "subtype": "loafers", "colours": [{"hex": "#5a3a22"}]},
]  # fmt: skip


@pytest.fixture
async def token(api: ClientSession) -> str:
    async with api.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
        return str((await answer.json())["access_token"])


async def asked(api: ClientSession, token: str, **query: str) -> tuple[int, Any]:
    async with api.get(ROUTE, params=query, headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.status, await answer.json()


async def test_figures_of_a_wardrobe_as_of_a_day(api: ClientSession, token: str) -> None:
    today = datetime.now(UTC).date()
    who = {"Authorization": f"Bearer {token}"}
    for item in ITEMS:
        async with api.post("/api/vault/items", json=item, headers=who) as answer:
            added = await answer.json()
            assert answer.status == 201, added
        if item is ITEMS[0]:
            for ago in (0, 1, 400):
                worn = {"worn_on": str(today - timedelta(days=ago))}
                async with api.post(
                    f"/api/vault/items/{added['id']}/wears", json=worn, headers=who
                ) as answer:
                    assert answer.status == 201

    status, found = await asked(api, token, as_of=str(today))
    assert status == 200, found
    assert found["totals"]["active"] == 3
    assert [
        (each["currency"], each["total"], each["cost_per_wear"]) for each in found["worth"]["by_currency"]
    ] == [
        ("EUR", "60.00", "20.00"),
        ("JPY", "9000", None),
    ]
    assert found["streaks"]["current"]["days"] == 2
    assert found["never_worn"]["count"] == 2
    assert found["balance"] is None
    assert 0 < found["score"]["value"] <= 100

    status, before = await asked(api, token, as_of=str(today - timedelta(days=399)))
    assert (status, before["totals"]["active"]) == (200, 1), (
        "a back-dated wear proves that the shirt was there"
    )
    assert before["streaks"]["current"]["days"] == 1
    again = (await asked(api, token, as_of=str(today - timedelta(days=399))))[1]
    assert again == before

    async with api.delete(f"/api/vault/items/{added['id']}", headers=who) as answer:
        assert answer.status == 204
    _, left = await asked(api, token, time_zone="Pacific/Auckland")
    assert (left["totals"]["active"], left["time_zone"]) == (2, "Pacific/Auckland")


async def test_somebody_new_gets_zeros_and_nulls(api: ClientSession, token: str) -> None:
    status, found = await asked(api, token)
    assert (status, found["totals"]["active"], found["score"]["value"]) == (200, 0, None)


async def test_today_is_the_day_it_is_where_the_person_lives(api: ClientSession, token: str) -> None:
    earlier, later = [(await asked(api, token, time_zone=zone))[1]["as_of"] for zone in EARLY_AND_LATE]
    assert earlier < later

    status, _ = await asked(api, token, as_of=later)
    assert status == 200


@pytest.mark.parametrize(
    "query", [{"as_of": day} for day in ("2999-01-01", "tomorrow", "1066-10-14")] + [{"time_zone": "Mars"}]
)
async def test_what_cannot_be_asked_for_is_a_problem(
    api: ClientSession, token: str, query: dict[str, str]
) -> None:
    status, problem = await asked(api, token, **query)
    assert (status, problem["type"]) == (422, "/problems/validation")
    assert problem["errors"][0]["location"] == "query"


async def test_nobody_sees_figures_without_signing_in(api: ClientSession) -> None:
    async with api.get(ROUTE) as answer:
        assert answer.status == 401
