"""A cursor opens only where it was given out, and nobody makes one at home."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform import cursors, settings
from core.platform.cursors import InvalidCursor, opened, sealed


@pytest.fixture(autouse=True, scope="module")
def key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("URL_SIGNING_KEY", "k" * 32)
        settings.get.cache_clear()
        yield
    settings.get.cache_clear()


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_cursor_opens_to_its_token_and_in_its_list_only(token: str) -> None:
    cursor = sealed(token, "list", {"who": "ada"})
    assert opened(cursor, "list", {"who": "ada"}) == token
    with pytest.raises(InvalidCursor):
        opened(cursor, "list", {"who": "bob"})


@given(st.text())
def test_anything_else_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        opened(cursor, "list")


def test_a_cursor_made_at_home_is_refused() -> None:
    encoded = base64.urlsafe_b64encode(b"a/1").decode().rstrip("=")
    unkeyed = sha256(json.dumps([encoded, "list"]).encode()).hexdigest()[:16]
    with pytest.raises(InvalidCursor):
        opened(unkeyed + encoded, "list")


@pytest.mark.parametrize("encoded", ["_w", "a", "abcde", "ä"])
def test_a_sealed_cursor_that_does_not_decode_is_refused(encoded: str) -> None:
    with pytest.raises(InvalidCursor):
        opened(cursors._seal(encoded, ("list",)) + encoded, "list")
