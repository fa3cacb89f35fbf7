"""The words of a digest without a model: the same facts in sentences that read well, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.digest.models import Contents, Look, Revival
from core.digest.subscriptions import Tone

_OPENINGS: Final[dict[Tone, str]] = {
    "warm": "A new week is ahead, and your wardrobe is ready for it.",
    "brisk": "Your week, in short.",
    "playful": "Doors open, hangers ready: here is your week.",
    "plain": "This is your digest for the week ahead.",
}
_WELCOME: Final = "Your wardrobe is still empty here, so this first digest is about how to begin."
_NOT_YET: Final = "There is no complete outfit in your wardrobe here yet, but it does not take much."


def paragraphs(contents: Contents, tone: Tone, owned: int) -> tuple[str, ...]:
    """Return the text of a digest of a wardrobe with ``owned`` pieces."""
    if not contents.outfits:
        opening = _NOT_YET if owned else _WELCOME
        return (opening, " ".join(contents.advice)) if contents.advice else (opening,)
    told = [f"{_OPENINGS[tone]} {_outfits(contents.outfits)}"]
    if contents.revival is not None:
        told.append(_revival(contents.revival))
    if contents.insight is not None:
        told.append(contents.insight.text)
    if contents.finds:
        told.append(f"New from what you follow: {listed([find.title for find in contents.finds])}.")
    return tuple(told)


def opening(told: Sequence[str]) -> str:
    """Return how ``paragraphs`` begin: what is left to say where everything else is listed."""
    return next((line for line in _OPENINGS.values() if told[0].startswith(line)), told[0])


def _outfits(outfits: Sequence[Look]) -> str:
    leads = ("To begin with", "Another day", "And once more")
    return " ".join(f"{lead}: {_worn(look)}." for lead, look in zip(leads, outfits, strict=False))


def _revival(revival: Revival) -> str:
    rested = revival.rested_days
    since = "has never been worn" if rested is None else f"has not been worn for {rested} days"
    way = revival.ways[0]
    others = [p.name for p in (*way.pieces, *way.accents) if p.item_id != revival.item_id]
    company = f" Try it with {listed(others)}." if others else ""
    return f"One piece {since}: {revival.name}.{company}"


def _worn(look: Look) -> str:
    return listed([piece.name for piece in look.pieces])


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
