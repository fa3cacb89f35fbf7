"""Starting, stopping, crashing: nothing is left behind and nothing acknowledged is lost."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from azure.core import MatchConditions

from devstack import node, ports, process
from devstack.process import ChildDied
from devstack.stack import Stack
from tests.fixtures.cosmos_client import container

type Eventually = Callable[[Callable[[], bool], str], None]


def _running_with(text: str) -> list[psutil.Process]:
    found = []
    for candidate in psutil.process_iter(["cmdline", "status"]):
        gone = candidate.info["status"] == psutil.STATUS_ZOMBIE
        if not gone and any(text in part for part in candidate.info["cmdline"] or ()):
            found.append(candidate)
    return found


@contextmanager
def _devstack(state: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "devstack", "--state-dir", str(state), "--only", "cosmos"]
    with subprocess.Popen(
        [*command, "--ports", f"cosmos={ports.spare()}", *arguments],
        cwd=process.REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def _read_until(started: subprocess.Popen[str], word: str) -> str:
    assert started.stdout is not None
    lines = []
    for line in started.stdout:
        lines.append(line)
        if word in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


@pytest.mark.parametrize("crash", [False, True])
async def test_documents_and_etags_survive(small_stack: Callable[[], Stack], crash: bool) -> None:
    with small_stack() as stack:
        async with container(stack.settings, "kept") as kept:
            await kept.create_item({"id": "gone", "userId": "ann"})
            await kept.create_item({"id": "coat", "userId": "ann", "n": 1})
            before = await kept.upsert_item({"id": "coat", "userId": "ann", "n": 2})
            await kept.delete_item("gone", "ann")
        if crash:
            stack.kill("cosmos")
    with small_stack() as stack:
        async with container(stack.settings, "kept") as kept:
            found = [item async for item in kept.read_all_items()]
            assert found == [dict(before)]
            await kept.replace_item(
                "coat", before, etag=before["_etag"], match_condition=MatchConditions.IfNotModified
            )
            again = await kept.create_item({"id": "new", "userId": "ann"})
            assert again["_rid"] != before["_rid"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind(tmp_path: Path, eventually: Eventually, number: signal.Signals) -> None:
    state = tmp_path / "state"
    with _devstack(state) as started:
        _read_until(started, "Ready.")
        assert _running_with(str(state))
        started.send_signal(number)
        code = started.wait(15)
    assert code == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    eventually(lambda: not _running_with(str(state)), "no process of this stack is left")


def test_a_dying_service_stops_the_stack_and_says_why(tmp_path: Path, eventually: Eventually) -> None:
    state = tmp_path / "state"
    with _devstack(state) as started:
        _read_until(started, "Ready.")
        node = next(found for found in _running_with(str(state)) if Path(found.exe()).name == "node")
        node.kill()
        words = _read_until(started, "cosmos stopped by itself with exit code 137")
        assert "Traceback" not in words
        assert started.wait(15) == 1
    eventually(lambda: not _running_with(str(state)), "no process of this stack is left")


def test_a_taken_port_that_was_asked_for_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        with _devstack(tmp_path / "state", "--port", str(port)) as started:
            words = _read_until(started, "is taken by")
            assert started.wait(15) == 1
    assert f"Port {port} (functions) is taken by " in words
    assert f"make run PORT={port + 1}" in words
    assert "Traceback" not in words


def test_a_taken_emulator_port_is_replaced_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(ports, "DEFAULTS", {"cosmos": port})
        chosen = ports.choose({}, needed=["cosmos"], say=said.append)
    assert chosen["cosmos"] != port
    assert len(said) == 1
    assert said[0].startswith(f"Port {port} (cosmos) is taken by ")
    assert said[0].endswith(f"using {chosen['cosmos']} instead.")


def test_two_stacks_do_not_share_data(
    small_stack: Callable[..., Stack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devstack.stack._LOCK_SECONDS", 0)
    said: list[str] = []
    with small_stack(), pytest.raises(process.StackError, match="Another devstack uses"):
        small_stack(say=said.append).start()
    assert len(said) == 1
    assert said[0].endswith("waiting 0 s for its end ...")  # not a word would look like a hang


def test_provisioning_that_hangs_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    monkeypatch.setattr("devstack.stack._PROVISION_SECONDS", 0.01)
    stack = Stack(tmp_path / "state", asked=ports.spares(), only=("azurite", "cosmos"), values={})
    with pytest.raises(process.StackError, match="Provisioning did not end within"):
        stack.start()
    eventually(lambda: not _running_with(str(tmp_path)), "no process of this stack is left")


def test_a_child_that_cannot_start_shows_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    (tmp_path / "broken.log").write_text("of yesterday\n")
    child = process.spawn("broken", command, env={}, log=tmp_path / "broken.log")
    with pytest.raises(ChildDied, match=r"broken stopped by itself with exit code 3.*\n  the reason$"):
        process.wait_until_ready({"broken": (child, lambda: False)}, seconds=10, ready=print)
    process.stop([child])


def test_whoever_holds_a_port_is_named_by_what_runs() -> None:
    script = (
        "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))"
    )
    with subprocess.Popen([node.executable(), "-e", script], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        named = ports.holder(int(server.stdout.readline()))
        server.kill()
    assert named == f"node (pid {server.pid})"
