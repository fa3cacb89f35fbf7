"""What moves a taste profile: one ``TasteEvent`` for everything a person does or says about style.

An event is complete in itself: it carries the facets of what was judged, so it means the same whenever and in
whatever order it is applied, even after the item, the mood or the deck has changed. Only free text has to be
read by the model first, through ``StatementReading``; the text itself never enters the profile.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator

from core.platform.models import Wire
from core.taste.belief import Answer
from core.taste.errors import EventNotBelievable
from core.taste.facets import FacetName

type EventKind = Literal["quiz", "mood_reaction", "item_reaction", "digest_feedback", "wear", "statement"]
type Subject = Literal["colour", "category", "brand", "material", "pattern"]

MOST_EVIDENCE: Final = 60
CLOCK_SKEW: Final = timedelta(minutes=5)
WEIGHTS: Final[dict[EventKind, float]] = {
    "quiz": 1.0,
    "statement": 1.0,
    "digest_feedback": 0.7,
    "mood_reaction": 0.6,
    "item_reaction": 0.5,
    "wear": 0.35,
}
"""How much one piece of evidence of each kind counts, as a power of its likelihood.

A power below 1 is worth that share of a quiz answer. Said and asked outright counts in full; a finished
outfit tells more than a single piece, and that more than a wear, which also depends on weather and laundry.
The sign is the answer's: like and love pull towards the look, dislike (a left swipe) pushes away, a skip is
nothing. How fast somebody swipes is not recorded and cannot count. Powers of likelihoods: J. Ibrahim
and M.-H. Chen, "Power Prior Distributions for Regression Models", Statistical Science 15, 2000.
"""


def term(word: str) -> str:
    """Return a word in the form affinities are counted under: lower case, single hyphens for blanks."""
    return "-".join(word.replace("_", " ").split()).casefold()


def _term(value: object) -> object:
    return term(value) if isinstance(value, str) else value


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Word = Annotated[str, BeforeValidator(_term), StringConstraints(min_length=1, max_length=60)]
Position = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Words = Annotated[tuple[Word, ...], Field(max_length=8)]


SAID: Final = "said:"
"""How the subject of evidence begins that a person put into words about that very thing."""
OUTRIGHT: Final = 64.0
"""How many opinions on things that happen to have a word an opinion on the word itself counts for.

A liked look credits each of its colours and kinds, though only one may have been meant. What is said of one
of them is about nothing else, so it outweighs what the longest quiz can credit a word with: 40 cards that all
have it and are loved, 1.5 each. Like everything it fades, so later opinions do win in time.
"""


class Evidence(Wire):
    """One opinion about one thing. ``label`` is what an explanation calls the thing.

    ``given_at`` is for opinions given before the event they are in, such as the answers of a quiz.
    """

    subject: Annotated[str, Field(min_length=1, max_length=120)]
    label: Annotated[str, Field(min_length=1, max_length=120)]
    answer: Answer
    facets: dict[FacetName, Position] = Field(default_factory=dict)
    colours: Words = ()
    categories: Words = ()
    brands: Words = ()
    given_at: Moment | None = None

    @property
    def outright(self) -> bool:
        """Whether it is about its words themselves, not about a thing that has them among others."""
        return self.subject.startswith(SAID)


class Declaration(Wire):
    """Something a person never wants to see again, or no longer minds (``avoid`` false)."""

    subject: Subject
    word: Word
    avoid: bool = True


class TasteEvent(Wire):
    """One thing a person did or said. ``key`` is the same for the same event however often it is sent."""

    version: Literal[1] = 1
    key: Annotated[str, Field(min_length=1, max_length=200)]
    user_id: Annotated[str, Field(min_length=1, max_length=64)]
    kind: EventKind
    occurred_at: Moment
    source_id: Annotated[str | None, Field(max_length=120, description="The quiz, mood, item or turn.")] = (
        None
    )
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=MOST_EVIDENCE)] = ()
    declarations: Annotated[tuple[Declaration, ...], Field(max_length=30)] = ()
    text: Annotated[
        str | None,
        Field(min_length=1, max_length=4000, description="Free text, still to be read by the model."),
    ] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.evidence or self.declarations or self.text):
            raise ValueError("needs evidence, declarations or text")
        if self.text is not None and self.kind not in {"statement", "digest_feedback"}:
            raise ValueError("only a statement or digest_feedback may carry text")
        return self

    def after(self, moment: datetime) -> TasteEvent | None:
        """Return the event without what was said or given up to ``moment``, ``None`` if nothing is left."""
        if self.occurred_at <= moment:
            return None
        kept = tuple(piece for piece in self.evidence if (piece.given_at or self.occurred_at) > moment)
        if self.evidence and not (kept or self.declarations):
            return None
        return self.model_copy(update={"evidence": kept})

    @property
    def unread(self) -> bool:
        """Whether the model has to read it before it can be applied."""
        return self.text is not None

    def read_as(self, reading: StatementReading) -> TasteEvent:
        """Return the event with ``reading`` in place of its text; if that says nothing, it is a skip."""
        from core.taste.statements import declarations, evidence

        found = (*self.evidence, *evidence(reading))[:MOST_EVIDENCE]
        nothing = Evidence(subject="statement", label="what you said", answer="skip")
        return self.model_copy(
            update={
                "text": None,
                "evidence": found or (nothing,),
                "declarations": (*self.declarations, *declarations(reading))[:30],
            }
        )


class Leaning(Wire):
    """One facet the person spoke about."""

    facet: FacetName
    towards: Literal["low", "high"]
    strength: Literal["slight", "clear", "strong"]


class Thing(Wire):
    """One colour, category, brand, material or pattern the person spoke about, in a word or two."""

    subject: Subject
    word: str


class StatementReading(Wire):
    """What a statement says of the speaker's own taste; every list may be empty."""

    leanings: list[Leaning]
    likes: list[Thing]
    dislikes: list[Thing]
    avoids: list[Thing]
    no_longer_avoids: list[Thing]


def check(event: TasteEvent, *, user_id: str, now: datetime) -> None:
    """Refuse an event that cannot be right, before it becomes a job.

    Raises:
        EventNotBelievable: it is another person's, or more than five minutes in the future: such a moment
            would outweigh all later evidence and close the ledger's past.
    """
    if event.user_id != user_id:
        raise EventNotBelievable("The event belongs to somebody else.")
    if event.occurred_at > now + CLOCK_SKEW:
        raise EventNotBelievable(f"occurred_at {event.occurred_at.isoformat()} is in the future.")
