"""A flow is forgotten whatever state it is in: ended first if it runs, and not waited for without end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import azure.durable_functions as df
import pytest
from durabletask.client import OrchestrationStatus

from orchestrations import purging

RUNNING, COMPLETED, TERMINATED = (
    OrchestrationStatus.RUNNING,
    OrchestrationStatus.COMPLETED,
    OrchestrationStatus.TERMINATED,
)


class Hub:
    """Instances by id with their status; a terminated one ends after ``slow`` more looks, or vanishes."""

    def __init__(self, slow: int | None = 0, *, vanishes: bool = False, **there: OrchestrationStatus) -> None:
        self.there, self.slow, self.vanishes = there, slow, vanishes
        self.ending: set[str] = set()
        self.did: list[tuple[str, str]] = []

    async def get_orchestration_state(self, instance_id: str, *, fetch_payloads: bool) -> Any:
        if instance_id in self.ending and self.slow is not None:
            if self.slow == 0:
                self.there[instance_id] = TERMINATED
                if self.vanishes:
                    del self.there[instance_id]
            self.slow -= 1
        status = self.there.get(instance_id)
        return status and SimpleNamespace(runtime_status=status)

    async def terminate_orchestration(self, instance_id: str) -> None:
        self.did.append(("terminate", instance_id))
        self.ending.add(instance_id)

    async def purge_orchestration(self, instance_id: str) -> None:
        self.did.append(("purge", instance_id))
        self.there.pop(instance_id, None)

    async def purge_orchestrations_by(
        self, *, created_time_to: datetime, runtime_status: Collection[OrchestrationStatus]
    ) -> Any:
        assert RUNNING not in runtime_status
        return SimpleNamespace(deleted_instance_count=len(self.there))


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "_PAUSE_SECONDS", 0)


async def forget(hub: Hub, *ids: str) -> int:
    return await purging.forget(cast(df.DurableFunctionsClient, hub), ids)


async def test_what_is_over_is_purged_and_what_is_not_there_is_not_counted() -> None:
    hub = Hub(one=COMPLETED)
    assert await forget(hub, "one", "other") == 1
    assert hub.did == [("purge", "one")]


@pytest.mark.parametrize("vanishes", [False, True])
async def test_what_runs_is_ended_before_it_is_purged(vanishes: bool) -> None:
    hub = Hub(slow=3, vanishes=vanishes, one=RUNNING)
    assert await forget(hub, "one") == 1
    assert hub.did == [("terminate", "one"), ("purge", "one")]
    assert hub.slow == -1, "it was looked at until it was over, and no longer"


async def test_what_does_not_end_holds_nothing_up() -> None:
    hub = Hub(slow=None, one=RUNNING, other=COMPLETED)
    assert await forget(hub, "one", "other") == 2
    assert hub.did[-1] == ("purge", "other")


async def test_of_finished_ones_only_the_old_go() -> None:
    hub = Hub(one=COMPLETED, other=TERMINATED)
    before = datetime(2026, 11, 1, tzinfo=UTC)
    assert await purging.forget_finished(cast(df.DurableFunctionsClient, hub), before) == 2
