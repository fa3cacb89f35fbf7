"""``python -m tests``: all tests in three lanes side by side, as two cores allow.

The unit tier only computes; the others mostly wait for processes they started, each lane for a stack of its
own. What a lane does is shown as it comes, in front of it the lane's name; failures are told at the end, lane
by lane, and what each lane came to in the last lines. With arguments it is plain pytest on them.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

PYTEST = [sys.executable, "-m", "pytest"]
LANES = {
    "unit": ["tests/unit"],
    "e2e": ["tests/e2e"],
    "rest": ["tests", "--ignore=tests/unit", "--ignore=tests/e2e"],
}
"""What each lane gives pytest; a new tier is in the last one by itself."""


@dataclass
class Lane:
    """One pytest at work: its progress is printed at once, the report after it is kept."""

    name: str
    options: list[str]
    report: list[str] = field(default_factory=list)
    seconds: float = 0.0
    code: int = 2

    def run(self) -> None:
        """Run to the end."""
        began = time.monotonic()
        with subprocess.Popen(
            [*PYTEST, *self.options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as pytest:
            assert pytest.stdout is not None
            for line in pytest.stdout:
                self._heard(line.rstrip())
        self.seconds = time.monotonic() - began
        self.code = pytest.returncode

    def _heard(self, line: str) -> None:
        begins_a_part = line.startswith("=====") and "test session starts" not in line
        if self.report or begins_a_part:
            self.report.append(line)
        else:
            print(f"{self.name:<5}| {line}", flush=True)

    @property
    def passed(self) -> bool:
        """Whether every test of it did."""
        return self.code == 0

    def told(self) -> str:
        """The lane in one line."""
        last = self.report[-1].strip("= ") if self.report else "ended before its tests did"
        return f"{self.name:<5}| {'passed' if self.passed else 'FAILED'} in {self.seconds:.0f} s: {last}"


def everything() -> int:
    """Run the lanes; 0 if all passed, else the first failed lane's exit code."""
    lanes = [Lane(name, options) for name, options in LANES.items()]
    at_once = [threading.Thread(target=lane.run) for lane in lanes]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    for lane in lanes:
        if not lane.passed:
            print(f"\n{lane.name} failed:", *lane.report, sep="\n")
    print("", *(lane.told() for lane in lanes), sep="\n")
    return next((lane.code for lane in lanes if not lane.passed), 0)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(subprocess.run([*PYTEST, *arguments], check=False).returncode if arguments else everything())
