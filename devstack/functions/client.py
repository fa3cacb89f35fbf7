"""An in-process client: the app, the listeners and the gateway of the real host, without a socket.

The worker library holds one app per process (see `worker`), so a process can open clients for one app
folder only, one after the other; tests of several apps need a process each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from multidict import CIMultiDict

from devstack.functions import localsettings
from devstack.functions.host import Host, prepare_environment
from devstack.functions.messages import HostRequest, HostResponse

_ORIGIN = "http://localhost:7071"

type Headers = Mapping[str, str] | Iterable[tuple[str, str]]


class AppClient:
    """`async with AppClient(app_dir) as client: response = await client.get("/api/books")`.

    `settings` go before the environment and the folder's local settings while the client is open.
    """

    host: Host

    def __init__(
        self, app_dir: Path, *, settings: Mapping[str, str] | None = None, state_dir: Path | None = None
    ) -> None:
        self._app_dir = app_dir.resolve()
        self._settings = dict(settings or {})
        self._state_dir = state_dir or self._app_dir / ".devstack"

    async def __aenter__(self) -> AppClient:
        self._before = dict(os.environ), Path.cwd()
        os.environ.update(self._settings)
        try:
            local = localsettings.load(self._app_dir)
            prepare_environment(self._app_dir, local, _ORIGIN.partition("//")[2])
            self.host = Host.load(self._app_dir, local, origin=_ORIGIN, state_dir=self._state_dir)
            await self.host.start()
        except BaseException:
            self._restore()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.host.stop()
        finally:
            self._restore()

    def _restore(self) -> None:
        environment, folder = self._before
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: Headers | None = None,
        body: bytes | str = b"",
        json_body: Any = None,
    ) -> HostResponse:
        """Send one request; `target` is a path with query, `json_body` wins over `body`."""
        sent = CIMultiDict(headers or {})
        sent.setdefault("Host", _ORIGIN.partition("//")[2])
        content = body.encode() if isinstance(body, str) else body
        if json_body is not None:
            content = json.dumps(json_body).encode()
            sent.setdefault("Content-Type", "application/json")
        if content:
            sent.setdefault("Content-Length", str(len(content)))
        url = _ORIGIN + quote(target, safe="/?&=%:;,+!$'()*@~-._")
        return await self.host.gateway.handle(HostRequest(method, url, sent, content))

    async def get(self, target: str, *, headers: Headers | None = None) -> HostResponse:
        """GET."""
        return await self.request("GET", target, headers=headers)

    async def post(
        self, target: str, *, headers: Headers | None = None, body: bytes | str = b"", json_body: Any = None
    ) -> HostResponse:
        """POST."""
        return await self.request("POST", target, headers=headers, body=body, json_body=json_body)
