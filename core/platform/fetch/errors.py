"""How a fetch can fail. Each is one of the families of ``core.platform.errors``, so that a route can show it.

```
FetchFailed
├── FetchRefused           the URL, or where it leads, is not one we contact
├── DisallowedByRobots     robots.txt forbids it
├── BodyTooLarge           more bytes than allowed, on the wire or unpacked
├── WrongMediaType         not what was asked for
├── UnreadableBody         cut short, or compressed in a way that cannot be undone
├── UnexpectedStatus       an answer, but no document; ``status`` says which
├── TooManyRedirects       sent on and on
├── TooSlow                not complete in time
├── Unreachable            no connection, no name, no valid certificate
└── HostBusy               not now: crawl delay, another request, or the server said when (``retry_after``)
```

The last three carry ``retry_after`` in seconds; for the others trying again soon is pointless.
"""

from __future__ import annotations

from core.platform.errors import BadUpstream, DomainError, Invalid, Unavailable


class FetchFailed(DomainError):
    """Nothing was fetched."""


class FetchRefused(FetchFailed, Invalid):
    """The URL, or an address it leads to, is not one we contact."""

    slug = "fetch-refused"
    title = "That address is not fetched"


class DisallowedByRobots(FetchFailed, Invalid):
    """The site's robots.txt asks us not to."""

    slug = "fetch-disallowed"
    title = "The site asks not to fetch that"


class BodyTooLarge(FetchFailed, BadUpstream):
    """The answer has more bytes than allowed."""

    slug = "fetch-too-large"
    title = "The fetched document is too large"


class WrongMediaType(FetchFailed, BadUpstream):
    """The answer is not of a type that was asked for."""

    slug = "fetch-media-type"
    title = "The fetched document has another type"


class UnreadableBody(FetchFailed, BadUpstream):
    """The answer ends early or cannot be unpacked."""

    slug = "fetch-unreadable"
    title = "The fetched document cannot be read"


class UnexpectedStatus(FetchFailed, BadUpstream):
    """The server answered, but with no document."""

    slug = "fetch-status"
    title = "The server did not hand it out"

    def __init__(self, status: int) -> None:
        super().__init__(f"The server answered {status}.")
        self.status = status


class TooManyRedirects(FetchFailed, BadUpstream):
    """One redirect after another."""

    slug = "fetch-redirects"
    title = "The server redirects without end"


class TooSlow(FetchFailed, Unavailable):
    """The answer was not complete in time."""

    slug = "fetch-too-slow"
    title = "The server is too slow"


class Unreachable(FetchFailed, Unavailable):
    """No connection came about."""

    slug = "fetch-unreachable"
    title = "The server cannot be reached"


class HostBusy(FetchFailed, Unavailable):
    """The host is not asked now; ``retry_after`` says when."""

    slug = "fetch-busy"
    title = "The server is not to be asked now"
