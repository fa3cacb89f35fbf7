"""What a fetch is asked for and what it brings back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said identifies its answer, so that it need not be sent again (RFC 9110, section 8.8).

    ``url`` is the one that answered, after redirects: validators go back to it and to no other.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Fetched:
    """A whole answer. ``url`` is where it came from in the end; ``redirects`` the URLs asked before it.

    ``media_type`` is what the server declared, without parameters, never guessed from ``body``; ``charset``
    is the declared label, if any.
    """

    url: str
    media_type: str
    charset: str | None
    body: bytes
    validators: Validators
    redirects: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """``body`` as text: by byte order mark, header, declaration or guess."""
        from core.platform.fetch.charsets import decode

        return decode(self.body, self.charset)


@dataclass(frozen=True, slots=True)
class NotModified:
    """What the validators name is still current."""

    url: str
    validators: Validators
    redirects: tuple[str, ...] = ()
