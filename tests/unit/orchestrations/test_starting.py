"""A flow is started once: an instance that is there already is no failure, anything else is one."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import azure.durable_functions as df
import grpc
import pytest
from grpc.aio import AioRpcError, Metadata

from blueprints import admin
from core import digest
from core.jobs import JobRef
from core.jobs.models import Launch
from orchestrations import inspecting, starting, weekly_digest

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LAUNCH = Launch("taste", JobRef(user_id="u", job_id="j"), 0, None)


class Hub:
    """A client whose calls end with a status; ``None`` is success."""

    def __init__(self, code: grpc.StatusCode | None) -> None:
        self.code = code
        self.started: list[str] = []

    async def schedule_new_orchestration(self, flow: str, *, input: Any, instance_id: str) -> str:  # noqa: A002 - the engine's name
        if self.code is not None:
            raise AioRpcError(self.code, Metadata(), Metadata())
        self.started.append(instance_id)
        return instance_id


def client(code: grpc.StatusCode | None) -> tuple[Hub, df.DurableFunctionsClient]:
    hub = Hub(code)
    return hub, cast(df.DurableFunctionsClient, hub)


async def test_a_flow_and_a_sweep_are_started_by_their_instances() -> None:
    hub, durable = client(None)
    await starting.start(durable, LAUNCH)
    assert await weekly_digest.start(durable, NOW)
    assert hub.started == [LAUNCH.ref.instance_id, weekly_digest.INSTANCE]


async def test_one_that_runs_is_left_alone() -> None:
    _, durable = client(grpc.StatusCode.ALREADY_EXISTS)
    await starting.start(durable, LAUNCH)
    assert not await weekly_digest.start(durable, NOW, failed_too=True)


async def test_an_administrator_joins_a_sweep_that_runs_but_cannot_add_the_failed_ones_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, durable = client(grpc.StatusCode.ALREADY_EXISTS)
    monkeypatch.setattr(inspecting, "management_urls", lambda *_: {"statusQueryGetUri": "/status"})
    endpoint = inspect.unwrap(admin.run_digest_sweep._function.get_user_function())
    ask = endpoint.__endpoint__().handler
    joined = await ask(SimpleNamespace(body=digest.SweepRequest()), durable)
    assert (joined.status, joined.body.started) == (202, False)
    with pytest.raises(digest.SweepRunning):
        await ask(SimpleNamespace(body=digest.SweepRequest(failed=True)), durable)


async def test_a_hub_that_does_not_answer_is_a_failure_so_that_the_message_comes_again() -> None:
    _, durable = client(grpc.StatusCode.UNAVAILABLE)
    with pytest.raises(AioRpcError):
        await starting.start(durable, LAUNCH)
    with pytest.raises(AioRpcError):
        await weekly_digest.start(durable, NOW)
