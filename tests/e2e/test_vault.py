"""The wardrobe over HTTP, as clients meet it."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession, FormData

DATA = Path(__file__).parents[1] / "data"
NOWHERE = "00000000-0000-4000-8000-000000000000"
COAT = {"name": "Green coat", "category": "outerwear"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: Any

    @property
    def etag(self) -> str:
        return str(self.headers["ETag"])

    @property
    def pointers(self) -> list[tuple[str, str]]:
        return [(error["location"], error["pointer"]) for error in self.body["errors"]]

    @property
    def problem(self) -> tuple[int, str]:
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.body
        assert {"type", "title", "status", "detail", "instance", "trace_id"} <= self.body.keys()
        assert self.body["status"] == self.status
        return self.status, self.body["type"].removeprefix("/problems/")


type Send = Callable[..., Awaitable[Answer]]


def sender(api: ClientSession, token: str | None) -> Send:
    async def send(method: str, path: str, *, headers: dict[str, str] | None = None, **sent: Any) -> Answer:
        url = path if path.startswith("/api/") else f"/api/vault{path}"
        who = {"Authorization": f"Bearer {token}"} if token else {}
        async with api.request(method, url, headers={**who, **(headers or {})}, **sent) as got:
            body = await got.json() if "json" in got.content_type else await got.text()
            return Answer(got.status, got.headers.copy(), body)

    return send


async def signed_in(api: ClientSession) -> Send:
    async with api.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
        assert answer.status == 200, await answer.text()
        return sender(api, (await answer.json())["access_token"])


@pytest.fixture
async def send(api: ClientSession) -> Send:
    return await signed_in(api)


@pytest.fixture
async def stranger(api: ClientSession) -> Send:
    return await signed_in(api)


async def test_an_item_is_added_and_read_back(send: Send) -> None:
    sent = {
        **COAT,
        "subtype": "parka",
        "colours": [{"hex": "#2E5A1C", "name": "Moss"}],
        "brand": "Nordlicht",
        "size": "M",
        "materials": ["cotton"],
        "pattern": "solid",
        "fit": "relaxed",
        "formality": "casual",
        "warmth": "warm",
        "seasons": ["winter", "autumn"],
        "style_tags": ["outdoor"],
        "notes": "Left pocket has a hole.\nMend it.",
        "price": {"amount": "2879.2", "currency": "EUR"},
        "purchased_on": "2024-10-01",
    }
    added = await send("POST", "/items", json=sent)
    assert added.status == 201, added.body
    assert added.headers["Location"] == f"/api/vault/items/{added.body['id']}"
    expected = {
        **sent,
        "colours": [{"hex": "#2e5a1c", "name": "Moss"}],
        "seasons": ["autumn", "winter"],
        "price": {"amount": "2879.20", "currency": "EUR"},
        "status": "active",
        "image_id": None,
        "image": None,
        "wear_count": 0,
        "last_worn_on": None,
        "wears": [],
    }
    assert {key: added.body[key] for key in expected} == expected
    assert added.body.keys() - expected.keys() == {"id", "created_at", "updated_at"}
    assert added.body["created_at"].endswith("Z")
    read = await send("GET", f"/items/{added.body['id'].upper()}")
    assert (read.status, read.body, read.etag) == (200, added.body, added.etag)
    listed = await send("GET", "/items")
    assert listed.body == {
        "items": [{k: v for k, v in added.body.items() if k != "wears"}],
        "next_cursor": None,
    }


async def test_an_item_shows_its_photo(api: ClientSession, send: Send, stranger: Send) -> None:
    photo = (DATA / "astronaut-sideways-gps.jpg").read_bytes()
    processed = await send("POST", "/api/process-image", data=photo, headers={"Content-Type": "image/jpeg"})
    assert processed.status in {200, 201}, processed.body
    image = {"image_id": processed.body["image_id"]}
    item = await send("POST", "/items", json={**COAT, **image})
    assert item.body["image_id"] == image["image_id"]
    assert item.body["image"].keys() == {"original", "cutout", "thumb"}
    listed = await send("GET", "/items")
    for shown in (item.body, listed.body["items"][0]):
        async with api.get(shown["image"]["thumb"]) as thumb:
            assert (thumb.status, thumb.content_type.partition("/")[0]) == (200, "image")
    refused = await stranger("POST", "/items", json={**COAT, **image})
    assert (refused.problem, refused.pointers) == ((422, "invalid-item"), [("body", "/image_id")])
    exported = (await send("GET", "/export")).body.encode()
    moved = await stranger("POST", "/import", data=exported, headers={"Content-Type": "text/csv"})
    assert [error["column"] for error in moved.body["rows"][0]["errors"]] == ["image_id"]
    cleared = await send("PATCH", f"/items/{item.body['id']}", json={"image_id": None})
    assert (cleared.body["image_id"], cleared.body["image"]) == (None, None)


async def test_what_is_unknown_is_null_and_zero_is_zero(send: Send) -> None:
    unknown = await send("POST", "/items", json=COAT)
    gift = await send("POST", "/items", json={**COAT, "price": {"amount": "0", "currency": "JPY"}})
    assert unknown.body["price"] is None
    assert gift.body["price"] == {"amount": "0", "currency": "JPY"}
    assert (unknown.body["wear_count"], unknown.body["last_worn_on"]) == (0, None)


BAD_ITEMS = [
    ({}, ["/name", "/category"]),
    ({"name": 7, "category": "hats"}, ["/name"]),
    ({**COAT, "color": "red"}, ["/color"]),
    ({**COAT, "wear_count": 5}, ["/wear_count"]),
    ({**COAT, "colours": [{"hex": "red"}]}, ["/colours/0/hex"]),
    ({**COAT, "price": {"amount": "-1", "currency": "EUR"}}, ["/price/amount"]),
    ({**COAT, "price": {"amount": 79.9, "currency": "EUR"}}, ["/price/amount"]),
    ({**COAT, "price": {"amount": "1.001", "currency": "EUR"}}, ["/price/amount"]),
    ({**COAT, "price": {"amount": "1", "currency": "ZZZ"}}, ["/price/currency"]),
    ({**COAT, "purchased_on": "2999-01-01"}, ["/purchased_on"]),
    ({**COAT, "purchased_on": "01.02.2024"}, ["/purchased_on"]),
    ({**COAT, "image_id": NOWHERE}, ["/image_id"]),
    ({**COAT, "seasons": ["monsoon"]}, ["/seasons/0"]),
    ({**COAT, "status": "lost"}, ["/status"]),
    ({**COAT, "notes": "x" * 4001}, ["/notes"]),
]


@pytest.mark.parametrize(("item", "pointers"), BAD_ITEMS, ids=str)
async def test_a_bad_item_is_refused_by_field(send: Send, item: dict[str, Any], pointers: list[str]) -> None:
    refused = await send("POST", "/items", json=item)
    assert refused.problem[0] == 422
    assert [pointer for _, pointer in refused.pointers] == pointers
    assert (await send("GET", "/items")).body["items"] == []


async def test_bodies_that_are_no_json_object_are_refused(send: Send) -> None:
    as_json = {"Content-Type": "application/json"}
    assert (await send("POST", "/items", data=b'{"name": ', headers=as_json)).problem[0] == 400
    assert (await send("POST", "/items", data=b"[]", headers=as_json)).problem[0] == 422
    assert (await send("POST", "/items", data=b"name=Coat", headers={"Content-Type": "text/plain"})).problem[
        0
    ] == 415


async def test_the_same_request_twice_is_one_item(send: Send) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await send("POST", "/items", json=COAT, headers=key)
    again = await send("POST", "/items", json=COAT, headers=key)
    assert (again.status, again.body, again.etag) == (201, first.body, first.etag)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await send("POST", "/items", json={**COAT, "name": "Red coat"}, headers=key)
    assert other.problem == (422, "idempotency-key-reused")
    assert len((await send("GET", "/items")).body["items"]) == 1


async def test_every_route_wants_a_signed_in_person(api: ClientSession) -> None:
    nobody = sender(api, None)
    one = f"/items/{NOWHERE}"
    for method, path in [
        ("GET", "/items"), ("POST", "/items"), ("GET", one), ("PATCH", one), ("DELETE", one),
        ("POST", f"{one}/wears"), ("DELETE", f"{one}/wears?worn_on=2026-01-01"),
        ("POST", "/import"), ("GET", "/export"),
    ]:  # fmt: skip
        assert (await nobody(method, path)).problem[0] == 401, (method, path)


async def test_somebody_elses_item_is_not_found(send: Send, stranger: Send) -> None:
    item = await send("POST", "/items", json=COAT)
    one = f"/items/{item.body['id']}"
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", one, {}),
        ("PATCH", one, {"json": {"name": "Mine"}}),
        ("DELETE", one, {}),
        ("POST", f"{one}/wears", {"json": {}}),
        ("DELETE", f"{one}/wears?worn_on=2026-01-01", {}),
    ]
    for method, path, sent in requests:
        assert (await stranger(method, path, **sent)).problem == (404, "item-not-found"), (method, path)
    assert (await stranger("GET", "/items")).body["items"] == []
    assert len((await stranger("GET", "/export")).body.splitlines()) == 1
    assert (await send("GET", one)).body == item.body


async def test_an_id_that_is_none_is_not_found(send: Send) -> None:
    assert (await send("GET", f"/items/{NOWHERE}")).problem == (404, "item-not-found")
    assert (await send("GET", "/items/17")).problem[0] == 404


async def test_an_edit_changes_what_it_names(send: Send) -> None:
    item = await send(
        "POST", "/items", json={**COAT, "brand": "X", "price": {"amount": "5", "currency": "EUR"}}
    )
    one = f"/items/{item.body['id']}"
    patch = {"brand": None, "price": {"amount": "79.9"}, "style_tags": ["work"]}
    edited = await send("PATCH", one, json=patch, headers={"If-Match": item.etag})
    assert edited.status == 200, edited.body
    assert edited.etag != item.etag
    changed = {
        "brand": None,
        "price": {"amount": "79.90", "currency": "EUR"},
        "style_tags": ["work"],
        "updated_at": edited.body["updated_at"],
    }
    assert edited.body == {**item.body, **changed}
    stale = await send("PATCH", one, json={"name": "Lost update"}, headers={"If-Match": item.etag})
    assert stale.problem == (412, "item-changed")
    assert (await send("GET", one)).body == edited.body


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"nmae": "Typo"}, "/nmae"),
        ({"wear_count": 3}, "/wear_count"),
        ({"id": NOWHERE}, "/id"),
        ({"name": None}, "/name"),
        ({"price": {"amount": "1"}}, "/price/currency"),
        ({"price": {"amount": None, "currency": "EUR"}}, "/price/amount"),
        ({"price": {"paid": "1"}}, "/price/paid"),
        ({"image_id": NOWHERE}, "/image_id"),
    ],
)
async def test_an_edit_that_breaks_a_rule_names_the_field_and_changes_nothing(
    send: Send, patch: dict[str, Any], pointer: str
) -> None:
    item = await send("POST", "/items", json=COAT)
    refused = await send("PATCH", f"/items/{item.body['id']}", json=patch)
    assert refused.problem[0] == 422
    assert refused.pointers == [("body", pointer)]
    assert (await send("GET", f"/items/{item.body['id']}")).etag == item.etag


async def test_archived_items_are_out_of_sight_until_restored(send: Send) -> None:
    item = await send("POST", "/items", json=COAT)
    one = f"/items/{item.body['id']}"

    async def listed(query: str) -> int:
        return len((await send("GET", f"/items{query}")).body["items"])

    assert (await send("PATCH", one, json={"status": "archived"})).body["status"] == "archived"
    assert [await listed(query) for query in ("", "?status=archived", "?status=all")] == [0, 1, 1]
    assert (await send("PATCH", one, json={"status": "active"})).body["status"] == "active"
    assert [await listed(query) for query in ("", "?status=archived", "?status=all")] == [1, 0, 1]


async def test_removing_is_for_good_and_only_of_the_version_named(send: Send) -> None:
    item = await send("POST", "/items", json=COAT)
    one = f"/items/{item.body['id']}"
    await send("PATCH", one, json={"name": "Other"})
    assert (await send("DELETE", one, headers={"If-Match": item.etag})).problem == (412, "item-changed")
    assert (await send("DELETE", one)).status == 204
    assert (await send("DELETE", one)).problem == (404, "item-not-found")
    assert (await send("GET", one)).problem == (404, "item-not-found")


async def test_a_day_is_one_wear_however_often_it_is_logged(send: Send) -> None:
    item = await send("POST", "/items", json=COAT)
    wears = f"/items/{item.body['id']}/wears"
    first = await send("POST", wears, json={"worn_on": "2026-02-03"})
    again = await send("POST", wears, json={"worn_on": "2026-02-03"})
    assert (first.status, again.status) == (201, 200)
    assert (again.body, again.etag) == (first.body, first.etag)
    assert (first.body["wear_count"], first.body["last_worn_on"]) == (1, "2026-02-03")
    assert [wear["worn_on"] for wear in first.body["wears"]] == ["2026-02-03"]
    back_dated = await send("POST", wears, json={"worn_on": "2025-12-31"})
    assert (back_dated.body["wear_count"], back_dated.body["last_worn_on"]) == (2, "2026-02-03")
    less = await send("DELETE", f"{wears}?worn_on=2026-02-03")
    assert (less.status, less.body["wear_count"], less.body["last_worn_on"]) == (200, 1, "2025-12-31")
    assert (await send("DELETE", f"{wears}?worn_on=2026-02-03")).problem == (404, "wear-not-found")


async def test_a_wear_without_a_date_is_today(send: Send) -> None:
    item = await send("POST", "/items", json=COAT)
    before = datetime.now(UTC).date()
    worn = await send("POST", f"/items/{item.body['id']}/wears", json={})
    assert worn.body["last_worn_on"] in {before.isoformat(), datetime.now(UTC).date().isoformat()}


async def test_many_devices_log_wears_at_once(send: Send) -> None:
    item = await send("POST", "/items", json=COAT)
    wears = f"/items/{item.body['id']}/wears"
    days = [f"2026-03-{day:02}" for day in range(1, 9)]
    answers = await asyncio.gather(*(send("POST", wears, json={"worn_on": day}) for day in days * 2))
    assert sorted(answer.status for answer in answers) == [200] * 8 + [201] * 8
    assert [w["worn_on"] for w in (await send("GET", wears.removesuffix("/wears"))).body["wears"]] == days


async def test_impossible_wears_are_refused(send: Send) -> None:
    item = await send("POST", "/items", json=COAT)
    wears = f"/items/{item.body['id']}/wears"
    future = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    for wrong in (future, "1066-10-14", "yesterday", 20260101):
        refused = await send("POST", wears, json={"worn_on": wrong})
        assert refused.problem[0] == 422
        assert refused.pointers == [("body", "/worn_on")]
    unnamed = await send("DELETE", wears)
    assert (unnamed.problem[0], unnamed.pointers) == (422, [("query", "/worn_on")])


async def test_the_list_is_filtered_and_paged(send: Send) -> None:
    for n in range(5):
        item = {
            "name": f"Café shirt {n}",
            "category": ("tops", "dresses")[n % 2],
            "colours": [{"hex": "#1b2a49"}],
            "seasons": ["summer"],
        }
        assert (await send("POST", "/items", json=item)).status == 201
    await send("POST", "/items", json={"name": "Hat", "category": "hats", "colours": [{"hex": "#ff0000"}]})

    async def names(query: str) -> list[str]:
        answer = await send("GET", f"/items?{query}")
        assert answer.status == 200, answer.body
        return [item["name"].removeprefix("Café shirt ") for item in answer.body["items"]]

    assert await names("") == ["Hat", "4", "3", "2", "1", "0"]
    assert await names("category=dresses") == ["3", "1"]
    assert await names("colour=navy&season=summer") == ["4", "3", "2", "1", "0"]
    assert await names("colour=%23000080&category=Tops") == ["4", "2", "0"]
    assert await names("colour=red") == ["Hat"]
    assert await names("q=CAFE%203") == ["3"]
    assert await names("season=winter") == []
    first = (await send("GET", "/items?limit=4&q=shirt")).body
    rest = (await send("GET", f"/items?limit=4&q=shirt&cursor={first['next_cursor']}")).body
    assert [item["name"][-1] for item in first["items"] + rest["items"]] == ["4", "3", "2", "1", "0"]
    assert rest["next_cursor"] is None
    wrong_list = await send("GET", f"/items?limit=4&q=hat&cursor={first['next_cursor']}")
    assert wrong_list.problem == (422, "invalid-cursor")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=many", "/limit"),
        ("cursor=nonsense", "/cursor"),
        ("season=monsoon", "/season"),
        ("status=sold", "/status"),
        ("offset=3", "/offset"),
    ],
)
async def test_a_bad_query_names_the_parameter(send: Send, query: str, pointer: str) -> None:
    refused = await send("GET", f"/items?{query}")
    assert refused.problem[0] == 422
    assert refused.pointers == [("query", pointer)]


FILE = (
    b"name,category,colours,price_amount,price_currency,worn_on\n"
    b"Coat,outerwear,navy,80,EUR,2026-01-01|2026-01-02\n"
    b"Bad,outerwear,,80,,\n"
    b'"Hat, felt",hats,#333 slate,,,\n'
)


async def test_a_file_is_imported_row_by_row_and_only_once(send: Send) -> None:
    text = {"Content-Type": "text/csv"}
    report = await send("POST", "/import", data=FILE, headers=text)
    assert report.status == 200, report.body
    assert report.body["counts"] == {"created": 2, "duplicate": 0, "invalid": 1}
    assert [(row["row"], row["status"]) for row in report.body["rows"]] == [
        (2, "created"),
        (3, "invalid"),
        (4, "created"),
    ]
    assert [error["column"] for error in report.body["rows"][1]["errors"]] == ["price_currency"]
    form = FormData()
    form.add_field("file", FILE, filename="wardrobe.csv", content_type="application/vnd.ms-excel")
    again = await send("POST", "/import", data=form)
    assert again.body["counts"] == {"created": 0, "duplicate": 2, "invalid": 1}
    items = (await send("GET", "/items")).body["items"]
    assert sorted((item["name"], item["wear_count"]) for item in items) == [("Coat", 2), ("Hat, felt", 0)]


async def test_an_import_with_a_key_is_answered_again_as_it_was(send: Send) -> None:
    headers = {"Content-Type": "text/csv", "Idempotency-Key": str(uuid4())}
    first = await send("POST", "/import", data=FILE, headers=headers)
    again = await send("POST", "/import", data=FILE, headers=headers)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_files_that_are_no_vault_csv_are_refused(send: Send) -> None:
    text = {"Content-Type": "text/csv"}
    too_many = b"name,category\n" + b"Sock,socks\n" * 5001
    for data, problem in [
        (b"", (422, "validation")),
        (b"\xff\xfe\x00", (422, "unreadable-csv")),
        (b"brand\nX\n", (422, "unreadable-csv")),
        (b"name,category,colour\nCoat,coats,red\n", (422, "unreadable-csv")),
        (too_many, (413, "too-many-rows")),
        (b"name,category\n" + b"x" * 5_000_001, (413, "too-large")),
    ]:
        refused = await send("POST", "/import", data=BytesIO(data), headers=text)
        assert refused.problem == problem, data[:40]
    assert (await send("POST", "/import", json={})).problem[0] == 415
    assert (await send("GET", "/items?status=all")).body["items"] == []


async def test_an_export_moves_a_vault_to_another_account(send: Send, stranger: Send) -> None:
    formula = {**COAT, "name": "=1+1", "notes": "-2\n'quoted'; \"twice\", é", "status": "archived"}
    item = await send("POST", "/items", json=formula)
    await send("POST", f"/items/{item.body['id']}/wears", json={"worn_on": "2026-04-05"})
    await send("POST", "/items", json=COAT)
    exported = await send("GET", "/export")
    assert exported.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in exported.headers["Content-Disposition"]
    rows = list(csv.reader(StringIO(exported.body, newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t"))]
    imported = await stranger(
        "POST", "/import", data=exported.body.encode(), headers={"Content-Type": "text/csv"}
    )
    assert imported.body["counts"] == {"created": 2, "duplicate": 0, "invalid": 0}
    moved = list(csv.reader(StringIO((await stranger("GET", "/export")).body, newline="")))
    assert [row[1:] for row in moved] == [row[1:] for row in rows]
