"""One app in a process of its own, its calls timed: what ``bench.call`` starts, both sides at a time.

``python -m bench.serving ours|twin [--stored]`` prints a line of JSON, the answers to check; then, for each
line on standard input that names a number of calls, processor seconds a call by route. Settings come from
the environment.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import sys
import time
import warnings
from pathlib import Path
from typing import Any
from uuid import uuid4

from devstack.process import REPOSITORY

APPS = {"ours": REPOSITORY, "twin": Path(__file__).parent / "asgi_twin"}
"""The app itself, and its three routes as FastAPI."""
ITEM = {
    "name": "Navy linen shirt", "category": "tops", "subtype": "shirt", "colours": [{"hex": "#1f2a44"}],
    "brand": "Example", "materials": ["linen"], "seasons": ["summer", "spring"],
    "price": {"amount": "79.90", "currency": "EUR"}, "purchased_on": "2026-05-02",
}  # fmt: skip
PAGE = 20
WARM_UP = 100
READER, WRITER = str(uuid4()), str(uuid4())
"""One reads the same items all the time; the other's wardrobe grows. New ones for each process."""
_ITEMS = "/api/vault/items"


class Client:
    """Calls the loaded app as the platform's worker does, without a socket."""

    def __init__(self, app: str) -> None:
        from core.identity import authority
        from core.platform import clock
        from devstack.functions.worker import Worker

        self._worker = Worker.load(APPS[app])
        tokens = authority.access_tokens()
        self._tokens = {
            user: tokens.issue(user_id=user, email="ann@example.org", session_id=user, now=clock.now())
            for user in (READER, WRITER)
        }

    def prepared(
        self, function: str, method: str, path: str, user: str = READER, body: Any = None, **query: str
    ) -> tuple[Any, Any]:
        """Return the function that serves a request, and the request's value as the worker is handed it."""
        from azure_functions_runtime.bindings.datumdef import Datum

        found = self._worker.function(function) or self._worker.function("http_app_func")
        asked = "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
        headers = {
            "authorization": f"Bearer {self._tokens[user]}", "content-type": "application/json",
            "accept": "application/json", "host": "localhost", "user-agent": "bench",
        }  # fmt: skip
        params = {"item_id": path.removeprefix(f"{_ITEMS}/")} if path != _ITEMS else {}
        texts = {
            part: {name: Datum(value, "string") for name, value in values.items()}
            for part, values in (("headers", headers), ("params", params), ("query", query))
        }
        content = b"" if body is None else json.dumps(body).encode()
        url = Datum(f"http://localhost{path}{asked}", "string")
        value = {"method": Datum(method, "string"), "url": url, "body": Datum(content, "bytes"), **texts}
        return found, Datum(value, "http")

    async def call(self, request: tuple[Any, Any]) -> Any:
        """Serve one request; raises ``SystemExit`` where the function fails."""
        from azure_functions_runtime import native_invocation

        function, value = request
        ok, answer, _, error, _ = await native_invocation.invocation_request_native(
            "00000000-0000-0000-0000-000000000000", function.id, [(function.trigger.name, value)], {}
        )
        if not ok:
            raise SystemExit(f"{function.name} failed: {error}")
        return answer.value

    async def answer(self, request: tuple[Any, Any]) -> tuple[int, dict[str, str], Any]:
        """Serve one request; return status, headers and body, read."""
        value = await self.call(request)
        headers = {name.lower(): header.value for name, header in value["headers"].items()}
        return int(value["status_code"].value), headers, json.loads(value["body"].value)


async def requests(client: Client) -> dict[str, tuple[Any, Any]]:
    """Lay out the reader's items; return the three requests by name."""
    item_id = ""
    for _ in range(PAGE):
        status, _, item = await client.answer(client.prepared("add_vault_item", "POST", _ITEMS, body=ITEM))
        if status != 201:
            raise SystemExit(f"an item was answered {status}: {item}")
        item_id = item["id"]
    return {
        "get": client.prepared("get_vault_item", "GET", f"{_ITEMS}/{item_id}"),
        "add": client.prepared("add_vault_item", "POST", _ITEMS, WRITER, ITEM),
        "list": client.prepared("list_vault_items", "GET", _ITEMS, limit=str(PAGE)),
    }


async def refusals(client: Client) -> dict[str, tuple[Any, Any]]:
    """Return requests that both apps have to refuse alike."""
    nobody = client.prepared("list_vault_items", "GET", _ITEMS, limit="1000")
    absent = client.prepared("get_vault_item", "GET", f"{_ITEMS}/{WRITER}")
    empty = client.prepared("add_vault_item", "POST", _ITEMS, body={"name": "", "colour": 1})
    return {"list": nobody, "get": absent, "add": empty}


async def timed(client: Client, asked: dict[str, tuple[Any, Any]], calls: int) -> dict[str, float]:
    """Return processor seconds a call, by request."""
    seconds = {}
    for name, request in asked.items():
        began = time.process_time()
        for _ in range(calls):
            await client.call(request)
        seconds[name] = (time.process_time() - began) / calls
    return seconds


async def serve(app: str) -> None:
    """Print the answers, then the times of as many calls as each line of input says."""
    client = Client(app)
    asked = await requests(client)
    answers = {name: await client.answer(request) for name, request in asked.items()}
    refused = {name: await client.answer(request) for name, request in (await refusals(client)).items()}
    print(json.dumps({"answers": answers, "refused": refused}), flush=True)
    await timed(client, asked, WARM_UP)
    gc.collect()  # what starting left behind, in both sides alike
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await timed(client, asked, int(line))), flush=True)


async def _run(asked: argparse.Namespace) -> None:
    from core.platform import connections

    if not asked.stored:
        from bench import memory

        memory.install()
    try:
        await serve(asked.app)
    finally:
        await connections.close_all()


def main() -> None:
    """Serve what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("app", choices=APPS)
    parser.add_argument("--stored", action="store_true", help="with the database of COSMOS_DB_ENDPOINT")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # pydantic's, about how FastAPI declares parameters
    logging.disable()  # the end of the process surprises the twin's middleware
    asyncio.run(_run(asked))


if __name__ == "__main__":
    main()
