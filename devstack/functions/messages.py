"""HTTP messages that belong to no HTTP library.

The socket server, the in-process client, the admin API and the Durable management API all speak in
these, so everything between "a request came in" and "this is the answer" can be used without a socket.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from multidict import CIMultiDict, MultiDict


@dataclass(frozen=True)
class HostRequest:
    """One request as it arrived.

    `url` is absolute and still percent-encoded; `headers` may repeat; `body` is complete.
    """

    method: str
    url: str
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    body: bytes = b""

    @property
    def is_valid(self) -> bool:
        """Whether the URL can be read at all; a client may send any nonsense as `Host`."""
        try:
            return bool(urlsplit(self.url).hostname)
        except ValueError:
            return False

    @cached_property
    def raw_path(self) -> str:
        """Path as sent, percent-encoded."""
        return urlsplit(self.url).path or "/"

    @cached_property
    def path(self) -> str:
        """Percent-decoded path; an encoded slash stays encoded, as in the platform's web server."""
        return "%2F".join(unquote(part) for part in self.raw_path.replace("%2f", "%2F").split("%2F"))

    @cached_property
    def origin(self) -> str:
        """Scheme and authority: `http://127.0.0.1:7071`."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @cached_property
    def query(self) -> MultiDict[str]:
        """Decoded query parameters; repeated keys are kept in order."""
        return MultiDict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON. Raises ValueError for anything else."""
        return json.loads(self.body)


@dataclass(frozen=True)
class HostResponse:
    """One complete answer. `headers` may repeat (Set-Cookie)."""

    status: int
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    body: bytes = b""

    @classmethod
    def empty(cls, status: int, headers: Iterable[tuple[str, str]] = ()) -> HostResponse:
        """An answer without a body, which is what the host itself gives for most refusals."""
        return cls(status, CIMultiDict(headers))

    @classmethod
    def of_json(cls, value: Any, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> HostResponse:
        """`value` as a JSON document."""
        merged = CIMultiDict([("Content-Type", "application/json; charset=utf-8"), *headers])
        return cls(status, merged, json.dumps(value).encode())

    def json(self) -> Any:
        """The body as JSON. Raises ValueError for anything else."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body decoded as UTF-8."""
        return self.body.decode()
