"""Photos of garments on a floor, each drawn anew, and what the app reads from them."""

from __future__ import annotations

import io

from PIL import Image

from tests.flatlay import DRESS, SHIRT, TROUSERS, flat_lay
from tests.soak.people.person import Person

_HEIGHT, _WIDTH = 320, 288


def _drawn(person: Person) -> bytes:
    chance = person.chance
    red, green, blue = (chance.randrange(256) for _ in range(3))
    picture, _ = flat_lay(
        chance.choice((SHIRT, TROUSERS, DRESS)),
        on=chance.choice(("wood", "plain")),
        fabric=chance.choice(("solid", "striped", "dotted")),
        colour=(red, green, blue),
        height=_HEIGHT,
        width=_WIDTH,
    )
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=85, comment=person.key().encode())
    return file.getvalue()


async def upload(person: Person) -> None:
    """A new photo, or one that was sent before."""
    person.doing = "photos"
    again = person.ledger.photos and person.chance.random() < 0.15
    photo = person.chance.choice(list(person.ledger.photos.values())) if again else _drawn(person)
    headers = {"Content-Type": "image/jpeg"}
    image = (await person.effect("/api/process-image", data=photo, headers=headers)).body
    person.ledger.photos[image["image_id"]] = photo


async def describe(person: Person) -> None:
    """Have the attributes read from a photo."""
    if not person.ledger.photos:
        await upload(person)
    person.doing = "attributes"
    image_id = person.chance.choice(sorted(person.ledger.photos))
    await person.ask("POST", "/api/extract-clothing-metadata", json={"image_id": image_id})
