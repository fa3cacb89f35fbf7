"""Asking an issuer to revoke: what becomes of it where the issuer is unknown, cannot revoke, or refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from core.identity import fetching
from core.identity.jwks import Fetched
from core.identity.revoking import revoke
from core.platform.errors import BadUpstream
from tests.fixtures.tuning import Tune

HOUSE = "https://id.example"
ENDPOINT = f"{HOUSE}/revoke"


class House:
    """An issuer as the requests it gets and how it answers them."""

    def __init__(self) -> None:
        self.discovery: Mapping[str, Any] = {"revocation_endpoint": ENDPOINT}
        self.status = 200
        self.posted: list[tuple[str, Mapping[str, str]]] = []

    async def discover(self, url: str) -> Fetched:
        if url != f"{HOUSE}/.well-known/openid-configuration":
            raise BadUpstream("not here")
        return Fetched(self.discovery)

    async def take(self, url: str, form: Mapping[str, str]) -> int:
        self.posted.append((url, form))
        return self.status


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, tune: Tune) -> House:
    house = House()
    monkeypatch.setattr(fetching, "fetch_json", house.discover)
    monkeypatch.setattr(fetching, "post_form", house.take)
    tune("OIDC_ISSUERS", json.dumps([{"name": "house", "issuer": HOUSE, "client_ids": ["ours", "other"]}]))
    return house


@pytest.mark.parametrize(
    ("status", "became"), [(200, "revoked"), (400, "refused"), (401, "refused"), (404, "refused")]
)
async def test_the_token_goes_to_the_endpoint_that_discovery_names_without_a_secret(
    house: House, status: int, became: str
) -> None:
    house.status = status
    assert await revoke("house", "token") == became
    assert house.posted == [(ENDPOINT, {"token": "token", "client_id": "ours"})]


@pytest.mark.parametrize(
    "discovery",
    [{}, {"revocation_endpoint": None}, {"revocation_endpoint": "http://elsewhere.example/revoke"}],
)
async def test_a_token_goes_nowhere_where_no_endpoint_over_https_is_named(
    house: House, discovery: Mapping[str, Any]
) -> None:
    house.discovery = discovery
    assert await revoke("house", "token") == "unsupported"
    assert house.posted == []


async def test_an_issuer_that_is_configured_no_more_is_not_asked(house: House) -> None:
    assert await revoke("gone", "token") == "unsupported"
    assert house.posted == []
