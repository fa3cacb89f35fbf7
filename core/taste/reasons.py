"""Why a facet stands where it stands: for each side, the few pieces of evidence that weigh most.

Only the strongest ``KEPT`` per facet and side are stored, and one per thing, so a coat worn fifty times does
not crowd out the rest. Strengths are faded to one fixed day like all evidence, which keeps their order for
ever: the strongest of a set do not depend on when they are asked for or in which order they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from core.taste.belief import Opinion
from core.taste.events import WEIGHTS, EventKind, Evidence, Moment, TasteEvent
from core.taste.exact import Fixed, fixed

KEPT: Final = 4
_LEAST: Final = 0.25
"""Position on a facet below which a thing says too little about it to be a reason."""
_FORCE: Final[dict[str, float]] = {"like": 1.0, "dislike": 1.0, "love": 1.5}
_VERBS: Final[dict[str, str]] = {"like": "you liked", "dislike": "you turned down", "love": "you loved"}

type Side = Literal["low", "high"]


class Reason(BaseModel):
    """A piece of evidence that moved a facet."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    subject: str
    label: str
    kind: EventKind
    answer: Opinion
    occurred_at: Moment
    strength: Fixed

    @property
    def order(self) -> tuple[int, Moment, str, str, str, str]:
        """A total order, so that ties fall the same way whatever came first."""
        return (self.strength, self.occurred_at, self.subject, self.answer, self.label, self.kind)

    def sentence(self) -> str:
        """Return the reason in words: ``you liked “Camel coat, black roll-neck”``."""
        if self.kind == "wear":
            return f"you wore “{self.label}”"
        if self.kind == "statement":
            return (
                f"you said you {'do not care for' if self.answer == 'dislike' else self.answer} {self.label}"
            )
        return f"{_VERBS[self.answer]} “{self.label}”"


def found(event: TasteEvent) -> Iterator[tuple[str, Side, Reason]]:
    """Yield ``(facet, side, reason)`` for all that ``event`` says clearly."""
    for piece in event.evidence:
        if piece.answer == "skip":
            continue
        for facet, position in piece.facets.items():
            if abs(position) >= _LEAST:
                towards_high = (position > 0) != (piece.answer == "dislike")
                reason = _reason(event, piece, piece.answer, abs(position))
                yield facet, "high" if towards_high else "low", reason


def merged(kept: Sequence[Reason], new: Reason) -> tuple[Reason, ...]:
    """Return the strongest of ``kept`` and ``new``, strongest first, one per thing."""
    best: dict[str, Reason] = {}
    for reason in (*kept, new):
        held = best.get(reason.subject)
        best[reason.subject] = reason if held is None else max(held, reason, key=lambda r: r.order)
    return tuple(sorted(best.values(), key=lambda r: r.order, reverse=True)[:KEPT])


def because(sides: Mapping[Side, Sequence[Reason]], position: float) -> list[str]:
    """Return the sentences for a facet that stands at ``position``."""
    return [reason.sentence() for reason in sides.get("high" if position >= 0 else "low", ())]


def _reason(event: TasteEvent, piece: Evidence, opinion: Opinion, amount: float) -> Reason:
    force = WEIGHTS[event.kind] * _FORCE[opinion] * amount
    return Reason(
        subject=piece.subject,
        label=piece.label,
        kind=event.kind,
        answer=opinion,
        occurred_at=event.occurred_at,
        strength=fixed(force, event.occurred_at),
    )
