import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform.errors import RangeBeyondEnd
from core.platform.ranges import ByteRange, matches, parse_range, part_of, range_still_applies

DATA = bytes(range(100))


@given(st.integers(0, 120), st.integers(0, 120), st.sampled_from(["{}-{}", "{}-", "-{1}"]))
def test_a_range_is_the_slice_it_names(first: int, last: int, shape: str) -> None:
    header = f"bytes={shape.format(first, last)}"
    wanted = (
        DATA[-last:] if shape == "-{1}" and last else DATA[first : last + 1 if shape == "{}-{}" else None]
    )
    if shape == "-{1}" and not last:
        wanted = b""
    if shape == "{}-{}" and last < first:
        assert parse_range(header, len(DATA)) is None
        return
    if not wanted:
        with pytest.raises(RangeBeyondEnd):
            parse_range(header, len(DATA))
        return
    part = parse_range(header, len(DATA))
    assert part is not None
    assert DATA[part.start : part.start + part.length] == wanted
    assert part.content_range == f"bytes {wanted[0]}-{wanted[-1]}/100"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "items=0-1",
        "bytes=0-1,3-4",
        "bytes=1-2-3",
        "bytes=\u0660-\u0669",
    ],
)
def test_what_is_no_single_range_is_ignored(header: str | None) -> None:
    assert parse_range(header, 100) is None


@given(st.text(max_size=30))
def test_no_header_makes_it_crash(text: str) -> None:
    try:
        part = parse_range(f"bytes={text}", 100)
    except RangeBeyondEnd:
        return
    assert part is None or (part.length > 0 and part.start + part.length <= 100)


@pytest.mark.parametrize(
    ("header", "stands"),
    [(None, True), ('"abc"', True), ('W/"abc"', False), ('"other"', False), ("Mon, 1", False)],
)
def test_a_range_stands_only_for_the_same_bytes(header: str | None, stands: bool) -> None:
    assert range_still_applies(header, "abc") is stands


@pytest.mark.parametrize(
    ("header", "named"),
    [(None, False), ('"abc"', True), ('"x", W/"abc"', True), ("*", True), ('"ab"', False), ("", False)],
)
def test_known_versions_are_recognised(header: str | None, named: bool) -> None:
    assert matches(header, "abc") is named


def test_a_part_is_of_the_version_it_was_begun_of_and_of_no_other() -> None:
    begun = {"range": "bytes=10-29", "if-range": '"abc"'}
    part = part_of(begun, "abc", 100)
    assert part == ByteRange(10, 20, 100)
    assert part_of(begun, "def", 100) is None
    assert part_of({}, "abc", 100) is None


@pytest.mark.parametrize(
    ("most", "told"), [(5, "bytes 10-14/100"), (20, "bytes 10-29/100"), (99, "bytes 10-29/100")]
)
def test_a_part_that_is_too_much_at_once_is_its_beginning(most: int, told: str) -> None:
    assert ByteRange(10, 20, 100).at_most(most).content_range == told
