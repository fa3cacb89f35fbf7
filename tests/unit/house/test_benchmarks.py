"""``docs/benchmarks.md`` and the benchmarks are in step: each row of one is declared by the other."""

from __future__ import annotations

import re
from pathlib import Path

from bench import page
from bench.alone import BENCHES, bench

BENCH = Path(page.__file__).parent
PAGE = page.PAGE.read_text()


def test_every_module_that_declares_targets_is_run() -> None:
    declaring = {
        file.stem for file in BENCH.glob("*.py") if re.search(r"^TARGETS = ", file.read_text(), re.M)
    }
    assert declaring == set(BENCHES)


def test_the_page_has_the_declared_rows_with_their_targets_and_no_others() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.count(" | ") == 7]
    declared = [
        (name, target.name, target.against, target.wanted())
        for name in BENCHES
        for target in bench(name).TARGETS
    ]
    assert [(row[0], row[1], row[2], row[6]) for row in rows[2:]] == declared, "run `make bench`"
    assert len({names[:2] for names in declared}) == len(declared)


def test_the_page_says_how_each_is_measured() -> None:
    assert PAGE.partition("## How")[2] == page.rendered([]).partition("## How")[2], "run `make bench`"
