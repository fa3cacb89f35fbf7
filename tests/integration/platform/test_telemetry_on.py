"""The SDK as our settings set it up, in processes of its own: every exporter, and collectors in trouble."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from devstack.process import REPOSITORY
from devstack.stack import Stack
from tests.fixtures.collector import Collector, Told, serving, serving_grpc
from tests.fixtures.web import Page, Web

LONG = {
    "OTEL_EXPORTER_OTLP_TIMEOUT": "600",
    "OTEL_BSP_SCHEDULE_DELAY": "600000",
    "OTEL_BLRP_SCHEDULE_DELAY": "600000",
    "OTEL_METRIC_EXPORT_INTERVAL": "600000",
}
"""So long that only what a test waits for ends it."""
SIGNALS = {"traces", "metrics", "logs"}
METRICS = {"pluckit.queue.depth", "pluckit.budget.rejections"}
"""What a process started ``briefly`` measures."""


@asynccontextmanager
async def briefly(spans: int, values: dict[str, str]) -> AsyncIterator[Process]:
    """Start a process that has told everything, and has told its spans and waited for nobody."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.platform.briefly", str(spans),
        cwd=REPOSITORY, env={**kept, **values}, stdin=PIPE, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def said(process: Process, what: bytes) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        if line.strip() == what:
            return
    raise AssertionError(f"the process ended and never said {what!r}")


@pytest.mark.parametrize(
    ("protocol", "served"), [("http/protobuf", serving), ("grpc", serving_grpc)], ids=["http", "grpc"]
)
async def test_all_signals_reach_a_collector_by_either_protocol_before_the_process_ends(
    protocol: str, served: type[AbstractAsyncContextManager[Collector]]
) -> None:
    async with served() as collector:
        values = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_PROTOCOL": protocol}
        async with briefly(3, {**LONG, **values}) as process:
            printed, _ = await process.communicate()
        assert (process.returncode, printed.splitlines()[-1]) == (0, b"told")
    assert [span.attributes["server.address"] for span in collector.spans] == ["host-0", "host-1", "host-2"]
    [point] = collector.metrics["pluckit.queue.depth"].gauge.data_points
    assert (point.as_int or point.as_double) == 7
    assert collector.metrics.keys() == METRICS
    *numbered, record = collector.logs
    assert [each.body.string_value for each in numbered] == ["number 0", "number 1", "number 2"]
    assert record.body.string_value == "all was told"
    [trace] = [one.value.string_value for one in record.attributes if one.key == "exception.stacktrace"]
    assert trace.endswith("RuntimeError: because of a test")


async def test_the_console_exporters_print_every_signal() -> None:
    values = {f"OTEL_{signal}_EXPORTER": "console" for signal in ("TRACES", "METRICS", "LOGS")}
    async with briefly(1, {**LONG, **values}) as process:
        printed, _ = await process.communicate()
    assert process.returncode == 0
    for told in (b'"server.address": "host-0"', b'"name": "pluckit.queue.depth"', b'"body": "all was told"'):
        assert told in printed


@pytest.mark.parametrize(
    ("values", "because"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER names zipkin; use otlp, console or none."),
        ({"OTEL_LOGS_EXPORTER": "zipkin"}, "OTEL_LOGS_EXPORTER names zipkin; use otlp, console or none."),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"},
            "OTEL_EXPORTER_OTLP_PROTOCOL is http/json; use http/protobuf or grpc.",
        ),
    ],
    ids=["traces", "logs", "protocol"],
)
async def test_settings_that_make_no_sense_turn_a_signal_off_and_say_why(
    values: dict[str, str], because: str
) -> None:
    async with briefly(2, values) as process:
        printed, _ = await process.communicate()
    assert process.returncode == 0
    assert printed.decode().count(because) == 1


async def test_a_first_record_that_makes_the_sdk_complain_does_not_wait_for_itself() -> None:
    async with serving() as collector, asyncio.timeout(60):
        values = {
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"{collector.url}/v1/logs",
            "OTEL_RESOURCE_ATTRIBUTES": "novalue",
        }
        async with briefly(2, {**LONG, **values}) as process:
            await process.communicate()
    assert process.returncode == 0
    assert [record.body.string_value for record in collector.logs] == ["number 0", "number 1", "all was told"]


async def test_a_sampler_that_takes_no_trace_tells_none_and_silences_nothing_else() -> None:
    async with serving() as collector:
        values = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_TRACES_SAMPLER": "always_off"}
        async with briefly(3, {**LONG, **values}) as process:
            await process.communicate()
    assert process.returncode == 0
    assert collector.spans == []
    assert (set(collector.metrics), len(collector.logs)) == (METRICS, 4)


async def test_with_the_collector_away_each_queue_keeps_its_bound_and_the_oldest_are_lost() -> None:
    limits = {"MAX_QUEUE_SIZE": "64", "MAX_EXPORT_BATCH_SIZE": "16"}
    bounds = {f"OTEL_{queue}_{name}": most for queue in ("BSP", "BLRP") for name, most in limits.items()}
    async with serving() as collector:
        collector.hang = True
        values = {**LONG, **bounds, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        async with briefly(1000, values) as process:
            await said(process, b"told")
            await collector.release()
            await collector.until(lambda: any(_number(span) == 999 for span in collector.spans))
            await process.communicate()
    numbers = [_number(span) for span in collector.spans]
    assert numbers[-64:] == list(range(936, 1000))
    assert len(numbers) <= 16 + 64, "what was on its way, and the queue"
    records = [record.body.string_value for record in collector.logs]
    assert records[-64:] == [*(f"number {number}" for number in range(937, 1000)), "all was told"]
    assert len(records) <= 16 + 64
    assert counts(collector, "pluckit.budget.rejections") == {(): 1000}, "no measurement is lost"


@pytest.mark.parametrize(
    ("protocol", "served", "status"),
    [("http/protobuf", serving, 200), ("grpc", serving_grpc, 200), ("grpc", serving_grpc, 503)],
    ids=["http hangs", "grpc hangs", "grpc refuses"],
)
async def test_a_process_ends_though_its_collector_takes_nothing(
    protocol: str, served: type[AbstractAsyncContextManager[Collector]], status: int
) -> None:
    async with served() as collector:
        collector.status, collector.hang = status, status == 200
        values = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_PROTOCOL": protocol}
        async with briefly(3, {**LONG, **values}) as process:
            await said(process, b"told")
            ended = asyncio.ensure_future(process.communicate())
            await collector.until(lambda: collector.asked == SIGNALS)
            async with asyncio.timeout(25):  # by itself the SDK waits half a minute for each signal
                await ended
        assert process.returncode == 0
        assert collector.raw == [], "it took none"
        await collector.release()


@pytest.fixture
async def told(stack: Stack, web: Web) -> AsyncIterator[Collector]:
    """What a process told that delivered a digest, overspent a budget, asked a server and kept a blob."""
    web.put("shop.test", "/robots.txt", Page("", headers={"Content-Type": "text/plain"}))
    web.put("shop.test", "/there?token=planted-query", Page("hello", headers={"Content-Type": "text/html"}))
    values = {
        **stack.settings,
        **LONG,
        "FETCH_EXTRA_HOSTS": web.extra_hosts("shop.test"),
        "FETCH_PAUSE_SECONDS": "0",
    }
    async with serving() as collector:
        started = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.integration.platform.deeds",
            f"http://shop.test:{web.port}/{{path}}?token=planted-query", "planted-person/planted-photo",
            cwd=REPOSITORY, env={**os.environ, **values, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url},
        )  # fmt: skip
        assert await started.wait() == 0
        yield collector


async def test_what_seldom_happens_is_measured_and_what_leaves_the_app_is_told_without_whose_it_is(
    told: Collector,
) -> None:
    assert counts(told, "pluckit.digest.delivered") == {
        (("pluckit.digest.outcome", "made"),): 1,
        (("pluckit.digest.outcome", "not_due"),): 1,
    }
    assert counts(told, "pluckit.budget.rejections") == {(): 2}
    fetched = [span.attributes for span in told.spans if span.name == "fetch"]
    about = {"http.request.method": "GET", "server.address": "shop.test"}
    robots, there, gone = ({**about, "http.response.status_code": status} for status in (200, 200, 404))
    assert fetched == [robots, there, {**gone, "error.type": "UnexpectedStatus"}]
    stored = [span.attributes for span in told.spans if span.name.endswith(" originals")]
    assert stored == [
        {"pluckit.storage.operation": operation, "pluckit.storage.target": "originals"}
        for operation in ("upload_blob", "delete_blob")
    ]
    assert [word for word in (b"planted", b"token=") if word in b"".join(told.raw)] == []


def counts(told: Collector, metric: str) -> dict[tuple[tuple[str, str], ...], int]:
    """Return a counter's values by their attributes."""
    return {
        tuple((pair.key, pair.value.string_value) for pair in point.attributes): point.as_int
        for point in told.metrics[metric].sum.data_points
    }


def _number(span: Told) -> int:
    return int(span.attributes["server.address"].removeprefix("host-"))
