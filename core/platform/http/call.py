"""What a handler is given: the caller and the validated parts of the request, without Functions types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, Protocol
from urllib.parse import parse_qsl, urlsplit

from core.platform.errors import DomainError, Unauthenticated
from core.platform.ids import new_id, stable_id

type Headers = Mapping[str, str]
"""A request's headers, by their names in lower case."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The parts of a request an authenticator may look at."""

    method: str
    path: str
    headers: Headers
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling. ``user_id`` is empty for a service, which acts for nobody.

    ``session_id`` is the session the access token was issued in.
    """

    user_id: str
    email: str | None = None
    is_admin: bool = False
    kind: Literal["user", "service"] = "user"
    session_id: str | None = None


class Authenticator(Protocol):
    """Decides who a caller is; raises ``Unauthenticated`` or ``Forbidden``."""

    scheme: str | None
    """Name of the OpenAPI security scheme, ``None`` where the route is public."""
    roles: Sequence[str]
    """What the caller has to be besides."""
    problems: Sequence[type[DomainError]]
    """How it refuses."""

    async def __call__(self, request: Credentials) -> Principal | None:
        """Return the caller, ``None`` for an anonymous one on a public route."""
        ...


@dataclass(frozen=True, slots=True)
class Upload:
    """Declares a file as the body: raw, or in multipart form field ``field``.

    ``types`` document what is accepted; the domain looks at the bytes. ``max_bytes`` is refused with 413.
    ``sample`` is an example of it: a file in ``docs/examples``.
    """

    field: str
    types: tuple[str, ...] = ()
    max_bytes: int = 20_000_000
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as it was sent; ``content_type`` is what the client claims, nothing more."""

    data: bytes
    filename: str | None
    content_type: str


@dataclass(frozen=True, slots=True)
class Call[Body = None, Query = None, Path = None]:
    """One validated request."""

    principal: Principal | None
    body: Body
    query: Query
    path: Path
    method: str
    url: str
    route: str
    headers: Headers
    params: Mapping[str, str]
    request_id: str
    trace_id: str

    @property
    def user(self) -> str:
        """The signed-in user's id.

        Raises:
            Unauthenticated: nobody, or a service that acts for nobody, is calling.
        """
        if self.principal is None or not self.principal.user_id:
            raise Unauthenticated("Sign in as a user.")
        return self.principal.user_id

    @property
    def session_id(self) -> str | None:
        """The session the caller's access token belongs to."""
        return None if self.principal is None else self.principal.session_id

    @property
    def if_match(self) -> frozenset[str] | None:
        """The versions the caller is willing to change, unquoted; ``None`` for any.

        ``If-Match`` compares strongly (RFC 9110 §13.1.1), so a weak tag names no version.
        """
        sent = self.headers.get("if-match")
        if sent is None or sent.strip() == "*":
            return None
        tags = (tag.strip() for tag in sent.split(","))
        return frozenset(tag.strip('"') for tag in tags if not tag.startswith("W/"))

    @property
    def if_none_match(self) -> str | None:
        """The raw ``If-None-Match`` header."""
        return self.headers.get("if-none-match")

    @property
    def blank(self) -> frozenset[str]:
        """Query parameters sent without a value, which the platform leaves out of ``params``."""
        sent = parse_qsl(urlsplit(self.url).query, keep_blank_values=True)
        return frozenset(name for name, value in sent if not value)

    @property
    def idempotency_key(self) -> str | None:
        """The caller's ``Idempotency-Key``."""
        return self.headers.get("idempotency-key")

    def effect_id(self) -> str:
        """Return the id of what this request brings about: the same for a retry with the same key."""
        if self.idempotency_key is None:
            return new_id()
        return stable_id("effect", self.user, self.route, self.idempotency_key, self.fingerprint())

    def fingerprint(self) -> str:
        """Return a digest of what is asked: method, path, query and body as understood, in hex.

        How it was sent does not count: a form's boundary and the host's name differ between retries.
        """
        from pydantic import BaseModel

        target = urlsplit(self.url)
        digest = sha256(f"{self.method} {target.path}?{target.query}\n".encode())
        match self.body:
            case Uploaded(data=data):
                digest.update(data)
            case BaseModel():
                digest.update(self.body.model_dump_json().encode())
        return digest.hexdigest()

    def preferred(self, *offered: str) -> str | None:
        """Return the best of the ``offered`` media types by ``Accept`` (RFC 9110 §12.5.1), or ``None``.

        Without the header, or between equals, the first offered wins.
        """
        ranges = [_range(part) for part in self.headers.get("accept", "*/*").split(",") if part.strip()]
        graded = [(_quality(ranges, media), -index, media) for index, media in enumerate(offered)]
        quality, _, media = max(graded)
        return media if quality > 0 else None


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return media, float(parameter[2:])
            except ValueError:
                return media, 0.0
    return media, 1.0


def _quality(ranges: list[tuple[str, float]], media: str) -> float:
    family = media.split("/")[0] + "/*"
    for wanted in (media, family, "*/*"):
        for name, quality in ranges:
            if name == wanted:
                return quality
    return 0.0
