"""How fast the stylist is, and what it proposes.

``python -m bench.stylist`` times it on random vaults up to 1,000 items, and says how many outfits there are
to choose from; exit status 1 if the slowest answer on 1,000 items takes more than the second it has.
``python -m bench.stylist --sample`` prints the outfits for the sample wardrobe as in ``docs/stylist.md``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import textwrap
import time
from collections.abc import Callable
from functools import partial
from math import prod

from bench.rows import Row, Target
from bench.wardrobes import TODAY, random_vault, sample
from core.stylist import Outfit, Proposals, Wish, propose, ways_to_wear
from core.stylist.forms import fillings, forms
from core.stylist.garments import garments
from core.vault import VaultItem
from devstack.asking import count

SLOWEST = Target("stylist: slowest answer on 1,000 items, processor time", "a limit", "s", most=1.0)
TARGETS = (SLOWEST,)
_SIZES = (50, 200, 1000)
_WISHES = {
    "no wish": Wish(today=TODAY),
    "10 °C, autumn": Wish(today=TODAY, temperature=10, season="autumn"),
    "25 °C, business": Wish(today=TODAY, temperature=25, formality="business"),
    "0 °C, ten outfits": Wish(today=TODAY, temperature=0, season="winter", count=10),
}


def combinations(items: list[VaultItem], wish: Wish) -> int:
    """Return how many combinations of garments the forms allow, before any rule about pairs."""
    worn = garments(items)
    return sum(prod(len(fillings(form, slot, worn, wish)) for slot in form) for form in forms(wish))


def timed(answer: Callable[[], Proposals], rounds: int) -> tuple[float, int]:
    """Return the median processor seconds of an answer, and how many outfits it has."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        outfits = answer().outfits
        taken.append(time.process_time() - begun)
    return statistics.median(taken), len(outfits)


def slowest_of(rounds: int) -> float:
    """Print the table; return the slowest median on the largest vault."""
    slowest = 0.0
    print(f"{'items':>6}  {'wish':<20}{'combinations':>20}{'outfits':>9}{'seconds':>9}")
    for size in _SIZES:
        vault = random_vault(size, seed=size)
        for name, wish in _WISHES.items():
            seconds, count = timed(partial(propose, vault, wish), rounds)
            slowest = max(slowest, seconds) if size == _SIZES[-1] else slowest
            print(f"{size:>6}  {name:<20}{combinations(vault, wish):>20,}{count:>9}{seconds:>9.3f}")
    return slowest


def measure(quick: bool) -> list[Row]:
    """Return the row; each of its runs is the median of several answers to each wish."""
    return [Row.of(SLOWEST, [slowest_of(1 if quick else 3) for _ in range(1 if quick else 3)])]


def show(title: str, answer: Proposals) -> None:
    """Print proposals as a person would read them."""
    print(f"### {title}\n")
    for number, outfit in enumerate(answer.outfits, 1):
        print(f"{number}. {_listed(outfit)}\n")
        for part in outfit.parts:
            text = f"- *{part.name}* {part.value:.2f} (weighs {part.weight:.2f}): {part.sentence}"
            print(textwrap.indent(text, "   "))
        print()
    if answer.note:
        print(f"Note: {answer.note}\n")


def _listed(outfit: Outfit) -> str:
    accents = f"; with {', '.join(piece.name for piece in outfit.accents)}" if outfit.accents else ""
    return f"**{', '.join(piece.name for piece in outfit.pieces)}**{accents} ({outfit.score:.2f})"


def show_sample() -> None:
    """Print the page of sample output."""
    items = sample()
    named = {item.name: item.id for item in items}
    autumn = Wish(today=TODAY, temperature=12, season="autumn")
    show("An autumn day, 12 °C", propose(items, autumn))
    office = Wish(today=TODAY, temperature=18, season="autumn", formality="business")
    show("A day at the office, 18 °C", propose(items, office))
    show("Summer, 29 °C", propose(items, Wish(today=TODAY, temperature=29, season="summer")))
    show(
        "Winter, -3 °C, no wool",
        propose(items, Wish(today=TODAY, temperature=-3, season="winter", avoid=("wool",))),
    )
    show("Winter, -3 °C", propose(items, Wish(today=TODAY, temperature=-3, season="winter")))
    show("A wedding, 22 °C", propose(items, Wish(today=TODAY, temperature=22, formality="ceremonial")))
    mild = Wish(today=TODAY, temperature=16, season="autumn")
    show("Three ways to wear the indigo kurta, 22 °C", ways_to_wear(
        items, named["Indigo cotton kurta"], Wish(today=TODAY, temperature=22, season="spring")))  # fmt: skip
    show(
        "Three ways to wear the burgundy cardigan, 16 °C",
        ways_to_wear(items, named["Burgundy cardigan"], mild),
    )
    show("Three ways to wear the black pencil skirt, never worn yet", ways_to_wear(
        items, named["Black pencil skirt"], mild))  # fmt: skip


def main() -> int:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.stylist", description=__doc__)
    parser.add_argument("--sample", action="store_true", help="print sample outfits instead")
    parser.add_argument("--rounds", type=count, default=3)
    options = parser.parse_args()
    if options.sample:
        show_sample()
        return 0
    row = Row.of(SLOWEST, [slowest_of(options.rounds)])
    print(f"slowest on {_SIZES[-1]} items: {row.value:.3f} s, at most {SLOWEST.most} s")
    return 0 if row.met else 1


if __name__ == "__main__":
    sys.exit(main())
