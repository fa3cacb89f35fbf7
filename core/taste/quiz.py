"""A quiz: a pure state that knows which card it waits for, so any device can go on with it.

The belief is not stored: it follows from the answers, and the card that is shown is stored, so a deploy that
changes the deck or the choice of cards does not change the question somebody is looking at. An answer to a
card already answered replaces that answer (people change their minds, and clients send twice); it is never
counted twice and does not move the quiz on.
"""

from __future__ import annotations

from datetime import datetime
from math import sqrt
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.platform.examples import example, given_by
from core.platform.models import Document, PathId, Wire
from core.taste.belief import PRIOR_SD, Answer, Belief, believe
from core.taste.deck import Card, by_id, deck
from core.taste.drawing import draw
from core.taste.errors import CardNotInQuiz, QuizCompleted, QuizUnanswered
from core.taste.events import Evidence, Moment, TasteEvent
from core.taste.facets import FACETS
from core.taste.selection import next_card

MOST_ANSWERS: Final = 40
FEWEST_ANSWERS: Final = 12
MOST_CARDS: Final = 80
"""Cards shown at most, those that were skipped included."""
CERTAIN: Final = 0.85
"""Expected agreement (``Belief.agreement``) from which no further card is asked.

In the bench the cosine with the true taste is then 0.91 on average: the approximation errs on the low side.
"""


class GivenAnswer(BaseModel):
    """The answer to one card."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    card_id: str
    answer: Answer
    answered_at: Moment


class QuizSession(Document):
    """One run of the quiz; ``card_id`` is the card it waits for, ``None`` when it is done asking."""

    status: Literal["open", "completed"] = "open"
    seed: str
    card_id: str | None = None
    answers: tuple[GivenAnswer, ...] = ()
    opened_at: Moment
    completed_at: Moment | None = None

    @property
    def answered(self) -> int:
        """How many cards have an answer, skips included."""
        return len(self.answers)

    @property
    def done(self) -> bool:
        """Whether there is nothing more to ask; it may be completed earlier."""
        return self.card_id is None


class CardView(Wire):
    """A card as it is shown. ``picture`` is an SVG with its own title and description."""

    model_config = example(
        card_id="linen-and-rope",
        title="Linen and rope",
        palette=["#c8b68f", "#1f2a44"],
        tags=["linen", "nautical"],
        facets={"classic": 0.2},
        picture='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 4"></svg>',
    )

    card_id: str
    title: str
    palette: list[str]
    tags: list[str]
    facets: dict[str, float]
    picture: str


class FacetBelief(Wire):
    """What the answers so far say of one facet: a normal distribution, in units of how far people spread.

    Of people in general ``mean`` is 0 and ``sd`` 1, which is also what a quiz begins with.
    """

    model_config = example(facet="structure", low="fluid", high="tailored", mean=0.31, sd=0.84)

    facet: str
    low: str
    high: str
    mean: float
    sd: float


class QuizView(Wire):
    """Where a quiz stands. ``certainty`` is 0..1: the cosine to expect between belief and truth."""

    model_config = example(answered=0, done=False, status="open", certainty=0.12)

    quiz_id: str
    card: CardView | None
    answered: int
    done: bool
    status: Literal["open", "completed"]
    certainty: float
    belief: list[FacetBelief]


class NewQuiz(Wire):
    """A request for a quiz; nothing has to be said."""


class QuizPath(Wire):
    """Which quiz."""

    quiz_id: Annotated[PathId, given_by("start_taste_quiz", "/quiz_id")]


class NewAnswer(Wire):
    """An answer to the card that is shown, or to one answered before."""

    model_config = example(answer="like")

    card_id: Annotated[
        str,
        given_by("start_taste_quiz", "/card/card_id", "linen-and-rope"),
        Field(min_length=1, max_length=60),
    ]
    answer: Answer


def opened(quiz_id: str, user_id: str, *, now: datetime) -> QuizSession:
    """Return a new quiz with its first card; its id is also the seed of its choices."""
    card = _next((), quiz_id)
    return QuizSession.model_validate(
        {
            "id": quiz_id,
            "user_id": user_id,
            "seed": quiz_id,
            "card_id": card and card.card_id,
            "opened_at": now,
        }
    )


def answered(session: QuizSession, given: NewAnswer, *, now: datetime) -> QuizSession:
    """Return the quiz after an answer; the very same object if it said nothing new.

    Raises:
        QuizCompleted: it was handed in, and the answer differs from the one it was handed in with.
        CardNotInQuiz: the quiz has never shown that card.
    """
    before = {answer.card_id: answer for answer in session.answers}
    if given.card_id in before and before[given.card_id].answer == given.answer:
        return session
    if session.status == "completed":
        raise QuizCompleted("This quiz has been handed in; open a new one to change your answers.")
    if given.card_id not in before and given.card_id != session.card_id:
        raise CardNotInQuiz(_not_shown(given.card_id, session.card_id))
    new = GivenAnswer(card_id=given.card_id, answer=given.answer, answered_at=now)
    answers = tuple({**before, given.card_id: new}.values())
    if given.card_id in before:
        return session.model_copy(update={"answers": answers})
    card = _next(answers, session.seed)
    return session.model_copy(update={"answers": answers, "card_id": card and card.card_id})


def completed(session: QuizSession, *, now: datetime) -> QuizSession:
    """Return the quiz handed in; the very same object if it was before.

    Raises:
        QuizUnanswered: it has no answer but skips, so there would be nothing to learn.
    """
    if session.status == "completed":
        return session
    if all(answer.answer == "skip" for answer in session.answers):
        raise QuizUnanswered("Answer at least one card first.")
    return session.model_copy(update={"status": "completed", "completed_at": now, "card_id": None})


def event(session: QuizSession) -> TasteEvent:
    """Return what a completed quiz says, the same each time.

    Raises:
        ValueError: the quiz is still open.
    """
    if session.completed_at is None:
        raise ValueError("an open quiz is not an event yet")
    evidence = tuple(
        _evidence(card, given) for card, given in _known(session.answers) if given.answer != "skip"
    )
    return TasteEvent(
        key=f"quiz:{session.id}",
        user_id=session.user_id,
        kind="quiz",
        occurred_at=session.completed_at,
        source_id=session.id,
        evidence=evidence or (Evidence(subject="quiz", label="quiz", answer="skip"),),
    )


def belief(session: QuizSession) -> Belief:
    """Return what the answers so far say."""
    return _belief(session.answers)


def view(session: QuizSession) -> QuizView:
    """Return where the quiz stands, with the card it shows."""
    card = by_id().get(session.card_id) if session.card_id else None
    believed = belief(session)
    return QuizView(
        quiz_id=session.id,
        card=card and shown(card),
        answered=session.answered,
        done=card is None,
        status=session.status,
        certainty=round(believed.agreement, 3),
        belief=[_marginal(believed, index) for index in range(len(FACETS))],
    )


def shown(card: Card) -> CardView:
    """Return a card as it is shown."""
    return CardView(
        card_id=card.card_id,
        title=card.title,
        palette=card.palette,
        tags=list(card.tags),
        facets=card.facets,
        picture=draw(card),
    )


def _marginal(believed: Belief, index: int) -> FacetBelief:
    facet, spread = FACETS[index], sqrt(believed.covariance[index][index])
    return FacetBelief(
        facet=facet.name,
        low=facet.low,
        high=facet.high,
        mean=round(believed.mean[index] / PRIOR_SD, 3),
        sd=round(spread / PRIOR_SD, 3),
    )


def _not_shown(card_id: str, expected: str | None) -> str:
    waits = f"It waits for {expected}." if expected else "It waits for no card any more."
    return f"This quiz has not shown a card {card_id}. {waits}"


def _next(answers: tuple[GivenAnswer, ...], seed: str) -> Card | None:
    said = sum(answer.answer != "skip" for answer in answers)
    believed = _belief(answers)
    certain = said >= FEWEST_ANSWERS and believed.agreement >= CERTAIN
    if certain or said >= MOST_ANSWERS or len(answers) >= MOST_CARDS:
        return None
    return next_card(believed, deck(), [card for card, _ in _known(answers)], seed)


def _belief(answers: tuple[GivenAnswer, ...]) -> Belief:
    return believe((card.facets, answer.answer) for card, answer in _known(answers))


def _known(answers: tuple[GivenAnswer, ...]) -> list[tuple[Card, GivenAnswer]]:
    """Return the answers whose card is still in the deck, with it."""
    return [(by_id()[answer.card_id], answer) for answer in answers if answer.card_id in by_id()]


def _evidence(card: Card, given: GivenAnswer) -> Evidence:
    return Evidence.model_validate(
        {
            "subject": f"card:{card.card_id}",
            "label": card.title,
            "answer": given.answer,
            "facets": card.facets,
            "colours": card.colour_families,
            "categories": card.kinds,
            "given_at": given.answered_at,
        }
    )
