"""How much the long checks do: little in a run of all tests, as much as ``make`` says in one of their own."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping

from devstack.asking import count

_SCALES: Mapping[str, tuple[Callable[[str], int], str]] = {
    "CHAOS_EVENTS": (count, "200"),
    "CHAOS_PEOPLE": (count, "20"),
    "CHAOS_KILLS": (count, "3"),
    "CHAOS_SECONDS": (count, "100"),
    "FUZZ_EXAMPLES": (count, "2"),
    "FUZZ_SECONDS": (count, "120"),
    "FUZZ_SEED": (count, "20261124"),
}


def scale(name: str) -> int:
    """Return the number that the environment gives, or the small one.

    Raises:
        ArgumentTypeError: it is none that can be meant.
    """
    read, small = _SCALES[name]
    return read(os.environ.get(name, small))


def refused() -> list[str]:
    """Return what cannot be meant, a sentence for each."""
    return [sentence for name in _SCALES if (sentence := _refused(name))]


def _refused(name: str) -> str:
    try:
        scale(name)
    except ArgumentTypeError as error:
        return f"{name}: {error}"
    return ""
