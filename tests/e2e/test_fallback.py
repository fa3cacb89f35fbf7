"""What no route answers: preflights of browsers, methods a path does not know, and unknown paths."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

FAR = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PUT"}


async def test_a_preflight_says_which_methods_a_path_knows(api: ClientSession) -> None:
    async with api.options("/api/digest/preferences", headers=FAR) as answer:
        assert answer.status == 204
        assert answer.headers["Allow"] == "GET, HEAD, PUT, OPTIONS"
        assert await answer.read() == b""


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
async def test_a_method_that_a_path_does_not_know_is_told_with_those_it_does(
    api: ClientSession, method: str
) -> None:
    async with api.request(method, "/api/digest/preferences") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD, PUT"
        assert (await answer.json())["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
async def test_a_path_that_is_not_there_is_a_problem_like_any_other(api: ClientSession, method: str) -> None:
    async with api.request(method, "/api/nothing/here") as answer:
        assert answer.status == 404
        assert (await answer.json())["type"] == "/problems/not-found"
