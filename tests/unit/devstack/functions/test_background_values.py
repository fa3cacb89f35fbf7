"""The small rules of the background half: time spans, expressions, host.json sections, messages."""

from __future__ import annotations

import base64
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from azure.storage.queue import QueueMessage
from hypothesis import given
from hypothesis import strategies as st

from devstack.functions.bindings import Binding, Function
from devstack.functions.connections import ConnectionMissingError, queue_service
from devstack.functions.durable import failure
from devstack.functions.durable_links import Links
from devstack.functions.expressions import ExpressionError, fill
from devstack.functions.extensions import DurableOptions, HostJsonError, QueueOptions
from devstack.functions.outputs import Outputs, messages
from devstack.functions.queue_message import body_of, trigger_metadata, trigger_value
from devstack.functions.timespan import parse_timespan
from devstack.functions.worker import FunctionLoadError, Outcome

ACCOUNT = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;QueueEndpoint=http://127.0.0.1:1/a;"


@given(st.timedeltas(timedelta(0), timedelta(days=1000)))
def test_a_written_time_span_reads_as_itself(span: timedelta) -> None:
    hours, rest = divmod(span.seconds, 3600)
    text = f"{span.days}.{hours:02}:{rest // 60:02}:{rest % 60:02}.{span.microseconds:06}0"
    assert parse_timespan(text) == span


@pytest.mark.parametrize("text", ["", "5", "1:2:3:4", "24:00:00", "00:60:00", "00:00:60", "-00:01:00", "1,5"])
def test_other_texts_are_no_time_spans(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time span"):
        parse_timespan(text)


def test_expressions_take_trigger_data_guids_and_dates() -> None:
    data = {"queueTrigger": "parcel", "order": {"Id": 7}}
    assert fill("in/{queueTrigger}-{order.id}.txt", data) == "in/parcel-7.txt"
    guid = fill("{rand-guid}", {})
    assert str(uuid.UUID(guid)) == guid
    assert re.fullmatch("[0-9a-f]{32}", fill("{rand-guid:N}", {}))
    assert re.fullmatch(r"\d{4}/\d\d-\d\d", fill("{DateTime:yyyy}/{DateTime:MM}-{datetime:dd}", {}))


def test_an_expression_without_a_value_is_named() -> None:
    with pytest.raises(ExpressionError, match=r"No value for named parameter 'nothing'\."):
        fill("{nothing}", {"something": 1})


def test_queue_options_have_the_defaults_of_the_platform() -> None:
    options = QueueOptions.of({})
    assert (options.batch_size, options.max_dequeue_count, options.visibility_timeout) == (16, 5, 0)
    assert options.base64 is True


@pytest.mark.parametrize(
    ("queues", "words"),
    [
        ({"batchSize": 33}, "host.json: extensions.queues.batchSize is 33; it must be from 1 to 32"),
        ({"batchSize": "8"}, "batchSize is '8'; it must be a whole number"),
        ({"maxDequeueCount": 0}, "maxDequeueCount is 0; it must be at least 1"),
        ({"visibilityTimeout": "soon"}, "visibilityTimeout is 'soon'; it must be a time span"),
        ({"messageEncoding": "hex"}, "messageEncoding is 'hex'; it must be one of base64, none"),
        ([], "extensions.queues must be an object"),
    ],
)
def test_a_wrong_value_in_host_json_is_named(queues: Any, words: str) -> None:
    with pytest.raises(HostJsonError, match=re.escape(words)):
        QueueOptions.of({"queues": queues})


def test_durable_options_are_read_whatever_the_case_of_their_names() -> None:
    options = DurableOptions.of({"DurableTask": {"HubName": "H", "MaxConcurrentActivityFunctions": 3}})
    assert (options.hub_name, options.max_activities) == ("H", 3)


@given(st.binary())
def test_a_body_survives_the_queue(body: bytes) -> None:
    assert body_of(base64.b64encode(body).decode(), base64_encoded=True) == body


@pytest.mark.parametrize("content", ["plain text", "äöü", "YWJ", "YW Jj"])
def test_text_that_is_not_base64_has_no_body(content: str) -> None:
    assert body_of(content, base64_encoded=True) is None
    assert body_of(content, base64_encoded=False) == content.encode()


def test_text_goes_in_as_text_and_the_rest_as_bytes() -> None:
    trigger = Binding("m", "queueTrigger", "in", {})
    assert trigger_value(b"caf\xc3\xa9", trigger).type == "string"
    assert trigger_value(b"\xff", trigger).type == "bytes"
    assert trigger_value(b"text", Binding("m", "queueTrigger", "in", {"dataType": "binary"})).type == "bytes"


def test_metadata_is_what_the_worker_library_reads() -> None:
    from azure.functions.queue import QueueMessageInConverter

    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    received = SimpleNamespace(
        id="7", dequeue_count=2, pop_receipt="p", inserted_on=at, expires_on=at, next_visible_on=at
    )
    metadata = trigger_metadata(cast(QueueMessage, received), b"hello")
    value = trigger_value(b"hello", Binding("m", "queueTrigger", "in", {}))
    message = QueueMessageInConverter.decode(value, trigger_metadata=metadata)
    assert (message.id, message.dequeue_count, message.pop_receipt) == ("7", 2, "p")
    assert message.insertion_time == message.expiration_time == message.time_next_visible == at


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("one", [b"one"]),
        (b"\xff", [b"\xff"]),
        (["a", {"id": None, "body": "b"}, {"c": 1}], [b"a", b"b", b'{"c": 1}']),
        ({"id": None, "body": "text"}, [b"text"]),
        ([], []),
    ],
)
def test_output_values_become_messages(value: Any, sent: list[bytes]) -> None:
    assert messages(value) == sent


def function(*bindings: Binding) -> Function:
    return Function("1", "sort", (Binding("t", "queueTrigger", "in", {}), *bindings))


def test_an_output_nobody_can_write_refuses_the_start() -> None:
    table = Binding("row", "table", "out", {"connection": "X"})
    with pytest.raises(FunctionLoadError, match=r"'sort' has the output binding 'row' of type 'table'"):
        Outputs([function(table)], QueueOptions.of({}), {})


def test_a_missing_connection_refuses_the_start() -> None:
    queue = Binding("out", "queue", "out", {"queueName": "q", "connection": "Parcels"})
    with pytest.raises(FunctionLoadError, match="connection string 'Parcels' does not exist"):
        Outputs([function(queue)], QueueOptions.of({}), {"Parcels": ""})


async def test_connections_are_found_with_and_without_the_platforms_prefix() -> None:
    for settings in ({"AzureWebJobsStorage": ACCOUNT}, {"AzureWebJobsX": ACCOUNT}, {"X": ACCOUNT}):
        async with queue_service(None if "AzureWebJobsStorage" in settings else "X", settings) as service:
            assert service.url.startswith("http://127.0.0.1:1/a")
    with pytest.raises(ConnectionMissingError, match="'AzureWebJobsStorage' does not exist"):
        queue_service(None, {})


def test_links_follow_the_address_the_caller_used() -> None:
    links = Links("http://127.0.0.1:7071", "Hub", "a key").at("https://example.org").management("an/id")
    assert links["statusQueryGetUri"] == (
        "https://example.org/runtime/webhooks/durabletask/instances/an%2Fid"
        "?taskHub=Hub&connection=Storage&code=a+key"
    )
    assert json.dumps(links)


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [("ValueError: a: b", "ValueError", "a: b"), ("KeyError", "KeyError", "KeyError")],
)
def test_a_failure_is_its_type_and_its_message(error: str, kind: str, message: str) -> None:
    details = failure(Outcome("id", error=error, trace="Traceback"))
    assert (details.errorType, details.errorMessage, details.stackTrace.value) == (kind, message, "Traceback")
