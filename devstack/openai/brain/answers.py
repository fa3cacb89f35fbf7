"""Single answers: one of these options, a text, a number, each with how sure it is.

Certainty is 0..1. What was measured in a picture is surest, then what the person wrote, then what is
usual for the kind of garment; a default is given with 0.1 and means "not known".
"""

import datetime
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from devstack.openai.brain import words as lexicon
from devstack.openai.brain.evidence import Evidence
from devstack.openai.brain.vision import ColourShare, Guess, nearest

DEFAULT = 0.1
USUAL = 0.35
SAID = 0.75
_DEGREES = re.compile(r"(-?\d{1,2})\s*(?:°|degrees?\b)", re.IGNORECASE)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_SMALL_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_FILLER = frozenset(
    lexicon.words(
        "a an and any are at can could do does for from give have i in is it like look me my need of on or"
        " please should show some something tell that the this to up want we what which with would you your"
        " find search go goes match today tomorrow wear outfit"
    )
)


@dataclass(frozen=True)
class Answer:
    """A JSON value and its certainty."""

    value: Any
    certainty: float


def choose(options: list[str], topic: tuple[str, ...], evidence: Evidence) -> Answer:
    """The option that the evidence speaks for, else one that says "not known", else a neutral one."""
    spelled = {lexicon.plain(option): option for option in reversed(options)}
    seen = _seen(spelled, topic, evidence) if evidence.looks else None
    said = _said(spelled, evidence.text)
    if seen and seen.certainty >= 0.5:
        return seen
    if said:
        return Answer(said[0], SAID)
    return seen or _usual(spelled, evidence) or unknown(options)


def choose_several(options: list[str], topic: tuple[str, ...], evidence: Evidence) -> list[Answer]:
    """Every option the evidence speaks for, surest kind first; none if nothing is known."""
    spelled = {lexicon.plain(option): option for option in reversed(options)}
    if said := _said(spelled, evidence.text):
        return [Answer(option, SAID) for option in said]
    if evidence.looks and (seen := _seen(spelled, topic, evidence)):
        return [seen]
    kind = evidence.looks[0].silhouette.value if evidence.looks else ""
    return [Answer(spelled[word], USUAL) for word in lexicon.USUAL.get(kind, ()) if word in spelled]


def unknown(options: list[str]) -> Answer:
    """The option for "not known", else a neutral one, else the first."""
    spelled = {lexicon.plain(option): option for option in reversed(options)}
    for word in (*lexicon.UNKNOWN, *lexicon.NEUTRAL):
        if word in spelled:
            return Answer(spelled[word], DEFAULT)
    return Answer(options[0], DEFAULT)


def says_unknown(value: Any) -> bool:
    """Whether a value is a way of writing "not known"."""
    return value is None or (isinstance(value, str) and lexicon.plain(value) in lexicon.UNKNOWN)


def _seen(spelled: dict[str, str], topic: tuple[str, ...], evidence: Evidence) -> Answer | None:
    look = evidence.looks[0]
    colours = [name for name in spelled if name in lexicon.COLOURS]
    if len(colours) >= 2 and len(colours) * 2 >= len(spelled) - 3:
        return _nearest_colour(spelled, colours, evidence)
    if found := _by_table(spelled, lexicon.PATTERNS, look.pattern, at_least=2):
        return found
    if "fit" in topic or "material" in topic:
        return None
    return _by_table(spelled, lexicon.GARMENTS, look.silhouette, at_least=2)


def _by_table(
    spelled: dict[str, str], table: dict[str, tuple[str, ...]], guess: Guess, at_least: int
) -> Answer | None:
    """The first of the guess's words that is on offer, provided the options are of this table's kind."""
    known = {word for row in table.values() for word in row} - set(lexicon.NEUTRAL)
    if len(known & set(spelled)) < at_least:
        return None
    for word in table[guess.value]:
        if word in spelled:
            return Answer(spelled[word], guess.confidence)
    return None


def _nearest_colour(spelled: dict[str, str], names: list[str], evidence: Evidence) -> Answer:
    """The offered colour that covers most of the garment, each seen colour going to its nearest on offer."""
    multi = next(
        (
            spelled[word]
            for word in ("multicolour", "multicolor", "multi", "multicoloured")
            if word in spelled
        ),
        "",
    )
    covered: dict[str, float] = {}
    for seen in evidence.colours:
        name = _as_offered(seen, names)
        covered[name] = covered.get(name, 0) + seen.share
    best = max(covered, key=lambda name: covered[name])
    if multi and len(covered) > 3 and covered[best] < 0.4:
        return Answer(multi, 0.6)
    whole = sum(covered.values())
    return Answer(spelled[best], round(0.55 + 0.4 * covered[best] / whole, 2))


def _as_offered(seen: ColourShare, names: list[str]) -> str:
    """The colour's own name if offered, else its family's nearest, else the nearest of all."""
    if seen.name in names:
        return seen.name
    family = [name for name in lexicon.FAMILIES.get(seen.name, ()) if name in names]
    among = family or names
    return among[int(nearest(np.array([seen.lab], np.float32), among)[0])]


def _said(spelled: dict[str, str], text: str) -> list[str]:
    """Options the text has as words; none if it lists most of them, for then it is an instruction."""
    line = f" {lexicon.plain(text)} "
    found = [
        option for word, option in reversed(spelled.items()) if f" {word} " in line or f" {word}s " in line
    ]
    return [] if len(found) >= 3 and len(found) * 2 > len(spelled) else found


def _usual(spelled: dict[str, str], evidence: Evidence) -> Answer | None:
    if not evidence.looks:
        return None
    usual = lexicon.USUAL[evidence.looks[0].silhouette.value]
    return next((Answer(spelled[word], USUAL) for word in usual if word in spelled), None)


def text(topic: tuple[str, ...], evidence: Evidence) -> Answer:
    """A free text for a field with these words in its name."""
    for wanted, write in _WRITERS:
        if wanted & set(topic):
            return write(evidence)
    return Answer("", 0.0)


def description(evidence: Evidence) -> str:
    """One phrase for what the first picture shows: "navy and white striped top"."""
    look = evidence.looks[0]
    colours = " and ".join(colour.name for colour in look.colours[:2] if colour.share > 0.15)
    pattern = "" if look.pattern.value in {"solid", "textured"} else look.pattern.value
    garment = lexicon.GARMENTS[look.silhouette.value][0]
    return " ".join(word for word in (colours, pattern, garment) if word)


def keywords(said: str) -> str:
    """What a search for this text should look for."""
    return " ".join(word for word in lexicon.words(said) if word not in _FILLER)


def number_said(said: str) -> int | None:
    """The first small number in the text, in digits or words."""
    for word in lexicon.words(said):
        if word in _SMALL_NUMBERS:
            return _SMALL_NUMBERS[word]
        if word.isdigit() and len(word) <= 3:
            return int(word)
    return None


def date_said(said: str) -> Answer:
    """An ISO date the person wrote, else a fixed one: there is no calendar here, answers repeat exactly."""
    for found in _DATE.findall(said):
        try:
            return Answer(datetime.date.fromisoformat(found).isoformat(), SAID)
        except ValueError:
            continue
    return Answer("2026-01-01", DEFAULT)


def _describe(evidence: Evidence) -> Answer:
    if evidence.looks:
        return Answer(f"A {description(evidence)}.", 0.6)
    if evidence.reasons:
        return Answer(" ".join(evidence.reasons[:3]), 0.6)
    return Answer(evidence.text, 0.4 if evidence.text else 0.0)


def _name(evidence: Evidence) -> Answer:
    if evidence.colour is not None:
        return Answer(evidence.colour.name, 0.8)
    if evidence.looks:
        return Answer(description(evidence).capitalize(), 0.6)
    title = " ".join(evidence.text.split()[:6])
    return Answer(title, 0.5 if title else 0.0)


def _colour(evidence: Evidence) -> Answer:
    return Answer(evidence.colours[0].name, 0.8) if evidence.colours else Answer("", 0.0)


def _hex(evidence: Evidence) -> Answer:
    return Answer(evidence.colours[0].hex, 0.85) if evidence.colours else Answer("#808080", DEFAULT)


def _pattern(evidence: Evidence) -> Answer:
    if not evidence.looks:
        return Answer("", 0.0)
    return Answer(evidence.looks[0].pattern.value, evidence.looks[0].pattern.confidence)


def _garment(evidence: Evidence) -> Answer:
    if not evidence.looks:
        return Answer("", 0.0)
    silhouette = evidence.looks[0].silhouette
    return Answer(lexicon.GARMENTS[silhouette.value][0], silhouette.confidence)


def _query(evidence: Evidence) -> Answer:
    found = keywords(evidence.text)
    return Answer(found, 0.7 if found else 0.0)


def _id(evidence: Evidence) -> Answer:
    return Answer(evidence.ids[0], 0.9) if evidence.ids else Answer("", 0.0)


def _as_said(evidence: Evidence) -> Answer:
    return Answer(evidence.text, 0.6 if evidence.text else 0.0)


def _currency(evidence: Evidence) -> Answer:
    found = re.search(r"\b(EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK)\b", evidence.text)
    return Answer(found[1], SAID) if found else Answer("EUR", DEFAULT)


# The first row whose words meet the field's topic writes it.
_WRITERS = (
    ({"hex"}, _hex),
    ({"id", "ids"}, _id),
    ({"query", "search", "keywords", "q"}, _query),
    ({"colour", "color", "colours", "colors"}, _colour),
    ({"pattern"}, _pattern),
    ({"category", "subtype", "garment"}, _garment),
    ({"currency"}, _currency),
    ({"name", "title", "headline"}, _name),
    ({"description", "summary", "caption", "why", "reason", "explanation", "editorial", "answer"}, _describe),
    ({"message", "statement", "occasion", "request", "prompt"}, _as_said),
)


def number(topic: tuple[str, ...], evidence: Evidence) -> Answer | None:
    """A number for a field with these words in its name; None if the evidence has none."""
    about = set(topic)
    if evidence.colour is not None:
        table = dict(zip(("l", "a", "b"), evidence.colour.lab, strict=True)) | {
            "share": evidence.colour.share
        }
        for word, value in table.items():
            if word in about:
                return Answer(value, 0.85)
    if "temperature" in about:
        degrees = _DEGREES.search(evidence.text)
        return None if degrees is None else Answer(int(degrees[1]), SAID)
    if about & {"count", "limit", "number", "how", "n", "top"}:
        said = number_said(_DEGREES.sub(" ", evidence.text))
        return None if said is None else Answer(said, SAID)
    return None
