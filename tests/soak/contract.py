"""Judges every answer by docs/openapi.json: declared status, declared problem, and never a bare 500."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from tests import lives

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
PROBLEM = "application/problem+json"
_SLUG = re.compile(r"`([a-z-]+)`")
_MEMBERS = {"type", "title", "status", "detail", "instance", "trace_id"}


class Answer(lives.Answer):
    """An answer that may be a problem, and may say when to come again."""

    @property
    def is_problem(self) -> bool:
        kind: str = self.headers.get("Content-Type", "")
        return kind.startswith(PROBLEM)

    @property
    def slug(self) -> str:
        """Which problem it is, empty where it is none."""
        return super().slug if self.is_problem else ""

    @property
    def wait(self) -> float | None:
        """Seconds after which one may come again."""
        given = self.headers.get("Retry-After")
        return None if given is None else float(given)


@cache
def _routes() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    found = []
    for path, methods in json.loads(DOCUMENT.read_text())["paths"].items():
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$")
        found += [
            (method.upper(), pattern, told["responses"])
            for method, told in methods.items()
            if "responses" in told
        ]
    return sorted(found, key=lambda route: route[1].pattern.count("[^/]+"))


def broken(method: str, path: str, answer: Answer) -> str | None:
    """Return what an answer breaks of the contract; ``None`` where it keeps it.

    A declared ``internal`` is no excuse for a 500, and a 503 or 429 has to say when to come again.
    """
    bare = path.partition("?")[0]
    told = next((told for verb, route, told in _routes() if verb == method and route.match(bare)), None)
    if told is None:
        return "there is no such route"
    if answer.status == 500:
        return f"500: {answer.data[:200]!r}"
    if str(answer.status) not in told:
        return f"status {answer.status} is not declared: {answer.data[:200]!r}"
    return None if answer.status < 400 else _broken_problem(told[str(answer.status)]["description"], answer)


def _broken_problem(declared: str, answer: Answer) -> str | None:
    if not answer.is_problem:
        return f"{answer.status} without a problem document: {answer.data[:200]!r}"
    if missing := _MEMBERS - answer.body.keys():
        return f"{answer.slug} lacks {', '.join(sorted(missing))}"
    if answer.body["status"] != answer.status or answer.slug not in _SLUG.findall(declared):
        return f"{answer.status} {answer.slug} is not declared here"
    if answer.status in {429, 503} and answer.wait is None:
        return f"{answer.status} {answer.slug} without Retry-After"
    return None
