"""Whose id_token is taken, by each kind of issuer's own rules, and what it is believed about an address."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from core.identity import id_tokens, issuers
from core.identity.errors import InvalidIdToken
from core.identity.id_tokens import Identity
from core.identity.jwks import Fetched, IssuerKeys
from core.platform.settings import OidcIssuer
from devstack.oidc.houses import CONTOSO, HOUSES
from devstack.oidc.keys import KeyRing
from devstack.oidc.minting import Order, mint
from devstack.services import oidc_issuers

ORIGIN = "http://127.0.0.1:8084"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FABRIKAM = "99999999-2222-4333-8444-555555555555"
CONFIGURED = issuers.read(OidcIssuer.model_validate(entry) for entry in oidc_issuers(ORIGIN))
HOUSE_OF = {"devstack": "", "google": "google", "apple": "apple", "entra": "entra", "contoso": "contoso"}


@cache
def ring() -> KeyRing:
    return KeyRing()


def published(reserved: str | None = None) -> list[dict[str, Any]]:
    return [key if reserved is None else {**key, "issuer": reserved} for key in ring().jwks["keys"]]


def token(name: str, **order: Any) -> str:
    return mint(Order.model_validate({"house": HOUSE_OF[name], **order}), ring(), ORIGIN, NOW.timestamp())


async def read(
    name: str, text: str, nonce: str | None = None, reserved: str | None = None, **changed: Any
) -> Identity:
    entry = next(entry for entry in oidc_issuers(ORIGIN) if (entry.get("name") or entry["preset"]) == name)
    (issuer,) = issuers.read([OidcIssuer.model_validate({**entry, **changed})])

    async def provider(url: str) -> Fetched:
        if url.endswith("openid-configuration"):
            return Fetched({"issuer": issuer.issuer, "jwks_uri": f"{ORIGIN}/jwks"})
        return Fetched({"keys": published(reserved)})

    keys = IssuerKeys(issuer.issuer, provider, issuer.metadata)
    return await id_tokens.read(text, issuer=issuer, keys=keys, nonce=nonce, now=NOW)


@pytest.mark.parametrize("name", HOUSE_OF)
async def test_each_issuers_own_token_names_one_identity(name: str) -> None:
    first, second = [await read(name, token(name, email="ada@example.org")) for _ in range(2)]
    assert first == second
    assert first.id != (await read(name, token(name, email="bea@example.org"))).id
    assert first.email == "ada@example.org"


@pytest.mark.parametrize(("ours", "theirs"), [(a, b) for a in HOUSE_OF for b in HOUSE_OF if a != b])
async def test_no_issuers_token_passes_for_anothers_though_the_keys_are_the_same(
    ours: str, theirs: str
) -> None:
    if {ours, theirs} == {"entra", "contoso"}:  # one tenant, seen through two doors: one identity
        assert (await read(ours, token(theirs))).id == (await read(theirs, token(theirs))).id
        return
    with pytest.raises(InvalidIdToken):
        await read(ours, token(theirs))


async def test_both_spellings_of_googles_name_are_one_issuer() -> None:
    bare = token("google", claims={"iss": f"{ORIGIN}/google".partition("://")[2]})
    assert (await read("google", bare)).id == (await read("google", token("google"))).id


@pytest.mark.parametrize(
    "order",
    [
        {"claims": {"aud": "another-app"}},
        {"claims": {"aud": ["pluckit", "another-app"], "azp": "pluckit"}},
        {"claims": {"aud": ["pluckit", "pluckit-ios"]}},
        {"claims": {"azp": "another-app"}},
        {"claims": {"azp": None}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"iss": ORIGIN + "/"}},
        {"claims": {"iss": [ORIGIN]}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": "x" * 256}},
        {"claims": {"sub": 7}},
        {"expires_in": -11},
        {"age": -11},
        {"claims": {"nbf": int(NOW.timestamp()) + 11}},
        {"expires_in": 26 * 3600},
        *({"omit": [name]} for name in ("iss", "aud", "sub", "exp", "iat")),
        {"alg": "none"},
        {"alg": "HS256"},
        {"stranger": True},
        {"stranger": True, "headers": {"kid": "rs256-1"}},
        {"corrupt": True},
        {"headers": {"kid": None}},
        {"headers": {"kid": "x" * 257}},
        {"alg": "ES256", "headers": {"kid": "rs256-1"}},
        {"headers": {"alg": "ES256"}},
        {"headers": {"typ": "at+jwt"}},
        {"headers": {"typ": "logout+jwt"}},
        {"headers": {"crit": ["b64"], "b64": False}},
        {"claims": {"scp": "user.read"}},
        {"claims": {"idtyp": "app"}},
        {"claims": {"events": {}}},
    ],
    ids=str,
)
async def test_what_is_not_an_id_token_made_for_this_app_now_is_refused(order: dict[str, Any]) -> None:
    with pytest.raises(InvalidIdToken):
        await read("devstack", token("devstack", **order))


@pytest.mark.parametrize(
    "order",
    [
        {"age": -9},
        {"expires_in": -9},
        {"claims": {"azp": "pluckit"}},
        {"claims": {"aud": ["pluckit"]}},
        {"headers": {"typ": None}},
        {"headers": {"typ": "jwt"}},
        {"alg": "ES256"},
        {"omit": ["nbf", "jti"]},
        {"claims": {"idtyp": "user"}},
    ],
    ids=str,
)
async def test_what_differs_harmlessly_is_taken(order: dict[str, Any]) -> None:
    assert (await read("devstack", token("devstack", **order))).subject


async def test_several_audiences_are_fine_if_all_are_clients_of_ours() -> None:
    sent = token("google", claims={"aud": ["pluckit", "pluckit-ios"], "azp": "pluckit-ios"})
    assert await read("google", sent, client_ids=("pluckit", "pluckit-ios"))
    with pytest.raises(InvalidIdToken):
        await read("google", sent, client_ids=("pluckit",))


async def test_the_algorithms_are_the_issuers_and_not_the_tokens() -> None:
    assert await read("devstack", token("devstack", alg="ES256"))
    with pytest.raises(InvalidIdToken):
        await read("devstack", token("devstack", alg="ES256"), algorithms=("RS256",))


@pytest.mark.parametrize("header", ["jku", "x5u", "jwk", "x5c"])
async def test_keys_that_a_token_brings_along_are_never_used(header: str) -> None:
    stranger = ring().stranger[0]
    value: Any = {"jwk": stranger.jwk, "x5c": ["MIIB"]}.get(header, "https://evil.example/keys")
    forged = token("devstack", stranger=True, headers={header: value, "kid": "rs256-1"})
    with pytest.raises(InvalidIdToken):
        await read("devstack", forged)
    assert await read("devstack", token("devstack", headers={header: value}))


async def test_the_nonce_must_be_the_tokens_where_one_is_sent() -> None:
    sent = token("devstack", claims={"nonce": "n-1"})
    assert await read("devstack", sent, nonce="n-1")
    assert await read("devstack", sent)
    for text, nonce in (
        (sent, "n-2"),
        (token("devstack"), "n-1"),
        (token("devstack", claims={"nonce": 1}), "1"),
    ):
        with pytest.raises(InvalidIdToken, match="nonce"):
            await read("devstack", text, nonce=nonce)


class TestEntra:
    async def test_any_tenant_may_come_through_the_common_door(self) -> None:
        known = await read("entra", token("entra", claims={"tid": FABRIKAM}))
        assert known.issuer == f"{ORIGIN}/entra/{FABRIKAM}/v2.0"

    @pytest.mark.parametrize(
        "claims",
        [
            {"tid": FABRIKAM, "iss": f"{ORIGIN}/entra/{CONTOSO}/v2.0"},
            {"tid": None, "iss": f"{ORIGIN}/entra/{CONTOSO}/v2.0"},
            {"tid": "{tenantid}"},
            {"tid": "common"},
            {"tid": "../evil"},
            {"iss": f"{ORIGIN}/entra/{{tenantid}}/v2.0"},
        ],
        ids=str,
    )
    async def test_tenant_and_issuer_must_be_of_one_piece(self, claims: dict[str, Any]) -> None:
        with pytest.raises(InvalidIdToken):
            await read("entra", token("entra", claims=claims))

    async def test_only_tenants_that_are_let_in_come_in(self) -> None:
        assert await read("entra", token("entra"), allowed_tenants=(CONTOSO,))
        with pytest.raises(InvalidIdToken):
            await read("entra", token("entra", claims={"tid": FABRIKAM}), allowed_tenants=(CONTOSO,))
        with pytest.raises(InvalidIdToken):
            await read("contoso", token("entra", claims={"tid": FABRIKAM}))

    async def test_a_key_reserved_for_one_tenant_signs_for_no_other(self) -> None:
        each = f"{ORIGIN}/entra/{{tenantid}}/v2.0"
        assert await read("entra", token("entra"), reserved=each)
        assert await read("entra", token("entra"), reserved=each.replace("{tenantid}", CONTOSO))
        with pytest.raises(InvalidIdToken):
            await read("entra", token("entra"), reserved=each.replace("{tenantid}", FABRIKAM))


@pytest.mark.parametrize(
    ("name", "email", "claims", "verified", "vouched"),
    [
        ("devstack", "ada@example.org", {}, True, True),
        ("devstack", "ada@gmail.com", {}, True, False),
        ("devstack", "ada@sub.example.org", {}, True, False),
        ("devstack", "ada@example.org", {"email_verified": False}, False, False),
        ("devstack", "ada@example.org", {"email_verified": "false"}, False, False),
        ("google", "ada@gmail.com", {}, True, True),
        ("google", "ada@gmail.com", {"email_verified": False}, False, False),
        ("google", "ada@yahoo.com", {}, True, False),
        ("google", "ada@corp.example", {"hd": "corp.example"}, True, True),
        ("google", "ada@corp.example", {"hd": "corp.example", "email_verified": False}, False, False),
        ("google", "ada@notgmail.com", {}, True, False),
        ("apple", "ada@icloud.com", {}, True, True),
        ("apple", "x@privaterelay.appleid.com", {}, True, True),
        ("apple", "ada@gmail.com", {}, True, False),
        ("entra", "ada@contoso.example", {}, False, False),
        ("entra", "ada@contoso.example", {"email_verified": True}, False, False),
        ("entra", "ada@contoso.example", {"xms_edov": True}, True, True),
        ("entra", "ada@contoso.example", {"xms_edov": "1"}, True, True),
        ("entra", "ada@contoso.example", {"xms_edov": 1}, True, True),
        ("entra", "ada@contoso.example", {"xms_edov": False}, False, False),
        ("contoso", "ada@contoso.example", {}, False, False),
    ],
)
async def test_an_issuers_word_about_an_address_is_worth_what_it_decides(
    name: str, email: str, claims: dict[str, Any], verified: bool, vouched: bool
) -> None:
    known = await read(name, token(name, email=email, claims=claims))
    assert (known.email, known.verified, known.vouched) == (email, verified, vouched)


@pytest.mark.parametrize("email", [None, 7, "nobody", "\u212aelvin@example.org", "a@b@example.org"])
async def test_an_address_that_cannot_be_compared_is_none(email: Any) -> None:
    known = await read("devstack", token("devstack", claims={"email": email}))
    assert (known.email, known.verified, known.vouched) == (None, False, False)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ORIGIN, "devstack"),
        ("devstack", "devstack"),
        ("google", "google"),
        (f"{ORIGIN}/google", "google"),
        ("127.0.0.1:8084/google", "google"),
        (f"{ORIGIN}/entra/{{tenantid}}/v2.0", "entra"),
        (f"{ORIGIN}/entra/common/v2.0", "entra"),
        (f"{ORIGIN}/entra/{FABRIKAM}/v2.0", "entra"),
        ("contoso", "contoso"),
        (f"{ORIGIN}/entra/evil/v2.0", None),
        (f"{ORIGIN}/google/", None),
        ("", None),
        ("https://evil.example", None),
    ],
)
def test_clients_may_name_an_issuer_by_any_of_its_names(text: str, name: str | None) -> None:
    found = issuers.find(CONFIGURED, text)
    assert (found and found.name) == name


def test_presets_are_at_the_providers_real_addresses() -> None:
    plain = {"client_ids": ["x"]}
    entries = [
        {"preset": "google", **plain},
        {"preset": "apple", **plain},
        {"preset": "entra", "tenant": "common", **plain},
        {"preset": "entra", "name": "personal", "tenant": "consumers", **plain},
        {"preset": "entra", "name": "corp", "tenant": CONTOSO, **plain},
    ]
    read = issuers.read(OidcIssuer.model_validate_json(json.dumps(entry)) for entry in entries)
    microsoft = "https://login.microsoftonline.com"
    assert [(issuer.issuer, issuer.metadata) for issuer in read] == [
        ("https://accounts.google.com",) * 2,
        ("https://appleid.apple.com",) * 2,
        (f"{microsoft}/{{tenantid}}/v2.0", f"{microsoft}/common/v2.0"),
        (f"{microsoft}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", f"{microsoft}/consumers/v2.0"),
        (f"{microsoft}/{CONTOSO}/v2.0",) * 2,
    ]
    assert read[0].aliases == ("accounts.google.com",)
    assert all(issuer.algorithms == ("RS256",) for issuer in read)


def test_the_devstacks_houses_are_the_configured_issuers() -> None:
    assert {HOUSES[HOUSE_OF[issuer.name]].metadata for issuer in CONFIGURED} == {
        issuer.metadata.removeprefix(ORIGIN) for issuer in CONFIGURED
    }
