"""``make coverage``, when the tests are through: what was not run, and whether enough of it was."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import coverage

WANTED = 95.0
"""Per cent, of lines and of branches each."""


def main() -> int:
    """Print the files that are not wholly covered and the totals; 0 where both are as wanted."""
    measured = coverage.Coverage()
    measured.load()
    measured.report()
    with tempfile.TemporaryDirectory() as folder:
        outfile = Path(folder) / "coverage.json"
        measured.json_report(outfile=str(outfile))
        totals = json.loads(outfile.read_text())["totals"]
    lines, branches = totals["percent_statements_covered"], totals["percent_branches_covered"]
    print(f"lines {lines:.1f} %, branches {branches:.1f} %; wanted {WANTED:.0f} % of each")
    return 0 if min(lines, branches) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
