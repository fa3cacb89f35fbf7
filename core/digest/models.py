"""A digest: what is in it, how it is stored, and how its owner sees it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from core.platform.examples import example, given_by
from core.platform.models import Document, PathId, Wire
from core.stylist import Piece
from core.taste import Answer, FacetName

type Key = Annotated[str, Field(min_length=1, max_length=120)]


class Look(Wire):
    """An outfit. ``key`` is what feedback calls it; ``reasons`` are the stylist's own sentences."""

    model_config = example(key="outfit-1", reasons=["Sand and navy are an easy contrast."], score=0.78)

    key: str
    pieces: tuple[Piece, ...]
    accents: tuple[Piece, ...]
    reasons: tuple[str, ...]
    score: float


class Revival(Wire):
    """A garment that sleeps, and ways to wear it. ``rested_days`` is null for one that was never worn."""

    model_config = example(name="Navy blazer", rested_days=210)

    item_id: str
    name: str
    rested_days: int | None = None
    ways: tuple[Look, ...]


class Insight(Wire):
    """A figure of the wardrobe. ``before`` is null in a first digest; ``text`` says it in one sentence."""

    model_config = example(
        figure="wears", before="9", after="12", text="You wore 12 things, three more than the week before."
    )

    figure: str
    before: str | None = None
    after: str
    text: str


class Find(Wire):
    """Something new from a source the person follows."""

    model_config = example(
        title="Navy linen trousers",
        url="https://shop.example.org/trousers",
        source="The shop",
        price="59.00 EUR",
    )

    find_id: str
    title: str
    url: Annotated[str, Field(pattern="^https?://")]
    source: str
    price: str | None = None


class Editorial(Wire):
    """The words around it. ``written_by`` is ``rules`` where the model was down or not to be trusted;
    ``note`` then says why.
    """

    model_config = example(paragraphs=["A warm week: linen, loosely worn."], written_by="model")

    paragraphs: tuple[str, ...]
    written_by: Literal["model", "rules"]
    note: str | None = None


class Contents(Wire):
    """What a digest says. ``advice`` are steps for a wardrobe that cannot dress anybody yet."""

    outfits: tuple[Look, ...]
    revival: Revival | None = None
    insight: Insight | None = None
    finds: tuple[Find, ...] = ()
    advice: tuple[str, ...]

    @property
    def looks(self) -> tuple[Look, ...]:
        """The outfits and the ways to wear what is revived."""
        return (*self.outfits, *(self.revival.ways if self.revival else ()))


class Traits(Wire):
    """What judging a thing says of taste, kept as it was when the digest was made."""

    label: str
    facets: dict[FacetName, float] = Field(default_factory=dict)
    colours: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


class Opinion(Wire):
    """What a person said of one thing in a digest, and when."""

    answer: Answer
    text: str | None = None
    said_at: datetime


class Digest(Document):
    """One person's digest of one week, named by its Monday.

    ``figures`` are the wardrobe's figures of that day, which the next digest compares with; ``traits`` by
    item or find id, and ``opinions`` by key, are what feedback needs.
    """

    week: date
    day: date
    made_at: datetime
    contents: Contents
    editorial: Editorial
    figures: dict[str, str]
    traits: dict[str, Traits]
    opinions: dict[str, Opinion] = Field(default_factory=dict)


class DigestView(Contents):
    """A digest as its owner sees it. ``week`` is an ISO week, ``day`` the day it was made for."""

    model_config = example(week="2025-W24", advice=[], feedback={"outfit-1": "like"})

    id: str
    week: str
    day: date
    made_at: datetime
    editorial: Editorial
    feedback: dict[str, Answer]


class DigestSummary(Wire):
    """A digest in the history."""

    model_config = example(week="2025-W24", outfits=3, written_by="model")

    id: str
    week: str
    day: date
    made_at: datetime
    outfits: int
    written_by: Literal["model", "rules"]


class DigestPath(Wire):
    """Which digest."""

    digest_id: Annotated[PathId, given_by("list_digests", "/items/0/id")]


class Feedback(Wire):
    """What a person thinks of something in a digest: ``about`` an outfit's or a way's ``key``, ``revival``,
    or the id of an item or a find in it.
    """

    model_config = example(about="outfit-1", answer="like", text="Exactly mine.")

    about: Annotated[Key, given_by("get_latest_digest", "/outfits/0/key", "outfit-1")]
    answer: Answer
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)] | None = (
        None
    )


class SweepRequest(Wire):
    """Which digests an administrator wants made now."""

    model_config = example(failed=False)

    failed: Annotated[bool, Field(description="Also those that failed, given up or not, from the start.")] = (
        False
    )


class Sweep(Wire):
    """The sweep that works on it; ``started`` is false where it was running. ``management`` are Durable's
    URLs, which carry a key.
    """

    model_config = example(
        instance_id="weekly-digest",
        started=True,
        management={
            "statusQueryGetUri": "https://example.azurewebsites.net/runtime/webhooks/durabletask/instances/weekly-digest?code=..."
        },
    )

    instance_id: str
    started: bool
    management: dict[str, str]


def iso_week(week: date) -> str:
    """Return a week's name in ISO 8601: ``2026-W48``."""
    return f"{week:%G-W%V}"


def view(digest: Digest) -> DigestView:
    """Return a digest as its owner sees it."""
    return DigestView(
        **dict(digest.contents),
        id=digest.id,
        week=iso_week(digest.week),
        day=digest.day,
        made_at=digest.made_at,
        editorial=digest.editorial,
        feedback={key: opinion.answer for key, opinion in digest.opinions.items()},
    )


def summary(digest: Digest) -> DigestSummary:
    """Return a digest's line in the history."""
    return DigestSummary(
        id=digest.id,
        week=iso_week(digest.week),
        day=digest.day,
        made_at=digest.made_at,
        outfits=len(digest.contents.outfits),
        written_by=digest.editorial.written_by,
    )
