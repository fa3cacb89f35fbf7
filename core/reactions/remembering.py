"""How a reaction changes what is remembered: the last one counts, and each opinion is told to taste once.

A person who swipes to and fro has told taste at most one like, one love and one dislike of a thing. What
was told is not untold by ``undo``: a profile is a sum over events that may arrive in any order (ADR 0007),
and the choice model takes nine in a hundred answers for slips of the thumb anyway. Only what was told before
the person had their profile forget everything may be told again.
"""

from __future__ import annotations

from datetime import datetime

from core.platform import ids
from core.reactions.models import Given, NewReaction, Reaction, Subject
from core.taste import TasteEvent

_EVENTS = {"item": "item_reaction", "mood": "mood_reaction"}


def key(kind: str, subject_id: str) -> str:
    """Return the id of a person's reaction to a subject."""
    return ids.stable_id("reaction", kind, subject_id)


def begun(user_id: str, subject: Subject, given: NewReaction, now: datetime) -> Reaction:
    """Return the first reaction to ``subject``."""
    blank = Reaction(
        id=key(subject.kind, subject.id),
        user_id=user_id,
        kind=subject.kind,
        subject_id=subject.id,
        answer=None,
        reacted_at=now,
    )
    return changed(blank, subject, given, now)


def changed(
    found: Reaction, subject: Subject, given: NewReaction, now: datetime, forgotten_at: datetime | None = None
) -> Reaction:
    """Return the reaction after ``given``; the very same object if it says nothing new.

    ``forgotten_at`` is when the taste profile last forgot everything.
    """
    answer = None if given.answer == "undo" else given.answer
    told = {said: one for said, one in found.told.items() if not is_forgotten(one, forgotten_at)}
    if answer is not None and answer != "skip" and answer not in told:
        evidence = subject.evidence.model_copy(update={"answer": answer})
        told = {**told, answer: Given(at=now, evidence=evidence)}
    if answer == found.answer and told == found.told:
        return found
    return found.model_copy(update={"answer": answer, "told": told, "reacted_at": now})


def is_forgotten(told: Given, forgotten_at: datetime | None) -> bool:
    """Tell whether the profile has forgotten what it was told."""
    return forgotten_at is not None and told.at <= forgotten_at


def event(reaction: Reaction) -> TasteEvent | None:
    """Return what the current answer tells taste, the same each time; ``None`` where it tells nothing."""
    if reaction.answer is None or reaction.answer == "skip":
        return None
    given = reaction.told[reaction.answer]
    return TasteEvent.model_validate(
        {
            "key": f"{reaction.kind}:{reaction.subject_id}:{reaction.answer}:{given.at.isoformat()}",
            "user_id": reaction.user_id,
            "kind": _EVENTS[reaction.kind],
            "occurred_at": given.at,
            "source_id": reaction.subject_id,
            "evidence": [given.evidence],
        }
    )
