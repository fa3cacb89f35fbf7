"""What goes into a digest: from this wardrobe, another one than last week, and something for everybody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.wardrobes import TODAY
from core import digest
from core.digest import changes, composing, plain, traits
from core.digest.composing import OUTFITS, WAYS, compose
from core.digest.models import Contents, Digest, Editorial, Feedback, Find, Opinion
from core.digest.schedule import monday
from core.vault import VaultItem
from tests.unit.digest.facts import ITEMS, NOTHING_KNOWN
from tests.unit.stylist.wardrobes import item, vaults


def composed(items: list[VaultItem], day: date = TODAY, *earlier: Digest) -> Digest:
    made = compose(items, NOTHING_KNOWN, day, "Europe/Berlin", earlier)
    return Digest(
        id=f"d{day}",
        user_id="u",
        week=monday(day),
        day=day,
        made_at=datetime.combine(day, datetime.min.time(), UTC),
        contents=made.contents,
        editorial=Editorial(paragraphs=("Hello.",), written_by="model"),
        figures=made.figures,
        traits=made.traits,
    )


def worn(one: Digest) -> list[frozenset[str]]:
    return [frozenset(piece.item_id for piece in look.pieces) for look in one.contents.outfits]


def test_a_way_that_is_partly_for_another_season_is_no_good_one() -> None:
    autumn: dict[str, Any] = {"formality": "casual", "seasons": ["autumn"]}
    nearly: dict[str, Any] = {"formality": "casual", "seasons": ["autumn", "winter"]}
    vault = [
        item(1, "t-shirt", colours=[0xFFFFFF], **autumn),
        item(2, "jeans", colours=[0x1B2A49], **nearly),
        item(3, "sneakers", colours=[0xFFFFFF], seasons=["autumn", "winter"]),
        item(4, "t-shirt", colours=[0xFFFFFF], formality="casual", seasons=["winter"]),
    ]
    revival = composed(vault, date(2026, 10, 14)).contents.revival
    assert revival is not None
    shown = {piece.item_id for way in revival.ways for piece in way.pieces}
    assert vault[3].id not in shown


@given(vaults(6), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_everything_shown_is_theirs_and_active_and_any_order_gives_the_same(
    vault: list[VaultItem], chance: Random
) -> None:
    made = composed(vault, date(2026, 10, 14))
    active = {item.id: item.name for item in vault if item.status == "active"}
    for look in made.contents.looks:
        for piece in (*look.pieces, *look.accents):
            assert active[piece.item_id] == piece.name
            assert traits.about(made, piece.item_id).label == piece.name
        assert traits.about(made, look.key).label.startswith(look.pieces[0].name)
    keys = [look.key for look in made.contents.looks]
    assert len(keys) == len(set(keys))
    assert bool(made.contents.outfits) != bool(made.contents.advice)
    shuffled = list(vault)
    chance.shuffle(shuffled)
    assert composed(shuffled, date(2026, 10, 14)) == made


def test_a_full_wardrobe_gets_three_outfits_and_a_piece_woken_three_ways() -> None:
    made = composed(ITEMS)
    revival = made.contents.revival
    assert len(set(worn(made))) == OUTFITS
    assert revival is not None
    assert len({frozenset(p.item_id for p in way.pieces) for way in revival.ways}) == WAYS
    assert all(revival.item_id in {p.item_id for p in way.pieces} for way in revival.ways)
    assert revival.rested_days is not None
    assert revival.rested_days >= 90


@given(vaults(8))
@settings(max_examples=25, deadline=None)
def test_a_way_to_wear_is_no_outfit_of_the_same_digest_unless_there_is_no_other(
    vault: list[VaultItem],
) -> None:
    made = composed(vault, date(2026, 10, 14))
    if made.contents.revival is None:
        return
    ways = [frozenset(p.item_id for p in way.pieces) for way in made.contents.revival.ways]
    assert not set(ways) & set(worn(made)) or set(ways) <= set(worn(made))


def test_a_sleeping_piece_in_an_outfit_is_shown_other_ways() -> None:
    few = [i for i in ITEMS if i.name in {"Black sheath dress", "Black heels", "Black ankle boots"}]
    many = [*few, *(i for i in ITEMS if i.name in {"Brown leather loafers", "White sneakers"})]
    made = composed(many)
    assert made.contents.revival is not None
    ways = [frozenset(p.item_id for p in way.pieces) for way in made.contents.revival.ways]
    assert not set(ways) & set(worn(made))


@pytest.mark.parametrize(("weeks", "asleep"), [(0, False), (2, False), (4, True)])
def test_a_garment_sleeps_only_weeks_after_it_was_added(weeks: int, asleep: bool) -> None:
    added = datetime.combine(TODAY - timedelta(weeks=weeks), datetime.min.time(), UTC)
    fresh = [item.model_copy(update={"wears": (), "created_at": added}) for item in ITEMS]
    assert (composed(fresh).contents.revival is not None) == asleep


@pytest.mark.parametrize(
    ("garment", "said"),
    [
        ("black chinos", "Black chinos"), ("olive coat", "An olive coat"), ("olive chinos", "Olive chinos"),
        ("navy dress", "A navy dress"), ("ivory ankle boots", "Ivory ankle boots"),
    ],
)  # fmt: skip
def test_a_garment_has_the_article_it_needs(garment: str, said: str) -> None:
    assert composing.one(garment) == said


def test_what_is_woken_is_for_the_season_and_what_is_worn_too() -> None:
    by_id = {item.id: item for item in ITEMS}
    made = composed(ITEMS, date(2027, 1, 20))
    shown = {piece.item_id for look in made.contents.looks for piece in look.pieces}
    unseasonal = [by_id[i].name for i in shown if by_id[i].seasons and "winter" not in by_id[i].seasons]
    assert "Denim shorts" not in unseasonal
    assert made.contents.revival is not None
    assert "winter" in (by_id[made.contents.revival.item_id].seasons or ["winter"])


def test_weeks_without_a_logged_wear_still_differ() -> None:
    made: list[Digest] = []
    for week in range(4):
        made.insert(0, composed(ITEMS, TODAY + timedelta(weeks=week), *made))
    shown = [look for one in made for look in worn(one)]
    assert len(set(shown)) == len(shown)
    woken = [one.contents.revival.item_id for one in made if one.contents.revival is not None]
    assert len(set(woken)) == len(made)


def test_a_wardrobe_of_one_outfit_shows_it_again_rather_than_nothing() -> None:
    few = [i for i in ITEMS if i.name in {"White T-shirt", "Beige chinos", "White sneakers"}]
    first = composed(few)
    later = composed(few, TODAY + timedelta(weeks=1), first)
    assert worn(first) == worn(later) != []


@pytest.mark.parametrize("owned", [[], ITEMS[:3]], ids=["nothing", "only tops"])
def test_who_cannot_be_dressed_yet_is_told_how_to_go_on(owned: list[VaultItem]) -> None:
    made = composed(owned)
    assert made.contents.outfits == ()
    assert made.contents.revival is None
    assert made.contents.advice


figures = st.dictionaries(
    st.sampled_from([*(figure.name for figure in changes.FIGURES), "cost_per_wear_EUR"]),
    st.decimals(0, 200, places=1).map(str),
)


@given(figures, figures)
@settings(deadline=None)
def test_what_is_told_of_the_figures_moved_and_moved_most(
    before: dict[str, str], after: dict[str, str]
) -> None:
    told = changes.insight(before, after)
    both = {name: (float(before[name]), float(after[name])) for name in before.keys() & after.keys()}
    moves = {name: abs(one - other) / (max(one, other) or 1) for name, (one, other) in both.items()}
    if told is None:
        assert not any(moves.values())
        return
    assert moves[told.figure] == pytest.approx(max(moves.values()))
    was, now = before[told.figure], after[told.figure]
    assert (told.before, told.after) == (was, now)
    assert was in told.text
    assert now in told.text
    assert ("up from" in told.text) == (float(now) > float(was))


def test_a_first_digest_says_how_much_is_worn_and_a_standstill_says_nothing() -> None:
    first = composed(ITEMS)
    assert first.contents.insight is not None
    assert (first.contents.insight.figure, first.contents.insight.before) == ("worn_30_percent", None)
    assert composed(ITEMS, TODAY, first).contents.insight is None


def test_a_wardrobe_that_was_never_worn_is_not_told_so() -> None:
    fresh = composed([item.model_copy(update={"wears": ()}) for item in ITEMS])
    assert fresh.contents.insight is None


def by_rules(made: Digest, owned: int) -> digest.DigestView:
    told = plain.paragraphs(made.contents, "warm", owned)
    return digest.view(made.model_copy(update={"editorial": Editorial(paragraphs=told, written_by="rules")}))


def test_the_rules_words_name_the_finds_and_keep_quiet_about_what_did_not_move() -> None:
    find = Find(find_id="f", title="Navy jumper", url="https://example.org/", source="A shop")
    still = composed(ITEMS).contents.model_copy(update={"insight": None, "finds": (find, find)})
    *_, last = plain.paragraphs(still, "warm", len(ITEMS))
    assert last == "New from what you follow: Navy jumper and Navy jumper."
    *_, last = plain.paragraphs(still.model_copy(update={"finds": ()}), "warm", len(ITEMS))
    assert "One piece has" in last
    only = still.model_copy(update={"finds": (), "revival": None})
    assert len(plain.paragraphs(only, "warm", len(ITEMS))) == 1


@pytest.mark.parametrize("author", ["rules", "model"])
def test_a_page_says_each_thing_once(author: str) -> None:
    made = composed(ITEMS, TODAY, composed(ITEMS[:20], TODAY - timedelta(weeks=1)))
    assert made.contents.insight is not None
    shown = by_rules(made, len(ITEMS))
    said = f"Hello. {made.contents.insight.text}"
    if author == "model":
        shown = digest.view(
            made.model_copy(update={"editorial": Editorial(paragraphs=(said,), written_by="model")})
        )
    page = " ".join("".join(Page(digest.page(shown)).said).split())
    assert page.count(made.contents.insight.text) == 1
    assert ("Hello." in page) == (author == "model")
    assert "To begin with" not in page


def test_the_first_page_of_an_empty_wardrobe_lists_the_steps_once_and_nothing_that_moved() -> None:
    page = digest.page(by_rules(composed([]), 0))
    assert all(page.count(step) == 1 for step in composed([]).contents.advice)
    assert "this first digest is about how to begin" in page
    assert "What moved" not in page


def test_a_first_page_says_how_much_is_worn_in_its_words() -> None:
    first = composed(ITEMS)
    assert first.contents.insight is not None
    page = digest.page(by_rules(first, len(ITEMS)))
    assert page.count(first.contents.insight.text) == 1
    assert "What moved" not in page


def test_a_page_dates_itself_for_people_and_says_how_to_stop_it() -> None:
    page = digest.page(digest.view(composed(ITEMS, date(2026, 11, 24))))
    assert page.count("week of 23 November 2026") == 2
    assert "Made on 24 November 2026" in page
    assert "2026-W48" not in page
    assert "stop it" in page


def test_judging_an_outfit_speaks_of_the_mean_of_its_pieces() -> None:
    made = composed(ITEMS)
    outfit = made.contents.outfits[0]
    found = traits.about(made, outfit.key)
    parts = [made.traits[piece.item_id] for piece in outfit.pieces]
    assert found.facets["formality"] == pytest.approx(
        sum(part.facets.get("formality", 0.0) for part in parts) / len(parts), abs=1e-3
    )
    opinion = Opinion(answer="love", said_at=made.made_at)
    event = traits.event(made, outfit.key, found, opinion)
    assert event == traits.event(made, outfit.key, found, opinion)
    assert (event.kind, event.evidence[0].answer) == ("digest_feedback", "love")


def test_a_thing_has_one_key_whatever_it_is_called() -> None:
    made = composed(ITEMS)
    assert made.contents.revival is not None
    woken = made.contents.revival.item_id
    assert {traits.key_of(made, name) for name in ("revival", woken, woken.upper())} == {woken}
    assert traits.key_of(made, "Outfit-1") == "outfit-1"
    assert traits.key_of(made, "outfit-9") is None
    assert traits.about(made, woken) == made.traits[woken]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_the_page_escapes_names_closes_its_tags_and_labels_its_sections() -> None:
    evil = "<script>alert('x')</script> & \"co\""
    turning = "\N{RIGHT-TO-LEFT OVERRIDE}\N{POP DIRECTIONAL ISOLATE}"
    items = [
        i.model_copy(update={"name": evil + turning}) if i.name == "White poplin shirt" else i for i in ITEMS
    ]
    made = composed(items)
    find = Find(find_id="f", title=evil, url="https://example.org/?a=1&b=2", source="A shop", price="9 EUR")
    contents = made.contents.model_copy(update={"finds": (find,)})
    page = Page(digest.page(digest.view(made.model_copy(update={"contents": contents}))))
    assert page.open == []
    tags = [tag for tag, _ in page.tags]
    assert "script" not in tags
    assert evil in "".join(page.said)
    assert not set(turning) & set("".join(page.said))
    assert "bdi" in tags
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    labels = [attributes.get("aria-labelledby") for tag, attributes in page.tags if tag == "section"]
    assert labels == ids
    assert tags.count("h1") == 1
    assert {a.get("href") for tag, a in page.tags if tag == "a"} == {"https://example.org/?a=1&b=2"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org"])
def test_a_find_leads_to_the_web_and_nowhere_else(url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        Find(find_id="f", title="t", url=url, source="s")


def test_contents_and_feedback_survive_storing() -> None:
    made = composed(ITEMS)
    stored = made.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert Digest.model_validate(stored) == made
    assert Contents.model_validate(stored["contents"]) == made.contents
    with pytest.raises(ValueError, match="answer"):
        Feedback.model_validate({"about": "outfit-1", "answer": "meh"})
