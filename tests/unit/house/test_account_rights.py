"""No container, function or wait is forgotten by exports and erasures."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from core.account import holdings
from core.identity import closures
from core.platform.containers import cosmos_containers
from core.platform.partitions import PERSONAL
from core.platform.settings import AccountSettings

ROOT = Path(__file__).parents[3]


def test_every_container_of_peoples_documents_is_explained_to_them() -> None:
    declared = {one.name for one in cosmos_containers() if one.partition_key == PERSONAL}
    assert set(holdings.holdings()) == declared, "say what it holds in core/account/holdings.py"
    assert all(holding.what.endswith(".") for holding in holdings.holdings().values())


def test_the_containers_of_nobody_are_known_to_be_nobodys() -> None:
    assert {one.partition_key for one in cosmos_containers()} <= {PERSONAL, "/partition"}


def test_an_erasure_waits_longer_than_any_function_runs() -> None:
    limit = json.loads((ROOT / "host.json").read_text())["functionTimeout"]
    hours, minutes, seconds = map(int, limit.split(":"))
    longest = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    waits = timedelta(seconds=AccountSettings.model_fields["settle_seconds"].default)
    assert waits > longest + timedelta(seconds=closures.FRESH_SECONDS)
