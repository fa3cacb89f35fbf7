"""Shows a growing log file line by line, as ``tail -f`` would."""

from __future__ import annotations

from pathlib import Path


class Follower:
    """Yields the lines written to ``path`` after this was made; an incomplete last line waits for its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0
        self._partial = b""

    def new_lines(self) -> list[str]:
        """Return the complete lines that have come since the last call."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            text = self._partial + file.read()
            self._offset = file.tell()
        *lines, self._partial = text.split(b"\n")
        return [line.decode(errors="replace").rstrip("\r") for line in lines]
