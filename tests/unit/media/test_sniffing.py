import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.errors import AnimatedPicture, BrokenPicture, PictureTooLarge, UnsupportedPicture
from core.media.sniffing import check_bytes, sniff
from core.platform.errors import DomainError
from tests.unit.media.photos import animation, chunk, encoded


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_pictures_are_known_by_their_bytes(kind: str) -> None:
    assert sniff(encoded(kind)) == kind


@pytest.mark.parametrize(("kind", "named"), [("PNG", "animated PNG"), ("WEBP", "animated WebP")])
def test_animations_are_refused_by_name(kind: str, named: str) -> None:
    with pytest.raises(AnimatedPicture, match=named):
        sniff(animation(kind))


@pytest.mark.parametrize("kind", ["still", "animated"])
def test_a_png_of_a_thousand_chunks_before_its_pixels_is_refused(kind: str) -> None:
    data = encoded("PNG") if kind == "still" else animation("PNG")
    head = data.index(b"IHDR") + 4 + 13 + 4
    told = chunk(b"tEXt", b"a\0b")
    if kind == "still":
        assert sniff(data[:head] + told * 900 + data[head:]) == "PNG"
    with pytest.raises(BrokenPicture, match="1000 chunks"):
        sniff(data[:head] + told * 1000 + data[head:])


def test_a_heif_sequence_is_refused() -> None:
    with pytest.raises(AnimatedPicture, match="sequence"):
        sniff(b"\x00\x00\x00\x18ftyphevc\x00\x00\x00\x00hevcmsf1")


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (animation("GIF"), "GIF"),
        (encoded("BMP"), "BMP"),
        (encoded("TIFF"), "TIFF"),
        (encoded("AVIF"), "AVIF"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\xef\xbb\xbf  <svg/>", "SVG"),
        (b"<!doctype html><p>", "XML or HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x00\x00\x18ftypmp42", "video"),
        (b"just text", "not a picture we know"),
    ],
)
def test_other_files_are_refused_by_what_they_are(data: bytes, named: str) -> None:
    with pytest.raises(UnsupportedPicture, match=named) as caught:
        sniff(data)
    assert caught.value.errors[0].pointer == "/image"


def test_no_bytes_are_no_picture() -> None:
    with pytest.raises(BrokenPicture, match="0 bytes"):
        sniff(b"")


def test_the_limit_on_bytes_is_inclusive_and_named() -> None:
    check_bytes(100, 100)
    with pytest.raises(PictureTooLarge, match=r"101 bytes; at most 100 .*MEDIA_MAX_BYTES"):
        check_bytes(101, 100)


@given(
    st.binary(max_size=64),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBPVP8X", b"\0\0\0\x18ftyp"]),
)
def test_any_bytes_are_told_apart_without_a_crash(tail: bytes, head: bytes) -> None:
    with contextlib.suppress(DomainError):
        assert sniff(head + tail) in ("JPEG", "PNG", "WEBP", "HEIF")
