"""The only way the app fetches a URL that somebody else chose (docs/fetching.md).

```python
got = await fetch(url, accept=FEEDS, validators=source.validators)
match got:
    case NotModified():
        ...
    case Fetched(text=text, validators=validators):
        ...
```

Every hop is checked before it is asked: scheme, port, host, each address it resolves to; robots.txt; the turn
of its host. The answer is limited in time, bytes and kind. Nothing here remembers documents: that is the
caller's.
"""

from __future__ import annotations

from core.platform.fetch.errors import (
    BodyTooLarge,
    DisallowedByRobots,
    FetchFailed,
    FetchRefused,
    HostBusy,
    TooManyRedirects,
    TooSlow,
    UnexpectedStatus,
    Unreachable,
    UnreadableBody,
    WrongMediaType,
)
from core.platform.fetch.media_types import FEEDS, GZIP, JSON, PAGES, SITEMAPS, XML
from core.platform.fetch.models import Fetched, NotModified, Validators

__all__ = [
    "FEEDS",
    "GZIP",
    "JSON",
    "PAGES",
    "SITEMAPS",
    "XML",
    "BodyTooLarge",
    "DisallowedByRobots",
    "FetchFailed",
    "FetchRefused",
    "Fetched",
    "HostBusy",
    "NotModified",
    "TooManyRedirects",
    "TooSlow",
    "UnexpectedStatus",
    "Unreachable",
    "UnreadableBody",
    "Validators",
    "WrongMediaType",
    "check",
    "fetch",
]


async def fetch(
    url: str,
    *,
    accept: frozenset[str],
    validators: Validators | None = None,
    max_bytes: int | None = None,
) -> Fetched | NotModified:
    """Return the document at ``url``, or that it is still what ``validators`` name.

    ``accept`` are the media types taken, by what the server declares; a body of type gzip is unpacked.
    ``max_bytes`` lowers the limit that is set. May wait for the host's turn, up to ``FETCH_PATIENCE_SECONDS``
    for each request it takes.

    Raises:
        FetchFailed: one of its kinds, see ``core.platform.fetch.errors``.
        Unavailable: the database that keeps hosts' turns does not answer.
    """
    from core.platform.fetch.wiring import fetcher

    return await (await fetcher()).fetch(url, accept=accept, validators=validators, max_bytes=max_bytes)


def check(url: str) -> str:
    """Return ``url`` as it would be asked for, without asking: no name is looked up.

    Raises:
        FetchRefused: it would not be.
    """
    from core.platform import settings
    from core.platform.fetch import targets

    return str(targets.read(url, settings.get(settings.FetchSettings).extra).url)
