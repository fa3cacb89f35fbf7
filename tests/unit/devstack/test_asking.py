"""What makes no sense is refused by its type, in a sentence, and nothing is begun."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest

from devstack.asking import address, count, port, seconds, share


@pytest.mark.parametrize(
    ("kind", "text"),
    [(count, text) for text in ("0", "-1", "1.5", "", "²", "many")]
    + [(share, text) for text in ("-0.1", "1.1", "nan", "half")]
    + [(address, text) for text in ("notaurl", "", "localhost:7071", "http://", "http://x:y", "ftp://x")]
    + [(port, text) for text in ("-1", "65536", "http", "")]
    + [(seconds, text) for text in ("-1", "0", "inf", "nan", "soon")],
)
def test_nonsense_is_refused(kind: Callable[[str], object], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a"):
        kind(text)


def test_the_ends_are_taken() -> None:
    assert address("https://[::1]:7071") == "https://[::1]:7071"
    assert [port("0"), port("65535")] == [0, 65_535]
    assert [count("1"), count("10000"), share("0"), share("1"), seconds("0.6")] == [1, 10_000, 0, 1, 0.6]
