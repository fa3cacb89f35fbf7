"""Exports against Storage: in pieces, through crashes, side by side, and gone after a day."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from core import account, jobs
from core.account import exporting, repository
from core.account.errors import ExportExpired, ExportNotFound
from core.jobs import Job, Paused
from core.platform import clock, storage
from core.platform.block_blobs import BlockBlobs
from core.platform.errors import Unavailable
from core.platform.ids import new_id
from tests.fixtures.tuning import Tune
from tests.integration.account.conftest import Crashes, Died, job_of, leave_traces, say_of_an_answer

pytestmark = pytest.mark.usefixtures("app_env")


@pytest.fixture
def in_pieces(tune: Tune) -> None:
    tune("ACCOUNT_EXPORT_PIECE_SECONDS", "0")


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BLOCK", 1000)


def export_of(person: str) -> Job:
    return job_of(person, new_id(), account.EXPORT)


async def worked(job: Job, *, most: int = 200) -> tuple[dict[str, Any], int]:
    """Work until it is done, however often it pauses or dies; return the result and the tries it took."""
    for tries in range(1, most):
        try:
            return await exporting.work(job), tries
        except (Paused, Died, Unavailable):
            continue
    raise AssertionError("never done")


async def contents(job: Job) -> dict[str, bytes]:
    found = await account.find_export(job.user_id, job.id)
    whole = b""
    while len(whole) < found.size:
        whole += await account.read_export(found, len(whole), found.size)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names if name != "export.json"}


async def photos(person: str, number: int, size: int = 2500) -> None:
    await asyncio.gather(*(_photo(person, n, size) for n in range(number)))


async def _photo(person: str, number: int, size: int) -> None:
    data = bytes([number % 256]) * size
    await BlockBlobs("originals").put(f"{person}/{new_id()}/original", data, "image/png")


async def test_an_export_has_what_its_person_thought_of_an_answer(person: str) -> None:
    turn = await say_of_an_answer(person, "Not in winter")
    job = export_of(person)
    await worked(job)
    [told] = [
        found
        for name, data in (await contents(job)).items()
        if name.startswith("data/")
        for found in json.loads(data)
        if "feedback" in found
    ]
    assert turn.turn_id in told["id"]
    assert told["feedback"] == {"rating": "down", "comment": "Not in winter"}


@pytest.mark.usefixtures("in_pieces", "small_blocks")
async def test_an_export_in_many_pieces_has_what_one_at_once_has(
    person: str, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leave_traces(person, "some text that is longer than nothing")
    await photos(person, 9)
    pieces, whole = export_of(person), export_of(person)
    stage, sizes = BlockBlobs.stage, list[int]()

    async def measured(self: Any, name: str, block: str, data: bytes) -> None:
        sizes.append(len(data))
        await stage(self, name, block, data)

    monkeypatch.setattr(BlockBlobs, "stage", measured)
    _, tries = await worked(pieces)
    assert max(sizes[:-1]) < 3 * exporting.BLOCK < 9 * 2500 < sum(sizes), "but for the directory at the end"
    tune("ACCOUNT_EXPORT_PIECE_SECONDS", "60")
    _, once = await worked(whole)
    found = await contents(whole)
    assert await contents(pieces) == found
    assert (tries, once) == (len(found) + 1, 1)
    assert sum(len(data) for name, data in found.items() if name.startswith("images/originals/")) > 9 * 2500


@pytest.mark.usefixtures("in_pieces", "small_blocks")
async def test_a_crash_at_any_step_costs_one_piece(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await photos(person, 3)
    expected = export_of(person)
    await worked(expected)
    crashes = Crashes()
    for name in ("stage", "save", "commit", "delete"):
        monkeypatch.setattr(BlockBlobs, name, crashes.around(getattr(BlockBlobs, name)))
    steps, step, after = 1, 0, False
    while step < steps:
        crashes.at, crashes.after, crashes.steps = step, after, 0
        job = export_of(person)
        await worked(job)
        steps, step, after = max(steps, crashes.steps), step + 11, not after
        assert await contents(job) == await contents(expected), f"step {crashes.at}, {crashes.after=}"
    assert steps > 15


@pytest.mark.usefixtures("in_pieces", "small_blocks")
async def test_two_attempts_side_by_side_make_one_good_archive(person: str) -> None:
    await photos(person, 5)
    job = export_of(person)
    results = await asyncio.gather(worked(job), worked(job))
    assert results[0][0]["bytes"] == results[1][0]["bytes"]
    assert len([name for name in await contents(job) if name.startswith("images/")]) == 5


async def test_blocks_that_vanished_make_it_begin_anew(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    job = export_of(person)
    stage, lost = BlockBlobs.stage, list[str]()

    async def forgetful(self: Any, name: str, block: str, data: bytes) -> None:
        if not lost:
            lost.append(block)
            return
        await stage(self, name, block, data)

    monkeypatch.setattr(BlockBlobs, "stage", forgetful)
    _, tries = await worked(job)
    assert tries == 2
    assert "README.txt" in await contents(job)


async def test_a_photo_removed_while_it_is_being_exported_is_left_out_and_the_others_are_there(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await photos(person, 3)
    read, removed = storage.Blobs.get_range, False

    async def too_late(self: Any, name: str, start: int, length: int) -> bytes | None:
        nonlocal removed
        if not removed:
            await self.delete(name)
            removed = True
        return await read(self, name, start, length)

    monkeypatch.setattr(storage.Blobs, "get_range", too_late)
    job = export_of(person)
    await worked(job)
    monkeypatch.undo()
    assert len([name for name in await contents(job) if name.startswith("images/")]) == 2


@pytest.mark.usefixtures("in_pieces")
async def test_an_export_that_is_under_way_is_no_archive_yet(person: str) -> None:
    job = export_of(person)
    with pytest.raises(Paused):
        await exporting.work(job)
    assert [found async for found in repository.archives(person)] == []
    await worked(job)
    assert [found.name async for found in repository.archives(person)] == [
        repository.archive_name(person, job.id)
    ]


async def test_an_archive_that_is_removed_while_it_is_downloaded_has_expired(person: str) -> None:
    job = export_of(person)
    await worked(job)
    found = await account.find_export(person, job.id)
    await repository.exports.delete(found.name)
    with pytest.raises(ExportExpired):
        await account.read_export(found, 0, 100)


async def test_an_archive_is_found_for_a_day_by_its_owner_only(person: str) -> None:
    job = export_of(person)
    await worked(job)
    with pytest.raises(ExportNotFound):
        await account.find_export(person[::-1], job.id)
    with clock.frozen(clock.now() + timedelta(hours=24, seconds=1)):
        with pytest.raises(ExportExpired):
            await account.find_export(person, job.id)
        assert await account.remove_expired_exports() >= 1
    with pytest.raises(ExportNotFound):
        await account.find_export(person, job.id)


async def test_a_person_has_eight_archives_at_most(person: str) -> None:
    now = clock.now()
    for _ in range(account.MOST_KEPT):
        await repository.exports.put(repository.archive_name(person, new_id()), b"PK", "application/zip")
    with clock.frozen(now + timedelta(hours=23)), pytest.raises(account.TooManyExports) as refused:
        await account.ask_export(person, new_id())
    assert 3500 < (refused.value.retry_after or 0) < 3700


async def test_a_request_sent_again_after_its_export_ended_starts_no_other(person: str) -> None:
    asked = new_id()
    job = await account.ask_export(person, asked)
    await jobs.attempt(job.ref, jobs.RetryPolicy(max_attempts=1, base=0, cap=0, jitter=0), exporting.work)
    assert (await jobs.get(person, asked)).status == "completed"
    for _ in range(account.MOST_KEPT):
        assert (await account.ask_export(person, asked)).id == asked
        await repository.exports.put(repository.archive_name(person, new_id()), b"PK", "application/zip")
    assert (await account.ask_export(person, asked)).id == asked


async def test_the_storage_services_own_url_reads_this_archive_and_nothing_else(person: str) -> None:
    mine, other = export_of(person), export_of(person)
    await worked(mine)
    await worked(other)
    found = await account.find_export(person, mine.id)
    url = await account.direct_url(found)
    async with ClientSession() as http:
        async with http.get(url, headers={"x-ms-range": "bytes=0-3"}) as answer:
            assert (answer.status, await answer.read()) == (206, b"PK\x03\x04")
        async with http.get(url.replace(mine.id, other.id)) as answer:
            assert answer.status == 403
        async with http.put(url, data=b"x", headers={"x-ms-blob-type": "BlockBlob"}) as answer:
            assert answer.status == 403
