"""A device is named as its owner would, whatever the header says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.identity.devices import UNKNOWN, label

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (IPHONE, "Mobile Safari on iPhone"),
        (WINDOWS, "Chrome on Windows"),
        ("curl/8.5.0", "curl"),
        ("<script>alert(1)</script>", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_known_devices_have_their_names(user_agent: str | None, device: str) -> None:
    assert label(user_agent) == device


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=400))
def test_any_header_gives_a_short_name(user_agent: str) -> None:
    assert 0 < len(label(user_agent)) <= 80
