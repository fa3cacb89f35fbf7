"""The stream's bytes: ids that are true offsets, and nothing lost or doubled wherever a reader stops."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat import frames
from core.chat.frames import Frame, FrameTooLarge, encode, last_frame, parse, whole_frames

TEXT = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ["\n\n", "\r\n", "data: x\n\nid: 7", "\u2028\u0085\x00", "é🧥", ": a", ""]
)
DATA = st.dictionaries(TEXT, TEXT | st.integers() | st.none() | st.lists(TEXT, max_size=3), max_size=3)
FRAME = st.builds(Frame.of, st.sampled_from(sorted(frames.EVENTS)), DATA)
STREAM = st.lists(st.none() | FRAME, max_size=12)
OFFSET = st.integers(0, 10**6) | st.sampled_from([max(0, 10**n - m) for n in range(2, 7) for m in range(60)])


@given(STREAM, OFFSET)
def test_each_id_is_the_offset_behind_its_frame(stream: list[Frame | None], at: int) -> None:
    written = encode(stream, at)
    for end, frame in parse(written):
        assert end is not None
        assert written[: end - at].endswith(b"\n\n")
        assert frame.data.encode() in written[: end - at]


@given(OFFSET)
def test_a_heartbeat_ends_where_its_id_says(at: int) -> None:
    beat = frames.heartbeat(at)
    assert int(beat.split(b"\n")[0].removeprefix(b"id: ")) == at + len(beat)
    assert list(parse(beat)) == []


@given(STREAM, OFFSET)
def test_what_was_put_in_comes_out(stream: list[Frame | None], at: int) -> None:
    assert [frame for _, frame in parse(encode(stream, at))] == [frame for frame in stream if frame]


@given(STREAM, STREAM, OFFSET)
def test_batches_join_to_one_stream(first: list[Frame | None], second: list[Frame | None], at: int) -> None:
    head = encode(first, at)
    assert head + encode(second, at + len(head)) == encode([*first, *second], at)


@given(STREAM, st.data())
def test_a_reader_that_stops_anywhere_reads_every_frame_once(
    stream: list[Frame | None], data: st.DataObject
) -> None:
    written = encode(stream, 0)
    cuts = data.draw(st.lists(st.integers(0, len(written)), max_size=20))
    seen: list[Frame] = []
    offset = 0
    for cut in [*sorted(cuts), len(written)]:
        got = list(parse(written[offset:cut]))
        seen += [frame for _, frame in got]
        offset = max([offset, *[end for end, _ in got if end]])
    assert seen == [frame for frame in stream if frame]


@given(STREAM)
def test_resumption_from_every_id_gives_the_rest(stream: list[Frame | None]) -> None:
    written = encode(stream, 0)
    parsed = list(parse(written))
    for place, (end, _) in enumerate(parsed):
        assert list(parse(written[end:])) == parsed[place + 1 :]


@given(STREAM, st.data())
def test_whole_frames_leaves_out_what_is_cut_off(stream: list[Frame | None], data: st.DataObject) -> None:
    written = encode(stream, 0)
    cut = data.draw(st.integers(0, len(written)))
    whole = whole_frames(written[:cut])
    assert written.startswith(whole)
    assert list(parse(whole)) == list(parse(written[:cut]))


@given(STREAM)
def test_the_last_frame_is_told_from_the_end(stream: list[Frame | None]) -> None:
    written = encode(stream, 0)
    assert last_frame(written) == (stream[-1] if stream else None)
    assert last_frame(written[:-1]) is None


def test_the_last_frame_is_told_from_an_end_cut_inside_a_letter() -> None:
    stream = [Frame.of("delta", {"text": "🧥" * 100}), Frame.of("done", {"n": 1})]
    written = encode(stream, 0)
    for kept in range(len(stream[1].encoded(0)) + 8, len(written)):
        assert last_frame(written[-kept:]) == stream[1]


def test_an_event_source_block_looks_as_the_standard_says() -> None:
    assert (
        Frame.of("delta", {"text": "a\nb"}).encoded(0) == b'id: 43\nevent: delta\ndata: {"text":"a\\nb"}\n\n'
    )


@pytest.mark.parametrize(
    ("event", "data"),
    [("message", {}), ("delta", {"x": float("nan")}), ("delta", {"text": "\ud800"}), ("turn\n", {})],
)
def test_what_is_no_frame_is_refused(event: str, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        Frame.of(event, data)


def test_a_frame_has_a_largest_size_and_a_last_one_a_smaller() -> None:
    fits = {"text": "x" * (frames.FRAME_LIMIT - 100)}
    assert len(Frame.of("delta", fits).encoded(10**9)) <= frames.FRAME_LIMIT
    with pytest.raises(FrameTooLarge):
        Frame.of("delta", {"text": "x" * frames.FRAME_LIMIT})
    with pytest.raises(FrameTooLarge):
        Frame.of("done", {"text": "x" * frames.LAST_FRAME_LIMIT})


def test_payload_reads_the_json() -> None:
    data = {"text": 'é"\n🧥', "n": [1, None]}
    assert Frame.of("delta", data).payload == data
    assert json.loads(Frame.of("delta", data).data) == data
