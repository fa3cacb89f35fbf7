import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from core import media
from core.media import repository, service
from core.media.models import Picture
from core.media.phash import hamming
from core.platform import clock, settings, storage
from core.platform.cosmos import Container
from core.platform.errors import DomainError
from core.platform.ids import new_id
from tests.integration.media.conftest import shirt_photo

pytestmark = pytest.mark.usefixtures("app_env")

type Fault = Callable[..., Awaitable[None]]
type Left = Callable[[str], Awaitable[dict[str, list[str]]]]

NOTHING: dict[str, list[str]] = {"records": [], "archived": [], "renditions": []}
RECORDS = Container("media", Picture)


async def rendition(user: str, image_id: str, name: Any) -> Image.Image:
    found, _ = await media.find_variant(user, image_id, name)
    picture = Image.open(io.BytesIO(await media.read_variant(found)))
    picture.load()
    return picture


async def crashed(user: str, data: bytes, *, ago: timedelta) -> str:
    """What a request that died while it stored its blobs leaves behind; returns the image id."""
    image = await media.process(user, data)
    record = await RECORDS.get(user, image.image_id)
    assert record is not None
    died = {"status": "storing", "busy_until": clock.now() - ago, "variants": {}, "measures": None}
    await RECORDS.replace(record.model_copy(update=died))
    await storage.Blobs("media").delete(record.variants["thumb"].blob)
    return image.image_id


async def test_a_sideways_photo_becomes_an_upright_cutout(person: str, portrait: bytes, left: Left) -> None:
    image = await media.process(person, portrait)
    assert (image.width, image.height, image.quality) == (448, 512, "good")
    assert image.variants.cutout is not None
    assert sum(colour.share for colour in image.colours) == pytest.approx(1)
    cutout = await rendition(person, image.image_id, "cutout")
    assert (cutout.size, cutout.mode) == ((448, 512), "RGBA")
    assert (await rendition(person, image.image_id, "original")).size == (448, 512)
    assert max((await rendition(person, image.image_id, "thumb")).size) <= 384
    kept = await left(person)
    assert (len(kept["records"]), len(kept["archived"]), len(kept["renditions"])) == (1, 1, 3)


async def test_gps_is_gone_from_everything_but_the_archived_bytes(
    person: str, portrait: bytes, left: Left
) -> None:
    image = await media.process(person, portrait)
    kept = await left(person)
    for name in kept["renditions"]:
        data = await storage.Blobs("media").get(name)
        assert data is not None
        with Image.open(io.BytesIO(data)) as opened:
            assert not opened.getexif()
            assert not {"exif", "xmp"} & set(opened.info)
    archive = settings.get(settings.StorageSettings).archive_container
    assert await storage.Blobs(archive).get(f"{person}/{image.image_id}/original") == portrait


async def test_the_same_bytes_are_one_image_and_are_not_sent_again(
    person: str, shirt: bytes, fault: Fault
) -> None:
    first = await media.process(person, shirt)
    await fault("error", times=None)
    again = await media.process(person, shirt)
    assert (again.image_id, again.created_at) == (first.image_id, first.created_at)


async def test_the_same_bytes_of_another_person_are_another_image(person: str, shirt: bytes) -> None:
    mine = await media.process(person, shirt)
    theirs = await media.process(new_id(), shirt)
    assert mine.image_id != theirs.image_id
    assert theirs.duplicate_of is None


async def test_simultaneous_uploads_of_the_same_bytes_end_in_one_record(
    person: str, shirt: bytes, fault: Fault, left: Left
) -> None:
    await fault("slow", seconds=0.5)
    await fault("error", times=None)
    images = await asyncio.gather(*(media.process(person, shirt) for _ in range(4)))
    assert len({image.image_id for image in images}) == 1
    kept = await left(person)
    assert (len(kept["records"]), len(kept["archived"]), len(kept["renditions"])) == (1, 1, 3)


async def test_an_upload_that_waited_for_one_that_failed_tries_itself(
    person: str, shirt: bytes, fault: Fault, left: Left
) -> None:
    await fault("rubbish")
    outcomes = await asyncio.gather(*(media.process(person, shirt) for _ in range(2)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "ProcessedImage",
        "SegmentationUnusable",
    ]
    assert len((await left(person))["records"]) == 1


@pytest.mark.parametrize("kind", ["rubbish", "truncated", "wrong_size"])
async def test_an_unusable_mask_stores_nothing(
    kind: str, person: str, shirt: bytes, fault: Fault, left: Left
) -> None:
    await fault(kind)
    with pytest.raises(media.SegmentationUnusable):
        await media.process(person, shirt)
    assert await left(person) == NOTHING


async def test_a_service_that_stays_down_stores_nothing(
    person: str, shirt: bytes, fault: Fault, left: Left
) -> None:
    await fault("error", times=None, status=503, retry_after=0)
    with pytest.raises(media.SegmentationDown) as caught:
        await media.process(person, shirt)
    assert caught.value.retry_after == 1
    assert await left(person) == NOTHING


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_one_passing_failure_is_tried_again(
    status: int, person: str, shirt: bytes, fault: Fault
) -> None:
    await fault("error", status=status, retry_after=0)
    assert (await media.process(person, shirt)).quality == "good"


async def test_a_service_that_refuses_the_picture_is_not_asked_again(
    person: str, shirt: bytes, fault: Fault
) -> None:
    await fault("error", status=400)
    with pytest.raises(media.SegmentationUnusable):
        await media.process(person, shirt)


async def test_a_service_that_says_nothing_is_given_up_on(
    person: str, shirt: bytes, fault: Fault, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENTATION_TIMEOUT_SECONDS", "0.5")
    settings.get.cache_clear()
    await fault("hang", seconds=30)
    try:
        with pytest.raises(media.SegmentationDown):
            await media.process(person, shirt)
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()
    assert await left(person) == NOTHING


@pytest.mark.parametrize(("kind", "coverage"), [("empty_mask", 0), ("full_mask", 1)])
async def test_a_mask_of_nothing_or_everything_is_reported_and_not_used(
    kind: str, coverage: int, person: str, shirt: bytes, fault: Fault
) -> None:
    await fault(kind)
    image = await media.process(person, shirt)
    assert (image.quality, image.coverage, image.variants.cutout) == ("low_quality", coverage, None)
    assert (await rendition(person, image.image_id, "thumb")).mode == "RGB"
    with pytest.raises(media.PictureNotFound, match="no cutout"):
        await media.find_variant(person, image.image_id, "cutout")
    with pytest.raises(media.NoCutout):
        await media.cutout_as(person, image.image_id, "image/png")


async def test_a_service_that_finds_nothing_is_believed(person: str, shirt: bytes, fault: Fault) -> None:
    await fault("error", status=422)
    assert (await media.process(person, shirt)).quality == "low_quality"


async def test_undo_puts_the_original_back_until_the_photo_is_sent_again(
    person: str, shirt: bytes, left: Left
) -> None:
    before = await media.process(person, shirt)
    undone = await media.undo_cutout(person, before.image_id)
    assert undone.variants.cutout is None
    assert undone.variants.thumb != before.variants.thumb
    assert (await rendition(person, before.image_id, "thumb")).mode == "RGB"
    assert len((await left(person))["renditions"]) == 2
    assert await media.undo_cutout(person, before.image_id) == undone

    again = await media.process(person, shirt)
    assert again.variants.cutout is not None
    assert (again.image_id, again.created_at) == (before.image_id, before.created_at)
    assert (await rendition(person, before.image_id, "thumb")).mode == "RGBA"
    assert len((await left(person))["renditions"]) == 3


async def test_undo_and_another_upload_mend_what_one_bad_mask_spoilt(
    person: str, shirt: bytes, fault: Fault
) -> None:
    await fault("empty_mask")
    spoilt = await media.process(person, shirt)
    assert (spoilt.quality, spoilt.variants.cutout) == ("low_quality", None)
    await media.undo_cutout(person, spoilt.image_id)
    mended = await media.process(person, shirt)
    assert mended.quality == "good"
    assert mended.variants.cutout is not None


async def test_a_failed_new_cutout_leaves_the_original_back(
    person: str, shirt: bytes, fault: Fault, left: Left
) -> None:
    image = await media.process(person, shirt)
    undone = await media.undo_cutout(person, image.image_id)
    kept = await left(person)
    await fault("rubbish")
    with pytest.raises(media.SegmentationUnusable):
        await media.process(person, shirt)
    assert await media.describe(person, image.image_id) == undone
    assert await left(person) == kept
    assert (await media.process(person, shirt)).variants.cutout is not None


async def test_what_a_crash_left_is_not_shown_and_the_next_upload_resumes(
    person: str, shirt: bytes, left: Left
) -> None:
    image_id = await crashed(person, shirt, ago=timedelta(seconds=1))
    with pytest.raises(media.PictureNotFound):
        await media.describe(person, image_id)
    assert not await media.exists(person, image_id)
    resumed = await media.process(person, shirt)
    assert resumed.image_id == image_id
    assert len((await left(person))["renditions"]) == 3


async def test_the_sweep_removes_what_nobody_resumed(person: str, shirt: bytes, left: Left) -> None:
    await crashed(person, shirt, ago=timedelta(minutes=61))
    await media.sweep_unfinished()
    assert await left(person) == NOTHING


async def test_the_sweep_leaves_alone_what_may_still_be_at_work(
    person: str, shirt: bytes, left: Left
) -> None:
    await crashed(person, shirt, ago=timedelta(minutes=59))
    kept = await left(person)
    await media.sweep_unfinished()
    assert await left(person) == kept


async def test_the_sweep_tidies_up_around_a_finished_picture(person: str, shirt: bytes, left: Left) -> None:
    image = await media.process(person, shirt)
    kept = await left(person)
    record = await RECORDS.get(person, image.image_id)
    assert record is not None
    await RECORDS.replace(record.model_copy(update={"busy_until": clock.now() - timedelta(hours=2)}))
    await storage.Blobs("media").put(f"{person}/{image.image_id}/2/cutout.webp", b"half", "image/webp")
    await media.sweep_unfinished()
    assert await left(person) == kept
    record = await RECORDS.get(person, image.image_id)
    assert record is not None
    assert record.busy_until is None


async def test_a_photo_erased_while_it_is_processed_leaves_nothing(
    person: str, shirt: bytes, fault: Fault, left: Left
) -> None:
    await fault("slow", seconds=1)
    work = asyncio.create_task(media.process(person, shirt))
    for _ in range(500):
        if found := (await left(person))["records"]:
            break
        await asyncio.sleep(0.01)
    assert await RECORDS.delete(person, found[0])
    with pytest.raises(DomainError, match="Another request"):
        await work
    assert await left(person) == NOTHING


async def test_a_lease_is_renewed_while_the_work_lasts(
    person: str, shirt: bytes, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(repository, "LEASE_SECONDS", 0.4)
    await fault("slow", seconds=1)
    await fault("error", times=None)
    images = await asyncio.gather(*(media.process(person, shirt) for _ in range(2)))
    assert images[0].image_id == images[1].image_id


async def holding(person: str, image_id: str) -> repository.Lease:
    """The right to work on a finished picture, as another request has it."""
    record = await RECORDS.get(person, image_id)
    assert record is not None
    lease = await repository.claim(record)
    assert lease is not None
    return lease


async def test_who_comes_while_another_request_works_is_told_to_wait(
    person: str, shirt: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LONGEST_WAIT", 0)
    image = await media.process(person, shirt)
    await (await holding(person, image.image_id)).write(status="storing")
    with pytest.raises(media.PictureInProgress) as told:
        await media.process(person, shirt)
    assert told.value.retry_after == 5
    await (await holding(person, image.image_id)).write(status="ready")
    with pytest.raises(media.PictureInProgress):
        await media.undo_cutout(person, image.image_id)


async def test_a_rendition_that_was_replaced_while_it_was_asked_for_is_not_there(
    person: str, shirt: bytes
) -> None:
    image = await media.process(person, shirt)
    found, _ = await media.find_variant(person, image.image_id, "thumb")
    await storage.Blobs("media").delete(found.blob)
    with pytest.raises(media.PictureNotFound, match="replaced"):
        await media.read_variant(found)


async def test_the_sweep_leaves_what_somebody_began_to_work_on_meanwhile(
    person: str, shirt: bytes, monkeypatch: pytest.MonkeyPatch, left: Left
) -> None:
    image_id = await crashed(person, shirt, ago=timedelta(minutes=61))
    before = await left(person)
    settle = repository.settle

    async def late(picture: Picture) -> None:
        if picture.id == image_id:
            await holding(person, image_id)
        await settle(picture)

    monkeypatch.setattr(repository, "settle", late)
    await media.sweep_unfinished()
    assert await left(person) == before


async def test_a_request_that_fails_after_another_took_over_removes_nothing_of_its(
    person: str, shirt: bytes, left: Left
) -> None:
    image = await media.process(person, shirt)
    before, lease = await left(person), await holding(person, image.image_id)

    async def work() -> None:
        async with repository.working(lease):
            await holding(person, image.image_id)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await work()
    assert await left(person) == before


async def test_a_renewal_that_waited_for_the_last_write_comes_after_it_no_more(
    person: str, shirt: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "RENEW_SECONDS", 0.01)
    image = await media.process(person, shirt)
    lease = await holding(person, image.image_id)
    async with lease._turn:
        keeping = asyncio.create_task(lease.keep())
        while not lease._turn._waiters:  # noqa: ASYNC110 - until the renewal waits for its turn
            await asyncio.sleep(0.001)
        lease.stop()
        last = await lease._replace({"busy_until": None})
    await keeping
    record = await RECORDS.get(person, image.image_id)
    assert record is not None
    assert (record.busy_until, record.etag) == (None, last.etag)


async def test_the_same_photo_saved_again_is_told_to_be_a_duplicate(person: str, shirt: bytes) -> None:
    first = await media.process(person, shirt)
    saved_again = await media.process(person, shirt_photo((32, 48, 110), quality=60, side=280))
    assert saved_again.duplicate_of == first.image_id
    assert hamming(first.phash, saved_again.phash) <= 6


async def test_the_same_shirt_in_another_colour_is_another_shirt(person: str, shirt: bytes) -> None:
    await media.process(person, shirt)
    red = await media.process(person, shirt_photo((170, 30, 40)))
    assert red.duplicate_of is None


async def test_somebody_elses_photo_does_not_exist(person: str, shirt: bytes) -> None:
    image = await media.process(person, shirt)
    stranger = new_id()
    for attempt in (
        media.describe(stranger, image.image_id),
        media.undo_cutout(stranger, image.image_id),
        media.find_variant(stranger, image.image_id, "thumb"),
    ):
        with pytest.raises(media.PictureNotFound):
            await attempt
    assert not await media.exists(stranger, image.image_id)
    assert await media.variants_of(stranger, image.image_id) is None
