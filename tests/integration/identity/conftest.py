"""What every test of identity in this process starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.identity import authority


@pytest.fixture
def as_configured() -> Iterator[None]:
    """Keys are read from the settings anew, before the test and after it."""
    for remembered in (authority.ring, authority.access_tokens):
        remembered.cache_clear()
    yield
    for remembered in (authority.ring, authority.access_tokens):
        remembered.cache_clear()
