"""Fetching keys from a server that misbehaves in every way a stranger's server can."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from core.identity import fetching
from core.identity.fetching import LARGEST, fetch_json, issuer_keys, post_form
from core.platform import connections
from core.platform.errors import BadUpstream, Unavailable

TOO_MUCH = b'{"a":"' + b"x" * LARGEST + b'"}'


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A provider under this URL whose paths are the ways to answer."""
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.5)
    await connections.close_all()
    released = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        match request.match_info["way"]:
            case "well":
                return web.json_response({"a": 1}, headers={"Cache-Control": "max-age=60"})
            case "redirect":
                raise web.HTTPFound("/well")
            case "never":
                await released.wait()
                return web.Response()
            case "endless":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(LARGEST // 1024 + 100):
                    await response.write(b" " * 1024)
                return response
            case "status":
                return web.Response(status=int(request.query["is"]), text="{}")
        bodies = {"large": TOO_MUCH, "list": b"[]", "html": b"<html>", "empty": b"", "deep": b"[" * 100_000}
        return web.Response(body=bodies[request.match_info["way"]])

    async def discovery(request: web.Request) -> web.Response:
        issuer = f"http://{request.host}"
        return web.json_response({"issuer": issuer, "jwks_uri": f"{issuer}/keys"})

    async def keys(request: web.Request) -> web.Response:
        return web.json_response({"keys": [{"kty": "RSA", "kid": "one"}]})

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", discovery)
    app.router.add_get("/keys", keys)
    app.router.add_get("/{way}", answer)
    app.router.add_post("/{way}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    released.set()
    await connections.close_all()
    await runner.cleanup()


async def test_an_object_comes_with_its_caching(server: str) -> None:
    fetched = await fetch_json(f"{server}/well")
    assert (fetched.body, fetched.cache_control) == ({"a": 1}, "max-age=60")


@pytest.mark.parametrize(
    "way", ["redirect", "large", "endless", "list", "html", "empty", "deep", "status?is=404"]
)
async def test_what_is_no_small_json_object_is_rubbish(server: str, way: str) -> None:
    with pytest.raises(BadUpstream):
        await fetch_json(f"{server}/{way}")


@pytest.mark.parametrize("way", ["never", "status?is=500", "status?is=429"])
async def test_what_does_not_answer_may_answer_later(server: str, way: str) -> None:
    with pytest.raises(Unavailable) as refused:
        await fetch_json(f"{server}/{way}")
    assert refused.value.retry_after is not None


async def test_nobody_listening_is_unavailable(unused_tcp_port: int) -> None:
    with pytest.raises(Unavailable):
        await fetch_json(f"http://127.0.0.1:{unused_tcp_port}/keys")
    await connections.close_all()


@pytest.mark.parametrize(("way", "status"), [("well", 200), ("redirect", 302), ("status?is=400", 400)])
async def test_a_form_that_was_taken_or_refused_is_told_by_its_status(
    server: str, way: str, status: int
) -> None:
    assert await post_form(f"{server}/{way}", {"token": "t"}) == status


@pytest.mark.parametrize("way", ["never", "status?is=500", "status?is=429"])
async def test_a_form_that_nobody_takes_now_may_be_sent_again(server: str, way: str) -> None:
    with pytest.raises(Unavailable):
        await post_form(f"{server}/{way}", {"token": "t"})


async def test_an_issuers_keys_are_shared_on_one_loop(server: str) -> None:
    keys = await issuer_keys(server)
    assert await issuer_keys(server) is keys
    assert json.loads(json.dumps(await keys.find("one"))) == {"kty": "RSA", "kid": "one"}
