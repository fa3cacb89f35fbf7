"""Everyone who signed up is enrolled, however many at once and wherever a sweep was cut."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import identity
from core.digest import repository, sweeping
from core.digest.subscriptions import Subscription

START = datetime(2026, 11, 1, tzinfo=UTC)


class Town:
    """People by when they signed up, and what the sweeps wrote."""

    def __init__(self, minutes: list[int]) -> None:
        self.people = [(f"u{n}", START + timedelta(minutes=at)) for n, at in enumerate(sorted(minutes))]
        self.enrolled: set[str] = set()
        self.marks: list[datetime] = []

    async def signed_up_since(self, since: datetime) -> AsyncIterator[tuple[str, datetime]]:
        for user_id, at in self.people:
            if at >= since:
                yield user_id, at

    async def ensure(self, wanted: Subscription) -> Subscription:
        self.enrolled.add(wanted.user_id)
        return wanted

    async def enrolled_up_to(self) -> datetime | None:
        return self.marks[-1] if self.marks else None

    async def set_enrolled_up_to(self, moment: datetime) -> None:
        self.marks.append(moment)

    def settle(self, patch: pytest.MonkeyPatch, at_once: int) -> None:
        patch.setattr(sweeping, "_ENROLLED_AT_ONCE", at_once)
        patch.setattr(identity, "signed_up_since", self.signed_up_since)
        for name in ("ensure", "enrolled_up_to", "set_enrolled_up_to"):
            patch.setattr(repository, name, getattr(self, name))


@given(st.lists(st.integers(0, 60), max_size=12), st.integers(1, 5))
async def test_everyone_is_enrolled_in_the_end(minutes: list[int], at_once: int) -> None:
    """Also where more of them signed up within the overlap than are enrolled at once."""
    town = Town(minutes)
    with pytest.MonkeyPatch.context() as patch:
        town.settle(patch, at_once)
        rounds = 0
        while (await sweeping.enrol())[1]:
            rounds += 1
            assert rounds <= len(minutes)
        assert town.enrolled == {user_id for user_id, _ in town.people}
        assert town.marks == sorted(town.marks)
        assert (town.marks[-1] if town.marks else None) == (town.people[-1][1] if town.people else None)
