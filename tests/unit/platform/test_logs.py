"""No secret is logged, in whatever shape it comes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform import logs

KEY = "Zm9vYmFyYmF6cXV4+/=="
JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl"
REFRESH = f"{'0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1.' * 2}{'s' * 43}"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a handler of the root logger writes while secrets are hidden."""
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    logs.hide_secrets({"COSMOS_DB_KEY": KEY, "COSMOS_DB_DATABASE": "a-long-database-name", "X_KEY": "word"})
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"asked with {KEY}", KEY),
        (f"Authorization: Bearer {JWT}", JWT),
        (f"'authorization': 'Bearer {KEY}'", KEY),
        (f"the token {JWT} has expired", JWT),
        (f"refresh {REFRESH}", REFRESH),
        ('{"refresh_token": "abcdefgh"}', "abcdefgh"),
        ("X-Api-Key: k-123456", "k-123456"),
        ("DefaultEndpointsProtocol=https;AccountKey=abc123==;EndpointSuffix=x", "abc123"),
        ("GET /api/media/1/thumb?uid=u&exp=1&sig=0123abcd", "0123abcd"),
        ("Incorrect API key provided: sk-proj-0123456789abcdef", "sk-proj-0123456789abcdef"),
        ("no account for ada.lovelace+shop@mail.example.org", "ada.lovelace"),
    ],
)
def test_a_secret_is_hidden_in_message_arguments_and_trace(
    line: str, secret: str, written: io.StringIO
) -> None:
    log = logging.getLogger("some.sdk")
    log.warning(line.replace("%", "%%"))
    log.warning("%s of %d", line, 1)
    log.error("it failed", exc_info=ValueError(line))
    text = written.getvalue()
    assert text.count(logs.HIDDEN) >= 3
    assert "ValueError" in text
    assert secret not in text


@pytest.mark.parametrize(
    "line",
    [
        "job 0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1 is over: late message dropped",
        "a-long-database-name has no word for it",
        "GET /api/vault/items 200 in 12 ms",
        "the signature differs, the token is unknown",
    ],
)
def test_what_operators_need_stays(line: str, written: io.StringIO) -> None:
    logging.getLogger("app").warning(line)
    assert written.getvalue() == f"{line}\n"


def test_a_message_that_cannot_be_formatted_is_still_written(written: io.StringIO) -> None:
    logging.getLogger("app").warning("%d items", KEY)
    assert "%d items" in written.getvalue()
    assert KEY not in written.getvalue()


def test_hiding_twice_cleans_once(written: io.StringIO) -> None:
    once = logging.getLogRecordFactory()
    logs.hide_secrets({})
    assert logging.getLogRecordFactory() is once


@given(st.text())
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    once = logs.cleaned(text)
    assert logs.cleaned(once) == once


def test_asked_for_json_a_record_is_one_object_a_line_without_secrets() -> None:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    try:
        logs.hide_secrets({"LOG_FORMAT": "json", "COSMOS_DB_KEY": KEY})
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        raised = ValueError(KEY)
        written = logging.getLogger("pluckit.test").makeRecord(
            "pluckit.test", logging.ERROR, "", 1, 'with "%s"\nand %s', (KEY, JWT), (ValueError, raised, None)
        )
        handler.emit(written)
    finally:
        logging.setLogRecordFactory(before)
    (line,) = stream.getvalue().splitlines()
    said = json.loads(line)
    assert said["message"] == 'with "[hidden]"\nand [hidden]'
    assert (said["level"], said["logger"]) == ("ERROR", "pluckit.test")
    assert said["exception"] == "ValueError: [hidden]"
    assert datetime.fromisoformat(said["time"]).utcoffset() == timedelta()
