from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity.emails import normalised


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("admin@example.org", "admin@example.org"),
        ("  Admin@Example.ORG\n", "admin@example.org"),
        ("first.last+tag@mail.example.co", "first.last+tag@mail.example.co"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_one_spelling_per_address(sent: str, kept: str) -> None:
    assert normalised(sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "admin",
        "@example.org",
        "admin@",
        "admin@localhost",
        "a b@example.org",
        "a@b@example.org",
        ".a@example.org",
        "a..b@example.org",
        "a@-example.org",
        "a@example..org",
        "a@example.org.",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 64}.org",
        f"a@{'b.' * 130}org",
        "a@example.org\nb@example.org",
        "admin@example.org\x00",
        "ádmin@example.org",
        "\uff41dmin@example.org",
        "\u212aim@example.org",  # KELVIN SIGN, which lowers to an ASCII k
    ],
    ids=repr,
)
def test_what_is_no_plain_address_is_refused(sent: str) -> None:
    with pytest.raises(ValueError, match=r"email address|name@example"):
        normalised(sent)


@given(st.emails(domains=st.just("example.org")))
def test_normalising_twice_is_normalising_once(address: str) -> None:
    try:
        once = normalised(address)
    except ValueError:
        return
    assert normalised(once) == once == normalised(address.upper())
