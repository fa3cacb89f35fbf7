"""Every mitigation of the threat model names a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
THREATS = set("STRIDE")


def rows() -> list[list[str]]:
    """Return the cells of each row of the threat model."""
    lines = (ROOT / "SECURITY.md").read_text().splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| "))
    return [row for row in cells if row[0] in THREATS]


def missing(cell: str) -> list[str]:
    """Return the tests a cell names that are nowhere."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", cell)
    return [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or f"def {name}(" not in (ROOT / path).read_text()
    ] or ([] if named else [f"no test in: {cell}"])


def test_every_mitigation_names_a_test_that_exists() -> None:
    assert [absent for row in rows() for absent in missing(row[3])] == []


def test_every_kind_of_threat_is_thought_of() -> None:
    assert {row[0] for row in rows()} == THREATS


def test_a_row_without_a_test_is_found() -> None:
    assert missing("`tests/unit/house/test_security.py::test_that_is_nowhere`")
    assert missing("we are careful")
    assert not missing("`tests/unit/house/test_security.py::test_a_row_without_a_test_is_found`")
