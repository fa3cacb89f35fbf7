"""The headers of answers: which an operation has, asked of what sends them, and what each of them means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.platform.http import Reply, wire
from core.platform.http.problem import problem_reply, status_of
from core.platform.http.replay import REPLAYED
from core.platform.http.routes import Route
from core.platform.models import Wire
from devstack.contract.problems import problems_of, sample

_PREFIX = "#/components/headers/"

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_MEANING: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "Accept-Ranges": ("`Range` may ask for a part.", {"type": "string", "const": "bytes"}),
    "Access-Control-Allow-Origin": ("The `Origin` that asked, where it is a configured one.", _TEXT),
    "Access-Control-Expose-Headers": ("What a page of that origin may read.", _TEXT),
    "Cache-Control": ("Who may keep the answer, and for how long.", _TEXT),
    "Content-Disposition": ("Whether to show or to save it, and under which name.", _TEXT),
    "Content-Range": (
        "Which bytes these are, of how many.",
        {"type": "string", "pattern": r"^bytes (\d+-\d+|\*)/\d+$"},
    ),
    "Content-Security-Policy": ("What a page may load.", _TEXT),
    "Cross-Origin-Resource-Policy": ("Whose pages may embed it.", _TEXT),
    "Deprecation": ("Since when it is deprecated (RFC 9745).", {"type": "string", "pattern": r"^@\d+$"}),
    "ETag": ("The version, for `If-Match` and `If-None-Match`.", {"type": "string", "pattern": '^"[^"]+"$'}),
    "Idempotent-Replayed": (
        "The first answer to this request, given again.", {"type": "string", "const": "true"},
    ),
    "Link": ("What to use instead of a deprecated operation.", _TEXT),
    "Location": ("Where the new thing is, or where to go on.", {"type": "string", "format": "uri-reference"}),
    "RateLimit-Limit": ("How many of these requests a minute has.", _COUNT),
    "RateLimit-Remaining": ("How many of them are left.", _COUNT),
    "RateLimit-Reset": ("Seconds until the next minute begins.", _COUNT),
    "Referrer-Policy": ("What the next page is told of this one.", _TEXT),
    "Retry-After": ("Seconds after which to ask again.", {"type": "integer", "minimum": 1}),
    "Strict-Transport-Security": ("From now on by HTTPS alone.", _TEXT),
    "Sunset": ("When a deprecated operation ends (RFC 8594).", _TEXT),
    "Vary": ("By which headers of the request the answer differs.", _TEXT),
    "WWW-Authenticate": ("How to sign in.", _TEXT),
    "X-Content-Type-Options": ("The type is what `Content-Type` says.", _TEXT),
    "X-Image-Id": ("The photo's id, where the answer is the picture.", {"type": "string", "format": "uuid"}),
    wire.REQUEST_ID: ("The request's own, where it sent one; to quote.", {"type": "string", "maxLength": 64}),
}  # fmt: skip
_SOMETIMES = {*REPLAYED, *wire.rate_limit(0, 0, 0), "X-Image-Id"}
"""What a success has only in some cases; all else that it may have it has."""

_BODY = Wire()
_BY_STATUS: Mapping[int, Iterable[str]] = {
    201: Reply.created(_BODY, location="/").headers,
    202: Reply.accepted(_BODY, location="/").headers,
    206: ["Content-Range"],
    307: ["Location"],
}


class Headers:
    """Hands out references to headers, and keeps what they refer to as ``components``."""

    def __init__(self) -> None:
        self.components: dict[str, dict[str, Any]] = {}

    def of(self, route: Route, status: int) -> dict[str, Any]:
        """Return the headers of the answer with ``status``, by name."""
        ways = list(_ways(route, status))
        always = set.intersection(*ways) - (_SOMETIMES if status in route.spec.returns else set())
        return {name: self._reference(name, required=name in always) for name in sorted(set.union(*ways))}

    def of_every_answer(self) -> dict[str, Any]:
        """Return what no operation says for itself: what every answer has, and what it has for web pages."""
        for_pages, always = wire.shared_with(""), wire.cors({})
        return {
            **{name: self._reference(name, default=value) for name, value in wire.SECURITY.items()},
            **{name: self._reference(name, required=name in always) for name in for_pages},
        }

    def _reference(self, name: str, *, required: bool = True, default: str | None = None) -> dict[str, Any]:
        description, schema = _MEANING[name]
        kind = f"{name}.default" if default is not None else name if required else f"{name}.optional"
        told = {**schema, "default": default} if default is not None else {**schema}
        self.components[kind] = {"description": description, "required": required, "schema": told}
        return {"$ref": _PREFIX + kind}


def _ways(route: Route, status: int) -> Iterable[set[str]]:
    """Yield the headers of each way to answer with this status: the success, and every problem."""
    spec = route.spec
    common = {wire.REQUEST_ID, *(() if spec.deprecated is None else spec.deprecated.headers())}
    if status in spec.returns:
        own = {*_BY_STATUS.get(status, ()), *spec.sends}
        replayed, limited = (spec.idempotent, REPLAYED), (spec.rate is not None, wire.rate_limit(0, 0, 0))
        yield common | own | {name for applies, names in (replayed, limited) if applies for name in names}
    for error in problems_of(route):
        if status_of(error) == status:
            yield common | {*problem_reply(sample(error), instance="", trace_id="").headers}
