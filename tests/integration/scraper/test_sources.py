"""What is done with a source, and what people follow: again changes nothing, and races end well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from core import scraper
from core.platform import clock
from core.platform.cosmos import container
from core.scraper import Source, SourcePatch, SourceSpec, keeping, repository, service, sweeps
from tests.fixtures.web import Page, Web
from tests.integration.scraper.conftest import entry, feed, follow, headers, items, sweep

pytestmark = pytest.mark.usefixtures("app_env")


def spec(web: Web, host: str, **told: Any) -> SourceSpec:
    return SourceSpec.model_validate({"name": "A shop", "url": web.url(host, "/f"), "kind": "feed", **told})


async def test_adding_again_is_the_same_source_and_other_settings_are_refused(web: Web, host: str) -> None:
    first, new = await scraper.add(spec(web, host))
    again, new_again = await scraper.add(spec(web, host))
    assert (new, new_again, again.id) == (True, False, first.id)
    with pytest.raises(scraper.SourceExists, match=first.id):
        await scraper.add(spec(web, host, every_hours=1))


async def test_a_source_that_was_removed_is_gone_and_comes_back_as_it_is_added(web: Web, host: str) -> None:
    source, _ = await scraper.add(spec(web, host))
    await scraper.remove(source.id)
    for gone in (scraper.get(source.id), scraper.remove(source.id), scraper.pause(source.id, "why")):
        with pytest.raises(scraper.SourceNotFound):
            await gone
    back, new = await scraper.add(spec(web, host, every_hours=1))
    assert (back.id, new, back.spec.every_hours, back.state) == (source.id, True, 1, "active")
    with pytest.raises(scraper.SourceNotFound):
        await scraper.resume(str(uuid4()))


async def test_a_change_is_written_once_and_only_over_the_version_that_was_read(web: Web, host: str) -> None:
    source, _ = await scraper.add(spec(web, host))
    changed = await scraper.change(source.id, SourcePatch(category="linen"))
    again = await scraper.change(source.id, SourcePatch(category="linen"))
    assert (changed.spec.category, again.etag) == ("linen", changed.etag)
    with pytest.raises(scraper.SourceChanged):
        await scraper.change(source.id, SourcePatch(category="wool"), if_match=[str(source.etag)])
    current = str(again.etag).strip('"')
    assert (await scraper.change(source.id, SourcePatch(category="wool"), if_match=[current])).spec.category


async def test_following_again_changes_nothing_and_has_a_limit(
    web: Web, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_SUBSCRIPTIONS", 1)
    person = str(uuid4())
    one, _ = await scraper.add(spec(web, host))
    other, _ = await scraper.add(spec(web, host, url=web.url(host, "/other")))
    for _ in range(2):
        assert (await scraper.subscribe(person, one.id)).id == one.id
    with pytest.raises(scraper.TooManySubscriptions):
        await scraper.subscribe(person, other.id)
    await scraper.unsubscribe(person, one.id)
    await scraper.subscribe(person, other.id)
    assert [source.id for source in await scraper.followed(person)] == [other.id]


async def test_a_source_added_again_while_it_is_let_go_stays(web: Web, host: str) -> None:
    source = await follow(web.put(host, "/f", feed(entry("Wool coats", "/a"))), "feed")
    await scraper.remove(source.id)
    removed = await repository.source(source.id)
    assert removed is not None
    await scraper.add(source.spec)
    await keeping.let_go(removed)
    assert (await scraper.get(source.id)).state == "active"


async def test_an_unreadable_source_that_was_mended_meanwhile_is_not_removed(
    web: Web, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, _ = await scraper.add(spec(web, host))
    broken = good.model_dump(mode="json", exclude_none=True, exclude={"etag", "written_at"})
    broken |= {"id": str(uuid4()), "due_at": "some day"}
    shelf = await container("sources")
    await shelf.create_item(broken)
    drop = repository.drop_unreadable

    async def mended_first(source_id: str, etag: str) -> None:
        await shelf.upsert_item({**broken, "due_at": good.due_at.isoformat()})
        await drop(source_id, etag)

    monkeypatch.setattr(repository, "drop_unreadable", mended_first)
    with pytest.raises(scraper.SourceChanged):
        await scraper.remove(broken["id"])
    assert (await scraper.get(broken["id"])).spec == good.spec
    await scraper.remove(broken["id"])


async def test_attending_sweeps_what_is_due_and_asks_the_model_only_when_that_is_done(
    web: Web, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def consult(source: Source) -> int:
        asked.append(source.id)
        return 0

    monkeypatch.setattr("core.scraper.consulting.consult", consult)
    well = await follow(web.put(host, "/f", feed(entry("Wool coats", "/a"))), "feed")
    ill = await follow(web.put(host, "/ill", Page("No.", 403, headers("text/html"))), "feed")
    states = [(await sweeps.attend(one, "s"))["state"] for one in (well.id, ill.id, str(uuid4()))]
    assert (states, asked) == (["done", "failed", "skipped"], [well.id])


async def test_a_page_of_due_sources_says_how_many_at_once(web: Web, host: str) -> None:
    source, _ = await scraper.add(spec(web, host))
    page = await sweeps.page(source.id[:-1])
    assert source.id in page["sources"]
    assert page["at_once"] > 0


async def two_sources(web: Web, host: str) -> tuple[Source, Source]:
    """Two sources of a site whose sweeps meet at the same thing."""
    page = feed(entry("Wool coats", "/a"))
    one = await follow(web.put(host, "/one", page), "feed")
    return one, await follow(web.put(host, "/two", page), "feed")


def before(monkeypatch: pytest.MonkeyPatch, name: str, other: Callable[[], Any]) -> None:
    """Have ``other`` happen just before ``name`` is called on the repository for the first time."""
    write, first = getattr(repository, name), iter([True])

    async def late(*given: Any) -> Any:
        if next(first, False):
            await other()
        return await write(*given)

    monkeypatch.setattr(repository, name, late)


async def test_who_comes_second_finds_it_there(web: Web, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = await two_sources(web, host)
    before(monkeypatch, "add_item", lambda: sweep(two))
    assert (await sweep(one))["new"] == 0
    [item] = await items(one)
    assert set(item.source_ids) == {one.id, two.id}


async def test_what_came_and_went_in_that_moment_is_nobodys(
    web: Web, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = await two_sources(web, host)

    async def taken(item: object) -> bool:
        return False

    monkeypatch.setattr(repository, "add_item", taken)
    swept = await sweep(one)
    assert (swept["state"], swept["new"], await items(one)) == ("done", 0, [])


async def test_what_changed_in_between_is_looked_at_once_more(
    web: Web, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await two_sources(web, host)
    await sweep(two)
    web.put(host, "/one", feed(entry("Wool coats", "/a", "<description>Warm.</description>")))
    web.put(host, "/two", feed(entry("Wool coats", "/a", "<description>Heavy.</description>")))
    before(monkeypatch, "replace_item", lambda: sweep(two))
    assert (await sweep(one))["changed"] == 1
    [item] = await items(one)
    assert (item.finding.summary, set(item.source_ids)) == ("Warm.", {one.id, two.id})


async def test_what_changed_while_its_source_is_let_go_stays(
    web: Web, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await two_sources(web, host)
    await sweep(one)
    await scraper.remove(one.id)
    before(monkeypatch, "drop_item", lambda: sweep(two))
    await sweeps.attend(one.id, "any")
    [item] = await items(two)
    assert two.id in item.source_ids


async def test_of_several_twins_the_one_found_first_counts(web: Web, host: str) -> None:
    source = await follow(web.put(host, "/f", feed(entry("Wool coats", "/a"))), "feed")
    await sweep(source)
    [item] = await items(source)
    for print_, order in (("p", "12"), ("q", "21")):
        for name in order:
            found = item.model_copy(
                update={
                    "id": f"{print_}{name}", "fingerprint": print_, "etag": None,
                    "first_seen_at": clock.now().replace(second=int(name)),
                }
            )  # fmt: skip
            assert await repository.add_item(found)
    assert {key: one.id for key, one in (await repository.twins(source.site, ["p", "q"])).items()} == {
        "p": "p1",
        "q": "q1",
    }
