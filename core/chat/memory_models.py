"""What is remembered of a person, as they see and change it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from core.chat.facts import LONGEST, Fact
from core.platform.examples import example, given_by
from core.platform.models import Document, Page, PathId, Wire
from core.platform.texts import Readable

type Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST), Readable
]


class Switch(Document):
    """Whether anything is remembered of this person at all, and when everything was last forgotten."""

    enabled: bool = True
    forgotten_at: datetime | None = None

    def takes(self, said_at: datetime) -> bool:
        """Tell whether what was said at that moment may be remembered."""
        return self.enabled and not self.forgot(said_at)

    def forgot(self, said_at: datetime) -> bool:
        """Tell whether everything was forgotten since that moment."""
        return self.forgotten_at is not None and said_at <= self.forgotten_at


class FactView(Wire):
    """One remembered fact: your own words, and when and in which turn you said them."""

    model_config = example(
        kind="dislikes", subject="wool", text="I never wear wool.", confidence=0.9, edited=False
    )

    fact_id: str
    kind: Literal["likes", "dislikes", "size", "about"]
    subject: str
    text: str
    confidence: float
    stated_at: datetime
    source_turn_id: str
    source_conversation_id: str
    edited: bool

    @classmethod
    def of(cls, fact: Fact) -> FactView:
        """Return a fact as its person sees it."""
        shared = set(cls.model_fields) - {"fact_id"}
        return cls(fact_id=fact.id, **fact.model_dump(include=shared))


class MemoryView(Page[FactView]):
    """What is remembered, last said first. ``enabled``: whether it is used and added to."""

    enabled: bool


class MemorySwitch(Wire):
    """Turns memory on or off. Off, nothing is used or added; what is there stays until deleted."""

    model_config = example(enabled=True)

    enabled: bool


class FactPatch(Wire):
    """A fact put right, in your own words."""

    model_config = example(text="I never wear wool or mohair.")

    text: Text


class FactPath(Wire):
    """Which fact."""

    fact_id: Annotated[PathId, given_by("list_memory", "/items/0/fact_id")]


class UsedFact(Wire):
    """A fact the stylist was given in a turn, as the ``turn`` frame names it."""

    fact_id: str
    text: str
    stated_at: datetime
