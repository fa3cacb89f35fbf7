"""One sentence for each part of a score, said from the very values the part is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

import numpy as np

from core.stylist import colour, patterns, warmth
from core.stylist.compatibility import Compatibility
from core.stylist.forms import Form
from core.stylist.garments import Garment
from core.stylist.models import PartName
from core.stylist.wardrobe import LEVELS
from core.stylist.weights import PROMINENCE
from core.vault import colour_family

_RELATIONS: Final = (
    (35, "neighbours on the colour wheel, so they blend"),
    (75, "near but not neighbours on the colour wheel, which takes some nerve"),
    (105, "at a right angle on the colour wheel, a lively but known pairing"),
    (140, "a third of the colour wheel apart, a balanced contrast"),
    (181, "opposite each other on the colour wheel, so each makes the other stronger"),
)
_PLAINLY_NEUTRAL: Final = frozenset({"black", "grey", "white", "beige", "brown", "navy"})
"""Families everybody calls neutral; jeans and olive are so only in an outfit."""
_TRADITIONS: Final = {
    "south-asian": "South Asian", "southeast-asian": "South-East Asian", "east-asian": "East Asian",
    "central-asian": "Central Asian", "arab": "Arab", "west-african": "West African",
    "east-african": "East African",
    "american": "American", "pacific": "Pacific", "european": "European", "liturgical": "religious",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """An outfit and what it scored."""

    compatibility: Compatibility
    form: Form
    places: Sequence[int]
    values: Mapping[PartName, float]

    @cached_property
    def garments(self) -> list[Garment]:
        """Its garments, the most prominent first."""
        order = sorted(range(len(self.form)), key=lambda at: -PROMINENCE[self.form[at]])
        return [self.compatibility.garments[self.places[at]] for at in order]


def sentences(
    compatibility: Compatibility, form: Form, places: Sequence[int], values: Mapping[PartName, float]
) -> dict[PartName, str]:
    """Return a sentence for each part in ``values``."""
    told = Told(compatibility, form, places, values)
    return {part: _SAID[part](told) for part in values}


def _colour(told: Told) -> str:
    seen = [garment for garment in told.garments if garment.hexes]
    if len(seen) < 2:
        return "There are too few known colours to say how they go together."
    quiet = [garment for garment in seen if colour.is_neutral(garment.hexes[0])]
    loud = [garment for garment in seen if not colour.is_neutral(garment.hexes[0])]
    if not loud:
        return _of_neutrals(quiet)
    if len({_word(garment) for garment in loud}) == 1:
        rest = _words(quiet)
        rested = (
            f"; {rest} {'lets' if rest.count(' ') == 0 else 'let'} it stand out" if quiet else " throughout"
        )
        return f"{_word(loud[0]).capitalize()} is the one colour{rested}."
    one, other = max(combinations(loud[:3], 2), key=lambda pair: _gap(*pair))
    relation = next(text for limit, text in _RELATIONS if _gap(one, other) < limit)
    calm = f"; {_words(quiet)} between them keeps the peace" if quiet else ""
    if _word(one) == _word(other):
        return f"Two shades of {_word(one)} are {relation}{calm}."
    return f"{_word(one).capitalize()} and {_word(other)} are {relation}{calm}."


def _of_neutrals(garments: Sequence[Garment]) -> str:
    lightness = [colour.lch(garment.hexes[0])[0] for garment in garments]
    names = _words(garments)
    plainly = all(colour_family(garment.hexes[0]) in _PLAINLY_NEUTRAL for garment in garments)
    neutrals = "neutrals" if plainly else "muted enough to act as neutrals"
    if max(lightness) - min(lightness) >= 35:
        return f"{names[0].upper()}{names[1:]}: {neutrals}, set off by light against dark."
    if len({_word(garment) for garment in garments}) == 1:
        return f"{names[0].upper()}{names[1:]} from head to foot: one tone, quiet and sure."
    return f"{names[0].upper()}{names[1:]}: {neutrals}, close in tone, so nothing competes."


def _pattern(told: Told) -> str:
    patterned = [garment for garment in told.garments if garment.loudness]
    if not patterned:
        return "Everything is plain, so shape and colour carry it."
    if len(patterned) == 1:
        return f"One pattern ({_patterned(patterned[0])}), and the rest is plain."
    one, other = max(combinations(patterned, 2), key=lambda pair: pair[0].loudness * pair[1].loudness)
    pair = f"{_patterned(one)} and {_patterned(other)}"
    pair = pair[0].upper() + pair[1:]
    if patterns.family(one.item.pattern) == patterns.family(other.item.pattern):
        return f"{pair} are patterns of one kind and compete unless their scale differs."
    verdict = "mix well" if told.values["pattern"] > 0.6 else "make a bold mix"
    return f"{pair} are different kinds of pattern and {verdict}."


def _formality(told: Told) -> str:
    levels = [garment.level for garment in told.garments]
    low, high = min(levels), max(levels)
    wished = told.compatibility.wish.formality
    aim = f" for a {wished} occasion" if wished else ""
    if low == high:
        return f"Everything is {LEVELS[low]}{aim}."
    dressed = next(garment for garment in told.garments if garment.level == high)
    relaxed = next(garment for garment in told.garments if garment.level == low)
    apart = (
        "one step apart, which looks relaxed" if high - low == 1 else f"{high - low} steps apart, which shows"
    )
    return f"From {_thing(relaxed)} ({LEVELS[low]}) to {_thing(dressed)} ({LEVELS[high]}){aim}: {apart}."


def _idiom(told: Told) -> str:
    rooted = [garment for garment in told.garments if garment.kind.idiom]
    if not rooted:
        return "Everyday pieces that belong to no one tradition."
    idioms = list(dict.fromkeys(garment.kind.idiom for garment in rooted if garment.kind.idiom))
    if len(idioms) > 1:
        return f"It mixes {' and '.join(_TRADITIONS[idiom] for idiom in idioms)} dress, which needs intent."
    name = _TRADITIONS[idioms[0]]
    if len(rooted) == len(told.garments):
        return f"All of it is {name} dress."
    if len(rooted) > 1:
        return f"{_listed(rooted)}: {name} dress; the rest is everyday."
    return f"{_listed(rooted)}: {name} dress, worn with everyday pieces."


def _season(told: Told) -> str:
    season = told.compatibility.wish.season
    unsaid = [garment for garment in told.garments if not garment.item.seasons]
    wrong = [
        garment for garment in told.garments if garment.item.seasons and season not in garment.item.seasons
    ]
    if wrong:
        rest = "; the rest is" if len(wrong) == 1 and not unsaid else ""
        return f"Not made for {season}: {' and '.join(_thing(garment) for garment in wrong)}{rest}."
    if unsaid:
        return f"No season is given for the {_thing(unsaid[0])}; nothing speaks against {season}."
    return f"Everything is for {season}."


def _warmth(told: Told) -> str:
    temperature = told.compatibility.wish.temperature
    assert temperature is not None  # noqa: S101 - the part exists only where a temperature was given
    worn = warmth.insulation(sum(float(told.compatibility.clo[at]) for at in told.places))
    ideal = warmth.needed(temperature)
    off = worn - ideal
    if abs(off) <= 0.4 * warmth.tolerance(temperature):
        verdict = "Right"
    else:
        verdict = "A little warm" if off > 0 else "A little light"
    return f"{verdict} for {temperature:g} °C: about {worn:.1f} clo, where {ideal:.1f} is ideal on a walk."


def _freshness(told: Told) -> str:
    today = told.compatibility.wish.today
    worn = [
        (days, garment) for garment in told.garments if (days := garment.days_since_worn(today)) is not None
    ]
    never = [garment for garment in told.garments if garment.days_since_worn(today) is None]
    if never:
        return f"Never worn yet: {' and '.join(_thing(garment) for garment in never)}."
    days, latest = min(worn, key=lambda pair: pair[0])
    if days >= 14:
        return f"Nothing in it was worn in the last {days - days % 7} days."
    when = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
    return f"Worn last {when}: {_thing(latest)}; everything else has rested at least as long."


def _taste(told: Told) -> str:
    liked = [(float(told.compatibility.taste[at]), told.compatibility.garments[at]) for at in told.places]
    if told.values["taste"] >= 0.6:
        _, best = max(liked, key=lambda pair: pair[0])
        return f"Close to your taste, most of all: {_thing(best)}."
    if told.values["taste"] >= 0.45:
        return "Neither for nor against what is known of your taste."
    _, worst = min(liked, key=lambda pair: pair[0])
    return f"Away from your usual taste, mostly by: {_thing(worst)}."


def _completeness(told: Told) -> str:
    if "footwear" in told.form:
        return "Complete, down to the shoes."
    return "Without shoes: none of yours suits it."


_SAID: Final[dict[PartName, Callable[[Told], str]]] = {
    "colour": _colour, "pattern": _pattern, "formality": _formality, "idiom": _idiom, "season": _season,
    "warmth": _warmth, "freshness": _freshness, "taste": _taste, "completeness": _completeness,
}  # fmt: skip


def _patterned(garment: Garment) -> str:
    pattern = str(garment.item.pattern)
    return (
        f"the {_thing(garment)}"
        if pattern in garment.item.name.casefold()
        else f"the {pattern} {_thing(garment)}"
    )


def _thing(garment: Garment) -> str:
    """Return what a garment is called in a sentence: its name if that is short, else its kind."""
    name = garment.item.name
    return (name[0].lower() + name[1:]) if len(name) <= 32 else garment.kind.word.replace("-", " ")


def _listed(garments: Sequence[Garment]) -> str:
    text = " and ".join(_thing(garment) for garment in garments)
    return text[0].upper() + text[1:]


def _word(garment: Garment) -> str:
    first = garment.item.colours[0]
    return (first.name or colour_family(first.hex)).lower()


def _words(garments: Sequence[Garment]) -> str:
    words = list(dict.fromkeys(_word(garment) for garment in garments))
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _gap(one: Garment, other: Garment) -> float:
    mine, theirs = colour.lch(one.hexes[0])[2], colour.lch(other.hexes[0])[2]
    return float(colour.hue_gap(np.array(mine), np.array(theirs)))
