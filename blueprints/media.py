"""Photos over HTTP: upload, look at, undo, and read a garment's attributes from."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import media
from core.platform import ai_errors, ranges
from core.platform.errors import DomainError, FieldError, RangeBeyondEnd
from core.platform.http import Call, Reply, Upload, Uploaded, endpoint

bp = func.Blueprint()

_JSON, _WEBP, _PNG = "application/json", "image/webp", "image/png"
_VARIANT = "api/media/{image_id:guid}/{variant:regex(^(original|cutout|thumb)$)}"


def _photo() -> Upload:
    # The host's own limit on bodies; MEDIA_MAX_BYTES, which is lower, is asked by the domain.
    return Upload("image", media.ACCEPTED_TYPES, max_bytes=100_000_000, sample="shirt.jpg")


def _bad_picture() -> tuple[type[DomainError], ...]:
    return (
        media.UnsupportedPicture,
        media.AnimatedPicture,
        media.PictureTooLarge,
        media.TooManyPixels,
        media.BrokenPicture,
    )


@bp.route(route="api/process-image", methods=["POST"])
@endpoint(
    auth=access.user,
    upload=_photo,
    returns=lambda: {200: (media.ProcessedImage, _WEBP, _PNG)},
    rate="model",
    idempotent=True,
    problems=lambda: [
        *_bad_picture(),
        media.SegmentationDown,
        media.SegmentationUnusable,
        media.PictureInProgress,
        media.NoCutout,
    ],
    sends=["Vary", "X-Image-Id"],
)
async def process_image(call: Call[Uploaded]) -> Reply:
    """Cut the garment out of a photo; with `Accept: image/png` or `image/webp` answers the cutout itself."""
    image = await media.process(call.user, call.body.data)
    wanted = call.preferred(_JSON, _WEBP, _PNG) or _JSON
    if wanted == _JSON:
        return Reply.ok(image, headers={"Vary": "Accept"})
    cutout = await media.cutout_as(call.user, image.image_id, wanted)
    return Reply.file(cutout, wanted, headers={"Vary": "Accept", "X-Image-Id": image.image_id})


@bp.route(route="api/media/{image_id:guid}", methods=["GET", "HEAD"])
@endpoint(
    auth=access.user, returns=lambda: {200: media.ProcessedImage}, problems=lambda: [media.PictureNotFound]
)
async def get_media(call: Call[None, None, media.ImagePath]) -> media.ProcessedImage:
    """What is known of a photo, with fresh links."""
    return await media.describe(call.user, call.path.image_id)


@bp.route(route="api/media/{image_id:guid}/cutout", methods=["DELETE"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: media.ProcessedImage},
    problems=lambda: [media.PictureNotFound, media.PictureInProgress],
)
async def undo_cutout(call: Call[None, None, media.ImagePath]) -> media.ProcessedImage:
    """Put the original back; uploading the photo again makes the cutout anew."""
    return await media.undo_cutout(call.user, call.path.image_id)


@bp.route(route=_VARIANT, methods=["GET", "HEAD"])
@endpoint(
    auth=access.link_or_user,
    returns=lambda: {200: "image/*", 206: "image/*", 304: None},
    problems=lambda: [media.PictureNotFound, RangeBeyondEnd],
    sends=["ETag", "Cache-Control", "Accept-Ranges", "Content-Disposition", "Cross-Origin-Resource-Policy"],
)
async def get_media_variant(call: Call[None, media.LinkQuery, media.VariantPath]) -> Reply:
    """The picture itself: `original`, `cutout` or `thumb`; ranges and conditions as in RFC 9110."""
    found, revision = await media.find_variant(call.user, call.path.image_id, call.path.variant)
    headers = _headers(found.etag, lasting=call.query.rev == str(revision))
    if ranges.matches(call.if_none_match, found.etag):
        return Reply(304, None, headers, found.content_type)
    part = ranges.part_of(call.headers, found.etag, found.size)
    data = await media.read_variant(found, part)
    if part is None:
        return Reply.file(data, found.content_type, headers=headers)
    headers["Content-Range"] = part.content_range
    return Reply.file(data, found.content_type, status=206, headers=headers)


@bp.route(route="api/extract-clothing-metadata", methods=["POST"])
@endpoint(
    auth=access.metadata_caller,
    upload=_photo,
    returns=lambda: {200: media.Extraction},
    rate="model",
    problems=lambda: [*_bad_picture(), media.PictureNotFound, *ai_errors.MODEL_PROBLEMS],
)
async def extract_clothing_metadata(call: Call[media.ExtractionRequest | Uploaded]) -> media.Extraction:
    """What garment a photo shows: category, colours, materials and more, each with how sure it is."""
    asker = call.principal.user_id if call.principal else ""
    if isinstance(call.body, Uploaded):
        return await media.of_photo(asker, call.body.data)
    return await media.of_image(_owner(asker, call.body), call.body.image_id)


def _owner(asker: str, body: media.ExtractionRequest) -> str:
    """Return whose photo is meant: the asker's own, or for a service the one it names."""
    if asker and body.user_id in (None, asker):
        return asker
    if not asker and body.user_id:
        return body.user_id
    detail = "Leave it out." if asker else "A service has to say whose photo this is."
    raise media.PictureNotFound("There is no such picture.", errors=[FieldError("/user_id", detail)])


def _headers(etag: str, *, lasting: bool) -> dict[str, str]:
    # What a link to the current revision opens never changes; a bare path or an older link is asked again.
    caching = "private, max-age=86400, immutable" if lasting else "private, no-cache"
    return {
        "ETag": f'"{etag}"',
        "Cache-Control": caching,
        "Accept-Ranges": "bytes",
        "Content-Disposition": "inline",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
