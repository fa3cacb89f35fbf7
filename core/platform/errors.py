"""The error family every domain extends: what went wrong, with no idea of HTTP.

A domain raises its own subclass with a stable ``slug``; ``core.platform.http`` maps the families below to
statuses by method resolution order, so rules never mention a status code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

type Location = Literal["body", "query", "path", "header"]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with the input; ``pointer`` is a JSON pointer (RFC 6901) into ``location``."""

    pointer: str
    detail: str
    location: Location = "body"


class DomainError(Exception):
    """Base of all errors a person may be shown.

    ``slug`` is the stable last segment of the problem ``type``; ``title`` its short name. ``detail`` says
    what to fix in this case.
    """

    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    retry_after: float | None = None
    """Seconds after which trying again may help; a family's own holds where the case knows no better."""

    def __init__(
        self, detail: str, *, errors: Sequence[FieldError] = (), retry_after: float | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        if retry_after is not None:
            self.retry_after = retry_after


class Malformed(DomainError):
    """The request cannot be read at all."""

    slug = "malformed"
    title = "The request cannot be read"


class Unauthenticated(DomainError):
    """Nobody is signed in, or the credentials are not good."""

    slug = "unauthenticated"
    title = "Sign in first"
    challenge: ClassVar[str] = "Bearer"
    """How to authenticate, as a ``WWW-Authenticate`` challenge."""


class Forbidden(DomainError):
    """The caller is known and may not do this."""

    slug = "forbidden"
    title = "Not allowed"


class NotFound(DomainError):
    """There is no such thing, or it is somebody else's."""

    slug = "not-found"
    title = "Not found"


class MethodNotAllowed(DomainError):
    """The path exists and does not answer this method."""

    slug = "method-not-allowed"
    title = "Method not allowed"
    allow = ""
    """The methods it does answer, comma separated."""


class Conflict(DomainError):
    """The state of things does not allow it now."""

    slug = "conflict"
    title = "Conflict"


class Gone(DomainError):
    """It was here and has expired or been removed."""

    slug = "gone"
    title = "Gone"


class StaleVersion(DomainError):
    """The caller edits a version that is no longer the current one."""

    slug = "stale-version"
    title = "Someone changed it in between"


class TooLarge(DomainError):
    """A size limit was passed."""

    slug = "too-large"
    title = "Too large"


class UnsupportedMedia(DomainError):
    """A media type this route does not read."""

    slug = "unsupported-media-type"
    title = "Unsupported media type"


class RangeBeyondEnd(DomainError):
    """The part asked for begins behind the end of the whole, which has ``size`` bytes."""

    slug = "range-not-satisfiable"
    title = "The range begins behind the end"

    def __init__(self, size: int) -> None:
        super().__init__(f"There are only {size} bytes.")
        self.size = size


class Invalid(DomainError):
    """Readable, but its values break a rule."""

    slug = "validation"
    title = "Some values are not valid"


class HeadersTooLarge(DomainError):
    """The headers are longer than any client of ours needs."""

    slug = "headers-too-large"
    title = "The headers are too large"


class TooManyRequests(DomainError):
    """A limit on how often or how much was reached."""

    slug = "too-many-requests"
    title = "Too many requests"


class RateLimited(TooManyRequests):
    """More often than the ``limit`` of a minute; a new one begins in ``reset`` seconds."""

    slug = "rate-limited"
    title = "Too many requests in a minute"

    def __init__(self, limit: int, reset: int) -> None:
        detail = f"At most {limit} of these a minute. Try again in {reset} s."
        super().__init__(detail, retry_after=reset)
        self.limit = limit
        self.reset = reset


class BadUpstream(DomainError):
    """Something we depend on answered what cannot be used."""

    slug = "bad-upstream"
    title = "A service we rely on gave an unusable answer"


class Unavailable(DomainError):
    """Something we depend on does not answer now; trying again later may work."""

    slug = "unavailable"
    title = "Temporarily unavailable"
    retry_after = 5
