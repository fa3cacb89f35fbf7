"""``python -m tests``: all tests, the unit tier beside the others, as two cores allow.

The other tiers mostly wait for the processes they started, the unit tier only computes. What it printed is
shown when both are through. With arguments it is plain pytest on them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

PYTEST = [sys.executable, "-m", "pytest"]


def main(arguments: list[str]) -> int:
    """Run them; 0 if all passed, else pytest's own exit code."""
    if arguments:
        return subprocess.run([*PYTEST, *arguments], check=False).returncode
    with tempfile.TemporaryFile("w+") as printed:
        unit = subprocess.Popen([*PYTEST, "tests/unit"], stdout=printed, stderr=subprocess.STDOUT)
        try:
            others = subprocess.run([*PYTEST, "--ignore=tests/unit"], check=False).returncode
            failed = unit.wait() or others
        finally:
            unit.kill()
        printed.seek(0)
        sys.stdout.write(printed.read())
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
