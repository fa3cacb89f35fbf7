"""Every span and every metric of the code is in docs/telemetry.md, and none besides."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core.platform.telemetry.instruments import INSTRUMENTS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "telemetry.md").read_text()


def calls(attribute: str) -> Iterator[ast.Call]:
    """Yield the calls of ``telemetry.<attribute>`` in what is deployed."""
    for folder in ("core", "blueprints", "orchestrations"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == f"telemetry.{attribute}":
                    yield node


def written(argument: ast.expr) -> str:
    """Return a name as the page writes it: values in braces."""
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    return (
        ast.unparse(argument)[2:-1] if isinstance(argument, ast.JoinedStr) else f"{{{ast.unparse(argument)}}}"
    )


def section(title: str) -> list[str]:
    body = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", body, re.MULTILINE)


def test_every_span_is_documented_and_every_documented_one_exists() -> None:
    names = {written(call.args[0]) for call in calls("span")}
    assert names == set(section("Spans"))


def test_every_metric_is_declared_taken_and_documented() -> None:
    taken = {written(call.args[0]) for call in calls("measure")}
    assert taken == set(INSTRUMENTS)
    assert section("Metrics") == list(INSTRUMENTS)


def test_the_page_says_of_each_metric_what_the_code_does() -> None:
    for name, declared in INSTRUMENTS.items():
        assert f"| `{name}` | {declared.unit} | {declared.what} |" in PAGE
