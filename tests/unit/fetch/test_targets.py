"""Which URLs may be asked, before any name is looked up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from core.platform.fetch import FetchRefused, targets
from tests import ssrf


@pytest.mark.parametrize("url", ssrf.URLS)
def test_a_url_that_has_fooled_others_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        targets.read(url, {})


def test_as_a_redirect_only_what_stays_at_the_host_is_followed() -> None:
    assert [url for url in ssrf.URLS if leads_to(url) not in (None, ("shop.example.com", 80))] == []


def leads_to(location: str) -> tuple[str, int] | None:
    try:
        there = targets.read(location, {}, base=URL("http://shop.example.com/old"))
    except FetchRefused:
        return None
    return there.host, there.port


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("http://shop.example.com", "http://shop.example.com"),
        ("HTTPS://Shop.Example.COM/A?b=c#d", "https://shop.example.com/A?b=c"),
        ("http://shop.example.com:80/", "http://shop.example.com/"),
        ("https://bücher.de/mäntel", "https://xn--bcher-kva.de/m%C3%A4ntel"),
        ("https://faß.de/", "https://xn--fa-hia.de/"),
        ("https://例え.jp/", "https://xn--r8jz45g.jp/"),
        ("http://shop.example.com/a@b?c=%2B%26", "http://shop.example.com/a@b?c=%2B%26"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
        ("https://[2606:4700:4700:0:0:0:6.8.17.17]/", "https://[2606:4700:4700::608:1111]/"),
    ],
)
def test_a_plain_url_is_asked(text: str, asked: str) -> None:
    assert str(targets.read(text, {}).url) == str(URL(asked, encoded=True))


def test_an_extra_host_is_admitted_at_its_port_only() -> None:
    extra = {("shop.test", 8090): "127.0.0.1"}
    assert targets.read("http://shop.test:8090/x", extra).host == "shop.test"
    for url in (
        "http://shop.test/",
        "http://shop.test:8091/",
        "http://a.shop.test:8090/",
        "http://127.0.0.1:8090/",
    ):
        with pytest.raises(FetchRefused):
            targets.read(url, extra)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://shop.example.com", "//"]))
def test_any_text_is_a_checked_target_or_refused(text: str, before: str) -> None:
    try:
        target = targets.read(before + text, {})
    except FetchRefused:
        return
    again = targets.read(str(target.url), {})
    assert again == target, "what is asked reads the same a second time"
    assert (target.url.scheme, target.port) in targets.PORTS.items()
    assert target.url.raw_host == target.host
    assert target.url.raw_user is None
