"""The weekly digest over HTTP: asked for, read as JSON and as a page, judged, and chosen when it comes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from bench.wardrobes import sample
from core.digest import repository
from core.vault import repository as wardrobes

PREFERENCES = {
    "enabled": True, "weekday": "friday", "hour": 7, "time_zone": "Europe/Berlin", "tone": "brisk",
}  # fmt: skip


class Person:
    """Someone signed in; every call answers with status, body and headers."""

    def __init__(self, api: ClientSession, user_id: str, token: str) -> None:
        self.api, self.user_id = api, user_id
        self.headers = {"Authorization": f"Bearer {token}"}

    async def __call__(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any, Any]:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.api.request(method, path, json=body, headers=sent) as answer:
            found = await (answer.json() if "json" in answer.content_type else answer.text())
            return answer.status, found, answer.headers

    async def done(self, location: str) -> Any:
        """Poll a job until it is over."""
        async with asyncio.timeout(60):
            while True:
                status, body, _ = await self("GET", location)
                if status != 202:
                    assert status == 200, body
                    return body["result"]
                await asyncio.sleep(0.1)

    async def ended(self, status_url: str) -> Any:
        """Watch an orchestration, as administrators may, until it is over."""
        async with asyncio.timeout(60):
            while True:
                _, state, _ = await self("GET", status_url)
                if state["runtimeStatus"] not in {"Pending", "Running", "ContinuedAsNew"}:
                    return state
                await asyncio.sleep(0.1)


async def signed_in(api: ClientSession, email: str | None = None) -> Person:
    async with api.post("/api/auth/local", json={"email": email or f"{uuid4()}@example.org"}) as answer:
        found = await answer.json()
    return Person(api, found["user"]["id"], found["access_token"])


@pytest.fixture
async def person(api: ClientSession, app_env: dict[str, str]) -> Person:
    """Somebody with the sample wardrobe."""
    found = await signed_in(api)
    for item in sample(found.user_id):
        await wardrobes.create(item)
    return found


async def test_a_digest_asked_for_is_made_read_and_judged_once(api: ClientSession, person: Person) -> None:
    assert (await person("GET", "/api/digest"))[:2][0] == 404
    status, _, headers = await person("POST", "/api/digest/run")
    assert status == 202
    made = await person.done(headers["Location"])

    status, found, _ = await person("GET", "/api/digest")
    assert (status, found["id"]) == (200, made["digest_id"])
    assert len(found["outfits"]) == 3
    assert found["editorial"]["written_by"] == "model"
    assert found["finds"] == []
    assert (await person("GET", made["digest"]))[1] == found
    _, listed, _ = await person("GET", "/api/digest/history")
    assert [one["id"] for one in listed["items"]] == [found["id"]]

    about = {"about": "outfit-1", "answer": "love"}
    status, first, headers = await person("POST", f"{made['digest']}/feedback", about)
    assert status == 202, first
    await person.done(headers["Location"])
    assert (await person("POST", f"{made['digest']}/feedback", about))[1] == first
    status, problem, _ = await person("POST", f"{made['digest']}/feedback", {**about, "answer": "dislike"})
    assert (status, problem["type"]) == (409, "/problems/digest-feedback-given")
    _, profile, _ = await person("GET", "/api/taste/profile")
    assert profile["opinions"] == {"digest_feedback": 1}

    woken = {"about": "revival", "answer": "love"}
    _, first, _ = await person("POST", f"{made['digest']}/feedback", woken)
    item = {"about": found["revival"]["item_id"].upper(), "answer": "love"}
    assert (await person("POST", f"{made['digest']}/feedback", item))[1] == first
    assert (await person("POST", f"{made['digest']}/feedback", {**item, "answer": "dislike"}))[0] == 409

    status, problem, _ = await person("POST", f"{made['digest']}/feedback", {**about, "about": str(uuid4())})
    assert (status, problem["type"]) == (422, "/problems/not-in-digest")
    assert problem["errors"][0]["pointer"] == "/about"

    someone = await signed_in(api)
    assert (await someone("GET", made["digest"]))[0] == 404
    assert (await someone("POST", f"{made['digest']}/feedback", about))[0] == 404


class Outline(HTMLParser):
    """Headings in order, and what would be fetched or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]


async def test_the_page_stands_for_itself(person: Person) -> None:
    _, _, headers = await person("POST", "/api/digest/run")
    await person.done(headers["Location"])
    status, page, headers = await person("GET", "/api/digest", Accept="text/html")
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Vary"] == "Origin, Accept"
    assert "script-src" not in headers["Content-Security-Policy"]
    outline = Outline(page)
    assert outline.headings == ["h1", "h2", "h2"], (
        "outfits and revival; a first digest has nothing to compare"
    )
    assert ("html", "lang", "en") in outline.attributes
    assert not {name for _, name, _ in outline.attributes} & {"src", "onclick", "srcset"}
    status, again, headers = await person("GET", "/api/digest", Accept="application/json")
    assert again["outfits"][0]["pieces"][0]["name"] in page


async def test_an_empty_wardrobe_gets_a_helpful_first_digest(api: ClientSession) -> None:
    newcomer = await signed_in(api)
    _, _, headers = await newcomer("POST", "/api/digest/run")
    await newcomer.done(headers["Location"])
    _, found, _ = await newcomer("GET", "/api/digest")
    assert found["outfits"] == []
    assert len(found["advice"]) == 3
    assert found["editorial"]["paragraphs"]


async def test_preferences_are_everyones_by_default_and_edited_by_version(api: ClientSession) -> None:
    person = await signed_in(api)
    status, found, headers = await person("GET", "/api/digest/preferences")
    assert status == 200
    assert (found["enabled"], found["weekday"], found["hour"]) == (True, "sunday", 17)
    status, changed, after = await person(
        "PUT", "/api/digest/preferences", PREFERENCES, If_Match=headers["ETag"]
    )
    assert status == 200, changed
    due = datetime.fromisoformat(changed["next_digest_at"])
    assert due.strftime("%A") == "Friday"
    assert datetime.now(UTC) < due < datetime.now(UTC) + timedelta(days=8)
    assert after["ETag"] != headers["ETag"]
    status, problem, _ = await person("PUT", "/api/digest/preferences", PREFERENCES, If_Match=headers["ETag"])
    assert (status, problem["type"]) == (412, "/problems/digest-preferences-changed")
    edited = {**changed, "hour": 8}
    status, back, _ = await person("PUT", "/api/digest/preferences", edited, If_Match=after["ETag"])
    assert (status, back["hour"]) == (200, 8)
    assert back["next_digest_at"] != edited["next_digest_at"], "read only"
    status, off, _ = await person("PUT", "/api/digest/preferences", {**PREFERENCES, "enabled": False})
    assert (status, off["next_digest_at"]) == (200, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"), ("time_zone", "europe/berlin"), ("time_zone", "../../etc/passwd"),
        ("weekday", "someday"), ("weekday", 1), ("hour", 24), ("hour", -1), ("hour", "7"),
        ("tone", "rude"), ("time_zone", None),
    ],
)  # fmt: skip
async def test_preferences_that_cannot_be_are_refused_field_by_field(
    api: ClientSession, field: str, value: Any
) -> None:
    person = await signed_in(api)
    sent = {**PREFERENCES, field: value}
    status, problem, _ = await person(
        "PUT", "/api/digest/preferences", {k: v for k, v in sent.items() if v is not None}
    )
    assert (status, problem["type"]) == (422, "/problems/validation")
    assert [error["pointer"] for error in problem["errors"]] == [f"/{field}"]
    assert (await person("GET", "/api/digest/preferences"))[1]["weekday"] == "sunday"


async def test_an_administrators_sweep_serves_who_is_due_and_lists_who_failed(
    api: ClientSession, person: Person
) -> None:
    admin = await signed_in(api, "admin@example.org")
    assert (await person("POST", "/api/admin/digest/run", {}))[0] == 403
    assert (await person("GET", "/api/admin/digest/failures"))[0] == 403
    await person("GET", "/api/digest/preferences")
    overdue = {"next_digest_at": datetime.now(UTC) - timedelta(hours=1)}
    await repository.change(person.user_id, lambda found: found.model_copy(update=overdue))

    status, sweep, _ = await admin("POST", "/api/admin/digest/run", {})
    assert status == 202, sweep
    state = await admin.ended(sweep["management"]["statusQueryGetUri"])
    assert state["customStatus"]["phase"] == "done"
    assert state["output"]["made"] >= 1
    assert (await person("GET", "/api/digest"))[0] == 200
    status, failures, _ = await admin("GET", "/api/admin/digest/failures")
    assert status == 200
    assert person.user_id not in {one["user_id"] for one in failures["items"]}
