"""Talking to an issuer: its small JSON documents and a form, with every bound a stranger's server needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, StreamReader

from core.identity.jwks import Fetched, IssuerKeys
from core.platform import connections
from core.platform.errors import BadUpstream, Unavailable

LARGEST = 256 * 1024
"""Largest document read, in bytes; real ones have a few kilobytes."""

TIMEOUT_SECONDS = 5.0


async def issuer_keys(issuer: str, metadata: str | None = None) -> IssuerKeys:
    """Return the keys of ``issuer``, shared by everyone on this event loop.

    ``metadata`` is where discovery starts, if not at the issuer's name.
    """

    async def make() -> tuple[IssuerKeys, connections.Closer]:
        return IssuerKeys(issuer, fetch_json, metadata), _nothing_to_close

    return await connections.shared(f"keys of {issuer} at {metadata or issuer}", make)


async def fetch_json(url: str) -> Fetched:
    """Get a JSON object; redirects are not followed.

    Raises:
        Unavailable: no answer in time, or a server error.
        BadUpstream: an answer that is not a JSON object of a reasonable size.
    """
    session = await connections.shared("identity http", _connect)
    try:
        async with session.get(url, allow_redirects=False) as response:
            if response.status >= 500 or response.status == 429:
                raise Unavailable(f"The sign-in provider answered {response.status}.")
            if response.status != 200:
                raise BadUpstream(f"The sign-in provider answered {response.status} for its keys.")
            body = await _read(response.content)
            return Fetched(_object(body), response.headers.get("Cache-Control", ""))
    except (ClientError, TimeoutError) as error:
        raise Unavailable("The sign-in provider does not answer.") from error


async def post_form(url: str, form: Mapping[str, str]) -> int:
    """Post a form and return the status of the answer; redirects are not followed.

    Raises:
        Unavailable: no answer in time, or a server error.
    """
    session = await connections.shared("identity http", _connect)
    try:
        async with session.post(url, data=form, allow_redirects=False) as response:
            if response.status >= 500 or response.status == 429:
                raise Unavailable(f"The sign-in provider answered {response.status}.")
            return response.status
    except (ClientError, TimeoutError) as error:
        raise Unavailable("The sign-in provider does not answer.") from error


async def _connect() -> tuple[ClientSession, connections.Closer]:
    session = ClientSession(timeout=ClientTimeout(total=TIMEOUT_SECONDS), trust_env=True)
    return session, session.close


async def _nothing_to_close() -> None:
    """Keys are only memory."""


async def _read(content: StreamReader) -> bytes:
    body = bytearray()
    async for chunk in content.iter_chunked(16 * 1024):
        body += chunk
        if len(body) > LARGEST:
            raise BadUpstream(f"The sign-in provider's answer is larger than {LARGEST} bytes.")
    return bytes(body)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        decoded = json.loads(body)
    except (ValueError, RecursionError):
        decoded = None
    if not isinstance(decoded, dict):
        raise BadUpstream("The sign-in provider's answer is not a JSON object.")
    return decoded
