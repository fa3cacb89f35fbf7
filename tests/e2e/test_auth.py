"""Signing in and every bad token, over HTTP, as clients meet them."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import jwt
import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm

from devstack.stack import Stack
from tests.forging import FORGERIES, Forge

type Session = dict[str, Any]


@pytest.fixture
async def session(api: ClientSession) -> Session:
    return await sign_in(api, f"{uuid4()}@example.org")


@pytest.fixture(scope="session")
def signing(stack: Stack) -> dict[str, str]:
    keys: list[dict[str, str]] = json.loads(stack.settings["AUTH_SIGNING_KEYS"])
    return keys[0]


async def sign_in(api: ClientSession, email: str) -> Session:
    async with api.post("/api/auth/local", json={"email": email}) as answer:
        assert answer.status == 200, await answer.text()
        session: Session = await answer.json()
        return session


async def post(api: ClientSession, route: str, **sent: Any) -> tuple[int, Any]:
    async with api.post(f"/api/auth/{route}", **sent) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def refused(api: ClientSession, headers: dict[str, str]) -> tuple[str, str]:
    """Return the problem's slug and the challenge of a refused GET /api/auth/me."""
    async with api.get("/api/auth/me", headers=headers) as answer:
        assert answer.status == 401, await answer.text()
        assert answer.content_type == "application/problem+json"
        return (await answer.json())["type"], answer.headers["WWW-Authenticate"]


async def test_a_newcomer_signs_in_and_is_known(api: ClientSession) -> None:
    email = f"{uuid4()}@example.org"
    session = await sign_in(api, f" {email.upper()} ")
    assert set(session) == {"access_token", "token_type", "expires_in", "refresh_token", "user"}
    assert (session["token_type"], session["expires_in"]) == ("Bearer", 900)
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    async with api.get("/api/auth/me", headers=headers) as answer:
        me = await answer.json()
        assert answer.headers["Cache-Control"] == "no-store"
    assert me["id"] == session["user"]["id"]
    assert (me["email"], me["is_admin"]) == (email, False)
    assert me["created_at"].endswith("Z")


async def test_the_devstacks_administrator_is_one(api: ClientSession) -> None:
    session = await sign_in(api, "admin@example.org")
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    async with api.get("/api/auth/me", headers=headers) as answer:
        assert (await answer.json())["is_admin"] is True


async def test_any_service_verifies_our_tokens_with_the_published_keys(
    api: ClientSession, session: Session
) -> None:
    async with api.get("/api/auth/config") as answer:
        config = await answer.json()
    async with api.get(config["jwks_uri"]) as answer:
        published = await answer.json()
        etag = answer.headers["ETag"]
        assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert all(set(key) == {"kty", "crv", "x", "kid", "alg", "use"} for key in published["keys"])
    kid = jwt.get_unverified_header(session["access_token"])["kid"]
    key = next(key for key in published["keys"] if key["kid"] == kid)
    public = OKPAlgorithm.from_jwk(key)
    assert isinstance(public, Ed25519PublicKey)
    claims = jwt.decode(
        session["access_token"],
        public,
        algorithms=config["token_algorithms"],
        issuer=config["token_issuer"],
        audience=config["token_audience"],
    )
    assert claims["sub"] == session["user"]["id"]
    async with api.get(config["jwks_uri"], headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
    assert config["local"] is True
    assert {issuer["name"] for issuer in config["issuers"]} >= {"devstack", "google", "apple", "entra"}


async def test_refresh_rotates_and_a_retry_gets_the_same(api: ClientSession, session: Session) -> None:
    sent = {"refresh_token": session["refresh_token"]}
    answers = await asyncio.gather(*(post(api, "refresh", json=sent) for _ in range(3)))
    assert [status for status, _ in answers] == [200] * 3
    successors = {body["refresh_token"] for _, body in answers}
    assert len(successors) == 1
    assert session["refresh_token"] not in successors


async def test_a_spent_token_ends_the_session(api: ClientSession, session: Session) -> None:
    current = session
    for _ in range(2):
        _, current = await post(api, "refresh", json={"refresh_token": current["refresh_token"]})
    status, problem = await post(api, "refresh", json={"refresh_token": session["refresh_token"]})
    assert (status, problem["type"]) == (401, "/problems/refresh-token-reused")
    status, problem = await post(api, "refresh", json={"refresh_token": current["refresh_token"]})
    assert (status, problem["type"]) == (401, "/problems/session-ended")


async def test_after_logout_nothing_refreshes(api: ClientSession, session: Session) -> None:
    sent = {"refresh_token": session["refresh_token"]}
    for _ in range(2):
        assert await post(api, "logout", json=sent) == (204, None)
    status, problem = await post(api, "refresh", json=sent)
    assert (status, problem["type"]) == (401, "/problems/session-ended")


async def test_logout_by_access_token_alone(api: ClientSession, session: Session) -> None:
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    assert await post(api, "logout", headers=headers, json={}) == (204, None)
    assert await post(api, "logout", headers=headers, skip_auto_headers=["Content-Type"]) == (204, None)
    status, _ = await post(api, "refresh", json={"refresh_token": session["refresh_token"]})
    assert status == 401
    assert (await post(api, "logout", json={}))[0] == 401


@pytest.mark.parametrize(
    ("route", "body", "pointer"),
    [
        ("local", {"email": 7}, "/email"),
        ("local", {"email": None}, "/email"),
        ("local", {"email": "nobody"}, "/email"),
        ("local", {}, "/email"),
        ("local", {"email": "a@example.org", "is_admin": True}, "/is_admin"),
        ("local", ["a@example.org"], ""),
        ("refresh", {"refresh_token": 7}, "/refresh_token"),
        ("refresh", {"refresh_token": "x" * 4097}, "/refresh_token"),
        ("refresh", {"token": "x"}, "/token"),
        ("logout", {"refresh_token": {}}, "/refresh_token"),
        ("logout", {"everywhere": True}, "/everywhere"),
    ],
)
async def test_a_wrong_body_names_the_field(api: ClientSession, route: str, body: Any, pointer: str) -> None:
    status, problem = await post(api, route, json=body)
    assert (status, problem["type"]) == (422, "/problems/validation")
    assert pointer in [error["pointer"] for error in problem["errors"]]


async def test_broken_json_is_malformed(api: ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    status, problem = await post(api, "refresh", data=b'{"refresh_token": ', headers=headers)
    assert (status, problem["type"]) == (400, "/problems/malformed")


async def test_without_credentials_the_challenge_names_the_scheme(api: ClientSession) -> None:
    assert await refused(api, {}) == ("/problems/unauthenticated", "Bearer")


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_bad_access_token_is_refused(
    api: ClientSession, session: Session, signing: dict[str, str], forgery: str
) -> None:
    forge = Forge(signing, session["user"]["id"])
    async with api.get("/api/auth/me", headers={"Authorization": f"Bearer {forge.ours()}"}) as answer:
        assert answer.status == 200, "the forgeries differ from a good token in one thing only"
    slug, challenge = await refused(api, {"Authorization": f"Bearer {FORGERIES[forgery](forge)}"})
    assert (slug, challenge) == ("/problems/invalid-token", 'Bearer error="invalid_token"')


async def test_a_refresh_token_is_no_access_token_nor_the_other_way(
    api: ClientSession, session: Session
) -> None:
    slug, _ = await refused(api, {"Authorization": f"Bearer {session['refresh_token']}"})
    assert slug == "/problems/invalid-token"
    status, problem = await post(api, "refresh", json={"refresh_token": session["access_token"]})
    assert (status, problem["type"]) == (401, "/problems/session-ended")
    assert session["access_token"] not in json.dumps(problem)
