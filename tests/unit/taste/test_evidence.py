"""What one event adds: as information, as tallies, as reasons, as declarations, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.taste import TasteEvent
from core.taste.belief import EASE_SD, Answer, Opinion, believe
from core.taste.contribution import belief_of, information
from core.taste.errors import EventTooOld, TooManyTasteEvents
from core.taste.events import CLOCK_SKEW, Declaration, Evidence, StatementReading, check
from core.taste.exact import EPOCH, HALF_LIFE, all_fixed, fixed, worth
from core.taste.facets import DIMENSIONS, NAMES
from core.taste.ledger import MOST_JOBS, MOST_PER_DAY, OPEN_DAYS, Ledger, mark
from core.taste.reasons import KEPT, Reason, because, found, merged
from core.taste.stances import MOST_STANCES, avoided, declared
from core.taste.statements import declarations, evidence
from core.taste.tallies import Tally, counted

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
looks = st.dictionaries(st.sampled_from(NAMES), st.floats(-1, 1), max_size=6)
answers: st.SearchStrategy[Answer] = st.sampled_from(["like", "dislike", "love", "skip"])


def piece(answer: str, facets: dict[str, float], **fields: object) -> Evidence:
    return Evidence.model_validate(
        {"subject": "thing", "label": "Thing", "answer": answer, "facets": facets, **fields}
    )


def event(*pieces: Evidence, **fields: object) -> TasteEvent:
    told = {"key": "k", "user_id": "ada", "kind": "quiz", "occurred_at": NOW, "evidence": pieces}
    return TasteEvent.model_validate({**told, **fields})


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(looks, answers), max_size=5))
def test_the_information_of_one_event_is_the_belief_it_leads_to_ease_left_out(
    said: list[tuple[dict[str, float], Answer]],
) -> None:
    precision, shift = information(piece(answer, facets) for facets, answer in said)
    read = belief_of(all_fixed(precision, NOW), all_fixed(shift, NOW), NOW)
    asked = believe(said)
    assert read.position == pytest.approx(asked.position, abs=1e-6)
    for row, expected in zip(read.position_covariance, asked.position_covariance, strict=True):
        assert row == pytest.approx(expected, abs=1e-6)
    assert (read.mean[DIMENSIONS], read.covariance[DIMENSIONS][DIMENSIONS]) == (0, EASE_SD**2)


@given(st.floats(-50, 50), st.integers(-900, 900), st.integers(0, 900))
def test_what_is_added_is_worth_itself_when_it_happens_and_half_of_it_a_half_life_later(
    value: float, days: int, later: int
) -> None:
    at = EPOCH + days * DAY
    total = fixed(value, at)
    assert worth(total, at) == pytest.approx(value, abs=1e-9)
    assert worth(total, at + HALF_LIFE) == pytest.approx(value / 2, abs=1e-9)
    assert worth(total, at + later * DAY) == pytest.approx(value * 0.5 ** (later / 365), abs=1e-9)
    assert [*all_fixed([value, -value], at)] == [total, fixed(-value, at)]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.5, 1.0, 1.5])), max_size=12))
def test_a_score_is_twice_the_mean_of_its_beta_less_one(said: list[tuple[bool, float]]) -> None:
    tally, likes, dislikes = Tally(), 1.0, 1.0
    for liked, weight in said:
        tally = tally.plus(weight, NOW, liked=liked)
        likes, dislikes = likes + weight * liked, dislikes + weight * (not liked)
    assert tally.score(NOW) == pytest.approx(2 * likes / (likes + dislikes) - 1)
    assert (tally.likes, tally.dislikes) == (sum(k for k, _ in said), sum(not k for k, _ in said))
    assert tally.evidence == len(said)
    assert abs(tally.score(NOW + HALF_LIFE)) <= abs(tally.score(NOW))


def test_a_word_said_twice_in_one_opinion_is_one_opinion_and_words_are_kept_in_order() -> None:
    table = counted({"b": Tally(likes=3)}, ["c", "a", "c", "b"], 1.0, NOW, liked=True, limit=3)
    assert [(word, tally.likes) for word, tally in table.items()] == [("a", 1), ("b", 4), ("c", 1)]
    assert len(counted(table, ["d"], 1.0, NOW, liked=False, limit=3)) == 3


def test_the_ledger_closes_a_day_when_it_is_too_old_and_not_before() -> None:
    first = Ledger().with_job("a", NOW)
    open_still = first.with_job("b", NOW + OPEN_DAYS * DAY)
    assert (open_still.closed_before, open_still.holds("a", NOW)) == (None, True)
    closed = first.with_job("b", NOW + (OPEN_DAYS + 1) * DAY)
    assert (closed.closed_before, closed.holds("a", NOW)) == (NOW.date() + DAY, False)
    assert closed.with_job("c", NOW + DAY).holds("c", NOW + DAY)
    with pytest.raises(EventTooOld):
        closed.with_job("a", NOW)


def marks(number: int) -> str:
    return "".join(f"{n:016}" for n in range(number))


def test_the_ledger_is_full_at_its_bounds_and_not_before() -> None:
    day = NOW.date()
    nearly = Ledger(days={day: marks(MOST_PER_DAY - 1)}).with_job("a", NOW)
    assert nearly.holds("a", NOW)
    with pytest.raises(TooManyTasteEvents):
        nearly.with_job("b", NOW)
    assert nearly.with_job("a", NOW) == nearly
    days = {day + n * DAY: marks(5000) for n in range(MOST_JOBS // 5000 - 1)}
    full = Ledger(days={**days, day + 30 * DAY: marks(4999)}).with_job("a", NOW + 30 * DAY)
    assert (len(full.days), full.closed_before) == (MOST_JOBS // 5000, None)
    over = full.with_job("b", NOW + 31 * DAY)
    assert (len(over.days), over.closed_before) == (MOST_JOBS // 5000, day + DAY)


def test_a_job_is_marked_by_sixteen_characters_of_its_own() -> None:
    assert {len(mark(f"job-{n}")) for n in range(100)} == {16}
    assert len({mark(f"job-{n}") for n in range(100)}) == 100
    ledger = Ledger().with_job("b", NOW).with_job("a", NOW)
    assert ledger.days == {NOW.date(): "".join(sorted([mark("a"), mark("b")]))}
    assert (ledger.holds("a", NOW), ledger.holds("a", NOW + DAY), ledger.holds("c", NOW)) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("kind", "answer", "sentence"),
    [
        ("quiz", "like", "you liked “Thing”"),
        ("item_reaction", "dislike", "you turned down “Thing”"),
        ("mood_reaction", "love", "you loved “Thing”"),
        ("wear", "like", "you wore “Thing”"),
        ("statement", "love", "you said you love Thing"),
        ("statement", "dislike", "you said you do not care for Thing"),
    ],
)
def test_a_reason_is_said_as_it_happened(kind: str, answer: str, sentence: str) -> None:
    (told,) = found(event(piece(answer, {"fit": 0.5}), kind=kind))
    assert told[2].sentence() == sentence


@pytest.mark.parametrize(
    ("answer", "position", "side"),
    [
        ("like", 0.25, "high"),
        ("love", -0.25, "low"),
        ("dislike", 0.25, "low"),
        ("dislike", -0.25, "high"),
        ("like", 0.24, None),
        ("like", -0.24, None),
        ("skip", 1.0, None),
    ],
)
def test_only_what_is_clear_is_a_reason_and_for_the_side_it_pulls_to(
    answer: str, position: float, side: str | None
) -> None:
    told = [(facet, towards) for facet, towards, _ in found(event(piece(answer, {"fit": position})))]
    assert told == ([] if side is None else [("fit", side)])


def test_the_strongest_reasons_are_kept_and_told_first_one_for_each_thing() -> None:
    pieces = [piece("like", {"fit": 0.3 + n / 10}, subject=f"s{n}", label=f"S{n}") for n in range(KEPT + 1)]
    loved = piece("love", {"fit": 0.6}, subject="s0", label="S0 again")
    worn = event(piece("like", {"fit": 1.0}, subject="w", label="W"), kind="wear")
    kept: tuple[Reason, ...] = ()
    for told in (event(*pieces, loved), worn):
        for _, _, reason in found(told):
            kept = merged(kept, reason)
    assert [reason.label for reason in kept] == ["S0 again", "S4", "S3", "S2"]
    assert because({"high": kept}, 0.0) == [reason.sentence() for reason in kept]
    assert because({"high": kept}, -0.1) == []
    older = event(piece("love", {"fit": 1.0}, subject="o", label="O"), occurred_at=NOW - 2 * HALF_LIFE)
    assert [r.label for *_, new in found(older) for r in merged(kept, new)] == [r.label for r in kept]


def test_the_last_word_counts_and_within_one_event_avoiding_wins() -> None:
    def said(avoid: bool, word: str = "fur") -> Declaration:
        return Declaration(subject="material", word=word, avoid=avoid)

    first = declared({}, [said(True), said(False), said(True, "a:b")], NOW, "j1")
    assert avoided(first) == [("material", "a:b"), ("material", "fur")]
    taken_back = declared(first, [said(False)], NOW + DAY, "j2")
    assert avoided(taken_back) == [("material", "a:b")]
    assert declared(taken_back, [said(True)], NOW, "j3") == taken_back
    same_moment = declared(first, [said(False)], NOW, "j0")
    assert (same_moment["material:fur"].avoid, declared(first, [said(False)], NOW, "j2") == first) == (
        True,
        False,
    )
    many = declared({}, [said(True, f"w{n}") for n in range(MOST_STANCES + 1)], NOW, "j")
    assert len(many) == MOST_STANCES
    assert list(many) == sorted(many)


def reading(**fields: object) -> StatementReading:
    return StatementReading.model_validate({**{name: [] for name in StatementReading.model_fields}, **fields})


@pytest.mark.parametrize(
    ("towards", "strength", "answer", "position", "label"),
    [
        ("high", "slight", "like", 0.5, "fitted clothes"),
        ("low", "clear", "like", -1.0, "loose clothes"),
        ("high", "strong", "love", 1.0, "fitted clothes"),
    ],
)
def test_a_leaning_is_an_opinion_on_the_end_of_its_facet(
    towards: str, strength: str, answer: Opinion, position: float, label: str
) -> None:
    told = reading(leanings=[{"facet": "fit", "towards": towards, "strength": strength}])
    (found,) = evidence(told)
    assert (found.answer, found.facets, found.label) == (answer, {"fit": position}, label)
    assert (found.subject, found.outright) == (f"said:fit:{towards}", True)


def test_a_thing_is_counted_under_its_word_and_avoids_are_disliked_too() -> None:
    things = [{"subject": s, "word": f" {w} "} for s, w in (("colour", "Navy"), ("category", "Coat"))]
    brand = {"subject": "brand", "word": "Silk"}
    told = evidence(reading(likes=[*things, brand], avoids=[{"subject": "material", "word": "Silk"}]))
    assert [(found.subject, found.label, found.answer) for found in told] == [
        ("said:colour:navy", "Navy", "like"),
        ("said:category:coat", "Coat", "like"),
        ("said:brand:silk", "Silk", "like"),
        ("said:material:silk", "Silk", "dislike"),
    ]
    assert [(f.colours, f.categories, f.brands) for f in told] == [
        (("navy",), (), ()),
        ((), ("coat",), ()),
        ((), (), ("silk",)),
        ((), (), ()),
    ]
    assert [bool(found.facets) for found in told] == [True, bool(told[1].facets), False, True]


@pytest.mark.parametrize(("length", "told"), [(0, 0), (1, 1), (60, 1), (61, 0)])
def test_a_word_is_a_word_up_to_sixty_characters(length: int, told: int) -> None:
    thing = [{"subject": "colour", "word": " " + "x" * length + " "}]
    for field in ("likes", "dislikes", "avoids"):
        assert len(evidence(reading(**{field: thing}))) == told
    stances = declarations(reading(avoids=thing, no_longer_avoids=thing))
    assert [stance.avoid for stance in stances] == [True, False][: 2 * told]


def test_an_event_may_come_from_a_clock_that_is_a_little_fast() -> None:
    check(event(piece("like", {}), occurred_at=NOW + CLOCK_SKEW), user_id="ada", now=NOW)


def test_what_was_said_up_to_a_moment_is_left_out_from_then_on() -> None:
    early, late = piece("like", {}, given_at=NOW - DAY), piece("love", {}, given_at=NOW - DAY / 2)
    told = event(early, late)
    assert told.after(NOW) is None
    assert told.after(NOW - DAY / 2) is None
    assert (left := told.after(NOW - DAY)) is not None
    assert left.evidence == (late,)
    word = event(early, declarations=[{"subject": "colour", "word": "red"}])
    assert (left := word.after(NOW - DAY / 2)) is not None
    assert (left.evidence, left.declarations) == ((), word.declarations)
    assert word.model_copy(update={"evidence": ()}).after(NOW) is None
