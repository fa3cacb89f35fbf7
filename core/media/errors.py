"""What can go wrong with a photo, in words its owner can act on."""

from __future__ import annotations

from core.platform.errors import (
    BadUpstream,
    Conflict,
    FieldError,
    Invalid,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
)


def about_image(detail: str) -> tuple[FieldError, ...]:
    """Return the field errors of a problem with the uploaded `image`."""
    return (FieldError("/image", detail),)


class UnsupportedPicture(UnsupportedMedia):
    """The bytes are not of a type we read, whatever name or header they came with."""

    slug = "picture-type"
    title = "Not a picture type we read"


class AnimatedPicture(Invalid):
    """More than one frame: there is no telling which one shows the garment."""

    slug = "picture-animated"
    title = "Animated pictures are not accepted"


class PictureTooLarge(TooLarge):
    """More bytes than MEDIA_MAX_BYTES."""

    slug = "picture-too-large"
    title = "The picture has too many bytes"


class TooManyPixels(TooLarge):
    """More pixels than MEDIA_MAX_PIXELS, or a side no rendition can hold; found before decoding."""

    slug = "picture-too-many-pixels"
    title = "The picture has too many pixels"


class BrokenPicture(Invalid):
    """The right type, but it ends early or cannot be decoded."""

    slug = "picture-broken"
    title = "The picture cannot be decoded"


class PictureNotFound(NotFound):
    """No such image of this person, or no such variant of it."""

    slug = "picture-not-found"
    title = "There is no such picture"


class PictureInProgress(Conflict):
    """The same bytes are being processed by another request."""

    slug = "picture-in-progress"
    title = "This picture is being processed"
    retry_after = 5


class NoCutout(Invalid):
    """The picture is stored, but no cutout good enough to hand out exists."""

    slug = "no-cutout"
    title = "There is no cutout of this picture"


class SegmentationDown(Unavailable):
    """The segmentation service does not answer, or says that it cannot now."""

    slug = "segmentation-unavailable"
    title = "Cutting out garments is temporarily unavailable"


class SegmentationUnusable(BadUpstream):
    """The segmentation service answered something that is not a mask of the picture sent."""

    slug = "segmentation-unusable"
    title = "The segmentation service gave an unusable answer"
