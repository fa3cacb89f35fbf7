"""What one invariant found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """An invariant by name, over how many things it was checked, and where it does not hold."""

    name: str
    checked: int
    wrong: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether it holds; one that looked at nothing says nothing, so it does not."""
        return not self.wrong and self.checked > 0
