"""Adding things, changing and wearing them, taking a wear back, giving things away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.soak.people.person import Person

GARMENTS = (
    ("Navy chinos", "trousers", "#1f2a44"),
    ("White oxford shirt", "shirts", "#f5f5f0"),
    ("Olive linen shirt", "shirts", "#6b7a3a"),
    ("Grey wool coat", "outerwear", "#777a80"),
    ("Brown loafers", "shoes", "#6a4a2f"),
    ("Red scarf", "accessories", "#b02030"),
    ("Blue jeans", "trousers", "#3a5a8c"),
    ("White sneakers", "shoes", "#eeeeee"),
)
_DAYS = 40
_ENOUGH = 5


async def begin(person: Person) -> None:
    """Own enough to be dressed by a digest."""
    for garment in GARMENTS[:_ENOUGH]:
        await _add(person, garment)


async def add(person: Person) -> None:
    """One more garment, at times with a photo of it."""
    await _add(person, person.chance.choice(GARMENTS))


async def _add(person: Person, garment: tuple[str, str, str]) -> None:
    person.doing = "vault items"
    name, category, colour = garment
    said: dict[str, Any] = {
        "name": f"{name} {person.chance.randrange(1000)}",
        "category": category,
        "colours": [{"hex": colour, "name": None}],
        "price": {"amount": f"{person.chance.randrange(1, 300)}.90", "currency": "EUR"},
        "notes": f"note {person.chance.randrange(10**6)}",
    }
    if person.ledger.photos and person.chance.random() < 0.5:
        said["image_id"] = person.chance.choice(list(person.ledger.photos))
    item = (await person.effect("/api/vault/items", json=said)).body
    person.ledger.items[item["id"]] = said
    person.ledger.wears[item["id"]] = set()


async def edit(person: Person) -> None:
    """Another note or price."""
    person.doing = "vault edits"
    item_id = person.chance.choice(sorted(person.ledger.items))
    patch: dict[str, Any] = person.chance.choice(
        (
            {"notes": f"note {person.chance.randrange(10**6)}"},
            {"price": {"amount": f"{person.chance.randrange(1, 300)}.50", "currency": "GBP"}},
            {"status": person.chance.choice(("active", "archived"))},
        )
    )
    await person.ask("PATCH", f"/api/vault/items/{item_id}", json=patch)
    person.ledger.items[item_id] |= patch


async def wear(person: Person) -> None:
    """A day of the last weeks, often one that is there already."""
    person.doing = "wears"
    item_id = person.chance.choice(sorted(person.ledger.items))
    day = str(date.today() - timedelta(days=person.chance.randrange(_DAYS)))
    await person.effect(f"/api/vault/items/{item_id}/wears", json={"worn_on": day})
    person.ledger.wears[item_id].add(day)


async def take_back(person: Person) -> None:
    """It was not worn that day after all."""
    if not any(person.ledger.wears.values()):
        await wear(person)
    person.doing = "wears"
    worn = sorted(item_id for item_id, days in person.ledger.wears.items() if days)
    item_id = person.chance.choice(worn)
    day = person.chance.choice(sorted(person.ledger.wears[item_id]))
    path = f"/api/vault/items/{item_id}/wears?worn_on={day}"
    await person.ask("DELETE", path, also=("wear-not-found",))
    person.ledger.wears[item_id].discard(day)


async def remove(person: Person) -> None:
    """Given away, as long as there is enough left."""
    if len(person.ledger.items) <= _ENOUGH:
        await add(person)
    person.doing = "vault removals"
    item_id = person.chance.choice(sorted(person.ledger.items))
    await person.ask("DELETE", f"/api/vault/items/{item_id}", also=("item-not-found",))
    del person.ledger.items[item_id], person.ledger.wears[item_id]
    person.ledger.removed.add(item_id)
