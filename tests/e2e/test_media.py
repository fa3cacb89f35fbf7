"""Photos over HTTP, as clients meet them: the happy way, and everything that can be wrong with an upload."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import numpy as np
import pytest
from aiohttp import ClientSession, FormData
from PIL import Image

from core.media.models import Picture
from core.platform import settings, storage
from core.platform.cosmos import Container
from devstack.stack import Stack
from tests.flatlay import SHIRT, flat_lay
from tests.unit.media.photos import animation, encoded, noise, real_bomb, tiny_bomb

PORTRAIT = Path(__file__).parents[1] / "data" / "astronaut-sideways-gps.jpg"
NOWHERE = "00000000-0000-4000-8000-000000000000"
EXTRACT = "/api/extract-clothing-metadata"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    data: bytes
    body: Any

    @property
    def problem(self) -> tuple[int, str]:
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.data[:300]
        assert {"type", "title", "status", "detail", "instance", "trace_id"} <= self.body.keys()
        return self.status, self.body["type"].removeprefix("/problems/")

    @property
    def picture(self) -> Image.Image:
        opened = Image.open(io.BytesIO(self.data))
        opened.load()
        return opened


@dataclass(frozen=True)
class Person:
    api: ClientSession
    id: str
    token: str

    async def send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any
    ) -> Answer:
        who = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.api.request(method, path, headers={**who, **(headers or {})}, **sent) as got:
            data = await got.read()
            body = await got.json(content_type=None) if "json" in got.content_type else None
            return Answer(got.status, got.headers.copy(), data, body)

    async def upload(
        self, data: bytes, *, name: str = "photo.jpg", accept: str = "*/*", path: str = "/api/process-image"
    ) -> Answer:
        form = FormData()
        form.add_field("image", io.BytesIO(data), filename=name, content_type="image/jpeg")
        return await self.send("POST", path, {"Accept": accept}, data=form)


async def signed_in(api: ClientSession) -> Person:
    async with api.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
        tokens = await answer.json()
        return Person(api, tokens["user"]["id"], tokens["access_token"])


@pytest.fixture
async def person(api: ClientSession) -> Person:
    return await signed_in(api)


@pytest.fixture
def shirt() -> bytes:
    picture, _ = flat_lay(SHIRT, on="plain", colour=(32, 48, 110), height=320, width=280)
    return encoded("JPEG", Image.fromarray(picture), quality=92)


type Fault = Callable[..., Awaitable[None]]


@pytest.fixture
async def fault(stack: Stack) -> AsyncIterator[Fault]:
    async with ClientSession() as session:

        async def arm(service: str, kind: str, **details: Any) -> None:
            control = stack.url(service) + "/__control/faults"
            async with session.post(control, json={"kind": kind, **details}) as answer:
                assert answer.status < 300, await answer.text()

        yield arm
        for service in ("segmentation", "openai"):
            async with session.delete(stack.url(service) + "/__control/faults") as answer:
                assert answer.status < 300, await answer.text()


async def left_of(user: str) -> list[str]:
    archive = settings.get(settings.StorageSettings).archive_container
    return [
        *[doc.id async for doc in Container("media", Picture).all(user)],
        *[name async for name in storage.Blobs(archive).names(user)],
        *[name async for name in storage.Blobs("media").names(user)],
    ]


async def test_a_photo_becomes_an_upright_cutout_with_working_links(
    person: Person, api: ClientSession
) -> None:
    answer = await person.upload(PORTRAIT.read_bytes())
    assert answer.status == 200, answer.body
    image = answer.body
    assert (image["width"], image["height"], image["quality"]) == (448, 512, "good")
    assert sum(colour["share"] for colour in image["colours"]) == pytest.approx(1)
    assert (await person.send("GET", f"/api/media/{image['image_id']}")).body == image

    nobody = Person(api, "", "")
    for name, mode in (("original", "RGB"), ("cutout", "RGBA"), ("thumb", "RGBA")):
        got = await nobody.send("GET", image["variants"][name])
        assert (got.status, got.picture.mode) == (200, mode)
        assert not got.picture.getexif()
        assert not {"exif", "xmp"} & set(got.picture.info)
        assert got.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "immutable" in got.headers["Cache-Control"]
    assert (await nobody.send("GET", f"/api/media/{image['image_id']}/cutout")).problem[0] == 401


async def test_a_raw_heic_body_is_a_photo_too(person: Person, shirt: bytes) -> None:
    heic = encoded("HEIF", Image.open(io.BytesIO(shirt)), quality=80)
    answer = await person.send("POST", "/api/process-image", {"Content-Type": "image/heic"}, data=heic)
    assert (answer.status, answer.body["width"]) == (200, 280)


async def test_the_cutout_itself_can_be_asked_for(person: Person, shirt: bytes) -> None:
    for accept, kind in (
        ("image/png", "PNG"),
        ("image/webp", "WEBP"),
        ("image/webp;q=0.5, image/png;q=0.9", "PNG"),
        ("image/*, application/json;q=0.2", "WEBP"),
    ):
        answer = await person.upload(shirt, accept=accept)
        assert (answer.status, answer.picture.format, answer.picture.mode) == (200, kind, "RGBA")
        assert answer.picture.size == (280, 320)
    for accept in ("*/*", "application/json", "image/png;q=0.5, application/json"):
        assert (await person.upload(shirt, accept=accept)).body["quality"] == "good"


async def test_simultaneous_uploads_are_one_image(person: Person, shirt: bytes) -> None:
    answers = await asyncio.gather(*(person.upload(shirt) for _ in range(3)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["image_id"] for answer in answers}) == 1


async def test_undo_and_again(person: Person, shirt: bytes) -> None:
    image = (await person.upload(shirt)).body
    cutout = f"/api/media/{image['image_id']}/cutout"
    undone = await person.send("DELETE", cutout)
    assert (undone.status, undone.body["variants"]["cutout"]) == (200, None)
    assert (await person.send("GET", cutout)).problem == (404, "picture-not-found")
    assert (await person.send("GET", undone.body["variants"]["thumb"])).picture.mode == "RGB"
    assert (await person.upload(shirt)).body["variants"]["cutout"] is not None
    assert (await person.send("GET", cutout)).status == 200


async def test_ranges_versions_and_heads(person: Person, shirt: bytes) -> None:
    path = f"/api/media/{(await person.upload(shirt)).body['image_id']}/original"
    whole = await person.send("GET", path)
    etag, size = whole.headers["ETag"], len(whole.data)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "private, no-cache"

    part = await person.send("GET", path, {"Range": "bytes=10-19"})
    assert (part.status, part.data, part.headers["Content-Range"]) == (
        206,
        whole.data[10:20],
        f"bytes 10-19/{size}",
    )
    tail = await person.send("GET", path, {"Range": "bytes=-5", "If-Range": etag})
    assert (tail.status, tail.data) == (206, whole.data[-5:])
    assert (await person.send("GET", path, {"Range": "bytes=-5", "If-Range": '"other"'})).data == whole.data
    beyond = await person.send("GET", path, {"Range": f"bytes={size}-"})
    assert beyond.problem == (416, "range-not-satisfiable")
    assert beyond.headers["Content-Range"] == f"bytes */{size}"

    same = await person.send("GET", path, {"If-None-Match": etag})
    assert (same.status, same.data, same.headers["ETag"]) == (304, b"", etag)
    assert same.headers["Content-Type"] == whole.headers["Content-Type"]
    assert (await person.send("GET", path, {"If-None-Match": '"other"'})).status == 200
    head = await person.send("HEAD", path)
    assert (head.status, head.data, head.headers["ETag"]) == (200, b"", etag)


async def test_a_changed_link_opens_nothing(person: Person, api: ClientSession, shirt: bytes) -> None:
    link = (await person.upload(shirt)).body["variants"]["thumb"]
    path, params = urlsplit(link).path, dict(parse_qsl(urlsplit(link).query))
    nobody, refused = Person(api, "", ""), (403, "invalid-signed-url")
    for changed in (
        {**params, "exp": str(int(params["exp"]) + 1)},
        {**params, "uid": str(uuid4())},
        {**params, "sig": "0" * 64},
    ):
        assert (await nobody.send("GET", f"{path}?{urlencode(changed)}")).problem == refused
    other = path.replace("thumb", "original")
    assert (await nobody.send("GET", f"{other}?{urlencode(params)}")).problem == refused


async def test_somebody_elses_picture_does_not_exist(
    person: Person, api: ClientSession, shirt: bytes
) -> None:
    image_id = (await person.upload(shirt)).body["image_id"]
    stranger = await signed_in(api)
    for method, path in (
        ("GET", f"/api/media/{image_id}"),
        ("GET", f"/api/media/{image_id}/original"),
        ("DELETE", f"/api/media/{image_id}/cutout"),
        ("GET", f"/api/media/{NOWHERE}"),
    ):
        assert (await stranger.send(method, path)).problem == (404, "picture-not-found")
    theirs = await stranger.send("POST", EXTRACT, json={"image_id": image_id})
    assert theirs.problem == (404, "picture-not-found")
    named = await stranger.send("POST", EXTRACT, json={"image_id": image_id, "user_id": person.id})
    assert named.problem == (404, "picture-not-found")


def truncated() -> bytes:
    return encoded("JPEG", Image.fromarray(noise(300, 300)), quality=90)[:9000]


BAD = {
    "zero bytes": (b"", 422, "validation", "0 bytes"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 415, "picture-type", "SVG"),
    "gif": (animation("GIF"), 415, "picture-type", "GIF"),
    "animated png": (animation("PNG"), 422, "picture-animated", "animated PNG"),
    "animated webp": (animation("WEBP"), 422, "picture-animated", "animated WebP"),
    "text named photo.jpg": (b"hello, I am a photo", 415, "picture-type", "JPEG, PNG, WebP and HEIC"),
    "truncated jpeg": (truncated(), 422, "picture-broken", "ends too early"),
    "tiny bomb": (tiny_bomb(), 413, "picture-too-many-pixels", "MEDIA_MAX_PIXELS"),
    "real bomb": (real_bomb(), 413, "picture-too-many-pixels", "MEDIA_MAX_PIXELS"),
    "a side too long": (tiny_bomb(16_384, 2), 413, "picture-too-many-pixels", "16383"),
    "60 MB": (b"\xff\xd8\xff" + bytes(60_000_000), 413, "picture-too-large", "MEDIA_MAX_BYTES"),
}


@pytest.mark.usefixtures("app_env")
@pytest.mark.parametrize("path", ["/api/process-image", EXTRACT])
@pytest.mark.parametrize("kind", BAD)
async def test_bad_pictures_are_named_and_not_kept(kind: str, path: str, person: Person) -> None:
    data, status, slug, said = BAD[kind]
    answer = await person.upload(data, path=path)
    assert answer.problem == (status, slug)
    assert said in answer.body["detail"]
    assert answer.body["errors"][0]["pointer"] == "/image"
    assert await left_of(person.id) == []


async def test_a_form_without_the_field_is_told_its_name(person: Person) -> None:
    form = FormData()
    form.add_field("picture", b"x", filename="a.jpg", content_type="image/jpeg")
    answer = await person.send("POST", "/api/process-image", data=form)
    assert answer.problem == (422, "validation")
    assert answer.body["errors"][0]["pointer"] == "/image"
    assert (await person.send("POST", "/api/process-image")).problem[0] in (415, 422)
    assert (await person.send("POST", "/api/process-image", json={"image": "x"})).problem[0] == 415


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"image_id": 5}, "/image_id"),
        ({"image_id": "not-an-id"}, "/image_id"),
        ({"image_id": NOWHERE, "colour": "red"}, "/colour"),
        ({}, "/image_id"),
    ],
)
async def test_wrong_json_names_the_field(sent: Any, pointer: str, person: Person) -> None:
    answer = await person.send("POST", EXTRACT, json=sent)
    assert answer.problem == (422, "validation")
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


async def test_json_that_is_none_is_malformed(person: Person) -> None:
    headers = {"Content-Type": "application/json"}
    assert (await person.send("POST", EXTRACT, headers, data=b"{nope")).problem == (400, "malformed")


async def test_nobody_uploads_without_signing_in(api: ClientSession, shirt: bytes) -> None:
    assert (await Person(api, "", "").upload(shirt)).problem[0] == 401


@pytest.mark.usefixtures("app_env")
@pytest.mark.parametrize(
    ("kind", "status", "slug"),
    [
        ("error", 503, "segmentation-unavailable"),
        ("rubbish", 502, "segmentation-unusable"),
        ("truncated", 502, "segmentation-unusable"),
        ("wrong_size", 502, "segmentation-unusable"),
    ],
)
async def test_a_failing_segmentation_keeps_nothing(
    kind: str, status: int, slug: str, person: Person, shirt: bytes, fault: Fault
) -> None:
    await fault("segmentation", kind, times=3, **({"retry_after": 0} if kind == "error" else {}))
    answer = await person.upload(shirt)
    assert answer.problem == (status, slug)
    assert ("Retry-After" in answer.headers) is (status == 503)
    assert await left_of(person.id) == []
    if kind != "error":
        return
    assert (await person.upload(shirt)).status == 200


async def test_a_mask_of_nothing_is_low_quality(person: Person, shirt: bytes, fault: Fault) -> None:
    await fault("segmentation", "empty_mask")
    answer = await person.upload(shirt)
    assert (answer.body["quality"], answer.body["variants"]["cutout"]) == ("low_quality", None)
    assert (await person.upload(shirt, accept="image/png")).problem == (422, "no-cutout")


async def test_attributes_of_a_processed_photo_and_of_one_that_is_not_kept(
    person: Person, shirt: bytes
) -> None:
    of_photo = await person.upload(shirt, path=EXTRACT)
    assert of_photo.status == 200, of_photo.body
    assert of_photo.body["image_id"] is None
    image_id = (await person.upload(shirt)).body["image_id"]
    answer = await person.send("POST", EXTRACT, json={"image_id": image_id})
    assert answer.status == 200, answer.body
    attributes = answer.body["attributes"]
    assert answer.body["image_id"] == image_id
    assert (
        attributes["category"]["google_product_category"]["path"].split(" > ")[0] == "Apparel & Accessories"
    )
    for name, field in attributes.items():
        assert 0 <= field["confidence"] <= 1, name
        assert (field["value"] is not None) is (field["state"] == "seen"), name
    assert set(answer.body["needs_review"]) <= set(attributes)


@pytest.mark.parametrize(
    ("kind", "details", "status", "slug"),
    [
        ("server_error", {"times": 6}, 503, "model-unavailable"),
        ("rate_limit", {"times": 6, "retry_after": 1}, 503, "model-unavailable"),
        ("broken_json", {"times": 2}, 502, "model-answer-unusable"),
    ],
)
async def test_a_failing_model_is_told_as_such(
    kind: str, details: dict[str, Any], status: int, slug: str, person: Person, shirt: bytes, fault: Fault
) -> None:
    await fault("openai", kind, **details)
    answer = await person.upload(shirt, path=EXTRACT)
    assert answer.problem == (status, slug)
    assert ("Retry-After" in answer.headers) is (status == 503)


async def test_one_broken_answer_of_the_model_is_repaired(person: Person, shirt: bytes, fault: Fault) -> None:
    await fault("openai", "broken_json", times=1)
    assert (await person.upload(shirt, path=EXTRACT)).status == 200


async def test_a_retried_upload_with_a_key_gets_the_first_answer(person: Person, shirt: bytes) -> None:
    headers = {"Content-Type": "image/jpeg", "Idempotency-Key": str(uuid4())}
    first = await person.send("POST", "/api/process-image", headers, data=shirt)
    again = await person.send("POST", "/api/process-image", headers, data=shirt)
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert np.isclose(first.body["coverage"], again.body["coverage"])
