"""Bodies: unpacked piece by piece under a limit, and read as text whatever they claim to be."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform.fetch import BodyTooLarge, UnreadableBody
from core.platform.fetch.charsets import decode, is_binary
from core.platform.fetch.unpacking import Body


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "plain": ("", bytes),
    "gzip": ("gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("Deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
    "two members": ("x-gzip", lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:])),
    "padded": ("gzip", lambda data: gzip.compress(data) + b"\0" * 9),
}
by_packer = pytest.mark.parametrize(("coding", "pack"), PACKERS.values(), ids=PACKERS)


def unpack(coding: str, packed: bytes, limit: int, *, size: int = 11, truncate: bool = False) -> bytes:
    body = Body(coding, limit, truncate=truncate)
    for start in range(0, len(packed), size):
        if body.full:
            break
        body.feed(packed[start : start + size])
    return body.whole()


@by_packer
@given(data=st.binary(max_size=300), size=st.integers(1, 400))
def test_what_was_packed_is_unpacked_however_it_is_cut(
    coding: str, pack: Callable[[bytes], bytes], data: bytes, size: int
) -> None:
    assert unpack(coding, pack(data), 1000, size=size) == data


@by_packer
@given(length=st.integers(900, 1100))
def test_the_limit_is_exact(coding: str, pack: Callable[[bytes], bytes], length: int) -> None:
    data = b"x" * length
    if length <= 1000:
        assert unpack(coding, pack(data), 1000) == data
    else:
        with pytest.raises(BodyTooLarge):
            unpack(coding, pack(data), 1000)
    assert unpack(coding, pack(data), 1000, truncate=True) == data[:1000]


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(b"\0" * 50_000_000)),
        ("deflate", raw_deflate(b"\0" * 50_000_000)),
        ("br", brotli.compress(b"\0" * 50_000_000, quality=5)),
    ],
    ids=["gzip", "deflate", "br"],
)
def test_a_bomb_never_unfolds(coding: str, bomb: bytes) -> None:
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            unpack(coding, bomb, 100_000, size=64 * 1024)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("filling", [b"\0", gzip.compress(b"")], ids=["padding", "empty members"])
def test_what_unpacks_to_nothing_is_limited_as_well(filling: bytes) -> None:
    with pytest.raises(BodyTooLarge):
        unpack("gzip", gzip.compress(b"x") + filling * 1001, 1000)


def test_a_body_of_a_few_parts_is_read_and_one_of_thousands_is_not() -> None:
    part = gzip.compress(b"x")
    assert unpack("gzip", part * 1000, 10**6, size=64 * 1024) == b"x" * 1000
    with pytest.raises(UnreadableBody, match="too many parts"):
        unpack("gzip", part * 1001, 10**6, size=64 * 1024)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@given(cut=st.integers(1, 30))
def test_a_body_that_ends_early_is_unreadable(coding: str, cut: int) -> None:
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[coding]
    packed = pack(bytes(range(256)))
    with pytest.raises(UnreadableBody):
        unpack(coding, packed[:-cut], 1000)


@pytest.mark.parametrize("coding", ["zstd", "gzip, gzip", "compress", "gzip;q=1"])
def test_what_we_did_not_ask_for_is_unreadable(coding: str) -> None:
    with pytest.raises(UnreadableBody):
        Body(coding, 1000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_rubbish_is_unreadable(coding: str) -> None:
    with pytest.raises(UnreadableBody):
        unpack(coding, b"\xff" * 100, 1000)


GERMAN = "Mäntel für 1.299,00 € \u2013 jetzt kürzer"
RUSSIAN = (
    "Новая коллекция верхней одежды: пальто из шерсти, тёплые пуховики и лёгкие куртки на осень. "
    "Выберите размер и цвет, добавьте в корзину, и мы доставим заказ в течение трёх дней."
)
JAPANESE = "秋冬の新作コートが入荷しました。ウールのコートは、仕事にも休日にも合わせやすい一着です。"


@pytest.mark.parametrize(
    ("text", "written", "declared"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8", None),
        (GERMAN, "utf-8", "iso-8859-1"),
        (GERMAN, "utf-8", "no-such-charset"),
        (GERMAN, "utf-8", "unicode_escape"),
        (GERMAN, "utf-8", "utf-7"),
        (GERMAN, "utf-8-sig", "windows-1252"),
        (GERMAN, "utf-16", None),
        (GERMAN, "utf-16", "utf-8"),
        (GERMAN, "utf-16-le", "utf-16le"),
        (GERMAN, "cp1252", "iso-8859-1"),
        (GERMAN, "cp1252", "utf-8"),
        (GERMAN, "cp1252", None),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "cp1251", "utf-8"),
        (RUSSIAN, "koi8-r", None),
        (JAPANESE, "cp932", "Shift_JIS"),
        (JAPANESE, "cp932", None),
        (JAPANESE, "euc_jp", "euc-jp"),
        (JAPANESE, "utf-8", "shift_jis"),
    ],
)
def test_text_is_read_whatever_the_header_says(text: str, written: str, declared: str | None) -> None:
    assert decode(text.encode(written), declared) == text


@pytest.mark.parametrize(
    ("head", "written"),
    [
        ('<?xml version="1.0" encoding="windows-1251"?><rss>', "cp1251"),
        ('<html><head><meta charset="koi8-r">', "koi8-r"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=euc-jp">', "euc_jp"),
    ],
)
def test_the_document_may_declare_it_itself(head: str, written: str) -> None:
    text = head + {"cp1251": RUSSIAN, "koi8-r": RUSSIAN, "euc_jp": JAPANESE}[written]
    assert decode(text.encode(written), None) == text


@given(
    st.binary(max_size=200), st.sampled_from([None, "utf-8", "shift_jis", "utf-16", "idna", "latin1", "x"])
)
def test_any_bytes_are_some_text(body: bytes, declared: str | None) -> None:
    assert isinstance(decode(body, declared), str)


@pytest.mark.parametrize(
    ("body", "declared", "binary"),
    [
        (b"\x7fELF\x02\x01\x01\0", "utf-8", True),
        (b"GIF89a\0\0", None, True),
        (b"<html>", None, False),
        ("<rss/>".encode("utf-16"), None, False),
        ("<rss/>".encode("utf-16-le"), "utf-16le", False),
        ("<rss/>".encode("utf-16-le"), None, True),
    ],
)
def test_what_has_nuls_is_no_text(body: bytes, declared: str | None, binary: bool) -> None:
    assert is_binary(body, declared) is binary
