"""The feed on the real database: one's own sources, ranked, in pages that hold whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core import feed, scraper, taste
from core.platform import clock
from core.platform.ids import new_id
from core.reactions import NewReaction
from core.scraper import FeedItemNotFound, repository
from core.taste import FacetVector, TasteEvent
from tests.feeding import LOUD, QUIET
from tests.integration.feed.conftest import Follower, ids

pytestmark = pytest.mark.usefixtures("app_env")


async def react(me: Follower, item_id: str, answer: str) -> None:
    await feed.react(me.user_id, item_id, NewReaction.model_validate({"answer": answer}))


async def believe(user_id: str, answer: str, facets: FacetVector) -> None:
    """Bring an opinion into the profile, as the taste job would."""
    pieces = [{"subject": str(n), "label": "Thing", "answer": answer, "facets": facets} for n in range(6)]
    event = TasteEvent.model_validate(
        {"key": new_id(), "user_id": user_id, "kind": "quiz", "occurred_at": clock.now(), "evidence": pieces}
    )
    from core.taste import repository as profiles

    await profiles.add(event, new_id())


async def test_pages_neither_shift_nor_repeat_whatever_arrives_or_is_judged(me: Follower) -> None:
    shops = [await me.follow() for _ in range(3)]
    posted = [thing for shop in shops for thing in await me.post_all(shop, QUIET, 9)]
    first, cursor = await me.page(limit=7)
    await me.post_all(shops[0], LOUD, 9)
    turned_down, kept = first[0].item_id, first[1].item_id
    await react(me, turned_down, "dislike")
    await react(me, kept, "love")
    await believe(me.user_id, "love", {"vividness": 1.0, "fit": -1.0})
    again, _ = await me.page(limit=7, cursor=cursor)
    pages = await me.scroll(7, cursor)
    assert pages[0] == [entry.item_id for entry in again]
    scrolled = [item_id for page in pages for item_id in page]
    seen = [entry.item_id for entry in first] + scrolled
    assert len(seen) == len(set(seen))
    assert set(seen) == ids(posted)


async def test_what_was_turned_down_or_has_gone_is_left_out_and_moves_nothing_else(me: Follower) -> None:
    shop = await me.follow()
    await me.post_all(shop, QUIET, 20)
    _, cursor = await me.page(limit=8)
    before = await me.scroll(8, cursor)
    turned_down, gone = before[0][2], before[0][5]
    await react(me, turned_down, "dislike")
    there = await repository.find_item(gone)
    assert there is not None
    await repository.drop_item(there)
    after = await me.scroll(8, cursor)
    assert after[0] == [item_id for item_id in before[0] if item_id not in {turned_down, gone}]
    assert after[1:] == before[1:]


async def test_a_new_ranking_has_what_is_new_and_nothing_that_was_judged(me: Follower) -> None:
    shop = await me.follow()
    await me.post_all(shop, QUIET, 6)
    ((*old,),) = await me.scroll(50)
    for item_id, answer in zip(old, ("dislike", "like", "love", "skip"), strict=False):
        await react(me, item_id, answer)
    new = await me.post(shop, "Linen shirt, white")
    ((*now,),) = await me.scroll(50)
    assert set(now) == {*old[4:], new.id}
    await react(me, old[0], "undo")
    ((*undone,),) = await me.scroll(50)
    assert set(undone) == {*old[4:], new.id, old[0]}


async def test_only_ones_own_sources_are_shown_and_everyones_before_one_follows_any(me: Follower) -> None:
    mine, other = await me.follow(), Follower()
    theirs = await other.post(await other.follow(), "Navy wool coat")
    own = await me.post(mine, "Black wool coat")
    entries, _ = await me.page()
    assert [entry.item_id for entry in entries] == [own.id]
    assert [source.source_id for source in entries[0].sources] == [mine.id]
    newcomer = Follower()
    seen = {item_id for page in await newcomer.scroll(100) for item_id in page}
    assert {own.id, theirs.id} <= seen
    await scraper.unsubscribe(me.user_id, mine.id)
    assert theirs.id in {item_id for page in await me.scroll(100) for item_id in page}


async def test_taste_decides_and_says_why(me: Follower) -> None:
    shop = await me.follow()
    loud, quiet = await me.post_all(shop, LOUD, 8), await me.post_all(shop, QUIET, 8)
    entries, _ = await me.page(limit=100)
    assert all(entry.why for entry in entries)
    await believe(me.user_id, "love", loud[0].reading.facets)
    entries, _ = await me.page(limit=100)
    places = {entry.item_id: place for place, entry in enumerate(entries)}
    assert sum(places[each.id] for each in loud) < sum(places[each.id] for each in quiet)
    assert entries[0].item_id in ids(loud)
    assert "tend to like" in entries[0].why[0]


async def test_scrolling_on_costs_no_new_ranking_and_a_refresh_of_the_same_day_is_the_same(
    me: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await me.follow()
    await me.post_all(shop, QUIET, 12)
    first = await me.scroll(5)
    asked = 0
    newest = scraper.newest

    async def counted(source: scraper.Source, limit: int) -> list[scraper.FeedItem]:
        nonlocal asked
        asked += 1
        return await newest(source, limit)

    monkeypatch.setattr(scraper, "newest", counted)
    assert await me.scroll(5) == first
    assert asked == 1


async def test_reactions_to_things_that_are_not_there(me: Follower) -> None:
    with pytest.raises(FeedItemNotFound):
        await react(me, new_id(), "like")
    shop = await me.follow()
    old = await me.post(shop, "Coat", at=clock.now() - timedelta(days=31))
    with pytest.raises(FeedItemNotFound):
        await react(me, old.id, "like")


async def test_an_items_reaction_moves_taste_by_what_the_item_is(me: Follower) -> None:
    shop = await me.follow()
    coat = await me.post(shop, "Tailored wool coat, navy", brand="Acme & Sons")
    reacted = await asyncio.gather(
        *(feed.react(me.user_id, coat.id, NewReaction(answer="love")) for _ in range(4))
    )
    assert len({each.job_id for each in reacted}) == 1
    from core import jobs
    from core.taste import applying

    job = await jobs.get(me.user_id, str(reacted[0].job_id))
    await applying.work(job)
    await applying.work(job)
    known = await taste.taste_of(me.user_id)
    assert known.profile.counts == {"item_reaction": 1}
    assert set(known.profile.colours) == {"navy"}
    assert set(known.profile.categories) == {"coat", "outerwear"} or known.profile.categories
    assert set(known.profile.brands) == {"acme-&-sons"}
    assert known.appeal(coat.reading.facets, coat.words) > 0.5


async def test_the_best_for_elsewhere_is_new_followed_unjudged_and_no_experiment(me: Follower) -> None:
    shop = await me.follow()
    since = clock.now()
    old = await me.post(shop, "Navy wool coat", at=since - timedelta(days=1))
    new = await me.post_all(shop, QUIET, 6)
    await react(me, new[0].id, "dislike")
    best = await feed.best(me.user_id, 3, since)
    assert len(best) == 3
    assert ids([one.item for one in best]) <= ids(new[1:])
    everything = await feed.best(me.user_id, 50)
    assert ids([one.item for one in everything]) == {old.id, *ids(new[1:])}
    assert {one.source for one in everything} == {"A shop"}
    assert await feed.best(new_id(), 3) == []
