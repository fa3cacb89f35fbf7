"""The client of the segmentation contract (``docs/segmentation.md``): a picture out, a checked mask back.

Every wait is bounded, because a person waits behind it and an HTTP answer is cut at 230 s: one try by
SEGMENTATION_TIMEOUT_SECONDS, a pause by ``LONGEST_PAUSE``, all together by ``LONGEST_WAIT``. A try that times
out is not repeated.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from core.media.errors import SegmentationDown, SegmentationUnusable
from core.media.renditions import Sent
from core.platform import clock, settings, telemetry, waiting
from core.platform.telemetry import Span

if TYPE_CHECKING:
    from PIL.Image import Image

TRIES = 3
LONGEST_PAUSE = 5.0
LONGEST_WAIT = 150.0
MOST_BYTES = 16_000_000
_NOTHING_FOUND = 422
_DEFAULT_RETRY_SECONDS = 10.0


class _TryAgain(Exception):
    """An outcome the contract allows to repeat; ``after`` is the server's ``Retry-After`` in seconds."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


async def mask_of(sent: Sent) -> Image:
    """Return the mask (mode L, size of ``sent``) of the garment in a picture.

    An empty mask where the service found nothing to cut out.

    Raises:
        SegmentationDown: it does not answer in time, is busy or broken after ``TRIES`` tries.
        SegmentationUnusable: it answered something that is not a mask of this picture.
    """
    from PIL import Image

    from core.media.masks import read_mask

    try:
        async with asyncio.timeout(LONGEST_WAIT):
            data = await _persistently(sent)
    except _TryAgain as error:
        raise _down(error.after) from error
    except TimeoutError as error:
        raise _down(None) from error
    return Image.new("L", sent.size) if data is None else await asyncio.to_thread(read_mask, data, sent.size)


async def _persistently(sent: Sent) -> bytes | None:
    asking = AsyncRetrying(
        retry=retry_if_exception_type(_TryAgain), stop=stop_after_attempt(TRIES), wait=_pause, reraise=True
    )
    return await asking(_ask, sent)


async def _ask(sent: Sent) -> bytes | None:
    """Ask once; ``None`` where the service says that there is nothing to cut out."""
    configured = settings.get(settings.SegmentationSettings)
    headers = {
        "Authorization": f"Bearer {configured.token.get_secret_value()}",
        "Content-Type": "image/jpeg",
        "Accept": "image/png",
    }
    patience = aiohttp.ClientTimeout(total=configured.timeout_seconds, connect=5)
    told = {"http.request.method": "POST", "server.address": configured.endpoint.host or ""}
    with telemetry.span("segment", "client", told) as span:
        return await _posted(str(configured.endpoint), sent, headers, patience, span)


async def _posted(
    url: str, sent: Sent, headers: dict[str, str], patience: aiohttp.ClientTimeout, span: Span
) -> bytes | None:
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            # A redirect could carry the token and the photo to anywhere.
            session.post(url, data=sent.data, headers=headers, allow_redirects=False) as response,
        ):
            span.set("http.response.status_code", response.status)
            return await _read(response)
    except aiohttp.ConnectionTimeoutError as error:
        raise _TryAgain("no connection in time") from error
    except TimeoutError:
        raise
    except aiohttp.ClientError as error:
        raise _TryAgain(type(error).__name__) from error


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    if response.status == _NOTHING_FOUND:
        return None
    if response.status == 429 or response.status >= 500:
        after = waiting.seconds(response.headers.get("Retry-After"), clock.now())
        raise _TryAgain(f"status {response.status}", after)
    if response.status != 200:
        raise SegmentationUnusable(f"The segmentation service answered {response.status}.")
    if response.content_type != "image/png":
        raise SegmentationUnusable(f"The mask came as {response.content_type}, not image/png.")
    data = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        data += chunk
        if len(data) > MOST_BYTES:
            raise SegmentationUnusable(f"The mask has more than {MOST_BYTES} bytes.")
    return bytes(data)


def _pause(state: RetryCallState) -> float:
    """Wait as long as the server asked, bounded; else 0.25 s, 0.5 s."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, _TryAgain) else None
    return min(LONGEST_PAUSE, 0.25 * 2 ** (state.attempt_number - 1) if asked is None else asked)


def _down(after: float | None) -> SegmentationDown:
    return SegmentationDown(
        "The service that cuts out garments does not answer now. Nothing was stored; send the photo again.",
        retry_after=_DEFAULT_RETRY_SECONDS if after is None else max(1.0, after),
    )
