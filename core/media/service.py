"""What a person can do with their photos: have one processed, look at it, put the original back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from core.media.errors import NoCutout, PictureInProgress, PictureNotFound
from core.media.links import links
from core.media.models import Measures, Picture, ProcessedImage, VariantName, Variants
from core.media.sniffing import MEDIA_TYPES, check_bytes, sniff
from core.platform import clock, ids
from core.platform.ranges import ByteRange

if TYPE_CHECKING:
    from core.media.models import StoredVariant
    from core.media.renditions import Prepared
    from core.media.repository import Lease
    from core.platform.settings import MediaSettings

LONGEST_WAIT: Final = 60.0
"""Seconds a second upload of the same bytes waits for the first."""
SAME_BITS: Final = 6
"""Hamming distance of 64 up to which two hashes are of the same thing (unrelated pictures: about 32)."""
SAME_TINT: Final = 12.0
"""CIE76 distance of two garments' mean colours up to which they may be one: the hash sees no hue, and the
same shirt in another colour is another shirt."""

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def process(user_id: str, data: bytes) -> ProcessedImage:
    """Cut the garment out of a photo and store both; the same bytes again answer from the record.

    Raises:
        UnsupportedPicture, AnimatedPicture, PictureTooLarge, TooManyPixels, BrokenPicture:
            what is wrong with ``data``.
        SegmentationDown, SegmentationUnusable: no mask; nothing is stored.
        PictureInProgress: another request is at the same photo and does not finish.
    """
    check_bytes(len(data), limits().max_bytes)
    sniff(data)
    image_id = ids.stable_id("image", user_id, sha256(data).hexdigest())
    waited, pause = 0.0, 0.1
    while True:
        record = await _record(user_id, image_id)
        if record is not None and record.answers:
            return view(record, clock.now())
        if record is None or not record.is_busy(clock.now()):
            done = await _processed(record, user_id, image_id, data)
            if done is not None:
                return view(done, clock.now())
        elif waited >= LONGEST_WAIT:
            raise PictureInProgress("This photo is being processed. Send it again in a moment.")
        await asyncio.sleep(pause)
        waited, pause = waited + pause, min(1.0, pause * 1.5)


async def describe(user_id: str, image_id: str) -> ProcessedImage:
    """Return what is known of a photo, with fresh links.

    Raises:
        PictureNotFound: this person has no such photo, or it is not finished.
    """
    return view(await ready(user_id, image_id), clock.now())


async def exists(user_id: str, image_id: str) -> bool:
    """Tell whether this person has this photo, finished."""
    record = await _record(user_id, image_id)
    return record is not None and record.status == "ready"


async def variants_of(user_id: str, image_id: str) -> Variants | None:
    """Return fresh links to a photo's renditions; ``None`` where this person has no such photo."""
    record = await _record(user_id, image_id)
    return None if record is None or record.status != "ready" else links(record, clock.now())


async def find_variant(user_id: str, image_id: str, name: VariantName) -> tuple[StoredVariant, int]:
    """Return where a rendition is, how large, and its validator; and the revision it belongs to.

    Raises:
        PictureNotFound: no such photo, or it has no such rendition.
    """
    record = await ready(user_id, image_id)
    variant = record.variants.get(name)
    if variant is None:
        raise PictureNotFound(f"This picture has no {name}: none could be trusted, or it was undone.")
    return variant, record.revision


async def read_variant(variant: StoredVariant, part: ByteRange | None = None) -> bytes:
    """Return the bytes of a rendition, all or ``part``.

    Raises:
        PictureNotFound: it was removed since it was found.
    """
    from core.media import repository

    wanted = part or ByteRange(0, variant.size, variant.size)
    data = await repository.read(variant, wanted.start, wanted.length)
    if data is None:
        raise PictureNotFound("This rendition was replaced in this moment. Ask for the picture again.")
    return data


async def cutout_as(user_id: str, image_id: str, media_type: str) -> bytes:
    """Return the cutout as ``image/webp`` or ``image/png``.

    Raises:
        NoCutout: the mask could not be trusted.
    """
    record = await ready(user_id, image_id)
    stored = record.variants.get("cutout")
    if stored is None:
        raise NoCutout(f"No garment could be told from its background; the photo is kept as {image_id}.")
    data = await read_variant(stored)
    if media_type == stored.content_type:
        return data
    from core.media.renditions import as_png

    return await asyncio.to_thread(as_png, data)


async def undo_cutout(user_id: str, image_id: str) -> ProcessedImage:
    """Put the original back in place of the cutout; again is the same as once.

    Uploading the same photo makes the cutout anew.

    Raises:
        PictureNotFound, PictureInProgress.
    """
    from core.media import renditions, repository

    record = await ready(user_id, image_id)
    if record.undone:
        return view(record, clock.now())
    lease = None if record.is_busy(clock.now()) else await repository.claim(record)
    if lease is None:
        raise PictureInProgress("This photo is being processed. Try again in a moment.")
    async with repository.working(lease):
        original = record.variants["original"]
        data = await read_variant(original)
        thumb = await asyncio.to_thread(renditions.thumb_of_original, data)
        stored = await repository.store(record, {"thumb": thumb})
        return view(await _finish(lease, undone=True, variants={"original": original, **stored}), clock.now())


async def sweep_unfinished() -> int:
    """Put right what crashed requests left over an hour ago; returns how many records that were."""
    from core.media import repository
    from core.platform.cosmos import Stale

    settled = 0
    async for picture in repository.abandoned():
        try:
            await repository.settle(picture)
        except Stale:
            continue
        settled += 1
    return settled


def view(picture: Picture, now: datetime) -> ProcessedImage:
    """Return a finished photo as clients see it."""
    measures = picture.measured
    return ProcessedImage(
        image_id=picture.id,
        variants=links(picture, now),
        width=measures.width,
        height=measures.height,
        colours=measures.colours,
        coverage=measures.coverage,
        quality=measures.quality,
        phash=measures.phash,
        duplicate_of=picture.duplicate_of,
        created_at=picture.created_at,
    )


async def _processed(record: Picture | None, user_id: str, image_id: str, data: bytes) -> Picture | None:
    """Process ``data`` unless another request is faster; ``None`` then."""
    from core.media import repository

    async with slot():
        prepared = await asyncio.to_thread(_prepared, data, limits())
        lease = await repository.claim(record or _new(user_id, image_id))
        if lease is None:
            return None
        async with repository.working(lease):
            return await _work(lease, data, prepared)


def _prepared(data: bytes, allowed: MediaSettings) -> Prepared:
    from core.media import decoding, renditions

    upright = decoding.open_upright(data, max_bytes=allowed.max_bytes, max_pixels=allowed.max_pixels)
    return renditions.prepare(upright)


async def _work(lease: Lease, data: bytes, prepared: Prepared) -> Picture:
    from core.media import renditions, repository, segmentation

    picture = lease.picture
    sent = await asyncio.to_thread(renditions.for_segmentation, prepared.working)
    mask = await segmentation.mask_of(sent)
    measures, files = await asyncio.to_thread(renditions.make_renditions, prepared, mask)
    await repository.archive(picture, data, MEDIA_TYPES[sniff(data)])
    stored = await repository.store(picture, files)
    duplicate = await _duplicate_of(picture, measures)
    return await _finish(lease, undone=False, variants=stored, measures=measures, duplicate_of=duplicate)


async def _finish(lease: Lease, **changes: object) -> Picture:
    """Make a new set of renditions the picture's, then remove the set before it."""
    from core.media import repository

    revision = lease.picture.revision + 1
    lease.stop()
    ended = {"busy_until": None}
    done = await lease.write(status="ready", revision=revision, **(ended if lease.fresh else {}), **changes)
    if lease.fresh:
        return done
    await repository.drop_unreferenced(done)
    return await lease.write(**ended)


async def _duplicate_of(picture: Picture, measures: Measures) -> str | None:
    """Return the nearest earlier photo of the same person that shows the same thing."""
    from core.media import repository
    from core.media.colours import delta_e, mean_lab
    from core.media.phash import hamming

    tint = mean_lab(measures.colours)
    found: list[tuple[int, datetime, str]] = []
    async for other in repository.ready_pictures(picture.user_id):
        known = other.measured
        if (
            other.id == picture.id
            or known.quality != measures.quality
            or other.created_at > picture.created_at
        ):
            continue
        distance = hamming(measures.phash, known.phash)
        if distance <= SAME_BITS and delta_e(tint, mean_lab(known.colours)) <= SAME_TINT:
            found.append((distance, other.created_at, other.id))
    return min(found)[2] if found else None


async def _record(user_id: str, image_id: str) -> Picture | None:
    from core.media import repository

    return await repository.get(user_id, image_id)


async def ready(user_id: str, image_id: str) -> Picture:
    """Return the record of a finished photo.

    Raises:
        PictureNotFound: this person has no such photo, or it is not finished.
    """
    record = await _record(user_id, image_id)
    if record is None or record.status != "ready":
        raise PictureNotFound("You have no picture with this id.")
    return record


def _new(user_id: str, image_id: str) -> Picture:
    return Picture(
        id=image_id,
        user_id=user_id,
        status="storing",
        created_at=clock.now(),
        archived_as=f"{user_id}/{image_id}/original",
    )


def limits() -> MediaSettings:
    """Return what photos are accepted."""
    from core.platform import settings

    allowed: MediaSettings = settings.get(settings.MediaSettings)
    return allowed


def slot() -> asyncio.Semaphore:
    """Return the bound on decoded photos this worker holds at once: each may take hundreds of megabytes."""
    return _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(limits().max_in_flight))
