"""The HTTP side of the segmentation contract: one picture in, its mask out."""

import asyncio
import hmac
import io
import os
import warnings
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from aiohttp import web
from PIL import Image, UnidentifiedImageError

from devstack.emulator import MEGABYTE, Emulator, hang_up
from devstack.faults import Fault
from devstack.segmentation.cutout import Mask, Picture, cut

MODEL = "grabcut-1"
MAX_BYTES = 25 * MEGABYTE
MAX_PIXELS = 50_000_000
FAULTS = ("error", "hang", "rubbish", "wrong_size", "empty_mask", "full_mask", "slow", "truncated")
_FORMATS = ("JPEG", "PNG", "WEBP")
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "application/octet-stream"})
_AT_ONCE = 2
_WAITING = 16


class Unreadable(ValueError):
    """The bytes are no picture this service reads."""


class Segmentation(Emulator):
    """The service. ``token`` None accepts any bearer token, but never none at all."""

    def __init__(self, token: str | None) -> None:
        super().__init__(FAULTS, max_body=MAX_BYTES)
        self._token = token
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="cutout")
        self._waiting = 0
        self.app.add_routes([web.post("/", self._segment), web.post("/segment", self._segment)])
        self.app.on_cleanup.append(self._close)

    async def _segment(self, request: web.Request) -> web.StreamResponse:
        self._authorize(request)
        if request.content_type not in _TYPES:
            return _refusal(415, f"Send image/jpeg, image/png or image/webp, not {request.content_type}.")
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _refusal(413, f"The picture is larger than {MAX_BYTES} bytes.")
        fault = self.fault(request)
        if early := await _instead(fault, request):
            return early
        if self._waiting >= _WAITING:
            return _refusal(429, "Too many pictures are waiting.", {"Retry-After": "1"})
        return await self._answer(body, fault)

    async def _answer(self, body: bytes, fault: Fault | None) -> web.Response:
        self._waiting += 1
        try:
            png = await asyncio.get_running_loop().run_in_executor(self._pool, _mask_png, body, fault)
        except Unreadable as error:
            return _refusal(400, str(error))
        finally:
            self._waiting -= 1
        return web.Response(body=png, content_type="image/png", headers={"X-Segmentation-Model": MODEL})

    def _authorize(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        known = self._token is None or hmac.compare_digest(given.encode(), self._token.encode())
        if scheme.lower() != "bearer" or not given or not known:
            raise web.HTTPUnauthorized(text="A valid bearer token is required.\n")

    async def _close(self, app: web.Application) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def build() -> web.Application:
    """The service with the token its caller is configured with, ``SEGMENTATION_SHARED_TOKEN``."""
    return Segmentation(os.environ.get("SEGMENTATION_SHARED_TOKEN") or None).app


def read_picture(data: bytes) -> Picture:
    """Decode one JPEG, PNG or WebP picture to BGR; transparency is laid on white. Raises Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise Unreadable(f"The picture has more than {MAX_PIXELS} pixels.")
            rgba = np.asarray(image.convert("RGBA"))
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Warning,
    ) as error:
        raise Unreadable(
            str(error) if isinstance(error, Unreadable) else "This is no readable picture."
        ) from error
    alpha = rgba[..., 3:].astype(np.uint16)
    on_white = (rgba[..., :3] * alpha + 255 * (255 - alpha)) // 255
    return np.ascontiguousarray(on_white[..., ::-1], np.uint8)


def _mask_png(data: bytes, fault: Fault | None) -> bytes:
    picture = read_picture(data)
    png = _encode(_altered(fault, cut(picture)))
    return png[: len(png) // 2] if fault and fault.kind == "truncated" else png


def _altered(fault: Fault | None, mask: Mask) -> Mask:
    kind = fault.kind if fault else ""
    if kind == "wrong_size":
        return np.ascontiguousarray(mask[: max(1, mask.shape[0] // 2)])
    if kind in {"empty_mask", "full_mask"}:
        return np.full_like(mask, 255 if kind == "full_mask" else 0)
    return mask


def _encode(mask: Mask) -> bytes:
    done, png = cv2.imencode(".png", mask, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise RuntimeError("OpenCV could not encode the mask")
    return bytes(png)


async def _instead(fault: Fault | None, request: web.Request) -> web.Response | None:
    """What a fault answers without looking at the picture; None when the picture is to be looked at."""
    if fault is None:
        return None
    if fault.kind == "error":
        headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
        return _refusal(fault.status or 503, "Told to fail.", headers)
    if fault.kind == "rubbish":
        return web.Response(body=b"<html>this is not a mask</html>", content_type="image/png")
    if fault.kind == "hang":
        await asyncio.sleep(3600 if fault.seconds is None else fault.seconds)
        hang_up(request)
        return _refusal(503, "Told to hang.")
    if fault.kind == "slow":
        await asyncio.sleep(1 if fault.seconds is None else fault.seconds)
    return None


def _refusal(status: int, detail: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"detail": detail}, status=status, headers=headers)
