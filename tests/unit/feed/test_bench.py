"""The benchmark's own parts: shops and people are as described, and ranking beats time on a few people."""

from __future__ import annotations

import statistics
from collections import Counter

from bench import feed as bench
from bench.quiz import person
from bench.shops import LEFT_OUT, things


def test_things_are_the_same_each_time_and_a_few_shops_post_most_of_them() -> None:
    posted = things(3, 400)
    assert posted == things(3, 400)
    assert things(4, 400) != posted
    by_shop = Counter(thing.shop for thing in posted)
    assert sum(count for _, count in by_shop.most_common(3)) > len(posted) / 2
    hidden = statistics.mean(thing.item.reading.facets != thing.looks for thing in posted)
    assert hidden > LEFT_OUT, "titles leave out what the thing shows"


def test_choosy_people_like_less() -> None:
    posted, who = things(1, 300), person(1)
    liked = [len(bench.likes(who, 1, choosy, posted)) for choosy in bench.CHOOSY.values()]
    assert liked == sorted(liked, reverse=True)
    assert liked[0] > liked[-1]


def test_ranking_beats_newest_first_on_a_few_people_without_losing_variety() -> None:
    found = [bench.seen_by(index, bench.CHOOSY[bench.HELD]) for index in range(4)]
    assert statistics.mean(s.ranked.liked for s in found) > 1.3 * statistics.mean(
        s.newest.liked for s in found
    )
    assert statistics.mean(s.ranked.sources for s in found) >= statistics.mean(
        s.newest.sources for s in found
    )
    assert statistics.mean(s.ranked.categories for s in found) >= statistics.mean(
        s.newest.categories for s in found
    )
