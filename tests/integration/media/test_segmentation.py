"""The client of the segmentation contract against a service that keeps it only in part."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from PIL import Image

from core.media import segmentation
from core.media.errors import SegmentationDown, SegmentationUnusable
from core.media.renditions import Sent
from core.platform import settings

SENT = Sent(b"a jpeg", (8, 6))
type Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


def png(size: tuple[int, int] = SENT.size) -> bytes:
    file = io.BytesIO()
    Image.new("L", size, 255).save(file, "PNG")
    return file.getvalue()


class Service:
    """Answers each request with the next reply, the last for ever, and remembers what came."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.came: list[web.Request] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.came.append(request)
        await request.read()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return await reply(request)


@pytest.fixture
async def service(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    fake, app = Service(), web.Application()
    app.router.add_route("*", "/{anything:.*}", fake.handle)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    monkeypatch.setenv("SEGMENTATION_ENDPOINT_URL", f"http://127.0.0.1:{port}/segment")
    monkeypatch.setenv("SEGMENTATION_SHARED_TOKEN", "the-token")
    monkeypatch.setenv("SEGMENTATION_TIMEOUT_SECONDS", "2")
    settings.get.cache_clear()
    yield fake
    await runner.cleanup()
    settings.get.cache_clear()


def answering(status: int = 200, body: bytes = b"", kind: str = "image/png", **headers: str) -> Reply:
    async def reply(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, content_type=kind, headers=named)

    return reply


async def hanging_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def test_the_token_and_the_picture_go_out(service: Service) -> None:
    service.replies = [answering(body=png())]
    mask = await segmentation.mask_of(SENT)
    assert (mask.size, mask.mode) == (SENT.size, "L")
    assert service.came[0].headers["Authorization"] == "Bearer the-token"
    assert service.came[0].headers["Content-Type"] == "image/jpeg"
    assert await service.came[0].read() == SENT.data


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answering(body=b"<html>", kind="text/html"), "text/html"),
        (answering(body=png((6, 8))), "6 x 8"),
        (answering(302, Location="/elsewhere"), "302"),
        (answering(401), "401"),
        (answering(body=b"\x89PNG" + bytes(segmentation.MOST_BYTES)), "more than"),
    ],
)
async def test_what_is_no_mask_is_not_asked_for_again(service: Service, reply: Reply, reason: str) -> None:
    service.replies = [reply]
    with pytest.raises(SegmentationUnusable, match=reason):
        await segmentation.mask_of(SENT)
    assert len(service.came) == 1


@pytest.mark.parametrize("reply", [hanging_up, answering(500), answering(429, Retry_After="0")])
async def test_a_passing_failure_is_survived(service: Service, reply: Reply) -> None:
    service.replies = [reply, reply, answering(body=png())]
    assert (await segmentation.mask_of(SENT)).size == SENT.size
    assert len(service.came) == segmentation.TRIES


async def test_a_lasting_failure_passes_its_retry_after_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segmentation, "LONGEST_PAUSE", 0.05)
    service.replies = [answering(503, Retry_After="120")]
    with pytest.raises(SegmentationDown) as caught:
        await segmentation.mask_of(SENT)
    assert caught.value.retry_after == 120
    assert len(service.came) == segmentation.TRIES


async def test_all_tries_together_are_bounded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmentation, "LONGEST_WAIT", 0.1)
    service.replies = [answering(503, Retry_After="5")]
    with pytest.raises(SegmentationDown):
        await segmentation.mask_of(SENT)
    assert len(service.came) == 1


async def test_nothing_found_is_an_empty_mask(service: Service) -> None:
    service.replies = [answering(422)]
    assert (await segmentation.mask_of(SENT)).getextrema() == (0, 0)


async def test_nobody_listening_is_down(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    monkeypatch.setenv("SEGMENTATION_ENDPOINT_URL", "http://127.0.0.1:9/")
    settings.get.cache_clear()
    with pytest.raises(SegmentationDown):
        await segmentation.mask_of(SENT)
