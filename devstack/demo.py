"""``make demo``: the README's walk-through against a running stack, checking what it promises.

A real photograph that lies on its side and says where it was taken goes in; an upright cutout without that
place comes out, and the garment is in the vault.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from azure.storage.blob.aio import BlobServiceClient

from devstack import appsettings
from devstack.asking import address
from devstack.picture import Unlike, check_same_picture, whereabouts
from devstack.ports import DEFAULTS, HOST
from devstack.process import REPOSITORY, StackError
from devstack.services import SETTINGS_FILE

PHOTO = REPOSITORY / "tests" / "data" / "astronaut-sideways-gps.jpg"
_TIMEOUT = aiohttp.ClientTimeout(total=120)


class DemoFailed(StackError):
    """The running stack does not do what the walk-through says."""


def _in_words(value: Any) -> str:
    """Say an attribute's value as a person would; a colour is an object with a name."""
    if isinstance(value, Mapping):
        return str(value["name"])
    return "/".join(map(_in_words, value)) if isinstance(value, list) else str(value)


def _expect(truth: bool, otherwise: str) -> None:
    if not truth:
        raise DemoFailed(otherwise)


class Walk:
    """One signed-in walk; each method is a step that prints what came of it."""

    def __init__(self, client: aiohttp.ClientSession, photo: bytes, settings: Mapping[str, str]) -> None:
        self._client = client
        self._photo = photo
        self._settings = settings
        self._headers: dict[str, str] = {}
        self.steps = 0

    def _done(self, text: str) -> None:
        self.steps += 1
        print(f"{self.steps}. {text}", flush=True)

    async def _json(self, method: str, path: str, expected: set[int], **request: Any) -> dict[str, Any]:
        headers = {**self._headers, **request.pop("headers", {})}
        async with self._client.request(method, path, headers=headers, **request) as answer:
            text = await answer.text()
            _expect(answer.status in expected, f"{method} {path} answered {answer.status}: {text[:500]}")
            body: dict[str, Any] = await answer.json(content_type=None)
            return body

    async def _bytes(self, link: str) -> bytes:
        async with self._client.get(link) as answer:  # the link alone is enough: no Authorization header
            _expect(answer.status == 200, f"GET {link} answered {answer.status}")
            return await answer.read()

    async def sign_in(self, email: str) -> str:
        """Sign in by email, which works on the devstack only."""
        tokens = await self._json("POST", "/api/auth/local", {200}, json={"email": email})
        self._headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        me = await self._json("GET", "/api/auth/me", {200})
        self._done(f"signed in as {email}, user {me['id']}")
        return str(me["id"])

    async def process(self) -> dict[str, Any]:
        """Upload the photo and get its renditions."""
        form = aiohttp.FormData()
        form.add_field("image", self._photo, filename="photo.jpg", content_type="image/jpeg")
        image = await self._json("POST", "/api/process-image", {200, 201}, data=form)
        colours = ", ".join(colour["hex"] for colour in image["colours"])
        self._done(
            f"processed the photo: image {image['image_id']}, {image['width']} x {image['height']}, "
            f"{image['quality']}, covers {image['coverage']:.0%}, colours {colours}"
        )
        return image

    async def look(self, image: Mapping[str, Any]) -> None:
        """Download every rendition: upright, and silent about the place."""
        variants = image["variants"]
        _expect(variants["cutout"] is not None, "There is no cutout: the mask was not trusted.")
        served = {name: await self._bytes(link) for name, link in variants.items()}
        for name, data in served.items():
            found = whereabouts(data)
            _expect(not found, f"The served {name} still says where it was taken: {', '.join(found)}.")
        for name in ("original", "cutout"):
            try:
                check_same_picture(self._photo, served[name])
            except Unlike as error:
                raise DemoFailed(f"The served {name} is not the upright photo: {error}") from None
        sizes = ", ".join(f"{name} {len(data):,} bytes" for name, data in served.items())
        self._done(f"downloaded {sizes}: upright, and none says where it was taken")

    async def search_storage(self, user_id: str) -> None:
        """Look into every blob of this person: only the archived original may say where it was taken."""
        archive = self._settings["ARCHIVE_CONTAINER_NAME"]
        originals, others = [], 0
        async with BlobServiceClient.from_connection_string(self._settings["StorageQueue"]) as storage:
            async for container in storage.list_containers():
                client = storage.get_container_client(container.name)
                async for name in client.list_blob_names(name_starts_with=user_id):
                    data = await (await client.download_blob(name)).readall()
                    if container.name == archive:
                        originals.append(data)
                        continue
                    others += 1
                    _expect(not whereabouts(data), f"Blob {container.name}/{name} says where it was taken.")
        _expect(self._photo in originals, "The original is not archived byte for byte.")
        _expect(others > 0, "No rendition is stored.")
        self._done(
            f"searched the storage: the original is archived untouched, {others} other blobs are clean"
        )

    async def attributes(self, image_id: str) -> dict[str, Any]:
        """Have the garment described."""
        found = await self._json("POST", "/api/extract-clothing-metadata", {200}, json={"image_id": image_id})
        seen = {
            name: attribute["value"]
            for name, attribute in found["attributes"].items()
            if isinstance(attribute, dict) and attribute.get("value") not in (None, [], "")
        }
        told = ", ".join(f"{name} {_in_words(value)}" for name, value in list(seen.items())[:5])
        self._done(f"described it: {told}; to be looked at: {', '.join(found['needs_review']) or 'nothing'}")
        return seen

    async def keep(self, image: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
        """Put the garment into the vault; walking again finds the same item."""
        item = {
            "name": "Orange flight suit",
            "category": seen.get("category", "outerwear"),
            "colours": [{"hex": colour["hex"]} for colour in image["colours"]],
            "image_id": image["image_id"],
            "price": {"amount": "79.90", "currency": "EUR"},
        }
        listed = await self._json("GET", "/api/vault/items?limit=100", {200})
        for old in listed["items"]:
            if old["image_id"] == image["image_id"]:
                self._done(f"found it in the vault from an earlier walk: item {old['id']}")
                return dict(old)
        key = {"Idempotency-Key": f"demo-{image['image_id']}"}
        kept = await self._json("POST", "/api/vault/items", {201}, json=item, headers=key)
        self._done(f"put it into the vault: item {kept['id']}")
        return kept

    async def wear(self, item: Mapping[str, Any]) -> None:
        """Log that it is worn today; walking again on one day logs nothing new."""
        path = f"/api/vault/items/{item['id']}"
        worn = await self._json("POST", f"{path}/wears", {200, 201}, json={})
        one = await self._json("GET", path, {200})
        _expect(one["last_worn_on"] == worn["last_worn_on"] is not None, "The wear is not in the vault.")
        self._done(f"wore it: last on {one['last_worn_on']}, {one['wear_count']} times in all")

    async def find(self, item: Mapping[str, Any]) -> None:
        """See the item in the vault, with its picture."""
        listed = await self._json("GET", "/api/vault/items?limit=100", {200})
        _expect(item["id"] in [each["id"] for each in listed["items"]], "The item is not in the vault.")
        one = await self._json("GET", f"/api/vault/items/{item['id']}", {200})
        _expect(one["image_id"] == item["image_id"], "The item in the vault shows another photo.")
        self._done(f"it is in the vault: {one['name']}, {one['price']['amount']} {one['price']['currency']}")


async def walk(url: str, email: str, settings: Mapping[str, str]) -> str:
    """Go the whole way; returns the id of the item in the vault.

    Raises:
        DemoFailed: a step did not do what it promises.
        aiohttp.ClientError: nobody answers at ``url``.
    """
    async with aiohttp.ClientSession(url, timeout=_TIMEOUT) as client:
        steps = Walk(client, PHOTO.read_bytes(), settings)
        user_id = await steps.sign_in(email)
        image = await steps.process()
        await steps.look(image)
        await steps.search_storage(user_id)
        seen = await steps.attributes(image["image_id"])
        item = await steps.keep(image, seen)
        await steps.wear(item)
        await steps.find(item)
        return str(item["id"])


def _settings_of(state_dir: Path) -> dict[str, str]:
    settings = appsettings.read(state_dir / SETTINGS_FILE)
    _expect(bool(settings), f"No stack has run in {state_dir}. Start one in another terminal: make run")
    return settings


def main() -> int:
    """Walk, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m devstack.demo", description=__doc__)
    parser.add_argument(
        "--url",
        type=address,
        default=f"http://{HOST}:{DEFAULTS['functions']}",
        help="default: %(default)s",
    )
    parser.add_argument("--email", default="demo@example.org", help="who walks (default: %(default)s)")
    parser.add_argument(
        "--state-dir", type=Path, default=REPOSITORY / ".devstack", help="data folder of the running stack"
    )
    options = parser.parse_args()
    try:
        settings = _settings_of(options.state_dir)
        asyncio.run(walk(options.url, options.email, settings))
    except aiohttp.ClientConnectionError:
        print(
            f"Nobody answers at {options.url}. Start the stack in another terminal: make run. "
            "Where it is on another port: make demo URL=http://127.0.0.1:PORT",
            file=sys.stderr,
        )
        return 1
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    print("The walk-through works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
