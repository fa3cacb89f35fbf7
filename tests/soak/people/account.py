"""Everything along, or everything gone; who is erased does not come back."""

from __future__ import annotations

import io
import json
import zipfile

from tests.soak.people.person import Person


async def export(person: Person) -> None:
    """Export, download, and look whether what was acknowledged before is in the archive."""
    person.doing = "exports"
    expected = set(person.ledger.items), set(person.ledger.photos)
    asked = await person.effect("/api/auth/me/export", also=("too-many-exports",))
    if asked.slug:
        return
    view = await person.job(asked)
    if view is None:
        return
    data = (await person.ask("GET", view["result"]["url"], headers={"Authorization": ""})).data
    archive = zipfile.ZipFile(io.BytesIO(data))
    items = {item["id"] for item in json.loads(archive.read("data/vault.json"))}
    photos = {name.split("/")[2].partition(".")[0] for name in archive.namelist() if "originals" in name}
    person.traffic.checked["exports"] += 1
    if (missing := (expected[0] - items) | (expected[1] - photos)) or archive.testzip():
        person.traffic.incomplete.append(f"an export lacks {missing}")


async def erase(person: Person) -> None:
    """Erase the account and see it through."""
    person.doing = "erasures"
    person.gone = True
    erased = await person.ask("DELETE", "/api/auth/me")
    receipt = await person.over(erased.body["status_url"], signed=True)
    if receipt is None:
        person.traffic.surprises["an erasure became a dead letter"] += 1
    person.traffic.erased.append((person.id, person.email))
