"""Numbers and addresses on the command line: what cannot be meant is refused in a sentence."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from math import inf
from urllib.parse import urlsplit


def count(text: str) -> int:
    """Read a whole number from 1."""
    return _read(text, int, lambda number: number >= 1, "a whole number from 1")


def seconds(text: str) -> float:
    """Read a time that has an end and is not over at once."""
    return _read(text, float, lambda number: 0 < number < inf, "a number of seconds above 0")


def share(text: str) -> float:
    """Read a part of the whole, from 0 to 1."""
    return _read(text, float, lambda number: 0 <= number <= 1, "a share from 0 to 1")


def port(text: str) -> int:
    """Read a port; 0 is any free one."""
    return _read(text, int, lambda number: 0 <= number <= 65_535, "a port from 0 to 65535")


def address(text: str) -> str:
    """Read where a stack listens."""
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise ArgumentTypeError(f"{text!r} is not an address such as http://127.0.0.1:7071")
    return text


def _read[N: (int, float)](text: str, kind: type[N], fits: Callable[[N], bool], what: str) -> N:
    try:
        number = kind(text)
    except ValueError:
        number = None
    if number is None or not fits(number):
        raise ArgumentTypeError(f"{text!r} is not {what}")
    return number
