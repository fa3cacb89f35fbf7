"""What is said of an outfit: every sentence there is, and where one turns into the next."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.stylist import Wish, explaining, warmth
from core.stylist.garments import garment_of
from core.stylist.models import PartName
from core.vault import VaultItem
from tests.unit.stylist.wardrobes import TODAY, item

RED, ORANGE, GREEN, BLACK, WHITE = 0xC1272D, 0xE0702A, 0x2E8B57, 0x000000, 0xFFFFFF
WINTER = Wish(today=TODAY, season="winter")


def said(
    part: PartName, *things: VaultItem, wish: Wish | None = None, taste: float = 0.5, **values: float
) -> str:
    """Return the sentence about a part of an outfit of ``things``, the most prominent first."""
    garments = [garment for thing in things if (garment := garment_of(thing)) is not None]
    assert len(garments) == len(things)
    scored = SimpleNamespace(wish=wish or Wish(today=TODAY), garments=garments, taste=[0.2, 0.9, 0.5])
    told = SimpleNamespace(
        garments=garments,
        compatibility=scored,
        places=range(len(garments)),
        form=[garment.kind.slot for garment in garments],
        values={"taste": taste, **values},
    )
    return explaining._SAID[part](cast(explaining.Told, told))


def shirt(*colours: int, **more: Any) -> VaultItem:
    return item(1, "shirt", colours=colours, **more)


def jeans(*colours: int, **more: Any) -> VaultItem:
    return item(2, "jeans", colours=colours, **more)


COLOURS = [
    ((shirt(), jeans(RED)), "There are too few known colours to say how they go together."),
    ((shirt(RED), jeans(BLACK)), "Red is the one colour; black lets it stand out."),
    ((shirt(RED), jeans(BLACK), item(3, "coat", colours=[WHITE])),
     "Red is the one colour; black and white let it stand out."),
    ((shirt(RED), jeans(RED)), "Red is the one colour throughout."),
    ((shirt(RED), jeans(GREEN)), "Red and green are a third of the colour wheel apart, a balanced contrast."),
    ((shirt(RED), jeans(GREEN), item(3, "coat", colours=[BLACK])),
     "Red and green are a third of the colour wheel apart, a balanced contrast;"
     " black between them keeps the peace."),
    ((shirt(RED), jeans(0xE0433A), item(3, "coat", colours=[RED]), item(4, "tote-bag", colours=[GREEN])),
     "Two shades of red are neighbours on the colour wheel, so they blend."),
    ((shirt(ORANGE), jeans(RED), item(3, "coat", colours=[GREEN])),
     "Red and green are a third of the colour wheel apart, a balanced contrast."),
    ((shirt(WHITE), jeans(BLACK)), "White and black: neutrals, set off by light against dark."),
    ((shirt(BLACK), jeans(BLACK)), "Black from head to foot: one tone, quiet and sure."),
    ((shirt(0x222222), jeans(0x594728)), "Black and brown: neutrals, close in tone, so nothing competes."),
]  # fmt: skip


@pytest.mark.parametrize(("things", "sentence"), COLOURS)
def test_colours(things: tuple[VaultItem, ...], sentence: str) -> None:
    assert said("colour", *things) == sentence


@pytest.mark.parametrize(("score", "verdict"), [(0.61, "mix well"), (0.6, "make a bold mix")])
def test_patterns(score: float, verdict: str) -> None:
    striped, floral = shirt(pattern="striped"), jeans(pattern="floral")
    assert said("pattern", shirt(), jeans()) == "Everything is plain, so shape and colour carry it."
    assert said("pattern", striped, jeans()) == "One pattern (the striped thing 1), and the rest is plain."
    both = "The striped thing 1 and the floral thing 2 are different kinds of pattern and"
    assert said("pattern", striped, floral, pattern=score) == f"{both} {verdict}."
    alike = "The striped thing 1 and the striped thing 2 are patterns of one kind"
    same = said("pattern", striped, jeans(pattern="striped"), pattern=score)
    assert same == f"{alike} and compete unless their scale differs."


FORMALITY = [
    ("casual", None, "Everything is casual."),
    ("smart-casual", None,
     "From thing 1 (casual) to thing 2 (smart-casual): one step apart, which looks relaxed."),
    ("formal", "formal",
     "From thing 1 (casual) to thing 2 (formal) for a formal occasion: 3 steps apart, which shows."),
]  # fmt: skip


@pytest.mark.parametrize(("level", "wished", "sentence"), FORMALITY)
def test_formality(level: str, wished: Any, sentence: str) -> None:
    wish = Wish(today=TODAY, formality=wished)
    assert said("formality", shirt(formality="casual"), jeans(formality=level), wish=wish) == sentence


IDIOMS = [
    (("shirt", "jeans"), "Everyday pieces that belong to no one tradition."),
    (("kurta", "lungi"), "All of it is South Asian dress."),
    (("kurta", "jeans"), "Thing 0: South Asian dress, worn with everyday pieces."),
    (("kurta", "lungi", "sneakers"), "Thing 0 and thing 1: South Asian dress; the rest is everyday."),
    (("kurta", "lavalava"), "It mixes South Asian and Pacific dress, which needs intent."),
]


@pytest.mark.parametrize(("words", "sentence"), IDIOMS)
def test_idioms(words: tuple[str, ...], sentence: str) -> None:
    assert said("idiom", *(item(number, word) for number, word in enumerate(words))) == sentence


SEASONS = [
    (["winter"], ["winter"], "Everything is for winter."),
    (["summer"], ["winter"], "Not made for winter: thing 1; the rest is."),
    (["summer"], [], "Not made for winter: thing 1."),
    (["summer"], ["spring"], "Not made for winter: thing 1 and thing 2."),
    ([], ["winter"], "No season is given for the thing 1; nothing speaks against winter."),
]


@pytest.mark.parametrize(("one", "other", "sentence"), SEASONS)
def test_seasons(one: list[str], other: list[str], sentence: str) -> None:
    assert said("season", shirt(seasons=one), jeans(seasons=other), wish=WINTER) == sentence


RESTED = "thing 1; everything else has rested at least as long."
FRESHNESS = [
    (0, f"Worn last today: {RESTED}"),
    (1, f"Worn last yesterday: {RESTED}"),
    (2, f"Worn last 2 days ago: {RESTED}"),
    (13, f"Worn last 13 days ago: {RESTED}"),
    (14, "Nothing in it was worn in the last 14 days."),
    (20, "Nothing in it was worn in the last 14 days."),
    (21, "Nothing in it was worn in the last 21 days."),
]


@pytest.mark.parametrize(("ago", "sentence"), FRESHNESS)
def test_freshness(ago: int, sentence: str) -> None:
    assert said("freshness", shirt(worn=[ago]), jeans(worn=[30])) == sentence
    assert said("freshness", shirt(worn=[ago]), jeans()) == "Never worn yet: thing 2."


TASTE = [
    (0.6, "Close to your taste, most of all: thing 2."),
    (0.59, "Neither for nor against what is known of your taste."),
    (0.45, "Neither for nor against what is known of your taste."),
    (0.44, "Away from your usual taste, mostly by: thing 1."),
]


@pytest.mark.parametrize(("score", "sentence"), TASTE)
def test_taste(score: float, sentence: str) -> None:
    assert said("taste", shirt(), jeans(), taste=score) == sentence


def test_completeness() -> None:
    assert said("completeness", shirt(), jeans(), item(3, "loafers")) == "Complete, down to the shoes."
    assert said("completeness", shirt(), jeans()) == "Without shoes: none of yours suits it."


@pytest.mark.parametrize(
    ("off", "verdict"),
    [(-0.45, "A little light"), (-0.35, "Right"), (0.35, "Right"), (0.45, "A little warm")],
)
def test_warmth(off: float, verdict: str) -> None:
    """Up to four tenths of what an outfit may be off are right."""
    wanted, reach = warmth.needed(10.0), warmth.tolerance(10.0)
    worn = next(n / 1e4 for n in range(30000) if warmth.insulation(n / 1e4) >= wanted + off * reach)
    scored = SimpleNamespace(wish=Wish(today=TODAY, temperature=10.0), clo=[worn])
    told = SimpleNamespace(compatibility=scored, places=[0])
    figures = f"about {wanted + off * reach:.1f} clo, where {wanted:.1f} is ideal on a walk."
    assert explaining._SAID["warmth"](cast(explaining.Told, told)) == f"{verdict} for 10 °C: {figures}"


@pytest.mark.parametrize(("length", "called"), [(32, "a" + "a" * 31), (33, "linen trousers")])
def test_a_thing_is_called_by_its_name_while_that_is_short(length: int, called: str) -> None:
    trousers = item(1, "linen-trousers").model_copy(update={"name": "A" + "a" * (length - 1)})
    assert said("freshness", trousers) == f"Never worn yet: {called}."
