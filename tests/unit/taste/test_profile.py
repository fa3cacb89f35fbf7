"""The profile as a function of the set of jobs applied: exactly, bounded, and explained."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.taste import Taste, TasteEvent, TasteProfile, apply, empty, quiz, reset
from core.taste.belief import PRIOR_SD
from core.taste.errors import (
    EventNotBelievable,
    EventTooOld,
    EventUnread,
    ProfileTooNew,
    TooManyTasteEvents,
)
from core.taste.events import WEIGHTS, EventKind, StatementReading, Subject, check
from core.taste.exact import fixed, worth
from core.taste.facets import DIMENSIONS, FACETS, NAMES, coordinates
from core.taste.gaussian import cholesky, cosine
from core.taste.ledger import MOST_JOBS, MOST_PER_DAY, OPEN_DAYS, Ledger
from core.taste.quiz import MOST_ANSWERS, NewAnswer
from core.taste.reasons import KEPT
from core.taste.stances import MOST_STANCES, Stance, declared
from core.taste.tallies import Tally, bounded, counted
from core.taste.taste import AFFINITY_WEIGHT, DAY_TO_DAY_SD

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = START + timedelta(days=30)

words = st.sampled_from(["red", "navy", "Coat ", "sari", "cos", "zara", "acme"])
evidence = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(["a", "b", "c", "d", "e", "f", "g"]),
        "label": st.sampled_from(["Coat", "Sari", "Tee"]),
        "answer": st.sampled_from(["like", "dislike", "love", "skip"]),
        "facets": st.dictionaries(st.sampled_from(NAMES), st.floats(-1, 1, allow_nan=False), max_size=12),
        "colours": st.lists(words, max_size=3),
        "categories": st.lists(words, max_size=2),
        "brands": st.lists(words, max_size=2),
    }
)
declarations = st.fixed_dictionaries(
    {"subject": st.sampled_from(["colour", "brand"]), "word": words, "avoid": st.booleans()}
)
events = st.fixed_dictionaries(
    {
        "key": st.just("k"),
        "user_id": st.just("ada"),
        "kind": st.sampled_from(sorted(WEIGHTS)),
        "occurred_at": st.integers(0, 5 * 86400).map(lambda s: START + timedelta(seconds=s * 7)),
        "evidence": st.lists(evidence, min_size=1, max_size=4),
        "declarations": st.lists(declarations, max_size=2),
    }
).map(TasteEvent.model_validate)


def event(**fields: object) -> TasteEvent:
    piece = {"subject": "coat", "label": "Camel coat", "answer": "like", "facets": {"formality": 0.8}}
    given = {"key": "k", "user_id": "ada", "kind": "item_reaction", "occurred_at": START, "evidence": [piece]}
    return TasteEvent.model_validate({**given, **fields})


def reaction(answer: str, facets: dict[str, float], **fields: object) -> TasteEvent:
    piece = {"subject": "thing", "label": "Thing", "answer": answer, "facets": facets, **fields}
    return event(evidence=[piece])


def folded(events_by_job: list[tuple[str, TasteEvent]]) -> TasteProfile:
    profile = empty("ada")
    for job_id, happened in events_by_job:
        profile = apply(profile, happened, job_id)
    return profile


@settings(max_examples=60, deadline=None)
@given(st.lists(events, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_any_order_with_any_duplicates_gives_the_same_bytes(
    found: list[TasteEvent], chance: random.Random
) -> None:
    jobs = [(f"job-{i}", happened) for i, happened in enumerate(found)]
    shuffled = [*jobs, *chance.choices(jobs, k=len(jobs))]
    chance.shuffle(shuffled)
    assert folded(shuffled).model_dump_json() == folded(jobs).model_dump_json()


@settings(max_examples=30, deadline=None)
@given(st.lists(events, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_storage_between_two_applications_changes_nothing(
    found: list[TasteEvent], chance: random.Random
) -> None:
    jobs = [(f"job-{i}", happened) for i, happened in enumerate(found)]
    straight, stored = folded(jobs), empty("ada")
    chance.shuffle(jobs)
    for job_id, happened in jobs:
        again = TasteEvent.model_validate_json(happened.model_dump_json())
        stored = TasteProfile.model_validate_json(apply(stored, again, job_id).model_dump_json(by_alias=True))
    assert stored.model_dump_json() == straight.model_dump_json()


def test_limits_are_chosen_without_regard_to_order() -> None:
    chance = random.Random(3)
    opinions = [
        (f"w{chance.randrange(60)}", chance.random() < 0.5, START + timedelta(hours=i)) for i in range(300)
    ]
    tables = []
    for _ in range(4):
        chance.shuffle(opinions)
        table: dict[str, Tally] = {}
        for word, liked, at in opinions:
            table = counted(table, [word], 1.0, at, liked=liked, limit=20)
        tables.append(table)
    assert len(tables[0]) == 20
    assert all(table == tables[0] for table in tables)
    full: dict[str, Tally] = {}
    for word, liked, at in opinions:
        full = counted(full, [word], 1.0, at, liked=liked, limit=1000)
    assert bounded(full, 20) == tables[0]


def test_stances_keep_the_newest_whatever_came_first() -> None:
    from core.taste.events import Declaration

    chance = random.Random(4)
    said = [
        (Declaration(subject="brand", word=f"b{chance.randrange(400)}", avoid=chance.random() < 0.5), i)
        for i in range(900)
    ]
    results = []
    for _ in range(3):
        chance.shuffle(said)
        stances: dict[str, Stance] = {}
        for declaration, i in said:
            stances = declared(stances, [declaration], START + timedelta(minutes=i), f"job-{i}")
        results.append(stances)
    assert len(results[0]) == MOST_STANCES
    assert results[0] == results[1] == results[2]


@settings(max_examples=40, deadline=None)
@given(st.lists(events, max_size=5))
def test_the_belief_of_any_profile_is_proper(found: list[TasteEvent]) -> None:
    belief = Taste(folded([(str(i), e) for i, e in enumerate(found)]), LATER).belief
    cholesky(belief.covariance)


def test_a_job_that_comes_again_is_the_very_same_profile() -> None:
    once = apply(empty("ada"), event(), "job")
    assert apply(once, event(), "job") is once
    assert apply(once, event(), "another").counts == {"item_reaction": 2}


def test_likes_pull_dislikes_push_and_skips_only_enter_the_ledger() -> None:
    for answer, sign in (("like", 1), ("love", 1), ("dislike", -1)):
        profile = apply(empty("ada"), reaction(answer, {"fit": 0.9}), "j")
        assert Taste(profile, START).belief.position[NAMES.index("fit")] * sign > 0
    skipped = apply(empty("ada"), reaction("skip", {"fit": 0.9}), "j")
    assert skipped.model_copy(update={"ledger": Ledger(), "newest_at": None}) == empty("ada")
    assert skipped.ledger.holds("j", START)


def test_a_left_swipe_moves_a_tally() -> None:
    profile = apply(empty("ada"), reaction("dislike", {}, colours=["Lime Green"], brands=["acme"]), "j")
    assert profile.colours["lime-green"].score(START) < 0
    assert profile.brands["acme"].dislikes == 1


def test_weights_order_the_kinds() -> None:
    def moved(kind: str) -> float:
        profile = apply(empty("ada"), event(kind=kind), "j")
        return Taste(profile, START).belief.position[0]

    by_weight = sorted(WEIGHTS, key=lambda kind: WEIGHTS[kind])
    assert [moved(kind) for kind in by_weight] == sorted(moved(kind) for kind in by_weight)


def test_old_evidence_fades_by_half_in_a_year() -> None:
    profile = apply(empty("ada"), event(), "j")
    now, year = (Taste(profile, START + timedelta(days=365 * n)).belief for n in (0, 1))
    gained = [1 / b.covariance[0][0] - 1 / 2.25 for b in (now, year)]
    assert gained[1] == pytest.approx(gained[0] / 2, rel=1e-3)
    assert 0 < year.position[0] < now.position[0]


def test_a_new_opinion_outweighs_an_old_one() -> None:
    profile = apply(empty("ada"), event(), "old")
    piece = {"subject": "suit", "label": "Suit", "answer": "dislike", "facets": {"formality": 0.8}}
    later = event(evidence=[piece], occurred_at=START + timedelta(days=300))
    assert Taste(apply(profile, later, "new"), START + timedelta(days=301)).belief.position[0] < 0


def test_many_reactions_find_the_taste_a_quiz_would() -> None:
    """Each event is weighed alone; together they still point where the person's taste lies."""
    chance, profile = random.Random(8), empty("ada")
    taste = [chance.gauss(0, 1.5) for _ in range(DIMENSIONS)]
    for i in range(150):
        look = {name: chance.uniform(-1, 1) for name in NAMES}
        worth = sum(t * x for t, x in zip(taste, look.values(), strict=True)) + chance.gauss(0, 1)
        profile = apply(profile, reaction("like" if worth > 0 else "dislike", look), f"j{i}")
    assert cosine(Taste(profile, START).belief.position, taste) > 0.9


def test_declared_avoids_always_win_until_taken_back() -> None:
    liked = reaction("love", {"formality": 1.0}, colours=["green"])
    profile = apply(empty("ada"), liked, "1")
    avoid = event(evidence=[], declarations=[{"subject": "colour", "word": "Green"}], occurred_at=START)
    profile = apply(profile, avoid, "2")
    taste = Taste(profile, START)
    assert taste.appeal({"formality": 1.0}, {"colour": ["green"]}) == 0
    assert taste.appeal({"formality": 1.0}, {"colour": ["red"]}) > 0.5
    back = {"subject": "colour", "word": "green", "avoid": False}
    profile = apply(profile, event(evidence=[], declarations=[back], occurred_at=LATER), "3")
    assert Taste(profile, LATER).appeal({"formality": 1.0}, {"colour": ["green"]}) > 0.5


def test_affinities_and_position_raise_appeal() -> None:
    profile = apply(empty("ada"), reaction("love", {"trend": 1.0}, brands=["acme"]), "1")
    taste = Taste(profile, START)
    assert taste.appeal({}) == 0.5
    assert taste.appeal({"trend": 1.0}) > 0.5 > taste.appeal({"trend": -1.0})
    assert taste.appeal({}, {"brand": ["acme"]}) > taste.appeal({}, {"brand": ["unknown"]}) == 0.5


def test_a_profile_is_shown_as_it_is_believed() -> None:
    loved = event(kind="quiz", evidence=[{**LOOK, "answer": "love"}] * 3)
    taste = Taste(apply(empty("ada"), loved, "1"), START)
    for index, (facet, shown) in enumerate(zip(FACETS, taste.view().facets, strict=True)):
        mean, variance = taste.belief.position[index], taste.belief.covariance[index][index]
        sd = sqrt(variance + DAY_TO_DAY_SD**2)
        assert (shown.facet, shown.low, shown.high) == (facet.name, facet.low, facet.high)
        assert shown.description == facet.description
        assert (1 + shown.position) / 2 == pytest.approx(NormalDist(0, PRIOR_SD).cdf(mean), abs=0.0003)
        assert shown.uncertainty == pytest.approx(min(1, sd / PRIOR_SD), abs=0.0006)
        side = facet.high if mean > 0 else facet.low
        assert shown.leaning == ("open" if abs(mean) < sd else side)
    assert {shown.leaning for shown in taste.view().facets} > {"open"}
    assert (taste.view().opinions, taste.view().as_of) == ({"quiz": 3}, START)


LOOK: dict[str, Any] = {"subject": "look", "label": "Look", "facets": {"vividness": 1.0, "formality": -1.0}}


def test_an_outlook_adds_up_what_is_known_and_how_unsure_it_is() -> None:
    piece = {**LOOK, "answer": "love", "colours": ["red", "navy"], "brands": ["acme"]}
    taste = Taste(apply(empty("ada"), event(evidence=[piece]), "1"), START)
    x = coordinates(LOOK["facets"])
    plain = taste.outlook({"vividness": 1.0, "formality": -1.0})
    assert plain.mean == pytest.approx(sum(a * b for a, b in zip(x, taste.belief.position, strict=True)))
    covariance = taste.belief.position_covariance
    spread = sum(a * row[j] * x[j] for a, row in zip(x, covariance, strict=True) for j in range(len(x)))
    assert plain.sd**2 == pytest.approx(spread + DAY_TO_DAY_SD**2 * sum(a * a for a in x))
    scores = {word: tally.score(START) for word, tally in taste.profile.colours.items()}
    assert scores["red"] > 0
    words: dict[Subject, list[str]] = {"colour": ["red", "teal"], "brand": ["acme"], "pattern": ["striped"]}
    known = [AFFINITY_WEIGHT * scores["red"], AFFINITY_WEIGHT * taste.profile.brands["acme"].score(START)]
    assert taste.outlook({}, words).mean == pytest.approx(sum(known) / 2)
    assert taste.outlook({}, words).sd == 0


def test_the_strongest_affinities_are_shown_first_then_the_best_founded() -> None:
    profile = empty("ada").model_copy(
        update={
            "colours": {
                "blue": Tally(liked=fixed(4, START), likes=4),
                "aqua": Tally(liked=fixed(4, START), likes=4),
                "grey": Tally(liked=fixed(2, START), disliked=fixed(2, START), likes=2, dislikes=2),
                "lime": Tally(disliked=fixed(9, START), dislikes=9),
                "pink": Tally(liked=fixed(4, START), likes=8),
            },
            "brands": {f"b{n:02}": Tally(liked=fixed(n + 1, START), likes=n + 1) for n in range(25)},
        }
    )
    view = Taste(profile, START).view()
    assert [one.word for one in view.colours] == ["lime", "pink", "aqua", "blue", "grey"]
    assert [(one.likes, one.dislikes) for one in view.colours] == [(0, 9), (8, 0), (4, 0), (4, 0), (2, 2)]
    assert view.colours[0].score == pytest.approx(-9 / 11, abs=0.0006)
    assert [one.word for one in view.brands] == [f"b{n:02}" for n in range(24, 4, -1)]
    assert view.categories == []


@pytest.mark.parametrize(("answer", "weight"), [("like", 1.0), ("love", 1.5), ("dislike", 1.0)])
@pytest.mark.parametrize("kind", ["quiz", "wear"])
def test_an_opinion_counts_by_its_kind_and_what_is_loved_more(
    answer: str, weight: float, kind: EventKind
) -> None:
    piece = {**LOOK, "answer": answer, "colours": ["red"], "categories": ["coat"]}
    profile = apply(empty("ada"), event(kind=kind, evidence=[piece]), "1")
    for table in (profile.colours, profile.categories):
        (tally,) = table.values()
        assert worth(tally.liked + tally.disliked, START) == pytest.approx(WEIGHTS[kind] * weight)
        assert (tally.likes, tally.dislikes) == ((0, 1) if answer == "dislike" else (1, 0))
    assert (profile.brands, profile.newest_at) == ({}, START)
    asked = apply(empty("ada"), event(kind="quiz", evidence=[piece]), "1")
    for mine, whole in zip(profile.precision + profile.shift, asked.precision + asked.shift, strict=True):
        assert mine == pytest.approx(whole * WEIGHTS[kind], abs=2)


def test_a_profile_knows_when_it_was_last_told_something() -> None:
    profile = apply(empty("ada"), event(occurred_at=LATER), "1")
    assert apply(profile, event(), "2").newest_at == LATER
    newest_at = apply(profile, event(occurred_at=LATER + timedelta(days=1)), "2").newest_at
    assert newest_at is not None
    assert newest_at > LATER


def test_a_profile_explains_itself() -> None:
    profile = apply(empty("ada"), event(kind="quiz"), "1")
    disliked = {"subject": "tee", "label": "Worn tee", "answer": "dislike", "facets": {"formality": -0.9}}
    profile = apply(profile, event(kind="quiz", evidence=[disliked]), "2")
    view = Taste(profile, START).view()
    formality = next(facet for facet in view.facets if facet.facet == "formality")
    assert formality.because == ["you turned down “Worn tee”", "you liked “Camel coat”"]
    assert formality.position > 0
    assert formality.uncertainty < 1
    untouched = next(facet for facet in view.facets if facet.facet == "coverage")
    assert (untouched.because, untouched.uncertainty, untouched.leaning) == ([], 1.0, "open")


def test_one_thing_is_one_reason_however_often_it_is_worn() -> None:
    profile = empty("ada")
    for i in range(50):
        worn = event(kind="wear", occurred_at=START + timedelta(days=i))
        profile = apply(profile, worn, f"w{i}")
    for i in range(KEPT + 3):
        piece = {"subject": f"s{i}", "label": f"S{i}", "answer": "like", "facets": {"formality": 0.5}}
        profile = apply(profile, event(evidence=[piece]), f"s{i}")
    kept = profile.reasons["formality"]["high"]
    assert len(kept) == KEPT
    assert len({reason.subject for reason in kept}) == KEPT


def test_the_ledger_closes_old_days_and_says_so() -> None:
    profile = apply(empty("ada"), event(), "first")
    profile = apply(profile, event(occurred_at=START + timedelta(days=OPEN_DAYS + 1)), "late")
    with pytest.raises(EventTooOld, match="2026-03-01"):
        apply(profile, event(), "first")
    with pytest.raises(EventTooOld):
        apply(profile, event(), "never seen")
    assert (
        apply(profile, event(occurred_at=START + timedelta(days=1)), "open still").counts["item_reaction"]
        == 3
    )


def test_the_ledger_is_bounded_by_jobs_and_keeps_the_newest_day() -> None:
    full = Ledger(
        days={date(2026, 3, d): "".join(f"{d:02}{i:014}" for i in range(4000)) for d in range(1, 9)}
    )
    after = full.with_job("new", datetime(2026, 3, 9, tzinfo=UTC))
    assert sum(map(len, after.days.values())) // 16 <= MOST_JOBS
    assert after.closed_before == date(2026, 3, 2)
    assert after.holds("new", datetime(2026, 3, 9, tzinfo=UTC))


def test_a_flooded_day_is_refused() -> None:
    full = Ledger(days={START.date(): "".join(f"{i:016}" for i in range(MOST_PER_DAY))})
    with pytest.raises(TooManyTasteEvents):
        full.with_job("one more", START)


def test_a_full_profile_fits_its_document() -> None:
    """Every bound reached at once: below half of Cosmos DB's 2 MB."""
    marks = dict.fromkeys((START.date() + timedelta(days=d) for d in range(OPEN_DAYS)), "x" * 16 * 75)
    tally = Tally(liked=10**24, disliked=10**24, likes=10**6, dislikes=10**6)
    moved = apply(empty("ada"), reaction("love", dict.fromkeys(NAMES, 1.0)), "j")
    reason = moved.reasons["fit"]["high"][0].model_copy(update={"label": "L" * 120, "subject": "s" * 120})
    profile = moved.model_copy(
        update={
            "ledger": Ledger(days=marks),
            "brands": {f"{i:060}": tally for i in range(2000)},
            "categories": {f"{i:060}": tally for i in range(400)},
            "colours": {f"{i:060}": tally for i in range(100)},
            "stances": {
                f"brand:{i:060}": Stance(avoid=True, said_at=START, said_in="j" * 36) for i in range(300)
            },
            "reasons": {name: dict.fromkeys(("high", "low"), (reason,) * KEPT) for name in NAMES},
        }
    )
    assert len(profile.model_dump_json()) < 1_300_000


def test_a_reset_forgets_and_stays_forgotten() -> None:
    profile = apply(empty("ada"), event(), "before")
    stored = profile.model_copy(update={"etag": "v7", "written_at": 9})
    kept = reset(stored, START + timedelta(hours=1))
    assert (kept.etag, kept.written_at, kept.ledger) == ("v7", 9, profile.ledger)
    blank = reset(profile, START + timedelta(hours=1))
    assert blank.precision == empty("ada").precision
    assert apply(blank, event(), "before") is blank
    late = apply(blank, event(), "in flight")
    assert late.counts == {}
    assert late.ledger.holds("in flight", START)
    assert apply(late, event(occurred_at=LATER), "after").counts == {"item_reaction": 1}


def test_events_that_cannot_be_right_are_refused() -> None:
    with pytest.raises(EventNotBelievable):
        apply(empty("bob"), event(), "j")
    with pytest.raises(EventNotBelievable):
        check(event(), user_id="bob", now=START)
    with pytest.raises(EventNotBelievable, match="future"):
        check(event(), user_id="ada", now=START - timedelta(minutes=6))
    check(event(), user_id="ada", now=START - timedelta(minutes=4))
    with pytest.raises(EventUnread):
        apply(empty("ada"), event(kind="statement", evidence=[], text="I love linen"), "j")


@pytest.mark.parametrize(
    "wrong",
    [
        {"evidence": []},
        {"text": "words"},
        {"version": 2},
        {"kind": "swipe"},
        {"occurred_at": "2026-03-01T12:00:00"},
        {"speed_ms": 120},
        {"evidence": [{"subject": "x", "label": "x", "answer": "like", "facets": {"taste": 1}}]},
        {"evidence": [{"subject": "x", "label": "x", "answer": "like", "facets": {"fit": 1.2}}]},
        {"evidence": [{"subject": "x", "label": "x", "answer": "like", "facets": {"fit": float("nan")}}]},
    ],
)
def test_a_malformed_event_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        event(**wrong)


def test_a_moment_is_the_same_moment_in_any_zone() -> None:
    assert event(occurred_at="2026-03-01T13:00:00+01:00") == event(occurred_at="2026-03-01T12:00:00Z")


def reading(**fields: object) -> StatementReading:
    return StatementReading.model_validate({**{name: [] for name in StatementReading.model_fields}, **fields})


def test_a_statement_is_read_into_evidence_and_declarations() -> None:
    said = event(
        kind="statement", evidence=[], text="I now love green, never show me leather, keep it minimal"
    )
    assert said.unread
    read = said.read_as(
        reading(
            leanings=[{"facet": "richness", "towards": "low", "strength": "strong"}],
            likes=[{"subject": "colour", "word": "Green"}],
            avoids=[{"subject": "material", "word": "leather"}, {"subject": "brand", "word": " "}],
            no_longer_avoids=[{"subject": "colour", "word": "green"}],
        )
    )
    assert not read.unread
    profile = apply(empty("ada"), read, "j")
    taste = Taste(profile, START)
    assert taste.belief.position[NAMES.index("richness")] < 0
    assert profile.colours["green"].likes == 1
    assert taste.avoids == {("material", "leather")}
    richness = next(facet for facet in taste.view().facets if facet.facet == "richness")
    assert richness.because == ["you said you love minimal clothes"]
    assert "never show me" not in profile.model_dump_json()


@pytest.mark.parametrize(("said", "side"), [("dislikes", -1), ("likes", 1)])
def test_what_is_said_of_a_colour_outweighs_the_longest_quiz_of_looks_that_have_it(
    said: str, side: int
) -> None:
    answer = "love" if side < 0 else "dislike"
    card = {"subject": "card:x", "label": "A look", "answer": answer, "colours": ["brown"]}
    profile = apply(empty("ada"), event(kind="quiz", evidence=[card] * MOST_ANSWERS), "quiz")
    assert profile.colours["brown"].score(START) * side < 0
    told = event(kind="statement", evidence=[], text="About brown")
    read = told.read_as(reading(**{said: [{"subject": "colour", "word": "Brown"}]}))
    assert apply(profile, read, "said").colours["brown"].score(START) * side > 0


def test_quiz_answers_from_before_a_reset_do_not_come_back_with_the_quiz() -> None:
    session = quiz.opened("q", "ada", now=START)
    cards = []
    for day in range(4):
        assert session.card_id is not None
        cards.append(session.card_id)
        given = NewAnswer(card_id=session.card_id, answer="love")
        session = quiz.answered(session, given, now=START + timedelta(days=day))
    handed_in = quiz.completed(session, now=START + timedelta(days=9))
    forgotten = reset(empty("ada"), START + timedelta(days=1))
    assert apply(forgotten, quiz.event(handed_in), "j").counts == {"quiz": 2}
    only_later = quiz.event(
        handed_in.model_copy(
            update={"answers": tuple(a for a in handed_in.answers if a.card_id in cards[2:])}
        )
    )
    assert apply(forgotten, quiz.event(handed_in), "j") == apply(forgotten, only_later, "j")
    late = reset(empty("ada"), START + timedelta(days=5))
    nothing = apply(late, quiz.event(handed_in), "j")
    assert nothing == late.model_copy(update={"ledger": nothing.ledger})


def test_a_statement_about_nothing_is_a_skip() -> None:
    said = event(kind="statement", evidence=[], text="What is the weather?")
    profile = apply(empty("ada"), said.read_as(reading()), "j")
    assert profile.counts == {}
    assert profile.ledger.holds("j", START)


VERSION_1 = {
    "id": "ada",
    "userId": "ada",
    "_etag": "e",
    "schema_version": 1,
    "facets": {"formality": {"mean": 1.2, "count": 10}, "fit": {"mean": -0.5, "count": 4}},
    "colours": {"navy": [5, 1]},
    "avoids": [{"subject": "material", "word": "fur"}],
    "applied": [{"job_id": "job-1", "day": "2026-02-20"}],
    "updated_at": "2026-03-01T12:00:00Z",
}


def test_a_profile_of_version_1_is_migrated_when_read() -> None:
    profile = TasteProfile.model_validate(VERSION_1)
    taste = Taste(profile, START)
    assert (profile.schema_version, profile.etag) == (2, "e")
    assert taste.belief.position[0] == pytest.approx(1.2 * 2 / (2 + 1 / 2.25), rel=1e-6)
    assert taste.belief.position[NAMES.index("fit")] < 0
    assert profile.colours["navy"].evidence == 6
    assert taste.avoids == {("material", "fur")}
    updated = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert (profile.newest_at, profile.stances["material:fur"].said_at) == (updated, updated)
    navy = profile.colours["navy"]
    assert (navy.likes, navy.dislikes) == (5, 1)
    assert navy.score(updated) == pytest.approx((5 - 1) / (6 + 2))
    fit = NAMES.index("fit")
    assert 1 / taste.belief.covariance[fit][fit] - 1 / 2.25 == pytest.approx(0.2 * 4, rel=1e-6)
    assert taste.belief.covariance[fit][0] == pytest.approx(0, abs=1e-12)
    old = event(occurred_at=datetime(2026, 2, 20, 9, tzinfo=UTC))
    assert apply(profile, old, "job-1") is profile
    assert apply(profile, old, "job-2").counts == {"item_reaction": 1}
    assert TasteProfile.model_validate_json(profile.model_dump_json(by_alias=True)) == profile


def test_an_almost_empty_profile_of_version_1_is_migrated_too() -> None:
    bare = TasteProfile.model_validate({"id": "ada", "userId": "ada", "schema_version": 1})
    assert bare.precision == empty("ada").precision


def test_a_profile_of_a_newer_version_is_left_alone() -> None:
    with pytest.raises(ProfileTooNew):
        TasteProfile.model_validate({"id": "ada", "userId": "ada", "schema_version": 3})
