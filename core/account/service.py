"""What a person may ask of their account: everything along, or everything gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core import identity, jobs
from core.account import links
from core.account.errors import ExportExpired, ExportNotFound, TooManyExports
from core.account.models import Erasure, ErasureStarted, Farewell, ProviderToken
from core.jobs import Job
from core.platform import clock, ids
from core.platform.errors import Unauthenticated

if TYPE_CHECKING:
    from core.platform.storage import BlobInfo

EXPORT = "account_export"
ERASURE = "account_erasure"

PIECE = 8 * 1024 * 1024
"""Bytes of an archive that one answer carries at most; more is fetched in ranges, or from storage itself."""

MOST_KEPT = 8
"""Archives of one person at a time: each may have gigabytes."""

_DIRECT = timedelta(minutes=15)


async def ask_export(user_id: str, export_id: str) -> Job:
    """Return the job that exports everything: the one under way, or else a new one with this id.

    Raises:
        TooManyExports: until the oldest archive has expired.
    """
    from core.account import repository

    kept = {found.name: found.modified_at async for found in repository.archives(user_id)}
    if len(kept) >= MOST_KEPT and repository.archive_name(user_id, export_id) not in kept:
        wait = min(kept.values()) + links.VALID_FOR - clock.now()
        detail = f"There are {len(kept)} exports of you, each kept for 24 hours. Use one of them, or wait."
        raise TooManyExports(detail, retry_after=max(60.0, wait.total_seconds()))
    return await jobs.submit_alone(user_id, EXPORT, {}, job_id=export_id)


async def find_export(user_id: str, export_id: str) -> BlobInfo:
    """Return a finished archive.

    Raises:
        ExportNotFound: there is none.
        ExportExpired: it is a day old.
    """
    from core.account import repository

    archive = await repository.find_archive(user_id, export_id)
    if archive is None:
        raise ExportNotFound("There is no such export, or it is not finished.")
    if clock.now() >= archive.modified_at + links.VALID_FOR:
        raise ExportExpired("An export is kept for 24 hours. Ask for a new one.")
    return archive


async def read_export(archive: BlobInfo, start: int, length: int) -> bytes:
    """Return ``length`` bytes of an archive from ``start``, ``PIECE`` at most.

    Raises:
        ExportExpired: it has just been removed.
    """
    from core.account import repository

    data = await repository.exports.get_range(archive.name, start, min(length, PIECE))
    if data is None:
        raise ExportExpired("An export is kept for 24 hours. Ask for a new one.")
    return data


async def direct_url(archive: BlobInfo) -> str:
    """Return a URL of the storage service that reads this archive for a quarter of an hour."""
    from core.account import repository

    return await repository.exports.direct_url(archive.name, filename(archive), _DIRECT)


def filename(archive: BlobInfo) -> str:
    """Return what a downloaded archive should be called."""
    return f"pluckit-{archive.modified_at:%Y-%m-%d}.zip"


async def remove_expired_exports() -> int:
    """Remove archives over a day old, and what is left of exports nobody worked on for a day."""
    from core.account import repository

    return await repository.remove_older_than(clock.now() - links.VALID_FOR)


async def ask_erasure(user_id: str, farewell: Farewell) -> ErasureStarted:
    """Close the account, end its sessions, and see that everything of the person will be erased.

    The job is there before the account is closed: a crash in between leaves a job that closes it. Asking
    again while it goes on is the same erasure, and tells where it stands.

    Raises:
        UnknownIssuer: there is no such sign-in provider here; nothing was begun.
        Unauthenticated: there is no such account any more.
    """
    from core.account import erasing

    closed_by = await identity.closed_by(user_id)
    if closed_by is not None:
        return await _started(closed_by)
    account = await identity.account_of(user_id)
    if account is None:
        raise Unauthenticated("This account does not exist any more.")
    erasure_id = ids.stable_id("erasure", user_id, account.created_at.isoformat())
    tokens = tuple(_of_known_provider(one) for one in farewell.provider_tokens)
    await _submit(Erasure(id=erasure_id, account=user_id, tokens=tokens, asked_at=clock.now()))
    await identity.close(user_id, erasure_id)
    await erasing.end_sessions(erasure_id, user_id)
    return await _started(erasure_id)


def _of_known_provider(sent: ProviderToken) -> ProviderToken:
    return sent.model_copy(update={"issuer": identity.issuer_named(sent.issuer)})


async def _submit(erasure: Erasure) -> None:
    from core.account import repository

    await repository.add_erasure(erasure)
    await jobs.submit(erasure.id, ERASURE, "", {}, job_id=erasure.id)


async def _started(erasure_id: str) -> ErasureStarted:
    from core.platform import settings

    kept = timedelta(seconds=settings.get(settings.JobSettings).completed_seconds)
    return ErasureStarted(job_id=erasure_id, status_url=links.of_erasure(erasure_id, kept))
