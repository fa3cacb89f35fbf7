"""Every route against every kind of caller: exactly the status that the contract says.

Routes are read from the app. What is not named below as open to anyone needs a signed-in person, and what is
under ``/api/admin`` an administrator, so a new route is held to that before anybody thinks of it.

Most requests carry an ``Idempotency-Key`` that is too long: it is refused (422) right after the caller was
let in, so that whoever gets past the door by mistake does no harm and is seen.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core.platform.http.routes import Route, routes
from devstack.openapi import document
from devstack.stack import Stack
from function_app import app
from tests.fixtures.issuer import IssuerControl
from tests.forging import FORGERIES, Forge
from tests.lives import PHOTO, Person, export

ANYONE = {
    "auth_config", "auth_jwks", "auth_local", "auth_logout", "auth_refresh", "auth_token", "health",
    "health_ready",
}  # fmt: skip
NOBODYS = ("api/moods/", "api/scraper/")
"""Below these, paths name what belongs to nobody."""
NOTHING_YET = {"get_latest_digest"}
"""Routes without a parameter that are 404 for who is new."""
BODIES: Mapping[str, Mapping[str, Any]] = {
    "Feedback": {"about": "{item_id}", "answer": "like"},
    "TurnFeedback": {"rating": "up"},
    "FactPatch": {"text": "I dislike green"},
    "NewAnswer": {"card_id": "{card_id}", "answer": "like"},
}
"""A good body for each model that does not take an empty one, where the path names a thing."""
QUERIES: Mapping[str, Mapping[str, str]] = {"WornOn": {"worn_on": "2026-01-01"}}
TOO_LONG = {"Idempotency-Key": "x" * 256}
AT_ONCE = asyncio.Semaphore(16)
SPARE = "00000000-0000-4000-8000-000000000000"

ROUTES = list(routes(app))
DOCUMENTED = document()["paths"]
LET_IN = (422, "validation")
BAD_TOKEN = (401, "invalid-token")
type Things = Mapping[str, str]
type Outcome = tuple[int, str]


class Asked(NamedTuple):
    """One way to call a route."""

    route: Route
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.route.template}"


def needs(route: Route) -> str:
    """Whom the contract lets in."""
    if route.name in ANYONE:
        return "anyone"
    return "administrator" if route.template.startswith("api/admin/") else "person"


def url(route: Route, things: Things) -> str:
    """The route's URL with the things in it; a regex constraint takes its first alternative."""
    target = re.sub(r"\{\w+:regex\(\^\((\w+)[^)]*\)\$\)\}", r"\1", route.template)
    return "/" + re.sub(r"\{(\w+)(?::[^}]*)?\}", lambda found: things.get(found[1], SPARE), target)


def every(which: Iterable[Route]) -> list[Asked]:
    return [Asked(route, method) for route in which for method in route.methods]


def owned(route: Route) -> set[str]:
    """The path parameters that name something of one person's."""
    if needs(route) != "person" or route.template.startswith(NOBODYS):
        return set()
    return {name for name in route.parameters if f"{{{name}:guid}}" in route.template}


async def outcome(api: ClientSession, asked: Asked, headers: Mapping[str, str], **sent: Any) -> Outcome:
    """Status and problem slug of an answer; the status must be documented."""
    target = sent.pop("target", url(asked.route, {}))
    async with AT_ONCE, api.request(asked.method, target, headers=headers, **sent) as answer:
        body = await answer.read()
        operation = DOCUMENTED[asked.route.path][asked.method.replace("HEAD", "GET").lower()]
        assert str(answer.status) in operation["responses"], f"{asked}: {answer.status} is not documented"
        problem = json.loads(body) if body and answer.content_type == "application/problem+json" else {}
        return answer.status, problem.get("type", "").removeprefix("/problems/")


async def differing(
    api: ClientSession, headers: Mapping[str, str], refused: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """Ask everything with a key that is too long; return what was not answered as it should be.

    ``refused`` is how, by whom a route needs; all others let the caller in.
    """

    async def one(asked: Asked) -> Outcome:
        return await outcome(api, asked, {**headers, **TOO_LONG})

    everything = every(ROUTES)
    found = {}
    for asked, told in zip(everything, await asyncio.gather(*map(one, everything)), strict=True):
        wanted = refused.get(needs(asked.route), LET_IN)
        if told != (wanted if asked.method != "HEAD" else (wanted[0], "")):
            found[str(asked)] = told
    return found


async def signed_in(api: ClientSession, **who: Any) -> Person:
    """Sign in, if need be once the erasure is over that an earlier test asked for."""
    person = Person(api, **who)
    for _ in range(600):
        if (answer := await person.sign_in()).status == 200:
            return person
        assert answer.slug == "account-being-erased"
        await asyncio.sleep(0.1)
    raise AssertionError("the erasure never ends")


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
async def owner(api: ClientSession) -> Person:
    return await signed_in(api)


@pytest.fixture(scope="module")
async def stranger(api: ClientSession) -> Person:
    return await signed_in(api)


@pytest.fixture(scope="module")
async def admin(api: ClientSession) -> Person:
    return await signed_in(api, email="admin@example.org")


@pytest.fixture(scope="module")
async def things(api: ClientSession, owner: Person) -> Things:
    """One thing of each kind that a path can name, all the owner's."""
    image = await owner.ask("POST", "/api/process-image", data=PHOTO.read_bytes())
    coat = {"name": "Coat", "category": "outerwear", "image_id": image["image_id"]}
    item = await owner.ask("POST", "/api/vault/items", json=coat)
    await owner.ask("POST", f"/api/vault/items/{item['id']}/wears", json=QUERIES["WornOn"])
    finished, quiz = [await owner.ask("POST", "/api/taste/quiz", json={}) for _ in range(2)]
    answer = {"card_id": finished["card"]["card_id"], "answer": "like"}
    await owner.ask("POST", f"/api/taste/quiz/{finished['quiz_id']}/answers", json=answer)
    job = await owner.ask("POST", f"/api/taste/quiz/{finished['quiz_id']}/complete")
    digest = await owner.until_over((await owner.send("POST", "/api/digest/run")).headers["Location"])
    turn = {"turn_id": str(uuid4()), "message": "I love green"}
    await owner.ask("POST", "/api/chat", json=turn)
    [conversation] = (await owner.ask("GET", "/api/chat/conversations"))["items"]
    [fact] = (await owner.ask("GET", "/api/chat/memory"))["items"]
    there = await signed_in(api, email=owner.email)
    return {
        "image_id": image["image_id"],
        "item_id": item["id"],
        "quiz_id": quiz["quiz_id"],
        "card_id": quiz["card"]["card_id"],
        "job_id": job["job_id"],
        "digest_id": digest["result"]["digest_id"],
        "turn_id": turn["turn_id"],
        "conversation_id": conversation["conversation_id"],
        "fact_id": fact["fact_id"],
        "session_id": session_of(there),
        "export_id": urlsplit((await export(owner))["url"]).path.rpartition("/")[2],
    }


def session_of(person: Person) -> str:
    return person.refresh_token.split(".")[1]


def request(route: Route, things: Things) -> dict[str, Any]:
    """A good request for what the path names."""
    body = BODIES.get(route.spec.body.__name__, {}) if route.spec.body else None
    if body is not None:
        body = {name: value.format(**things) for name, value in body.items()}
    query = QUERIES.get(route.spec.query.__name__, {}) if route.spec.query else {}
    return {"target": url(route, things), "params": query, "json": body}


def test_whom_a_route_needs_is_written_down_and_nothing_else_is() -> None:
    assert {route.name for route in ROUTES if route.spec.auth.scheme is None} == ANYONE


async def test_without_a_token_only_what_is_open_to_all_is_open(api: ClientSession) -> None:
    nobody = (401, "unauthenticated")
    assert await differing(api, {}, {"person": nobody, "administrator": nobody}) == {}


@pytest.fixture(scope="module")
async def forge(stack: Stack, admin: Person) -> Forge:
    """Forges an administrator's token, so that nothing but the one fault stands in the way."""
    key = json.loads(stack.settings["AUTH_SIGNING_KEYS"])[0]
    return Forge(key, admin.id, session_of(admin))


async def test_the_forgeries_are_made_from_a_token_that_is_good(api: ClientSession, forge: Forge) -> None:
    assert await differing(api, bearing(forge.ours()), {}) == {}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_bad_token_opens_no_more_than_none(api: ClientSession, forge: Forge, forgery: str) -> None:
    headers = bearing(FORGERIES[forgery](forge))
    assert await differing(api, headers, {"person": BAD_TOKEN, "administrator": BAD_TOKEN}) == {}


@pytest.mark.parametrize("kind", ["refresh token", "id_token", "Basic", "Bearer alone", "no scheme"])
async def test_other_kinds_of_credentials_open_nothing(
    api: ClientSession, admin: Person, devstack_issuer: IssuerControl, kind: str
) -> None:
    sent = {
        "refresh token": f"Bearer {admin.refresh_token}",
        "id_token": f"Bearer {await devstack_issuer.mint(email='admin@example.org')}",
        "Basic": "Basic YWRtaW46YWRtaW4=",
        "Bearer alone": "Bearer",
        "no scheme": admin.token,
    }[kind]
    refused = {"person": BAD_TOKEN, "administrator": BAD_TOKEN}
    assert await differing(api, {"Authorization": sent}, refused) == {}


async def test_who_is_no_administrator_gets_no_further_than_their_own(
    api: ClientSession, owner: Person
) -> None:
    assert await differing(api, bearing(owner.token), {"administrator": (403, "administrators-only")}) == {}


async def test_an_administrator_gets_everywhere(api: ClientSession, admin: Person) -> None:
    assert await differing(api, bearing(admin.token), {}) == {}


@pytest.mark.parametrize("who", ["nobody", "stranger", "admin"])
async def test_what_may_be_read_is_read(
    api: ClientSession, who: str, stranger: Person, admin: Person
) -> None:
    """Without the key that is too long, and so through to the end: all GETs that name no thing."""
    headers = {"nobody": {}, "stranger": bearing(stranger.token), "admin": bearing(admin.token)}[who]
    closed = {"nobody": {"person", "administrator"}, "stranger": {"administrator"}, "admin": set()}[who]
    open_ = [r for r in ROUTES if needs(r) not in closed and "GET" in r.methods and not r.parameters]
    reading = every(open_)
    answers = await asyncio.gather(*(outcome(api, asked, headers) for asked in reading))
    told = {str(asked): status for asked, (status, _) in zip(reading, answers, strict=True)}
    expected = {str(asked): 404 if asked.route.name in NOTHING_YET else 200 for asked in reading}
    if who == "admin":  # the only one there is: other tests may have got it what somebody new has not yet
        expected |= {name: 200 for name, status in told.items() if status == 200}
    assert told == expected


@pytest.mark.parametrize("who", ["stranger", "admin"])
async def test_another_persons_things_are_not_there(
    api: ClientSession, things: Things, who: str, stranger: Person, admin: Person
) -> None:
    """Sent as the owner would send it, so that nothing but whose it is stands in the way."""
    headers = bearing({"stranger": stranger, "admin": admin}[who].token)
    theirs = every(route for route in ROUTES if owned(route))
    named = {name for route, _ in theirs for name in owned(route)}
    assert named <= things.keys(), "say in `things` how somebody comes to own one"
    sent = (outcome(api, asked, headers, **request(asked.route, things)) for asked in theirs)
    answers = zip(theirs, await asyncio.gather(*sent), strict=True)
    assert {str(asked): told for asked, told in answers if told[0] != 404} == {}


async def test_their_owner_finds_them_all_as_they_were(
    api: ClientSession, owner: Person, things: Things
) -> None:
    """Runs last: it ends with deleting everything that can be."""

    def gently(asked: Asked) -> tuple[bool, bool, int, str]:
        path, deletes = asked.route.template, asked.method == "DELETE"
        return deletes, asked.method not in ("GET", "HEAD"), -len(path) if deletes else 0, path

    order = sorted(every(route for route in ROUTES if owned(route)), key=gently)
    told = {}
    for asked in order:
        told[str(asked)] = await outcome(api, asked, bearing(owner.token), **request(asked.route, things))
    assert {path: status for path, status in told.items() if status[0] in (401, 403, 404)} == {}
