"""Notes what a person says of themselves, by rules of English: what a model does when asked for statements.

A schema asks for that if its objects have a ``quote``, a ``subject`` and a ``kind``. Only plain assertions of
the writer count: no questions, no hypotheses, no wishes for now, nobody else's taste, nothing that only
points at something ("I like this one").
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from devstack.openai.brain.words import COLOURS

_TASTES = {"likes", "dislikes", "avoids"}
_MATERIALS = frozenset(
    {"wool", "linen", "cotton", "silk", "leather", "denim", "velvet", "polyester", "cashmere"}
)
_FIELDS = {"quote", "subject", "kind", "confidence"}
_OFTEN = r"(?:(?:now|really|always|just|still|do|also|actually|absolutely|truly|mostly|honestly) )*"
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            "dislikes",
            rf"^I {_OFTEN}(?:hate|dislike|detest|avoid|can'?t stand|cannot stand|don'?t like"
            r"|do not like|never wear|no longer like)(?: wearing)? (?P<subject>.+)$",
        ),
        ("likes", rf"^I {_OFTEN}(?:love|like|adore|prefer|enjoy)(?: wearing)? (?P<subject>.+)$"),
        ("size", r"^my (?P<subject>(?:\w+ )?size) is .+$"),
        ("size", r"^I (?:wear|take|am|'m) (?:a )?(?P<subject>size) \w+$"),
        ("about", r"^I(?:'m| am) (?P<subject>allergic to \w+)$"),
        ("about", r"^I (?:now )?(?P<subject>work|live|commute|cycle|travel|teach) .+$"),
    )
)
_CLAUSE = re.compile(r"[^.!?;\n]+[.!?;\n]?")
_LINK = re.compile(r",? (?:but|and|because) (?=I |my )|, (?=I |my )")
_LEAD = re.compile(
    r"^(?:(?:hi|hello|thanks|ok|oh|well|so|and|but|by the way|honestly|actually),? )+", re.IGNORECASE
)
_END = re.compile(
    r",| (?:because|when|while|since|with|for|on|in|at|but"
    r"|so|more|now|anymore|any more|again|too|as|than|to|these)\b",
    re.IGNORECASE,
)
_POINTING = frozenset(
    [
        "it",
        "this",
        "that",
        "these",
        "those",
        "them",
        "you",
        "your",
        "how",
        "what",
        "the",
        "one",
        "both",
        "him",
        "her",
        "his",
        "our",
        "their",
    ]
)
_ARTICLES = re.compile(r"^(?:a|an|my|all|any|some|wearing) ", re.IGNORECASE)


def wanted(schema: dict[str, Any]) -> bool:
    """Tell whether the schema asks for statements."""
    parts = [schema, *schema.get("$defs", {}).values()]
    return any(set(part.get("properties", {})) >= _FIELDS for part in parts)


def statements(text: str) -> list[dict[str, Any]]:
    """Return the statements of a message, which may be wrapped as ``{"message": ...}``."""
    return [
        {"kind": kind, "subject": subject, "quote": quote, "confidence": 0.9}
        for clause in _clauses(_message(text))
        for kind, subject, quote in _said(clause)
    ]


def asks_for_tastes(schema: dict[str, Any]) -> bool:
    """Tell whether the schema asks what somebody likes and avoids, thing by thing."""
    return set(schema.get("properties", {})) >= _TASTES


def tastes(text: str) -> dict[str, list[dict[str, str]]]:
    """Return the likes, dislikes and avoids of a message as things; leanings are beyond these rules."""
    found: dict[str, list[dict[str, str]]] = {name: [] for name in (*_TASTES, "leanings", "no_longer_avoids")}
    for clause in _clauses(_message(text)):
        for kind, subject, quote in _said(clause):
            if kind in {"likes", "dislikes"}:
                never = kind == "dislikes" and re.search(r"\b(?:never|avoid)\b", quote)
                found["avoids" if never else kind].append(
                    {"subject": _about(subject), "word": subject.lower()}
                )
    return found


def _about(subject: str) -> str:
    word = subject.lower()
    if word in COLOURS:
        return "colour"
    return "material" if word in _MATERIALS else "category"


def _message(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        value = {"message": text}
    return (
        str(value.get("message", "")).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        if isinstance(value, dict)
        else text
    )


def _clauses(message: str) -> Iterator[str]:
    for found in _CLAUSE.finditer(message):
        sentence = found[0].strip()
        if sentence.endswith("?") or re.match(r"(?:if|suppose|imagine)\b", sentence, re.IGNORECASE):
            continue
        yield from (_LEAD.sub("", part.strip(" .!;,\n")) for part in _LINK.split(sentence))


def _said(clause: str) -> Iterator[tuple[str, str, str]]:
    for kind, rule in _RULES:
        found = rule.match(clause)
        if found is None:
            continue
        whole = _END.split(found["subject"])[0] if kind in {"likes", "dislikes"} else found["subject"]
        for subject in re.split(r" and | or ", whole):
            name = _ARTICLES.sub("", subject.strip())
            if name and len(name.split()) <= 3 and name.split()[0].lower() not in _POINTING:
                yield kind, name, clause
        return
