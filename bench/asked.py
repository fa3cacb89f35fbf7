"""What a benchmark may be asked for: nonsense is refused in a sentence, before anything is started."""

from __future__ import annotations

import argparse


def count(text: str) -> int:
    """Return a number of one or more, of people, rounds, calls; ``ArgumentTypeError`` for anything else."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number of one or more")
    return int(text)


def share(text: str) -> float:
    """Return a part of the whole, from 0 to 1; ``ArgumentTypeError`` for anything else."""
    return _within(text, 1, "share from 0 to 1")


def seconds(text: str) -> float:
    """Return a pause of at most a minute; ``ArgumentTypeError`` for anything else."""
    return _within(text, 60, "number of seconds from 0 to 60")


def _within(text: str, most: float, what: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:
        raise argparse.ArgumentTypeError(f"{text} is no {what}")
    return found
