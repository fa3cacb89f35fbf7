"""Bulk import: every row stands alone, and sending a file again continues where it stopped.

An imported item's id is decided by what the row says (and how many equal rows came before it in the file),
so whatever was already written is found to be there: after a crash, a time-out, or a second click.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Literal

from core.platform import clock
from core.platform.ids import stable_id
from core.vault import csv_file, service
from core.vault.csv_file import FileRow
from core.vault.errors import ImportUnfinished
from core.vault.models import ImportCounts, ImportedRow, ImportReport, RowError, VaultItem
from core.vault.rows import ItemRow
from core.vault.wears import Wear

CONCURRENCY = 16
TIME_LIMIT = timedelta(seconds=150)
"""Leaves room below the 230 s after which the platform cuts an HTTP answer."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A row with the id its item will have."""

    row: FileRow
    item_id: str


async def import_csv(user_id: str, data: bytes) -> ImportReport:
    """Add every good row of a CSV file to the vault and report on each row.

    Raises:
        UnreadableCsv, TooManyRows: nothing was written.
        ImportUnfinished, Unavailable: rows written so far stay; sending the file again continues.
    """
    started = clock.now()
    rows = await asyncio.to_thread(csv_file.read, data, now=started)
    existing = {item.id async for item in service.all_items(user_id)}
    done: list[ImportedRow] = []
    for batch in batched(_planned(user_id, rows), CONCURRENCY, strict=False):
        if clock.now() - started > TIME_LIMIT:
            raise ImportUnfinished("Send the same file again: it continues where it stopped.")
        done += await _together(_imported(user_id, planned, existing, started) for planned in batch)
    counts = Counter(row.status for row in done)
    return ImportReport(
        counts=ImportCounts(
            created=counts["created"], duplicate=counts["duplicate"], invalid=counts["invalid"]
        ),
        rows=done,
    )


def _planned(user_id: str, rows: Iterable[FileRow]) -> list[Planned]:
    seen: Counter[str] = Counter()
    planned = []
    for row in rows:
        said = "" if row.content is None else _said(row.content)
        seen[said] += 1
        planned.append(Planned(row, stable_id("vault-import", user_id, said, str(seen[said]))))
    return planned


def _said(content: ItemRow) -> str:
    """What a row says, whatever its spelling; fields it leaves out do not count, so new ones change no id."""
    worn = ",".join(day.isoformat() for day in content.worn_on)
    added = content.added_at.isoformat() if content.added_at else ""
    return f"{content.item.model_dump_json(exclude_defaults=True)}\n{worn}\n{added}"


async def _together(work: Iterable[Coroutine[None, None, ImportedRow]]) -> list[ImportedRow]:
    """Run all to their end, so that none is left writing when the first failure is raised."""
    done: list[ImportedRow] = []
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
        done.append(outcome)
    return done


async def _imported(
    user_id: str, planned: Planned, existing: Collection[str], started: datetime
) -> ImportedRow:
    number, content = planned.row.number, planned.row.content
    if content is None:
        return ImportedRow(row=number, status="invalid", errors=planned.row.errors)
    for known in (content.id, planned.item_id):
        if known in existing:
            return ImportedRow(row=number, status="duplicate", item_id=known)
    return await _created(user_id, planned, content, started)


async def _created(user_id: str, planned: Planned, content: ItemRow, started: datetime) -> ImportedRow:
    from core.vault import repository

    number, item = planned.row.number, content.item
    missing: tuple[RowError, ...] = ()
    if item.image_id is not None and not await service.owns_image(user_id, item.image_id):
        missing = (RowError(column="image_id", detail="You have no such photo; the item has none now."),)
        item = item.model_copy(update={"image_id": None})
    stored, fresh = await repository.create(
        VaultItem(
            id=planned.item_id,
            user_id=user_id,
            # rows without a date of their own keep the file's order
            created_at=content.added_at or started + timedelta(microseconds=number),
            updated_at=started,
            wears=tuple(Wear(worn_on=day, logged_at=started) for day in content.worn_on),
            **dict(item),
        )
    )
    status: Literal["created", "duplicate"] = "created" if fresh else "duplicate"
    return ImportedRow(row=number, status=status, item_id=stored.id, errors=missing if fresh else ())
