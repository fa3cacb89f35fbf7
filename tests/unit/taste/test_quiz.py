"""The quiz as a pure state: resumed, repeated, corrected, skipped, stopped, handed in."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.taste import quiz
from core.taste.belief import PRIOR_SD, Answer, Belief, believe, prior
from core.taste.deck import by_id, deck
from core.taste.drawing import draw
from core.taste.errors import CardNotInQuiz, QuizCompleted, QuizUnanswered
from core.taste.facets import FACETS
from core.taste.gaussian import cosine
from core.taste.quiz import NewAnswer, QuizSession
from core.taste.selection import ALIKE, NEARLY_BEST, information_gain, next_card

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def start(number: int = 1) -> QuizSession:
    return quiz.opened(str(UUID(int=number)), "ada", now=NOW)


def answer(session: QuizSession, value: str, card_id: str | None = None) -> QuizSession:
    card = card_id or session.card_id
    assert card is not None
    return quiz.answered(session, NewAnswer.model_validate({"card_id": card, "answer": value}), now=NOW)


def played(session: QuizSession, seed: int, *, among: str = "like dislike love skip") -> QuizSession:
    chance = random.Random(seed)
    while session.card_id is not None:
        session = answer(session, chance.choice(among.split()))
    return session


def test_a_quiz_opens_with_a_card_and_no_answers() -> None:
    view = quiz.view(start())
    assert view.card is not None
    assert view.card.picture.startswith("<svg")
    assert (view.answered, view.done, view.status, view.certainty) == (0, False, "open", 0)


def test_the_belief_is_shown_as_it_moves() -> None:
    first = start()
    before = quiz.view(first)
    assert {(one.mean, one.sd) for one in before.belief} == {(0.0, 1.0)}
    assert [one.facet for one in before.belief] == [facet.name for facet in FACETS]
    assert before.card is not None
    for said, side in (("love", 1), ("dislike", -1)):
        for one in quiz.view(answer(first, said)).belief:
            shown = before.card.facets.get(one.facet, 0.0)
            assert one.mean * shown * side >= 0
            assert one.sd < 1 if abs(shown) > 0.3 else one.sd <= 1


def test_a_belief_is_shown_in_units_of_how_far_people_spread() -> None:
    session = answer(answer(start(), "love"), "dislike")
    believed, view = quiz.belief(session), quiz.view(session)
    for index, (facet, one) in enumerate(zip(FACETS, view.belief, strict=True)):
        assert (one.facet, one.low, one.high) == (facet.name, facet.low, facet.high)
        assert one.mean * PRIOR_SD == pytest.approx(believed.mean[index], abs=0.001)
        assert (one.sd * PRIOR_SD) ** 2 == pytest.approx(believed.covariance[index][index], abs=0.004)
    assert view.certainty == pytest.approx(believed.agreement, abs=0.0005)
    assert (view.quiz_id, view.answered) == (session.id, 2)


def test_a_card_is_shown_as_it_is() -> None:
    for card in deck()[:5]:
        shown = quiz.shown(card)
        same = ("card_id", "title", "palette", "facets")
        assert [getattr(shown, name) for name in same] == [getattr(card, name) for name in same]
        assert (shown.tags, shown.picture) == (list(card.tags), draw(card))


def test_two_quizzes_need_not_begin_alike_but_one_always_does() -> None:
    assert len({start(n).card_id for n in range(12)}) > 1
    assert start(3) == start(3)


def test_the_same_answer_again_changes_nothing() -> None:
    before = start()
    once = answer(before, "like")
    assert answer(once, "like", before.card_id) is once


def test_a_changed_mind_replaces_the_answer_and_does_not_move_on() -> None:
    first = start()
    second = answer(first, "like")
    changed = answer(second, "dislike", first.card_id)
    assert [a.answer for a in changed.answers] == ["dislike"]
    assert changed.card_id == second.card_id


def test_a_card_the_quiz_has_not_shown_is_refused() -> None:
    session = start()
    other = next(card.card_id for card in deck() if card.card_id != session.card_id)
    for card_id in (other, "no-such-card"):
        with pytest.raises(CardNotInQuiz):
            answer(session, "like", card_id)


@pytest.mark.parametrize("value", ["meh", "", "LIKE", None, 1])
def test_an_unknown_answer_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="answer"):
        NewAnswer.model_validate({"card_id": "x", "answer": value})


def test_a_session_survives_storage() -> None:
    session = answer(answer(start(), "like"), "skip")
    stored = QuizSession.model_validate_json(session.model_dump_json(by_alias=True))
    assert stored == session
    assert answer(stored, "love") == answer(session, "love")


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6))
def test_every_quiz_ends_never_asks_twice_and_neighbours_differ(seed: int) -> None:
    done = played(start(seed), seed)
    cards = [by_id()[given.card_id] for given in done.answers]
    assert len({card.card_id for card in cards}) == len(cards) <= quiz.MOST_CARDS
    assert sum(given.answer != "skip" for given in done.answers) <= quiz.MOST_ANSWERS
    assert all(cosine(a.vector, b.vector) <= ALIKE[0] for a, b in pairwise(cards))


@pytest.mark.parametrize(
    ("opinions", "skips", "agreement", "over"),
    [
        (quiz.FEWEST_ANSWERS, 0, quiz.CERTAIN, True),
        (quiz.FEWEST_ANSWERS - 1, 1, quiz.CERTAIN, False),
        (quiz.FEWEST_ANSWERS, 0, quiz.CERTAIN - 0.001, False),
        (quiz.MOST_ANSWERS, 0, 0.5, True),
        (quiz.MOST_ANSWERS - 1, 1, 0.5, False),
        (quiz.MOST_ANSWERS - 1, quiz.MOST_CARDS - quiz.MOST_ANSWERS + 1, 0.5, True),
        (quiz.MOST_ANSWERS - 1, quiz.MOST_CARDS - quiz.MOST_ANSWERS, 0.5, False),
    ],
)
def test_a_quiz_ends_when_it_is_certain_or_has_asked_enough(
    monkeypatch: pytest.MonkeyPatch, opinions: int, skips: int, agreement: float, over: bool
) -> None:
    monkeypatch.setattr(Belief, "agreement", agreement)
    said = ["like"] * (opinions - 1) + ["skip"] * skips
    given = tuple(
        quiz.GivenAnswer.model_validate({"card_id": card.card_id, "answer": a, "answered_at": NOW})
        for card, a in zip(deck(), said, strict=False)
    )
    asked = deck()[len(said)].card_id
    session = start().model_copy(update={"answers": given, "card_id": asked})
    assert answer(session, "like").done is over


def test_who_only_skips_is_let_go_and_has_nothing_to_hand_in() -> None:
    done = played(start(), 1, among="skip")
    assert done.answered == quiz.MOST_CARDS
    with pytest.raises(QuizUnanswered):
        quiz.completed(done, now=NOW)


def test_a_clear_taste_is_asked_less_than_the_most() -> None:
    session = start()
    while session.card_id is not None:
        liked = (
            by_id()[session.card_id].facets["formality"] + by_id()[session.card_id].facets["lightness"] > 0
        )
        session = answer(session, "love" if liked else "dislike")
    assert quiz.FEWEST_ANSWERS <= session.answered < quiz.MOST_ANSWERS
    assert quiz.belief(session).agreement >= quiz.CERTAIN


def test_completing_twice_is_completing_once_and_closes_the_quiz() -> None:
    session = answer(answer(start(), "like"), "dislike")
    done = quiz.completed(session, now=NOW)
    assert quiz.completed(done, now=NOW + timedelta(hours=1)) is done
    assert answer(done, "like", session.answers[0].card_id) is done
    with pytest.raises(QuizCompleted):
        answer(done, "love", session.answers[0].card_id)
    assert quiz.view(done).done


def test_the_event_carries_every_opinion_and_no_skip() -> None:
    done = quiz.completed(played(start(5), 5), now=NOW)
    event = quiz.event(done)
    assert event == quiz.event(done)
    assert event.key == f"quiz:{done.id}"
    assert len(event.evidence) == sum(given.answer != "skip" for given in done.answers)
    assert (event.user_id, event.kind, event.source_id) == ("ada", "quiz", done.id)
    assert event.occurred_at == done.completed_at == NOW
    opinions = [given for given in done.answers if given.answer != "skip"]
    for said, piece in zip(opinions, event.evidence, strict=True):
        card = by_id()[said.card_id]
        assert (piece.subject, piece.label) == (f"card:{card.card_id}", card.title)
        assert (piece.answer, piece.given_at, piece.facets) == (said.answer, NOW, card.facets)
        assert [*piece.colours] == card.colour_families
        assert [*piece.categories] == card.kinds


def test_a_quiz_whose_cards_all_left_the_deck_says_nothing() -> None:
    session = quiz.completed(answer(start(), "like"), now=NOW)
    gone = session.model_copy(
        update={"answers": tuple(a.model_copy(update={"card_id": "gone"}) for a in session.answers)}
    )
    assert [piece.answer for piece in quiz.event(gone).evidence] == ["skip"]


def test_an_open_quiz_is_no_event() -> None:
    with pytest.raises(ValueError, match="open"):
        quiz.event(start())


def test_a_card_that_left_the_deck_is_passed_over() -> None:
    session = answer(start(), "like")
    gone = session.model_copy(update={"card_id": "gone", "answers": (*session.answers,)})
    assert quiz.view(gone).done
    after = quiz.answered(gone, NewAnswer(card_id="gone", answer="like"), now=NOW)
    assert after.card_id in by_id()


def test_information_gain_equals_brute_force() -> None:
    """Against sampling position and ease from the belief, for a belief with correlations."""
    from math import log2

    from core.taste.belief import chances
    from core.taste.gaussian import cholesky

    said: list[Answer] = ["like", "love", "dislike"]
    belief = believe((card.facets, answer) for card, answer in zip(deck(), said * 3, strict=False))
    lower, chance = cholesky(belief.covariance), random.Random(1)
    card = deck()[40]
    x = (*card.vector, 1.0)
    draws = []
    for _ in range(4000):
        z = [chance.gauss(0, 1) for _ in x]
        t = [
            m + sum(a * b for a, b in zip(row, z, strict=False))
            for m, row in zip(belief.mean, lower, strict=True)
        ]
        draws.append(chances(sum(a * b for a, b in zip(x, t, strict=True))))

    def entropy(p: tuple[float, ...]) -> float:
        return -sum(q * log2(q) for q in p if q > 0)

    mean = tuple(sum(column) / len(draws) for column in zip(*draws, strict=True))
    expected = entropy(mean) - sum(map(entropy, draws)) / len(draws)
    assert information_gain(belief, card.vector) == pytest.approx(expected, abs=0.02)


def test_of_nearly_best_questions_the_seed_decides_and_no_other_is_asked() -> None:
    """Against all cards' gains, worked out one by one."""
    belief = believe((card.facets, "like") for card in deck()[:3])
    shown = [*deck()[:3]]
    near = [
        card
        for card in deck()[3:]
        if cosine(card.vector, shown[-1].vector) <= ALIKE[0]
        and cosine(card.vector, shown[-2].vector) <= ALIKE[1]
    ]
    best = max(information_gain(belief, card.vector) for card in near)
    good = {card.card_id for card in near if information_gain(belief, card.vector) >= NEARLY_BEST * best}
    asked = {card.card_id for n in range(60) if (card := next_card(belief, deck(), shown, f"s{n}"))}
    assert asked == good


def test_looks_too_like_the_last_ones_wait_unless_nothing_else_is_left() -> None:
    alike = deck()[0].model_copy(update={"card_id": "twin"})
    other = min(deck(), key=lambda card: cosine(card.vector, alike.vector))
    assert next_card(prior(), [alike, other], [deck()[0]], "s") is other
    assert next_card(prior(), [alike], [deck()[0]], "s") is alike


def test_an_exhausted_deck_has_no_next_card() -> None:
    cards = deck()[:2]
    assert next_card(prior(), cards, cards, "s") is None
    assert next_card(prior(), cards, cards[:1], "s") is cards[1]
