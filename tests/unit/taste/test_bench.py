"""The benchmark's own parts: people are as described, and chosen cards beat random ones."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
from math import sqrt

from bench import quiz as bench


def test_people_are_the_same_each_time_and_of_four_kinds() -> None:
    assert bench.person(7) == bench.person(7)
    lengths = {
        kind: statistics.mean(sqrt(sum(t * t for t in bench.person(i).taste)) for i in range(n, 400, 4))
        for n, kind in enumerate(bench.POPULATIONS)
    }
    assert lengths["mild"] < lengths["even"]


def test_flips_turn_opinions_over() -> None:
    who, chance = bench.Person((3.0,) + (0.0,) * 11, 0.0, 1.5, 0.0), random.Random(1)
    look = (1.0,) + (0.0,) * 11
    plain = [who.answers(look, 0.0, chance) for _ in range(400)]
    flipped = [who.answers(look, 0.5, chance) for _ in range(400)]
    assert plain.count("dislike") < 20 < 100 < flipped.count("dislike")


def test_chosen_cards_beat_random_ones_on_a_few_people() -> None:
    chosen = [bench.quiz(i, adaptive=True, flips=0.0) for i in range(8)]
    drawn = [bench.quiz(i, adaptive=False, flips=0.0) for i in range(8)]
    assert bench.median_needed(chosen) < bench.median_needed(drawn)
    assert all(run.inside.keys() == {10, 20, 30} for run in chosen)


def test_taste_is_imported_without_numpy_or_any_sdk() -> None:
    code = (
        "import sys, core.taste\n"
        "heavy = {'numpy', 'openai', 'azure', 'PIL', 'aiohttp'} & {m.split('.')[0] for m in sys.modules}\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
