"""What a reaction is: what is sent, what is remembered, and what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.platform.examples import example
from core.platform.models import Document, Stamp, Wire
from core.taste import Answer, Evidence

type Kind = Literal["item", "mood"]
type Opinion = Literal["like", "love", "dislike"]


class NewReaction(Wire):
    """A reaction. ``undo`` takes the last one back; ``skip`` is no opinion, only "seen enough of it"."""

    model_config = example(answer="like")

    answer: Literal["like", "love", "dislike", "skip", "undo"]


class Subject(BaseModel):
    """What is reacted to. ``evidence`` is what it is, as taste takes it; its answer is filled in."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Kind
    id: str
    evidence: Evidence


class Given(BaseModel):
    """An opinion that has been told to the person's taste: once for each subject and answer, for ever."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    at: Stamp
    evidence: Evidence


class Reaction(Document):
    """What a person thinks of one subject now, ``None`` if they took it back; in container ``reactions``.

    ``told`` is what taste was told, by answer, with the moment and the evidence of then: the same event is
    made of it however often it is asked for.
    """

    kind: Kind
    subject_id: str
    answer: Answer | None = None
    reacted_at: Stamp
    told: dict[Opinion, Given] = Field(default_factory=dict)


class Reacted(Wire):
    """The answer to a reaction: what stands now, and the job that brings it into the taste profile.

    ``job_id`` is ``None`` where nothing is to be learnt: a skip, or a reaction taken back.
    """

    model_config = example(answer="like", job_id="0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1")

    subject_id: Annotated[str, Field(description="The item or mood.")]
    answer: Answer | None
    reacted_at: datetime
    job_id: str | None
