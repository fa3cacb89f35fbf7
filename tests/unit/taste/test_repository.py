"""A profile is written over the version it was made from, whatever others do meanwhile."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import pytest

from core.platform import settings
from core.platform.cosmos import AlreadyExists, Stale
from core.platform.errors import Unavailable
from core.taste import repository
from core.taste.profile import TasteProfile, empty


class Shelf:
    """Profiles with their versions; ``meddle`` is what somebody else does before every write."""

    def __init__(self) -> None:
        self.there: dict[str, TasteProfile] = {}
        self.reads = self.writes = 0
        self.meddle: Callable[[str], object] = lambda user_id: None

    async def get(self, user_id: str, _: str) -> TasteProfile | None:
        self.reads += 1
        return self.there.get(user_id)

    async def create(self, wanted: TasteProfile) -> TasteProfile:
        self.meddle(wanted.user_id)
        if wanted.user_id in self.there:
            raise AlreadyExists
        return self.put(wanted)

    async def replace(self, wanted: TasteProfile) -> TasteProfile:
        self.meddle(wanted.user_id)
        if self.there[wanted.user_id].etag != wanted.etag:
            raise Stale
        return self.put(wanted)

    def put(self, wanted: TasteProfile) -> TasteProfile:
        self.writes += 1
        self.there[wanted.user_id] = wanted.model_copy(update={"etag": f"v{self.writes}"})
        return self.there[wanted.user_id]


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    found = Shelf()
    monkeypatch.setattr(repository, "_profiles", found)
    monkeypatch.setattr(repository, "_written", OrderedDict())
    return found


def one_more(found: TasteProfile) -> TasteProfile:
    return found.model_copy(update={"counts": {"wear": told(found) + 1}})


def told(found: TasteProfile) -> int:
    return found.counts.get("wear", 0)


async def test_what_was_written_last_is_built_on_without_reading_it_again(shelf: Shelf) -> None:
    for _ in range(3):
        await repository.change_profile("ada", one_more)
    assert (told(shelf.there["ada"]), shelf.reads, shelf.writes) == (3, 1, 3)


async def test_what_somebody_else_wrote_in_between_is_built_on(shelf: Shelf) -> None:
    await repository.change_profile("ada", one_more)
    shelf.put(one_more(shelf.there["ada"]))
    assert told(await repository.change_profile("ada", one_more)) == 3
    assert told(shelf.there["ada"]) == 3


async def test_a_change_that_changes_nothing_writes_nothing(shelf: Shelf) -> None:
    assert await repository.change_profile("ada", lambda found: found) == empty("ada")
    await repository.change_profile("ada", one_more)
    written = shelf.there["ada"]
    assert await repository.change_profile("ada", lambda found: found) == written
    assert shelf.writes == 1


async def test_others_who_never_stop_are_given_way_to_after_so_many_tries(shelf: Shelf) -> None:
    await repository.change_profile("ada", one_more)
    tries = settings.get(settings.RetrySettings).profile_tries
    shelf.meddle = lambda user_id: shelf.put(shelf.there.get(user_id, empty(user_id)))
    for person in ("ada", "bob"):
        shelf.reads = 0
        with pytest.raises(Unavailable) as busy:
            await repository.change_profile(person, one_more)
        assert busy.value.retry_after == 1
        assert shelf.reads == tries
        assert told(shelf.there[person]) == (1 if person == "ada" else 0)


async def test_only_so_many_people_are_remembered_the_latest_ones(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "MOST_WRITTEN", 2)
    for person in ("ada", "bob", "cem"):
        await repository.change_profile(person, one_more)
    shelf.reads = 0
    for person in ("cem", "bob"):
        await repository.change_profile(person, one_more)
    assert shelf.reads == 0
    await repository.change_profile("ada", one_more)
    assert shelf.reads == 1
