"""The digest of the sample wardrobe, as in ``docs/stylist.md``: ``python -m bench.sample_digest``.

The week before is made first, so that there is something to compare with. The words are the rules' own: what
everyone gets whose model is down. ``python -m bench.sample_digest --html`` prints the page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from bench.wardrobes import TODAY, sample
from core import digest
from core.digest import plain
from core.digest.composing import compose
from core.digest.models import Digest, DigestView, Editorial, Look
from core.digest.page import moved, spoken, words
from core.digest.schedule import monday
from core.taste import Taste, empty

ZONE = "Europe/Berlin"


def made(day: date, *earlier: Digest) -> Digest:
    """Return the sample wardrobe's digest of a day, in the tone ``warm``."""
    items, moment = sample(), datetime.combine(day, time(17), UTC)
    composed = compose(items, Taste(empty("sample"), moment), day, ZONE, earlier)
    told = plain.paragraphs(composed.contents, "warm", len(items))
    return Digest(
        id=f"digest-{day}",
        user_id="sample",
        week=monday(day),
        day=day,
        made_at=moment,
        contents=composed.contents,
        editorial=Editorial(paragraphs=told, written_by="rules", note="model-unavailable"),
        figures=composed.figures,
        traits=composed.traits,
    )


def this_week() -> DigestView:
    """Return the digest of ``TODAY``, the second one this person gets."""
    return digest.view(made(TODAY, made(TODAY - timedelta(weeks=1))))


def text(shown: DigestView) -> str:
    """Return a digest as Markdown."""
    parts = [f"### A digest, week of {spoken(monday(shown.day))}", *words(shown), "**Outfits**"]
    parts += _listed(shown.outfits)
    if shown.revival is not None:
        parts += [f"**Wake it up: {shown.revival.name}**, last worn {shown.revival.rested_days} days ago"]
        parts += _listed(shown.revival.ways)
    if (sentence := moved(shown)) is not None:
        parts += [f"**What moved**: {sentence}"]
    return "\n\n".join(parts) + "\n"


def _listed(looks: Sequence[Look]) -> list[str]:
    return [f"{n}. {_names(look)}.\n   {' '.join(look.reasons)}" for n, look in enumerate(looks, 1)]


def _names(look: Look) -> str:
    return plain.listed([piece.name for piece in (*look.pieces, *look.accents)])


def main() -> int:
    """Print the digest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--html", action="store_true", help="the page instead of Markdown")
    shown = this_week()
    sys.stdout.write(digest.page(shown) if parser.parse_args().html else text(shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
