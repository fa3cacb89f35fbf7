"""Between HTTP messages and the worker's values, with the platform's quirks.

The worker gets header names in lower case and repeated headers and query parameters joined with commas;
empty query values never arrive. What comes back is one value per header name, and cookies apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from multidict import CIMultiDict

from devstack.functions.messages import HostRequest, HostResponse
from devstack.functions.worker import Datum

_TEXT = "text/plain; charset=utf-8"
_NOT_THE_APPS = frozenset({"transfer-encoding", "connection", "keep-alive", "date", "server"})
_EXPIRES = "%a, %d %b %Y %H:%M:%S GMT"
_PATH_SAFE = "/!$&'()*+,;=:@-._~"


def to_datum(request: HostRequest, route_values: Mapping[str, str]) -> Datum:
    """The `http` value of a trigger."""
    return Datum(
        {
            "method": _string(request.method.upper()),
            "url": _string(_url(request)),
            "headers": _strings(
                {name.lower(): value for name, value in _joined(request.headers.items()).items()}
            ),
            "params": _strings(route_values),
            "query": _strings(
                {name: value for name, value in _joined(request.query.items()).items() if value}
            ),
            "body": Datum(request.body, "bytes"),
        },
        "http",
    )


def to_response(value: Any) -> HostResponse:
    """The answer for what the `http` output of a function holds: a decoded Datum (see `Outcome`).

    Raises ValueError for headers and cookies that no server could send.
    """
    if value is None:
        return HostResponse.empty(204)
    if isinstance(value, dict) and "status_code" in value:
        return _answer(value["status_code"], value["headers"], value["body"], value["cookies"])
    return _from_text(value) if isinstance(value, str) else _answer(200, {}, _plain(value), None)


def _string(value: str) -> Datum:
    return Datum(value, "string")


def _strings(values: Mapping[str, str]) -> dict[str, Datum]:
    return {name: _string(value) for name, value in values.items()}


def _joined(pairs: Any) -> dict[str, str]:
    """Names compare case-insensitively and keep their first spelling; values are joined with commas."""
    values: CIMultiDict[str] = CIMultiDict(pairs)
    return {name: ",".join(values.getall(name)) for name in dict.fromkeys(_first_spellings(values))}


def _first_spellings(values: CIMultiDict[str]) -> list[str]:
    seen: dict[str, str] = {}
    for name in values:
        seen.setdefault(name.lower(), name)
    return list(seen.values())


def _url(request: HostRequest) -> str:
    """The platform decodes the path and encodes it again, which normalises it; the query stays as sent."""
    query = urlsplit(request.url).query
    path = quote(request.path, safe=_PATH_SAFE).replace("%252F", "%2F")  # an encoded slash was never decoded
    return f"{request.origin}{path}" + (f"?{query}" if query else "")


def _from_text(text: str) -> HostResponse:
    """A function that returns a str: JSON is read, and an object with a `body` is taken for a response."""
    try:
        value = json.loads(text)
    except ValueError:
        return _answer(200, {}, text, None)
    folded = {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else {}
    if "body" not in folded:
        return _answer(200, {}, _plain(value), None)
    headers = folded.get("headers")
    status = folded.get("statuscode", folded.get("status"))
    return _answer(
        _status(status), headers if isinstance(headers, dict) else {}, _plain(folded["body"]), None
    )


def _status(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 200


def _plain(value: Any) -> str | bytes:
    """How the host writes a value that is no text: JSON objects and arrays indented."""
    if value is None:
        return ""
    if isinstance(value, (str, bytes)):
        return value
    if isinstance(value, (dict, list)):
        return json.dumps(value, indent=2, ensure_ascii=False)
    return str(value)


def _answer(
    status: int, headers: Mapping[str, Any], body: str | bytes, cookies: list[SimpleCookie] | None
) -> HostResponse:
    sent = CIMultiDict((str(name), str(value)) for name, value in headers.items())
    for name, value in sent.items():
        if any(character in name + value for character in "\r\n\0"):
            raise ValueError(f"the response header {name!r} holds a line break")
    for name in _NOT_THE_APPS & {name.lower() for name in sent}:
        del sent[name]
    content = body.encode() if isinstance(body, str) else body
    if content:
        sent.setdefault("Content-Type", _TEXT)
    for cookie in cookies or ():
        for morsel in cookie.values():
            sent.add("Set-Cookie", _set_cookie(morsel))
    return HostResponse(status, sent, content)


def _set_cookie(morsel: Morsel[str]) -> str:
    """The platform writes cookies itself, from their parts: values are percent-encoded.

    Raises ValueError for an `Expires` or `Max-Age` the worker could not hand to the platform.
    """
    parts = [f"{morsel.key}={quote(morsel.value, safe='-_.~')}"]
    if morsel["expires"]:
        datetime.strptime(morsel["expires"], _EXPIRES)
    if morsel["max-age"]:
        float(morsel["max-age"])
    parts += [f"{name}={morsel[name]}" for name in ("expires", "max-age", "domain", "path") if morsel[name]]
    parts += ["secure"] if morsel["secure"] else []
    parts += [f"samesite={morsel['samesite'].lower()}"] if morsel["samesite"] else []
    parts += ["httponly"] if morsel["httponly"] else []
    return "; ".join(parts)
