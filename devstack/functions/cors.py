"""The platform's own CORS switch (`Host.CORS` in local.settings.json), off unless configured.

It stands before the functions: it answers preflights itself and replaces what an app sends, so an app
that does CORS on its own must leave this off.
"""

from __future__ import annotations

from dataclasses import dataclass

from devstack.functions.messages import HostRequest, HostResponse

_ORIGIN = "Access-Control-Allow-Origin"


@dataclass(frozen=True)
class Cors:
    """`origins` may be ("*",)."""

    origins: tuple[str, ...] = ()
    credentials: bool = False

    def preflight(self, request: HostRequest) -> HostResponse | None:
        """The answer to a preflight, or None when the request is none (or CORS is off)."""
        asked = request.headers.get("Access-Control-Request-Method")
        if not self.origins or request.method.upper() != "OPTIONS" or not asked:
            return None
        answer = HostResponse.empty(204)
        if self._allowed(request):
            answer.headers["Access-Control-Allow-Methods"] = asked
            if wanted := request.headers.get("Access-Control-Request-Headers"):
                answer.headers["Access-Control-Allow-Headers"] = wanted
        return self.dress(request, answer)

    def dress(self, request: HostRequest, response: HostResponse) -> HostResponse:
        """Put the CORS headers on an answer, replacing the app's own."""
        if self.origins and self._allowed(request):
            any_origin = self.origins == ("*",) and not self.credentials
            response.headers[_ORIGIN] = "*" if any_origin else request.headers["Origin"]
            if self.credentials:
                response.headers["Access-Control-Allow-Credentials"] = "true"
            if not any_origin:
                response.headers.add("Vary", "Origin")
        return response

    def _allowed(self, request: HostRequest) -> bool:
        origin = request.headers.get("Origin", "").lower()
        return bool(origin) and (
            "*" in self.origins or origin in {o.rstrip("/").lower() for o in self.origins}
        )
