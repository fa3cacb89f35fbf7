"""The sample digest in the documentation is the one the code makes."""

from __future__ import annotations

from pathlib import Path

from bench.sample_digest import text, this_week

PAGE = Path(__file__).parents[3] / "docs" / "stylist.md"


def test_the_sample_is_not_stale() -> None:
    assert text(this_week()) in PAGE.read_text(), "print it again: python -m bench.sample_digest"
