"""The problems an operation may answer with, and how each looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.platform import errors
from core.platform.errors import DomainError
from core.platform.http.problem import status_of
from core.platform.http.routes import Route


def problems_of(route: Route) -> Iterator[type[DomainError]]:
    """Yield the errors a route declares, and those it has by what it is."""
    spec = route.spec
    yield from (*spec.problems, *spec.auth.problems)
    yield from (DomainError, errors.Unavailable, errors.Invalid, errors.HeadersTooLarge)
    if route.parameters:
        yield errors.NotFound
    if spec.takes_body:
        yield from (errors.Malformed, errors.TooLarge, errors.UnsupportedMedia)
    if spec.rate is not None:
        yield errors.RateLimited
    if spec.idempotent:
        from core.platform.http.replay import KeyReused, StillRunning

        yield from (KeyReused, StillRunning)


def sample(error: type[DomainError]) -> DomainError:
    """Return one of these errors, as it is where nothing is said of the case."""
    if issubclass(error, errors.RateLimited):
        return error(limit=1, reset=1)
    return error(size=1) if issubclass(error, errors.RangeBeyondEnd) else error("")


def example_of(error: type[DomainError]) -> dict[str, Any]:
    """Return the problem document of an error; its detail is what the error is in general."""
    return {
        "type": f"/problems/{error.slug}",
        "title": error.title,
        "status": status_of(error),
        "detail": " ".join((error.__doc__ or "").split("\n\n")[0].split()).replace("``", "`"),
        "instance": "/api/the/path/asked/for",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "errors": [],
    }
