"""What a handler answers, without Functions types: a status, a body, and a few headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; a model is sent as JSON, ``bytes`` and ``str`` as ``content_type``."""

    status: int = 200
    body: BaseModel | bytes | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    @classmethod
    def ok(
        cls, body: BaseModel, *, etag: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Self:
        """200 with a JSON body."""
        return cls(200, body, {**(headers or {}), **_etag(etag)})

    @classmethod
    def created(cls, body: BaseModel, *, location: str, etag: str | None = None) -> Self:
        """201 with the new thing and where it lives."""
        return cls(201, body, {"Location": location, **_etag(etag)})

    @classmethod
    def accepted(cls, body: BaseModel, *, location: str, retry_after: int = 1) -> Self:
        """202 for a job; ``location`` is polled every ``retry_after`` seconds."""
        return cls(202, body, {"Location": location, "Retry-After": str(retry_after)})

    @classmethod
    def no_content(cls) -> Self:
        """204."""
        return cls(204)

    @classmethod
    def file(
        cls, data: bytes, content_type: str, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Self:
        """Bytes of a media type."""
        return cls(status, data, dict(headers or {}), content_type)

    def also(self, headers: Mapping[str, str]) -> Self:
        """The same with more headers."""
        return replace(self, headers={**self.headers, **headers})

    def content(self) -> bytes:
        """Return the body as it goes over the wire."""
        match self.body:
            case None:
                return b""
            case bytes():
                return self.body
            case str():
                return self.body.encode()
            case _:
                return self.body.model_dump_json(by_alias=True).encode()


def _etag(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"ETag": f'"{etag.strip(chr(34))}"'}
