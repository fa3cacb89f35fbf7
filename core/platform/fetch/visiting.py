"""One request to one checked target: what is sent, and how much of the answer is taken."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import hdrs

from core.platform import clock, telemetry, waiting
from core.platform.fetch.charsets import is_binary
from core.platform.fetch.errors import (
    HostBusy,
    TooSlow,
    UnexpectedStatus,
    Unreachable,
    UnreadableBody,
    WrongMediaType,
)
from core.platform.fetch.media_types import GZIP
from core.platform.fetch.models import Validators
from core.platform.fetch.targets import Target
from core.platform.fetch.turns import Turn, Turns
from core.platform.fetch.unpacking import ACCEPTED, Body
from core.platform.telemetry import Span

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024
_TEXT = re.compile(r"text/.*|.*[/+](xml|json)")
_GZIP_MAGIC = b"\x1f\x8b"

_LATER = 60
"""Seconds after which to try again what is slow or out of reach."""
_UNSAID = 60
"""Seconds to stay away where a server throttles without saying for how long."""

_log = logging.getLogger("pluckit.fetch")


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted: which media types (``None``: any), how many bytes, and what we have already.

    Where there is more than ``max_bytes``, ``truncate`` takes the beginning.
    """

    accept: frozenset[str] | None
    max_bytes: int
    validators: Validators | None = None
    truncate: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """Ask ``location`` instead, which may be relative."""

    location: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What the validators name is current; the server may have sent newer ones."""

    validators: Validators


@dataclass(frozen=True, slots=True)
class Content:
    """A whole document."""

    media_type: str
    charset: str | None
    body: bytes
    validators: Validators


type Answer = Redirect | Unchanged | Content


class Visits:
    """Asks servers, one at a time and slowly; ``seconds`` bounds one request from name to last byte."""

    def __init__(self, web: aiohttp.ClientSession, turns: Turns, *, user_agent: str, seconds: float) -> None:
        self._web = web
        self._turns = turns
        self._user_agent = user_agent
        self._seconds = seconds

    async def visit(self, target: Target, ask: Ask, *, pause: float) -> Answer:
        """Ask ``target``; its host then rests for ``pause`` seconds, or longer if it says so.

        Raises:
            FetchFailed: as ``core.platform.fetch.errors`` says.
        """
        async with self._turns.turn(target.host, pause) as turn:
            with _translated(target, self._seconds):
                async with asyncio.timeout(self._seconds):
                    return await self._asked(target, ask, turn)

    async def _asked(self, target: Target, ask: Ask, turn: Turn) -> Answer:
        headers = self._headers(target, ask)
        told = {"http.request.method": "GET", "server.address": target.host}
        with telemetry.span("fetch", "client", told) as span:
            return await self._got(target, ask, turn, headers, span)

    async def _got(self, target: Target, ask: Ask, turn: Turn, headers: dict[str, str], span: Span) -> Answer:
        async with self._web.get(target.url, headers=headers, allow_redirects=False) as got:
            span.set("http.response.status_code", got.status)
            if (seconds := _asked_to_wait(got)) is not None:
                turn.rest(seconds)
                raise HostBusy(f"{target.host} answered {got.status}: not now.", retry_after=seconds)
            return await _answer(target, ask, got)

    def _headers(self, target: Target, ask: Ask) -> dict[str, str]:
        headers: dict[str, str] = {
            hdrs.USER_AGENT: self._user_agent,
            hdrs.ACCEPT: ", ".join(sorted(ask.accept)) if ask.accept is not None else "*/*",
            hdrs.ACCEPT_ENCODING: ACCEPTED,
        }
        have = ask.validators
        if have is not None and have.url == str(target.url):
            if have.etag:
                headers[hdrs.IF_NONE_MATCH] = have.etag
            if have.last_modified:
                headers[hdrs.IF_MODIFIED_SINCE] = have.last_modified
        return headers


def _asked_to_wait(got: aiohttp.ClientResponse) -> float | None:
    """Return the seconds the server wants to be left alone for, if it does."""
    said = waiting.seconds(got.headers.get(hdrs.RETRY_AFTER), clock.now())
    if got.status == 429:
        return said if said is not None else _UNSAID
    return said if got.status == 503 else None


async def _answer(target: Target, ask: Ask, got: aiohttp.ClientResponse) -> Answer:
    if got.status in _REDIRECTS and (location := got.headers.get(hdrs.LOCATION)):
        return Redirect(location)
    if got.status == 304 and (have := ask.validators) is not None and have.url == str(target.url):
        return Unchanged(_validators(target, got, have))
    if got.status != 200:
        raise UnexpectedStatus(got.status)
    media_type = _media_type(ask, got)
    body = await _body(got.headers.get(hdrs.CONTENT_ENCODING, ""), ask, got)
    if media_type in GZIP and body.startswith(_GZIP_MAGIC):
        body = _unwrapped(body, ask)
    elif _TEXT.fullmatch(media_type) and is_binary(body, got.charset):
        raise WrongMediaType(f"The document says it is {media_type}, but it is no text.")
    return Content(media_type, got.charset, body, _validators(target, got))


def _media_type(ask: Ask, got: aiohttp.ClientResponse) -> str:
    """Return the declared type; a document without one is of no type anybody asked for."""
    declared = got.content_type.lower() if hdrs.CONTENT_TYPE in got.headers else ""
    if ask.accept is not None and declared not in ask.accept:
        said = f"is {declared}" if declared else "does not say what it is"
        raise WrongMediaType(f"The document {said}; wanted is {', '.join(sorted(ask.accept))}.")
    return declared


async def _body(coding: str, ask: Ask, got: aiohttp.ClientResponse) -> bytes:
    body = Body(coding, ask.max_bytes, truncate=ask.truncate)
    body.announce(got.content_length)
    async for piece in got.content.iter_chunked(_PIECE):
        body.feed(piece)
        if body.full:
            break
    return body.whole()


def _unwrapped(packed: bytes, ask: Ask) -> bytes:
    body = Body("gzip", ask.max_bytes)
    for start in range(0, len(packed), _PIECE):
        body.feed(packed[start : start + _PIECE])
    return body.whole()


def _validators(target: Target, got: aiohttp.ClientResponse, have: Validators | None = None) -> Validators:
    return Validators(
        url=str(target.url),
        etag=_kept(got.headers.get(hdrs.ETAG, have.etag if have is not None else None)),
        last_modified=_kept(
            got.headers.get(hdrs.LAST_MODIFIED, have.last_modified if have is not None else None)
        ),
    )


def _kept(validator: str | None) -> str | None:
    """Return what can be stored and sent back as it came: bytes beyond ASCII may be of any encoding."""
    return validator if validator is not None and validator.isascii() else None


@contextmanager
def _translated(target: Target, seconds: float) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise TooSlow(
            f"{target.host} did not answer completely within {seconds:g} seconds.", retry_after=_LATER
        ) from None
    except aiohttp.ClientPayloadError as error:
        raise UnreadableBody(f"The answer of {target.host} ends early.") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        _log.info("%s cannot be reached: %s", target.host, error)
        raise Unreachable(
            f"{target.host} cannot be reached, or does not speak HTTP.", retry_after=_LATER
        ) from error
