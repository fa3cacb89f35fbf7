"""A database that costs nothing, for comparing what stands before it: documents kept as they are, in a dict.

It takes the place of ``core.platform.cosmos.Container`` in the process that calls ``install``, whoever serves
the requests; so what is left of a call's time is the way from a request to a validated call and back, and the
domain's own rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from core.platform.cosmos import AlreadyExists, Container
from core.platform.models import Stored

_kept: dict[tuple[str, str], dict[str, Stored]] = defaultdict(dict)


def install() -> None:
    """Let every container keep its documents here from now on."""
    for method in (get, create, page, all):
        setattr(Container, method.__name__, method)


async def get(self: Container[Any], home: str, id: str) -> Stored | None:  # noqa: A002 - as in Container
    """Return the document, ``None`` where it is absent."""
    return _kept[self.name, home].get(id)


async def create(self: Container[Any], document: Stored) -> Stored:
    """Keep a new document."""
    shelf = _kept[self.name, document.home]
    if document.id in shelf:
        raise AlreadyExists
    shelf[document.id] = document.model_copy(update={"etag": f'"{len(shelf)}"'})
    return shelf[document.id]


async def page(
    self: Container[Any], home: str, *, limit: int, **_: object
) -> tuple[list[Stored], str | None]:
    """Return the first documents, without asking what else was wanted."""
    return list(_kept[self.name, home].values())[:limit], None


async def all(self: Container[Any], home: str, **_: object) -> AsyncIterator[Stored]:  # noqa: A001 - as in Container
    """Yield every document of the partition."""
    for document in _kept[self.name, home].values():
        yield document
