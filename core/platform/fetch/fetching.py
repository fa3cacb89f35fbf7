"""From a URL somebody chose to a document: every hop is checked, allowed by robots.txt, and waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from core.platform.fetch import targets
from core.platform.fetch.errors import FetchRefused, TooManyRedirects
from core.platform.fetch.models import Fetched, NotModified, Validators
from core.platform.fetch.robots import LARGEST, Robots, RobotsBook
from core.platform.fetch.targets import Extra, Target
from core.platform.fetch.visiting import Answer, Ask, Content, Redirect, Unchanged, Visits

MOST_REDIRECTS = 5

type Visit = Callable[[Target], Awaitable[Answer]]


class Fetcher:
    """Fetches documents; ``pause`` is the least rest in seconds a host gets after a request."""

    def __init__(self, visits: Visits, robots: Robots, extra: Extra, *, max_bytes: int, pause: float) -> None:
        self._visits = visits
        self._robots = RobotsBook(robots, self._read_robots)
        self._extra = extra
        self._max_bytes = max_bytes
        self._pause = pause

    async def fetch(
        self,
        url: str,
        *,
        accept: frozenset[str],
        validators: Validators | None = None,
        max_bytes: int | None = None,
    ) -> Fetched | NotModified:
        """Return the document at ``url``, as ``core.platform.fetch.fetch`` says."""
        ask = Ask(accept, min(max_bytes or self._max_bytes, self._max_bytes), validators)

        async def visit(target: Target) -> Answer:
            rules = await self._robots.rules(target)
            rules.check(target)
            return await self._visits.visit(target, ask, pause=max(self._pause, rules.pause))

        at, answer, before = await self._follow(targets.read(url, self._extra), visit)
        if isinstance(answer, Unchanged):
            return NotModified(str(at.url), answer.validators, before)
        return Fetched(
            url=str(at.url),
            media_type=answer.media_type,
            charset=answer.charset,
            body=answer.body,
            validators=answer.validators,
            redirects=before,
        )

    async def _read_robots(self, target: Target) -> bytes:
        """Get the robots.txt of the target's origin; following redirects of it asks no further robots.txt."""
        ask = Ask(None, LARGEST, truncate=True)
        origin = targets.checked(target.url.with_path("/robots.txt"), self._extra)
        _, answer, _ = await self._follow(origin, lambda at: self._visits.visit(at, ask, pause=0))
        return cast("Content", answer).body  # asked for without validators, it cannot be unchanged

    async def _follow(
        self, target: Target, visit: Visit
    ) -> tuple[Target, Content | Unchanged, tuple[str, ...]]:
        """Visit ``target`` and where it leads; return the last target, its answer and the URLs before it."""
        before: list[str] = []
        while isinstance(answer := await visit(target), Redirect):
            before.append(str(target.url))
            if len(before) > MOST_REDIRECTS:
                raise TooManyRedirects(f"There were more than {MOST_REDIRECTS} redirects.")
            target = self._next(target, answer.location)
        return target, answer, tuple(before)

    def _next(self, target: Target, location: str) -> Target:
        following = targets.read(location, self._extra, base=target.url)
        if target.url.scheme == "https" and following.url.scheme == "http":
            raise FetchRefused("A redirect from https to http is not followed.")
        return following
