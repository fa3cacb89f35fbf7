"""Reading a garment's attributes: the picture to the model, its answer checked, nothing stored."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.media import service
from core.media.attributes import Extraction
from core.media.models import Colour, Picture

if TYPE_CHECKING:
    from core.media.renditions import Encoded
    from core.platform.settings import MediaSettings

PURPOSE = "garment-attributes"
MIDDLE = 0.6
"""Part of the frame, each way, whose colours stand for the garment where no mask has been made."""


async def of_image(user_id: str, image_id: str) -> Extraction:
    """Return the attributes of a processed photo.

    Raises:
        PictureNotFound: this person has no such photo.
        ModelUnavailable, ModelAnsweredRubbish, ModelRefused: the model did not help.
    """
    record = await service.ready(user_id, image_id)
    picture = await _shown_to_model(record)
    return await _read(picture, record.measured.colours, user_id=user_id, image_id=image_id)


async def picture_for_model(user_id: str, image_id: str) -> Encoded:
    """Return one's own photo for a language model to look at: a small JPEG without metadata.

    Raises:
        PictureNotFound: this person has no such photo.
    """
    return await _shown_to_model(await service.ready(user_id, image_id))


async def _shown_to_model(record: Picture) -> Encoded:
    data = await service.read_variant(record.variants["original"])
    return await asyncio.to_thread(_from_stored, data)


async def of_photo(user_id: str, data: bytes) -> Extraction:
    """Return the attributes of the garment in a photo that is not kept.

    ``user_id`` is who asks, empty for a service; it only says who is charged for the call.

    Raises:
        UnsupportedPicture, AnimatedPicture, PictureTooLarge, TooManyPixels, BrokenPicture.
        ModelUnavailable, ModelAnsweredRubbish, ModelRefused: the model did not help.
    """
    async with service.slot():
        picture, colours = await asyncio.to_thread(_from_upload, data, service.limits())
    return await _read(picture, colours, user_id=user_id, image_id=None)


async def _read(
    picture: Encoded, measured: list[Colour], *, user_id: str, image_id: str | None
) -> Extraction:
    from core.media import reading
    from core.platform import ai

    answer = await ai.complete_structured(
        reading.GarmentReading,
        user_id=user_id,
        purpose=PURPOSE,
        system=reading.SYSTEM,
        content=[
            ai.text_part("The photo of the garment."),
            ai.image_part(picture.data, picture.content_type),
        ],
    )
    return reading.extraction(answer, measured, image_id)


def _from_stored(data: bytes) -> Encoded:
    from core.media import renditions

    return renditions.for_model(renditions.reopened(data, side=renditions.MODEL_SIDE))


def _from_upload(data: bytes, limits: MediaSettings) -> tuple[Encoded, list[Colour]]:
    from core.media import decoding, renditions

    upright = decoding.open_upright(data, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    return renditions.for_model(upright), renditions.colours_of_middle(upright, MIDDLE)
