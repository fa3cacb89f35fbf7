"""Queues, timers, outputs and Durable through the real process: an app that shares nothing with ours."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import re
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import ContainerClient
from azure.storage.queue.aio import QueueClient

from devstack import process
from devstack.stack import Stack

RELAY = process.REPOSITORY / "tests" / "apps" / "relay"
PATIENCE = 30.0  # seconds; a bound for what should take less than one
_LISTENING = re.compile(r"listening on (http://\S+)")
_TERMINAL = {"Completed", "Failed", "Terminated"}


async def eventually[T](look: Callable[[], Awaitable[T]], wanted: Callable[[T], Any]) -> T:
    """Look again and again until what is seen is as wanted."""
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = await look()
        if wanted(seen):
            return seen
        assert time.monotonic() < deadline, f"still: {seen}"
        await asyncio.sleep(0.02)


@dataclass
class Relay:
    """A running host with the relay app."""

    stack: Stack
    state_dir: Path
    names: Mapping[str, str]
    http: aiohttp.ClientSession | None = None
    child: process.Child | None = None

    @property
    def connection(self) -> str:
        return self.stack.settings["AzureWebJobsStorage"]

    @property
    def log(self) -> Path:
        return self.state_dir / "relay.log"

    async def start(self, **settings: str) -> None:
        self.log.unlink(missing_ok=True)
        command: list[str | Path] = [sys.executable, "-m", "devstack.functions", "--app-dir", RELAY]
        command += ["--port", "0", "--state-dir", self.state_dir]
        own = {
            "AzureWebJobsStorage": self.connection,
            "RelayStorage": self.connection,
            **self.names,
            **settings,
        }
        self.child = process.spawn("relay", command, env={**_without_settings(), **own}, log=self.log)
        self.http = aiohttp.ClientSession(await eventually(self._address, bool))

    async def _address(self) -> str:
        assert self.child is not None
        self.child.check()
        match = _LISTENING.search(self.log.read_text())
        return match[1] if match else ""

    async def stop(self, *, kill: bool = False) -> None:
        if self.http is not None:
            await self.http.close()
        if self.child is not None:
            self.child.kill() if kill else process.stop([self.child])
        self.http = self.child = None

    async def call(self, method: str, url: str, **options: Any) -> tuple[int, Mapping[str, str], Any]:
        assert self.http is not None
        async with self.http.request(method, url, **options) as answer:
            text = await answer.text()
            is_json = text and "json" in answer.headers.get("Content-Type", "")
            return answer.status, answer.headers, await answer.json() if is_json else text

    async def begin(self, name: str, value: Any = None, **query: str) -> dict[str, str]:
        status, headers, links = await self.call("POST", f"/api/relay/{name}", params=query, json=value)
        assert status == 202
        assert headers["Location"] == links["statusQueryGetUri"]
        return dict(links)

    async def finish(self, links: Mapping[str, str]) -> dict[str, Any]:
        async def look() -> dict[str, Any]:
            return dict((await self.call("GET", links["statusQueryGetUri"]))[2])

        return await eventually(look, lambda document: document["runtimeStatus"] in _TERMINAL)

    async def run(self, name: str, value: Any = None) -> dict[str, Any]:
        return await self.finish(await self.begin(name, value))

    async def seen(self) -> list[dict[str, Any]]:
        return list((await self.call("GET", "/api/seen"))[2])

    def queue(self, name: str) -> QueueClient:
        return QueueClient.from_connection_string(self.connection, self.names.get(name, name))

    async def send(self, name: str, body: str, *, encoded: bool = True) -> None:
        async with self.queue(name) as queue:
            with contextlib.suppress(ResourceExistsError):
                await queue.create_queue()
            await queue.send_message(base64.b64encode(body.encode()).decode() if encoded else body)

    async def contents(self, name: str) -> list[str]:
        async with self.queue(name) as queue:
            try:
                return [message.content for message in await queue.peek_messages(max_messages=32)]
            except ResourceNotFoundError:
                return []


def _without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if "Storage" not in name}


def _names() -> dict[str, str]:
    run = uuid.uuid4().hex[:8]
    return {name: f"{name.lower()}-{run}" for name in ("INBOX", "RECEIPTS", "ORDERS", "COPIES")}


@pytest.fixture(scope="module")
async def relay(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Relay]:
    """The relay, started once for this module."""
    host = Relay(stack, tmp_path_factory.mktemp("relay"), _names())
    await host.start()
    yield host
    await host.stop()


@pytest.fixture
async def own_relay(stack: Stack, tmp_path: Path) -> AsyncIterator[Relay]:
    """A relay of the test's own, not started."""
    host = Relay(stack, tmp_path, _names())
    yield host
    await host.stop()


def _is_running(document: Mapping[str, Any]) -> bool:
    return bool(document["runtimeStatus"] == "Running")


class TestDurable:
    async def test_runs_activities_one_after_the_other(self, relay: Relay) -> None:
        assert (await relay.run("chain", 4))["output"] == 0 + 1 + 2 + 3

    async def test_fans_out_within_the_limit_of_host_json(self, relay: Relay) -> None:
        assert (await relay.run("fan_out", 20))["output"] == sum(range(20))
        assert 1 < int((await relay.call("GET", "/api/most-at-once"))[2]) <= 4

    async def test_retries_an_activity_as_its_policy_says(self, relay: Relay) -> None:
        assert (await relay.run("stubborn"))["output"] == 3

    @pytest.mark.parametrize(
        ("how", "seen"),
        [
            ({}, {"type": "ValueError", "message": "the scale is broken: twice"}),
            ({"silent": True}, {"type": "LookupError", "message": "LookupError"}),
        ],
    )
    async def test_an_orchestrator_sees_type_and_message_of_a_failed_activity(
        self, relay: Relay, how: dict[str, Any], seen: dict[str, str]
    ) -> None:
        assert (await relay.run("unlucky", how))["output"] == seen

    @pytest.mark.parametrize(
        ("orchestrator", "text"),
        [
            ("lost", "The function 'nowhere' doesn't exist, is disabled, or is not an activity function."),
            (
                "nobody",
                "The function 'nobody' doesn't exist, is disabled, or is not an orchestrator function.",
            ),
            ("asks_nobody", "The function 'ghost' doesn't exist, is disabled, or is not an entity function."),
        ],
    )
    async def test_an_unknown_name_fails_and_says_so(
        self, relay: Relay, orchestrator: str, text: str
    ) -> None:
        document = await relay.run(orchestrator)
        assert document["runtimeStatus"] == "Failed"
        assert text in document["output"]

    async def test_takes_an_event_or_the_timer_whichever_comes_first(self, relay: Relay) -> None:
        assert (await relay.run("waits", 0.05))["output"] == "nobody came"
        links = await relay.begin("waits", 600)
        await relay.call("POST", f"/api/relay/{links['id']}/events/go", json={"to": "Oslo"})
        assert (await relay.finish(links))["output"] == {"event": {"to": "Oslo"}}

    async def test_a_timer_of_an_earlier_round_does_not_end_the_next_ones(self, relay: Relay) -> None:
        document = await relay.run("rounds", {"left": 2, "stale_ms": 150, "last_ms": 400})
        assert document["output"] >= 0.4

    async def test_a_parent_gets_results_and_failures_of_its_children(self, relay: Relay) -> None:
        assert (await relay.run("parent", {}))["output"] == [1, 3]
        failed = await relay.run("parent", {"then_fail": True})
        assert failed["runtimeStatus"] == "Failed"
        assert "the scale is broken: twice" in failed["output"]

    async def test_an_entity_keeps_its_state(self, relay: Relay) -> None:
        key = uuid.uuid4().hex
        assert [(await relay.run("counts", {"key": key}))["output"] for _ in range(2)] == [5, 10]

    async def test_an_id_that_has_ended_may_run_again_and_one_that_runs_may_not(self, relay: Relay) -> None:
        links = await relay.begin("empty", id="again")
        await relay.finish(links)
        await relay.finish(await relay.begin("empty", id="again"))
        await relay.begin("waits", 600, id="busy")
        status, _, _ = await relay.call("POST", "/api/relay/waits", params={"id": "busy"}, json=600)
        assert status == 500


class TestManagement:
    async def test_asks_for_the_key(self, relay: Relay) -> None:
        links = await relay.begin("empty")
        for url in (links["statusQueryGetUri"], links["terminatePostUri"]):
            bare = url.partition("?")[0]
            for code in ({}, {"code": "wrong"}):
                assert (await relay.call("GET", bare, params=code))[0] == 401

    async def test_polls_with_202_until_it_is_done(self, relay: Relay) -> None:
        links = await relay.begin("waits", 600)
        status, headers, document = await relay.call("GET", links["statusQueryGetUri"])
        assert (status, headers["Location"]) == (202, links["statusQueryGetUri"])
        assert document["input"] == 600
        assert document["runtimeStatus"] in {"Pending", "Running"}
        event = links["sendEventPostUri"].replace("{eventName}", "go")
        assert (await relay.call("POST", event, json="now"))[0] == 202
        done = await relay.finish(links)
        assert done["output"] == {"event": "now"}
        assert done["customStatus"] == {"waiting_for": "go"}
        assert (await relay.call("POST", event, json="late"))[0] == 410

    async def test_shows_history_without_payloads_unless_asked(self, relay: Relay) -> None:
        links = await relay.begin("chain", 1)
        await relay.finish(links)
        short = (await relay.call("GET", links["statusQueryGetUri"] + "&showInput=false&showHistory=true"))[2]
        assert short["input"] is None
        kinds = [event["EventType"] for event in short["historyEvents"]]
        assert kinds == ["ExecutionStarted", "TaskCompleted", "ExecutionCompleted"]
        assert "Result" not in short["historyEvents"][1]
        assert all(event["Timestamp"] >= "2020" for event in short["historyEvents"])
        url = links["statusQueryGetUri"] + "&showHistory=true&showHistoryOutput=true"
        assert (await relay.call("GET", url))[2]["historyEvents"][1]["Result"] == 0

    async def test_suspends_resumes_and_terminates(self, relay: Relay) -> None:
        links = await relay.begin("waits", 600)

        async def look() -> dict[str, Any]:
            return dict((await relay.call("GET", links["statusQueryGetUri"]))[2])

        await eventually(look, _is_running)
        assert (await relay.call("POST", links["suspendPostUri"].replace("{text}", "wait")))[0] == 202
        await eventually(look, lambda document: document["runtimeStatus"] == "Suspended")
        assert (await relay.call("POST", links["resumePostUri"].replace("{text}", "on")))[0] == 202
        await eventually(look, _is_running)
        assert (await relay.call("DELETE", links["purgeHistoryDeleteUri"]))[0] == 412
        terminate = links["terminatePostUri"].replace("{text}", "enough")
        assert (await relay.call("POST", terminate))[0] == 202
        document = await relay.finish(links)
        assert (document["runtimeStatus"], document["output"]) == ("Terminated", "enough")
        assert (await relay.call("POST", terminate))[0] == 410

    async def test_rewinds_a_failed_instance(self, relay: Relay) -> None:
        links = await relay.begin("unlucky", {"let_it_fail": True})
        failed = await relay.finish(links)
        assert failed["runtimeStatus"] == "Failed"
        strict = links["statusQueryGetUri"] + "&returnInternalServerErrorOnFailure=true"
        assert (await relay.call("GET", strict))[0] == 500
        assert (await relay.call("POST", links["rewindPostUri"].replace("{text}", "again")))[0] == 202
        assert (await relay.finish(links))["runtimeStatus"] == "Failed"

    async def test_restarts_with_a_new_id_or_the_same(self, relay: Relay) -> None:
        links = await relay.begin("chain", 2)
        await relay.finish(links)
        status, _, fresh = await relay.call("POST", links["restartPostUri"])
        assert status == 202
        assert fresh["id"] != links["id"]
        assert (await relay.finish(fresh))["output"] == 1
        same = (await relay.call("POST", links["restartPostUri"] + "&restartWithNewInstanceId=false"))[2]
        assert same["id"] == links["id"]

    async def test_starts_and_waits_for_a_result(self, relay: Relay) -> None:
        links = await relay.begin("empty")
        base, _, query = links["statusQueryGetUri"].partition("?")
        url = f"{base.rpartition('/instances/')[0]}/orchestrators/chain/mine?{query}"
        status, _, started = await relay.call("POST", url, data=b"3")
        assert (status, started["id"]) == (202, "mine")
        assert (await relay.finish(started))["output"] == 3
        assert (await relay.call("POST", url + "&timeout=20&pollingInterval=1", data=b"4"))[::2] == (200, 6)
        assert (await relay.call("POST", url, data=b"{"))[0] == 400
        assert (await relay.call("POST", url.replace("chain", "nobody")))[0] == 400
        await relay.begin("waits", 600, id="taken")
        assert (await relay.call("POST", url.replace("mine", "taken"), data=b"3"))[0] == 409

    async def test_lists_pages_and_purges(self, relay: Relay) -> None:
        ids = [f"page-{number}" for number in range(5)]
        for instance_id in ids:
            links = await relay.begin("empty", id=instance_id)
            await relay.finish(links)
        base, _, query = links["statusQueryGetUri"].partition("?")
        url = f"{base.rpartition('/')[0]}?{query}&instanceIdPrefix=page-&top=2"
        found, token = [], ""
        while True:
            _, headers, page = await relay.call("GET", url, headers={"x-ms-continuation-token": token})
            found += [document["instanceId"] for document in page]
            token = headers.get("x-ms-continuation-token", "")
            if not token:
                break
        assert found == ids
        assert (await relay.call("GET", url + "&runtimeStatus=Failed,Running"))[2] == []
        assert (await relay.call("DELETE", f"{base.rpartition('/')[0]}?{query}"))[0] == 400
        assert (await relay.call("DELETE", links["purgeHistoryDeleteUri"]))[2] == {"instancesDeleted": 1}
        assert (await relay.call("GET", links["statusQueryGetUri"]))[0] == 404

    async def test_reads_and_signals_entities(self, relay: Relay) -> None:
        links = await relay.begin("empty")
        base, _, query = links["statusQueryGetUri"].partition("?")
        entity = f"{base.rpartition('/instances/')[0]}/entities/Counter/{uuid.uuid4().hex}?{query}"
        assert (await relay.call("GET", entity))[0] == 404
        assert (await relay.call("POST", entity + "&op=add", json=7))[0] == 202

        async def state() -> Any:
            return (await relay.call("GET", entity))[::2]

        assert await eventually(state, lambda seen: seen[0] == 200) == (200, 7)
        assert (await relay.call("POST", entity.replace("Counter", "Ghost")))[0] == 400


class TestQueues:
    async def test_hands_over_the_message_and_writes_the_outputs(self, relay: Relay) -> None:
        text = f"parcel-{uuid.uuid4().hex}"
        await relay.send("INBOX", text)
        items = await eventually(relay.seen, lambda seen: [i for i in seen if i.get("queue") == text])
        item = next(item for item in items if item.get("queue") == text)
        assert item["dequeue_count"] == 1
        assert item["pop_receipt"] is True
        assert item["inserted"] < item["next_visible"] < item["expires"]

        async def receipts() -> list[str]:
            return [base64.b64decode(content).decode() for content in await relay.contents("RECEIPTS")]

        assert await eventually(receipts, lambda found: {f"{text}/1", f"{text}/2"} <= set(found))
        async with ContainerClient.from_connection_string(relay.connection, relay.names["COPIES"]) as copies:
            blobs = [blob.name async for blob in copies.list_blobs(name_starts_with=text)]
            assert len(blobs) == 1
            assert await (await copies.download_blob(blobs[0])).readall() == text.encode()

    async def test_gives_up_after_the_last_attempt(self, relay: Relay) -> None:
        text = f"poison-{uuid.uuid4().hex}"
        await relay.send("INBOX", text)
        poison = f"{relay.names['INBOX']}-poison"
        encoded = base64.b64encode(text.encode()).decode()
        await eventually(lambda: relay.contents(poison), lambda found: encoded in found)
        counts = [item["dequeue_count"] for item in await relay.seen() if item.get("queue") == text]
        assert counts == [1, 2, 3]
        assert encoded not in await relay.contents("INBOX")

    async def test_text_that_is_not_base64_ends_up_in_the_poison_queue_unchanged(self, relay: Relay) -> None:
        text = f"plain text, {uuid.uuid4().hex}"
        await relay.send("INBOX", text, encoded=False)
        poison = f"{relay.names['INBOX']}-poison"
        await eventually(lambda: relay.contents(poison), lambda found: text in found)
        assert not [item for item in await relay.seen() if item.get("queue") == text]

    async def test_waits_for_a_queue_that_does_not_exist_and_starts_orchestrations(
        self, relay: Relay
    ) -> None:
        instance_id = uuid.uuid4().hex
        await relay.send("ORDERS", instance_id)
        base, _, query = (await relay.begin("empty"))["statusQueryGetUri"].partition("?")
        url = f"{base.rpartition('/')[0]}/{instance_id}?{query}"

        async def look() -> Any:
            return (await relay.call("GET", url))[::2]

        found = await eventually(look, lambda seen: seen[0] == 200)
        assert found[1]["output"] == 1

    async def test_a_lease_is_renewed_while_the_function_runs(self, own_relay: Relay) -> None:
        await own_relay.start(DEVSTACK_QUEUE_LEASE="1")
        text = f"slow-{uuid.uuid4().hex}"
        await own_relay.send("INBOX", text)
        await eventually(lambda: own_relay.contents("RECEIPTS"), lambda found: len(found) == 2)
        assert [item["dequeue_count"] for item in await own_relay.seen() if item.get("queue") == text] == [1]

    async def test_stopping_waits_for_what_runs(self, own_relay: Relay) -> None:
        await own_relay.start()
        text = f"slow-{uuid.uuid4().hex}"
        await own_relay.send("INBOX", text)
        await eventually(own_relay.seen, lambda seen: [i for i in seen if i.get("queue") == text])
        await own_relay.stop()
        assert len(await own_relay.contents("RECEIPTS")) == 2

    async def test_a_message_whose_host_was_killed_comes_back(self, own_relay: Relay) -> None:
        await own_relay.start(DEVSTACK_QUEUE_LEASE="1")
        text = f"slow-{uuid.uuid4().hex}"
        await own_relay.send("INBOX", text)
        await eventually(own_relay.seen, lambda seen: [i for i in seen if i.get("queue") == text])
        await own_relay.stop(kill=True)
        await own_relay.start()
        await eventually(
            own_relay.seen,
            lambda seen: [i for i in seen if i.get("queue") == text and i["dequeue_count"] == 2],
        )


class TestTimers:
    async def test_runs_on_startup_once(self, relay: Relay) -> None:
        await eventually(relay.seen, lambda seen: any("tick" in item for item in seen))
        ticks = [item for item in await relay.seen() if "tick" in item]
        assert ticks == [{"tick": False, "schedule": {"AdjustForDST": True}}]

    async def test_ticks_as_scheduled(self, own_relay: Relay) -> None:
        await own_relay.start(TICK="* * * * * *")
        await eventually(own_relay.seen, lambda seen: sum("tick" in item for item in seen) >= 3)

    @pytest.mark.parametrize(
        ("settings", "text"),
        [
            ({"TICK": "0 0 25 * * *"}, "25 is not valid for hours: it goes from 0 to 23"),
            ({"WEBSITE_TIME_ZONE": "Mars/Base"}, "WEBSITE_TIME_ZONE is 'Mars/Base'"),
            ({"DEVSTACK_QUEUE_LEASE": "0"}, "DEVSTACK_QUEUE_LEASE is '0'; it must be 1 to 600 seconds"),
            ({"RelayStorage": ""}, "Storage account connection string 'RelayStorage' does not exist."),
        ],
    )
    async def test_refuses_to_start_with_a_wrong_setting(
        self, own_relay: Relay, settings: dict[str, str], text: str
    ) -> None:
        with pytest.raises(process.ChildDied, match=re.escape(text)):
            await own_relay.start(**settings)
