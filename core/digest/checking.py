"""Holds what the model wrote against the facts: no garment that is not the person's, no figure not given.

The text is read as mentions of given names, figures, and words. A figure, in digits or words, must be one of
those given. A word that names a garment must describe a given one, and colours, materials and patterns before
it must be that garment's own; so "the shirt" may follow "White poplin shirt", "a red shirt" may not. A word
with a capital inside a sentence is a name, and must be a given one. What cannot be read so (another language,
a list, a link) is refused: the deterministic text is always there instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from core import stylist, taste
from core.digest import numerals, vocabulary
from core.digest.facts import Facts, figure

MOST_CHARACTERS: Final = 700
_ENGLISH_FROM: Final = 6
_ENGLISH_SHARE: Final = 0.2
"""What is longer than so many words has at least this share of them; others are read with the wrong eyes."""
_BEFORE: Final = 4
"""Words before a garment that can describe it."""
_BETWEEN: Final = frozenset({"and", "or", "with"})
_MARKUP: Final = re.compile(r"https?:|www\.|[<>@{}\[\]|`#*_]")

type Kind = Literal["name", "number", "word", "stop"]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Kind
    text: str


def objections(text: str, facts: Facts) -> list[str]:
    """Return what is wrong with a paragraph, in sentences for whoever wrote it; empty if all is well."""
    clean = _plain(text)
    if not clean.strip() or len(clean) > MOST_CHARACTERS:
        return [f"A paragraph has 1 to {MOST_CHARACTERS} characters."]
    if _MARKUP.search(_without_names(clean, facts)):
        return ["Write plain sentences, without links or markup."]
    tokens = list(_tokens(clean, facts))
    if not _is_english(tokens):
        return ["Write in English."]
    found = (*_figures(tokens, facts), *_names(tokens, facts), *_garments(tokens, facts))
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Return a text with one form of each letter, digit and apostrophe."""
    return unicodedata.normalize("NFKC", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def _tokens(text: str, facts: Facts) -> Iterator[_Token]:
    reader = re.compile(
        rf"(?P<name>{_any_name(facts)})"
        r"|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_]+(?:['\-][^\W\d_]+)*)|(?P<stop>[.!?:;\n])",
        re.IGNORECASE,
    )
    for found in reader.finditer(text):
        yield _Token(found.lastgroup, found[0])  # type: ignore[arg-type]  # the groups are the kinds


def _is_english(tokens: Sequence[_Token]) -> bool:
    words = [token.text.casefold() for token in tokens if token.kind == "word"]
    known = sum(word in vocabulary.ENGLISH for word in words)
    return len(words) < _ENGLISH_FROM or known >= _ENGLISH_SHARE * len(words)


def _any_name(facts: Facts) -> str:
    """Return a pattern of every given name, the longest first."""
    names = sorted({_plain(thing.name) for thing in facts.things}, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, names)) or '(?!)'})(?!\w)"


def _without_names(text: str, facts: Facts) -> str:
    return re.sub(_any_name(facts), " ", text, flags=re.IGNORECASE)


def _figures(tokens: Sequence[_Token], facts: Facts) -> Iterator[str]:
    run: list[str] = []
    for token in (*tokens, _Token("stop", ".")):
        if token.kind == "word":
            run += [part.casefold() for part in token.text.split("-")]
            continue
        yield from (f"No figure {n} was given." for n in numerals.spoken(run) if n not in facts.numbers)
        yield from (f'"{share}" is a figure that was not given.' for share in numerals.shares(run))
        run = []
        if token.kind == "number" and figure(token.text) not in facts.numbers:
            yield f"No figure {token.text} was given."


def _names(tokens: Sequence[_Token], facts: Facts) -> Iterator[str]:
    for before, token in zip((_Token("stop", "."), *tokens), tokens, strict=False):
        inside = before.kind != "stop" and token.kind == "word" and token.text[0].isupper()
        if not inside or token.text.casefold() in vocabulary.ALWAYS_CAPITAL:
            continue
        if not _is_given(token.text, facts):
            yield f'"{token.text}" is a name that was not given.'


def _is_given(word: str, facts: Facts) -> bool:
    return all(part in facts.words for part in re.findall(r"[^\W\d_]+", word.casefold()))


def _garments(tokens: Sequence[_Token], facts: Facts) -> Iterator[str]:
    for at, token in enumerate(tokens):
        before = _described_by(tokens, at)
        if token.kind == "name":
            called = token.text.casefold()
            meant = [thing for thing in facts.things if _plain(thing.name).casefold() == called]
        elif token.kind == "word" and _is_garment(token.text, before, tokens[at - 1 : at]):
            meant = [thing for thing in facts.things if _is_called(thing.words, token.text)]
            if not meant and not _is_called(facts.words, token.text):
                yield f'"{token.text}" is no garment among those given.'
        else:
            if token.kind == "word" and _is_stray(token.text, facts):
                yield f'"{token.text}" describes nothing among what was given.'
            continue
        yield from (
            f'"{word} {token.text}" is no garment among those given.'
            for word in before
            if meant and not any(_is_called(thing.words, word) for thing in meant)
        )


def _described_by(tokens: Sequence[_Token], at: int) -> list[str]:
    """Return the colours, materials and patterns said right before a token."""
    found: list[str] = []
    for token in reversed(tokens[max(0, at - _BEFORE) : at]):
        if token.kind != "word":
            break
        words = token.text.casefold().split("-")
        if not (set(words) <= _BETWEEN or any(taste.is_descriptive(word) for word in words)):
            break
        found += [word for word in words if taste.is_descriptive(word)]
    return found


def _is_garment(word: str, described: Sequence[str], before: Sequence[_Token]) -> bool:
    if word.casefold() in vocabulary.MORE_GARMENTS:
        return True
    if not stylist.names_garment(word) or word.casefold() in vocabulary.NOT_ALONE:
        return False
    if word.casefold() not in vocabulary.AMBIGUOUS_GARMENTS:
        return True
    return bool(described) or any(token.text.casefold() in vocabulary.DETERMINERS for token in before)


def _is_called(words: Iterable[str], word: str) -> bool:
    """Tell whether ``word`` (or its last part: ``linen-shirt``) is one of ``words``, in any number."""
    last = _singular(word.casefold().split("-")[-1])
    return any(_singular(known) == last for known in words)


def _singular(word: str) -> str:
    return word.removesuffix("es") if word.endswith(("sses", "shes", "ches")) else word.removesuffix("s")


def _is_stray(word: str, facts: Facts) -> bool:
    parts = set(word.casefold().split("-")) - vocabulary.AMBIGUOUS_DESCRIPTIONS - facts.words
    return any(map(taste.is_descriptive, parts))
