"""The host's console in a browser: its files at `/admin/console`, and what it shows that no other API tells.

The page itself is public and holds nothing. What it reads and does goes through `/admin` and
`/runtime/webhooks`, with the master key; `POST /admin/console/session` hands that key to this very page, on
this very machine, and to nothing else a browser may have open (see `_is_own_page`).
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from devstack.functions.admin import Endpoint, endpoint
from devstack.functions.bindings import Function
from devstack.functions.invocation_log import InvocationLog
from devstack.functions.keys import Keys
from devstack.functions.messages import HostRequest, HostResponse
from devstack.functions.queues import Queues
from devstack.functions.worker import Worker

PATH = "/console"
FILES = Path(__file__).parents[1] / "console"
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A document of the app's own, shown without an origin: its inline styles may do, its scripts may not.
_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
)
_TYPES = {".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Console:
    """The page and its own endpoints below `/admin/console`."""

    worker: Worker
    functions: tuple[Function, ...]
    log: InvocationLog
    queues: Queues
    keys: Keys

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints, for the admin API to serve; all that tell something need the master key."""
        base = "admin/console"
        return (
            endpoint("POST", f"{base}/session", self._session, public=True),
            endpoint("GET", f"{base}/functions", self._functions),
            endpoint("GET", f"{base}/functions/{{name}}", self._invocations),
            endpoint("GET", f"{base}/queues", self._queues),
            endpoint("GET", f"{base}/routes", self._routes),
            endpoint("GET", f"{base}/{{*file}}", self._file, public=True),
        )

    async def handle(self, request: HostRequest) -> HostResponse:
        """The page, at the address people type."""
        return _served(FILES / "index.html") if request.method == "GET" else HostResponse.empty(404)

    async def _session(self, request: HostRequest, _: Mapping[str, str]) -> HostResponse:
        if not _is_own_page(request):
            return HostResponse.empty(403)
        return HostResponse.of_json({"key": self.keys.master}, headers=[("Cache-Control", "no-store")])

    async def _functions(self, _: HostRequest, __: Mapping[str, str]) -> HostResponse:
        return HostResponse.of_json(
            [self.log.summary(f.name) | {"trigger": f.trigger.type} for f in self.functions]
        )

    async def _invocations(self, _: HostRequest, values: Mapping[str, str]) -> HostResponse:
        function = self.worker.function(values["name"])
        return HostResponse.of_json(self.log.entries(function.name)) if function else HostResponse.empty(404)

    async def _queues(self, _: HostRequest, __: Mapping[str, str]) -> HostResponse:
        return HostResponse.of_json(await self.queues.survey())

    async def _routes(self, _: HostRequest, __: Mapping[str, str]) -> HostResponse:
        """The app's own description of its routes, `docs/openapi.json` in its folder, or null."""
        described = self.worker.app_dir / "docs" / "openapi.json"
        return HostResponse.of_json(json.loads(described.read_bytes()) if described.is_file() else None)

    async def _file(self, _: HostRequest, values: Mapping[str, str]) -> HostResponse:
        wanted = (FILES / (values.get("file") or "index.html")).resolve()
        if not wanted.is_relative_to(FILES) or not wanted.is_file():
            return HostResponse.empty(404)
        return _served(wanted)


def _served(file: Path) -> HostResponse:
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {
        "Content-Type": f"{kind}; charset=utf-8" if kind in {"text/html", "text/css"} else kind,
        "Content-Security-Policy": _FRAME_POLICY if file.name == "frame.html" else _POLICY,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    if file.name == "frame.js":
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response = HostResponse(200, body=file.read_bytes())
    response.headers.update(headers)
    return response


def _is_own_page(request: HostRequest) -> bool:
    """Whether a browser says that the asker is a page of this host, reached under a name of this machine.

    A page of elsewhere cannot say so (`Sec-Fetch-Site` is the browser's to write), and a name that was
    rebound to this machine is not one of its names.
    """
    host = urlsplit(request.url).hostname
    return host in _HERE and request.headers.get("Sec-Fetch-Site") == "same-origin"
