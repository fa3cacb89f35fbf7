"""Holds whatever a client is answered against docs/openapi.json: headers, and the events of streams."""

from __future__ import annotations

import aiohttp

from tests.contract.walking import Contract


def judging() -> list[aiohttp.TraceConfig]:
    """What an ``aiohttp.ClientSession`` is given to fail the request that was answered otherwise.

    An empty 503 is not the app's: with it the platform ends what ran when its host is stopped.
    """
    contract, watched = Contract.kept(), aiohttp.TraceConfig()

    async def headers(session: object, context: object, ended: aiohttp.TraceRequestEndParams) -> None:
        method = "GET" if ended.method == "HEAD" else ended.method
        name, answer = contract.operation_at(method, ended.url.path), ended.response
        if name is not None and not (answer.status == 503 and answer.content_length == 0):
            contract.check_headers(name, answer.status, answer.headers)

    async def body(session: object, context: object, read: aiohttp.TraceResponseChunkReceivedParams) -> None:
        if (name := contract.operation_at(read.method, read.url.path)) is not None:
            contract.check_events(name, read.chunk)

    watched.on_request_end.append(headers)
    watched.on_response_chunk_received.append(body)
    return [watched]
