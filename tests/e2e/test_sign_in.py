"""Signing in with another issuer's id_token, and the sessions it opens, over HTTP as clients do."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from tests.fixtures.issuer import IssuerControl

type Answer = tuple[int, Any]
BACK = "http://127.0.0.1:9/back"


@pytest.fixture
def email() -> str:
    return f"{uuid4()}@example.org"


async def call(api: ClientSession, method: str, path: str, session: Any = None, **sent: Any) -> Answer:
    headers = {"Authorization": f"Bearer {session['access_token']}"} if session else {}
    async with api.request(method, f"/api/auth/{path}", headers=headers, **sent) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def post_token(api: ClientSession, token: str, issuer: str = "devstack", **sent: Any) -> Answer:
    return await call(api, "POST", "token", json={"issuer": issuer, "id_token": token, **sent})


async def signed_in(api: ClientSession, issuer: IssuerControl, email: str, house: str = "") -> Any:
    token = await issuer.mint(email=email, house=house)
    status, session = await post_token(api, token, house or "devstack")
    assert status == 200, session
    return session


async def by_authorization_code(issuer: IssuerControl, email: str, nonce: str) -> str:
    """Sign in at the issuer as a browser does: form, redirect, code, PKCE."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"client_id": "pluckit", "redirect_uri": BACK, "response_type": "code", "nonce": nonce}
    form = asked | {"code_challenge": challenge, "code_challenge_method": "S256", "email": email}
    async with issuer.control.post("/authorize", data=form, allow_redirects=False) as answer:
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    redeem = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    redeem |= {"client_id": "pluckit", "redirect_uri": BACK}
    async with issuer.control.post("/token", data=redeem) as answer:
        return str((await answer.json())["id_token"])


async def test_a_person_signs_in_at_the_issuer_and_then_here(
    api: ClientSession, devstack_issuer: IssuerControl, email: str
) -> None:
    _, config = await call(api, "GET", "config")
    issuer = next(option for option in config["issuers"] if option["name"] == "devstack")
    token = await by_authorization_code(devstack_issuer, email, "n-1")
    assert (await post_token(api, token, issuer["issuer"], nonce="n-2"))[0] == 401
    status, session = await post_token(api, token, issuer["issuer"], nonce="n-1")
    assert status == 200
    assert set(session) == {"access_token", "token_type", "expires_in", "refresh_token", "user"}
    assert session["user"]["email"] == email
    assert (await call(api, "GET", "me", session))[1]["id"] == session["user"]["id"]
    assert (await call(api, "POST", "refresh", json={"refresh_token": session["refresh_token"]}))[0] == 200


@pytest.mark.parametrize("house", ["", "google", "apple", "entra", "contoso"])
async def test_every_kind_of_issuer_signs_its_people_in(
    api: ClientSession, devstack_issuer: IssuerControl, email: str, house: str
) -> None:
    first, second = await asyncio.gather(*(signed_in(api, devstack_issuer, email, house) for _ in range(2)))
    assert first["user"] == second["user"]


@pytest.mark.parametrize(
    ("order", "sent", "status", "slug"),
    [
        ({}, {"issuer": "https://evil.example"}, 422, "unknown-issuer"),
        ({}, {"issuer": "google"}, 401, "invalid-id-token"),
        ({"claims": {"aud": "another-app"}}, {}, 401, "invalid-id-token"),
        ({"expires_in": -60}, {}, 401, "invalid-id-token"),
        ({"alg": "none"}, {}, 401, "invalid-id-token"),
        ({"alg": "HS256"}, {}, 401, "invalid-id-token"),
        ({"stranger": True}, {}, 401, "invalid-id-token"),
        ({"corrupt": True}, {}, 401, "invalid-id-token"),
        ({}, {"nonce": "another"}, 401, "invalid-id-token"),
        ({}, {"nonce": ""}, 422, "validation"),
        ({}, {"id_token": ""}, 401, "invalid-id-token"),
        ({}, {"id_token": "x" * 16_385}, 422, "validation"),
        ({}, {"client_secret": "s"}, 422, "validation"),
    ],
    ids=str,
)
async def test_a_bad_sign_in_is_told_what_is_wrong(
    api: ClientSession,
    devstack_issuer: IssuerControl,
    order: dict[str, Any],
    sent: dict[str, str],
    status: int,
    slug: str,
) -> None:
    body = {"issuer": "devstack", "id_token": await devstack_issuer.mint(**order), **sent}
    answered, problem = await call(api, "POST", "token", json=body)
    assert (answered, problem["type"]) == (status, f"/problems/{slug}")
    assert body["id_token"][:20] not in str(problem) or not body["id_token"]


async def test_an_address_alone_is_a_conflict_with_a_way_out(
    api: ClientSession, devstack_issuer: IssuerControl
) -> None:
    email = f"{uuid4()}@gmail.com"
    owner = await signed_in(api, devstack_issuer, email, "google")
    apple = await devstack_issuer.mint(email=email, house="apple")
    status, problem = await post_token(api, apple, "apple")
    assert (status, problem["type"]) == (409, "/problems/account-exists")
    assert "with google" in problem["detail"]
    adding = {"issuer": "apple", "id_token": apple}
    assert (await call(api, "POST", "identities", json=adding))[0] == 401
    assert await call(api, "POST", "identities", owner, json=adding) == (
        200,
        {"issuer": "apple", "email": email},
    )
    assert (await post_token(api, apple, "apple"))[1]["user"] == owner["user"]


async def test_an_id_token_opens_one_session(
    api: ClientSession, devstack_issuer: IssuerControl, email: str
) -> None:
    token = await devstack_issuer.mint(email=email)
    answers = await asyncio.gather(*(post_token(api, token) for _ in range(4)))
    assert [status for status, _ in answers] == [200] * 4
    assert len({session["refresh_token"] for _, session in answers}) == 1
    session = answers[0][1]
    assert (await call(api, "POST", "logout", json={"refresh_token": session["refresh_token"]}))[0] == 204
    status, problem = await post_token(api, token)
    assert (status, problem["type"]) == (401, "/problems/id-token-spent")


async def test_a_person_sees_their_devices_and_signs_one_out(
    api: ClientSession, devstack_issuer: IssuerControl, email: str
) -> None:
    here, there = [await signed_in(api, devstack_issuer, email) for _ in range(2)]
    status, listed = await call(api, "GET", "sessions", here)
    assert (status, len(listed["items"])) == (200, 2)
    assert [item["current"] for item in listed["items"]].count(True) == 1
    other = next(item for item in listed["items"] if not item["current"])
    assert set(other) == {
        "id", "created_at", "last_used_at", "expires_at", "device", "signed_in_with", "current"
    }  # fmt: skip
    assert other["device"].startswith("Python")
    assert other["signed_in_with"] == "devstack"
    for spelled in (other["id"].upper(), other["id"]):
        assert (await call(api, "DELETE", f"sessions/{spelled}", here))[0] == 204
        status, problem = await call(api, "POST", "refresh", json={"refresh_token": there["refresh_token"]})
        assert (status, problem["type"]) == (401, "/problems/session-ended")
    # Its access token still reads, but no longer touches the account.
    assert (await call(api, "GET", "me", there))[0] == 200
    closed = (("GET", "sessions"), ("DELETE", "sessions"), ("POST", "me/export"), ("DELETE", "me"))
    for method, path in closed:
        status, problem = await call(api, method, path, there)
        assert (status, problem["type"]) == (401, "/problems/session-ended"), path
    assert [item["id"] for item in (await call(api, "GET", "sessions", here))[1]["items"]] != [other["id"]]


async def test_nobody_signs_another_persons_device_out(
    api: ClientSession, devstack_issuer: IssuerControl, email: str
) -> None:
    mine, theirs = [await signed_in(api, devstack_issuer, f"{who}{email}") for who in ("a", "b")]
    (session,) = (await call(api, "GET", "sessions", theirs))[1]["items"]
    status, problem = await call(api, "DELETE", f"sessions/{session['id']}", mine)
    assert (status, problem["type"]) == (404, "/problems/session-not-found")
    assert (await call(api, "POST", "refresh", json={"refresh_token": theirs["refresh_token"]}))[0] == 200


@pytest.mark.parametrize("keep_current", [True, False])
async def test_signing_out_everywhere_means_here_too_unless_told_otherwise(
    api: ClientSession, devstack_issuer: IssuerControl, email: str, keep_current: bool
) -> None:
    here, *others = [await signed_in(api, devstack_issuer, email) for _ in range(4)]
    asked = {"params": {"keep_current": "true"}} if keep_current else {}
    ended = 3 if keep_current else 4
    assert await call(api, "DELETE", "sessions", here, **asked) == (200, {"ended": ended})
    refreshed = [
        (await call(api, "POST", "refresh", json={"refresh_token": session["refresh_token"]}))[0]
        for session in (here, *others)
    ]
    assert refreshed == [200 if keep_current else 401, 401, 401, 401]
    if keep_current:
        assert await call(api, "DELETE", "sessions", here, **asked) == (200, {"ended": 0})


async def test_whether_to_stay_signed_in_has_to_be_said_or_left_out(api: ClientSession, email: str) -> None:
    async with api.post("/api/auth/local", json={"email": email}) as answer:
        headers = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
    async with api.delete("/api/auth/sessions?keep_current=", headers=headers) as answer:
        assert (answer.status, (await answer.json())["errors"][0]["pointer"]) == (422, "/keep_current")
    async with api.get("/api/auth/sessions", headers=headers) as answer:
        assert answer.status == 200
