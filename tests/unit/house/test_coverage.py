"""What is left out of coverage says why."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
DEPLOYED = [
    ROOT / "function_app.py",
    *(f for d in ("blueprints", "core", "orchestrations") for f in (ROOT / d).rglob("*.py")),
]
_EXCLUSION = re.compile(r"#\s*pragma:\s*no\s*(?:cover|branch)(?P<reason>.*)")


def without_reason(source: str) -> list[str]:
    """Return the exclusions that do not go on with ` - ` and some words."""
    return [
        found[0]
        for found in _EXCLUSION.finditer(source)
        if not re.match(r" - \w+(\W+\w+){2}", found["reason"])
    ]


def test_an_exclusion_without_a_reason_is_found() -> None:
    assert without_reason("x = 1  # pragma: no cover\n") == ["# pragma: no cover"]
    assert without_reason("x = 1  # pragma: no cover - only the platform's own worker gets here\n") == []


def test_every_exclusion_has_a_reason() -> None:
    assert {str(file): found for file in DEPLOYED if (found := without_reason(file.read_text()))} == {}


def test_nothing_is_excluded_by_pattern() -> None:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]
    assert (
        not {"exclude_lines", "exclude_also", "partial_branches", "partial_also"}
        & configured["report"].keys()
    )
    assert configured["run"]["omit"] == ["tests/*", "*/pytest-of-*/*"], (
        "tests' own function apps, nothing deployed"
    )
