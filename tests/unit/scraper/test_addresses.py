"""One page is one thing, however it was linked to, and no source speaks for another site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scraper.addresses import LONGEST, canonical, item_id, site_of

SAME = [
    "https://shop.example/p/coat?size=m",
    "HTTPS://Shop.Example:443/p/coat?size=m",
    "https://shop.example/p/coat?size=m#reviews",
    "https://shop.example/p/x/../coat?size=m&utm_source=rss&utm_medium=feed",
    "https://shop.example/p/coat?fbclid=1&size=m&gclid=2",
    " https://shop.example/p/coat?size=m ",
    "https://shop.example./p/coat?size=m",
]


@pytest.mark.parametrize("url", SAME)
def test_ways_to_write_one_address_are_one(url: str) -> None:
    assert canonical(url) == SAME[0]


def test_scheme_and_www_make_no_other_thing_and_site_size_and_path_do() -> None:
    thing = item_id("shop.example", SAME[0])
    assert item_id("shop.example", "http://www.shop.example/p/coat?size=m") == thing
    others = {
        item_id("shop.example", "https://shop.example/p/coat?size=l"),
        item_id("shop.example", "https://shop.example/p/coats?size=m"),
        item_id("shop.example", "https://shop.example:8443/p/coat?size=m"),
        item_id("magazine.example", SAME[0]),
    }
    assert len(others) == 4
    assert thing not in others


@pytest.mark.parametrize(
    "url",
    ["", "  ", "javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "ftp://shop.example/", "http://",
     "https://user:secret@shop.example/", "https://[::1", "http://shop.example:99999/", None, 7, {"url": "x"},
     f"https://shop.example/{'a' * LONGEST}"],
)  # fmt: skip
def test_what_is_no_web_address_is_none(url: object) -> None:
    assert canonical(url) is None


def test_relative_addresses_names_beyond_ascii_and_ports() -> None:
    assert canonical("/p?b=2&a=1", "https://shop.example/x/") == "https://shop.example/p?a=1&b=2"
    assert canonical("https://bücher.example") == "https://xn--bcher-kva.example/"
    assert site_of("https://www.shop.example/p") == "shop.example"
    assert site_of("http://shop.example:8080/p") == "shop.example:8080"


@pytest.mark.parametrize("query", ["q=caf%E9", "q=caf%C3%A9", "%FF=%FE%00"])
def test_bytes_of_any_encoding_stay_what_they_are(query: str) -> None:
    assert canonical(f"https://shop.example/p?{query}&utm_source=x") == f"https://shop.example/p?{query}"


@given(st.text(max_size=80), st.sampled_from(["", "https://shop.example/a/", "https://shop.example/?"]))
def test_canonical_is_stable_or_none(text: str, base: str) -> None:
    once = canonical(text, base)
    assert once is None or canonical(once) == once
