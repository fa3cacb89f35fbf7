"""The unit tier reaches no database, so no account is closed in it but those a test closes."""

from __future__ import annotations

import pytest

from core.identity import closures
from core.identity.models import Closure


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Closure]:
    """What the workers know of closed accounts, by the closures' ids."""
    there: dict[str, Closure] = {}

    async def read(known: closures.KnownClosures) -> None:
        known._known = there

    monkeypatch.setattr(closures.KnownClosures, "_read", read)
    return there
