import asyncio
import csv
from datetime import date
from io import StringIO
from typing import Any

import pytest

from core import vault
from core.platform import clock
from core.platform.errors import Unavailable
from core.platform.ids import new_id
from core.vault import ImportReport, ItemPatch, VaultItem, repository

pytestmark = pytest.mark.usefixtures("app_env")

HEADER = "name,category,colours,price_amount,price_currency,worn_on"


def file_of(rows: list[str]) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def many(count: int) -> bytes:
    return file_of([f"Shirt {n},shirts,navy,{n}.5,EUR,2026-01-01|2026-01-02" for n in range(count)])


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.counts.created, report.counts.duplicate, report.counts.invalid


async def owned(user: str) -> list[VaultItem]:
    return [item async for item in vault.all_items(user)]


async def until_some_are_written(user: str, work: asyncio.Task[ImportReport]) -> None:
    for _ in range(500):
        assert not work.done(), "the import was over before it could be interrupted; give it more rows"
        if await owned(user):
            return
        await asyncio.sleep(0.01)
    pytest.fail("nothing was imported")


async def test_every_row_stands_alone() -> None:
    user = new_id()
    data = file_of(
        [
            "A,shirts,,,,2026-01-02|2026-01-01",
            "B,shirts,,-5,EUR,",
            ",,,,,",
            "A,shirts,,,,2026-01-01|2026-01-02",
            "C,hats,,,,",
        ]
    )
    report = await vault.import_csv(user, data)
    assert [(row.row, row.status) for row in report.rows] == [
        (2, "created"),
        (3, "invalid"),
        (5, "created"),
        (6, "created"),
    ]
    assert [error.column for error in report.rows[1].errors] == ["price_amount"]
    assert counts(report) == (3, 0, 1)
    items = {item.id: item for item in await owned(user)}
    assert items.keys() == {row.item_id for row in report.rows if row.item_id}
    assert [wear.worn_on for wear in items[report.rows[0].item_id or ""].wears] == [
        date(2026, 1, 1),
        date(2026, 1, 2),
    ]


async def test_the_same_file_again_doubles_nothing_and_overwrites_nothing() -> None:
    user, data = new_id(), many(40)
    first = await vault.import_csv(user, data)
    edited = await vault.change(user, first.rows[0].item_id or "", ItemPatch(name="Renamed"))
    again = await vault.import_csv(user, b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    assert counts(first) == (40, 0, 0)
    assert counts(again) == (0, 40, 0)
    assert [row.item_id for row in again.rows] == [row.item_id for row in first.rows]
    assert await vault.get(user, edited.id) == edited


async def test_two_imports_of_one_file_at_once_make_each_item_once() -> None:
    user, data = new_id(), many(60)
    reports = await asyncio.gather(*(vault.import_csv(user, data) for _ in range(2)))
    assert len(await owned(user)) == 60
    assert sum(report.counts.created for report in reports) == 60


async def test_an_import_that_was_cut_off_continues() -> None:
    user, data = new_id(), many(400)
    work = asyncio.create_task(vault.import_csv(user, data))
    await until_some_are_written(user, work)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    written = len(await owned(user))
    report = await vault.import_csv(user, data)
    assert report.counts.created + report.counts.duplicate == 400
    assert report.counts.duplicate >= written > 0
    assert len(await owned(user)) == 400


async def test_an_import_that_takes_too_long_says_so_and_continues() -> None:
    user, data = new_id(), many(400)
    with clock.frozen(clock.now()) as held:
        work = asyncio.create_task(vault.import_csv(user, data))
        await until_some_are_written(user, work)
        held.advance(seconds=200)
        with pytest.raises(vault.ImportUnfinished) as caught:
            await work
    assert caught.value.retry_after is not None
    written = len(await owned(user))
    report = await vault.import_csv(user, data)
    assert counts(report) == (400 - written, written, 0)


async def test_a_row_that_cannot_be_stored_is_told_once_all_others_are_and_comes_with_the_next_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user, create = new_id(), repository.create

    async def fails_once(item: VaultItem) -> Any:
        if item.name == "Shirt 3":
            raise Unavailable("The database is busy.")
        return await create(item)

    monkeypatch.setattr(repository, "create", fails_once)
    with pytest.raises(Unavailable):
        await vault.import_csv(user, many(8))
    assert len(await owned(user)) == 7
    monkeypatch.undo()
    assert counts(await vault.import_csv(user, many(8))) == (1, 7, 0)


async def test_a_vault_moves_to_another_person_unchanged() -> None:
    one, other = new_id(), new_id()
    await vault.import_csv(
        one,
        file_of(
            [
                "=cmd|' /C calc'!A0,shirts,#1b2a49 night,2879.2,EUR,2026-05-05",
                "Twin,hats,,,,",
                "Twin,hats,,,,",
            ]
        ),
    )
    archived = (await owned(one))[0]
    await vault.change(one, archived.id, ItemPatch(status="archived", notes="-1\n'quoted', \"twice\""))
    exported = await vault.export_csv(one)
    assert counts(await vault.import_csv(other, exported)) == (3, 0, 0)
    assert without_ids(await vault.export_csv(other)) == without_ids(exported)
    assert counts(await vault.import_csv(one, exported)) == (0, 3, 0), "its own export is known by its ids"


async def test_a_photo_that_is_not_yours_is_left_out_and_said() -> None:
    user = new_id()
    report = await vault.import_csv(user, f"name,category,image_id\nA,b,{new_id()}\n".encode())
    assert [(row.status, [e.column for e in row.errors]) for row in report.rows] == [
        ("created", ["image_id"])
    ]
    assert [item.image_id for item in await owned(user)] == [None]


async def test_an_empty_vault_exports_a_header_that_imports() -> None:
    user = new_id()
    assert counts(await vault.import_csv(user, await vault.export_csv(user))) == (0, 0, 0)


def without_ids(data: bytes) -> list[list[str]]:
    return [cells[1:] for cells in csv.reader(StringIO(data.decode(), newline=""))]
