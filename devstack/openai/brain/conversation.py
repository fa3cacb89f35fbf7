"""What to say next: call a tool, fill the wanted schema, or write prose.

Tools are picked by meeting the person's words with the words of a tool's name and description, across
a few intents of a wardrobe conversation. Each wanted tool is called once per turn; when the tools have
answered, prose is written from their answers and names nothing that is not in them.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from devstack.openai.brain import answers, christening, columns, remembering
from devstack.openai.brain.evidence import Evidence, Thing, current_turn, gather
from devstack.openai.brain.schema_fill import fill
from devstack.openai.brain.vision import Look
from devstack.openai.brain.words import words
from devstack.openai.request import ChatRequest, Function, JsonSchema, NamedChoice, ObjectFormat, SchemaFormat

# Words of one wish. A message and a tool that both have words of a row are about the same thing.
_INTENTS: dict[str, frozenset[str]] = {
    "outfit": frozenset(
        words("outfit outfits wear dress combine combination propose suggest style pair goes occasion")
    ),
    "search": frozenset(words("search find show which list have own lookup browse any")),
    "log": frozenset(words("log wore worn wearing record")),
    "insight": frozenset(
        words("insight insights statistics stats cost value most least spend spent unworn never often")
    ),
    "taste": frozenset(words("taste profile prefer preference preferences likes")),
    "weather": frozenset(words("weather rain raining cold hot forecast temperature")),
    "present": frozenset(words("present answer final respond")),
}
# "what goes with my green coat", "three ways to wear the red scarf": an outfit around one thing.
_AROUND = re.compile(
    r"\b(?:goes? with|ways? to (?:wear|style)|(?:outfits?|looks?) (?:with|around)|combine|pair|style)"
    r" (?:my|the|this|that) \w+|\bwear my \w+",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset({"wear", "have", "any"})  # says what a person wants, not what a tool does
_ENOUGH = 2.0
_MOST_NAMED = 6


@dataclass(frozen=True)
class Call:
    """One function the model wants called."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Thought:
    """The model's next message: ``text``, or ``calls``."""

    text: str | None = None
    calls: tuple[Call, ...] = ()


def think(request: ChatRequest, looks: tuple[Look, ...]) -> Thought:
    """Decide the next message. CPU-bound and deterministic; raises ``scalars.Unsatisfiable``."""
    evidence = gather(request, looks)
    if calls := _calls(request, evidence):
        return Thought(calls=calls)
    wanted = request.response_format
    if isinstance(wanted, SchemaFormat):
        value = _filled(wanted.json_schema, evidence)
        return Thought(json.dumps(value, ensure_ascii=False))
    if isinstance(wanted, ObjectFormat):
        return Thought(json.dumps({"answer": _prose(request, evidence)}, ensure_ascii=False))
    return Thought(_prose(request, evidence))


def _filled(wanted: JsonSchema, evidence: Evidence) -> Any:
    if remembering.wanted(wanted.schema_):
        return {"statements": remembering.statements(evidence.text)}
    if remembering.asks_for_tastes(wanted.schema_):
        return remembering.tastes(evidence.text)
    if columns.wanted(wanted.schema_):
        return {"paragraphs": columns.paragraphs(evidence.text)}
    if christening.wanted(wanted.schema_, evidence.text):
        return christening.naming(evidence.text)
    return fill(wanted.schema_, evidence, wanted.name)


def _calls(request: ChatRequest, evidence: Evidence) -> tuple[Call, ...]:
    chosen = _wanted(request, evidence)
    if request.parallel_tool_calls is False:
        chosen = chosen[:1]
    return tuple(Call(function.name, _arguments(function, evidence)) for function in chosen)


def _wanted(request: ChatRequest, evidence: Evidence) -> list[Function]:
    offered = [tool.function for tool in request.tools or ()]
    if not offered or request.tool_choice == "none":
        return []
    if isinstance(request.tool_choice, NamedChoice):
        return [function for function in offered if function.name == request.tool_choice.function.name]
    done = _already_called(request)
    scored = {function.name: _affinity(function, evidence.text) for function in offered}
    fitting = [f for f in offered if scored[f.name] >= _ENOUGH and f.name not in done]
    fitting.sort(key=lambda function: -scored[function.name])
    fitting = _for_what_is_named(fitting, [f for f in offered if f.name not in done], evidence.text)
    if not evidence.ids and any(map(_needs_ids, fitting)):
        searches = [f for f in offered if "search" in words(f.name) and f.name not in done]
        fitting = list({f.name: f for f in (*fitting, *searches) if not _needs_ids(f)}.values())
    if not fitting and request.tool_choice == "required":
        return [max(offered, key=lambda function: scored[function.name])]
    return fitting[:2]


def _needs_ids(function: Function) -> bool:
    """Whether the function is about things that have to be found first."""
    required = (function.parameters or {}).get("required", [])
    return any(words(name)[-1:] in {("id",), ("ids",)} for name in required)


def _for_what_is_named(fitting: list[Function], left: list[Function], said: str) -> list[Function]:
    """Outfits around the one thing the person names instead of any outfits, and the other way round."""
    around = [function for function in left if _dresses_around_one(function)]
    others = [function for function in fitting if function not in around]
    if not _AROUND.search(said):
        return others
    return [*around, *(f for f in others if not set(words(f.name)) & (_INTENTS["outfit"] - _AMBIGUOUS))]


def _dresses_around_one(function: Function) -> bool:
    """Whether the function makes outfits that all have one item, which has to be named."""
    required = (function.parameters or {}).get("required", [])
    return "item_id" in required and "outfits" in words(function.description or "")


def _already_called(request: ChatRequest) -> set[str]:
    turn = current_turn(request.messages)
    return {call.function.name for message in turn for call in message.tool_calls or ()}


def _affinity(function: Function, said: str) -> float:
    """2 for an intent shared by message and tool name, 1 for each further word they share."""
    message, name = set(words(said)), set(words(function.name))
    described = set(words(function.description or ""))
    score = float(len(message & name))
    for intent in _INTENTS.values():
        if message & intent and (name - _AMBIGUOUS) & intent:
            score += 2
        elif message & intent and (described - _AMBIGUOUS) & intent:
            score += 0.5
    return score


def _arguments(function: Function, evidence: Evidence) -> dict[str, Any]:
    value = fill(function.parameters or {"type": "object", "properties": {}}, evidence, function.name)
    return value if isinstance(value, dict) else {}


def _prose(request: ChatRequest, evidence: Evidence) -> str:
    if evidence.findings:
        return _from_findings(evidence, with_ids=_asks_for_ids(request))
    if evidence.looks:
        return f"I see a {answers.description(evidence)}. " + _seen_colours(evidence)
    said = " ".join(evidence.text.split())
    if not said:
        return "How can I help you with your wardrobe?"
    subject = answers.keywords(said) or "that"
    return f"About {subject}: tell me the occasion and the weather, and I will suggest something you own."


def _from_findings(evidence: Evidence, *, with_ids: bool) -> str:
    if errors := [
        found["error"] for found in evidence.findings if isinstance(found, dict) and found.get("error")
    ]:
        return f"I could not look that up just now: {_as_text(errors[0])}"
    named = [_mention(thing, with_ids) for thing in evidence.things][:_MOST_NAMED]
    if not named:
        texts = [found for found in evidence.findings if isinstance(found, str) and found.strip()]
        return " ".join(texts) if texts else "I looked, but found nothing in your wardrobe that fits."
    reasons = " ".join(reason.rstrip(".") + "." for reason in evidence.reasons[:3])
    return f"I would take {_listed(named)}. {reasons}".strip()


def _asks_for_ids(request: ChatRequest) -> bool:
    rules = " ".join(message.text for message in request.messages if message.role in {"system", "developer"})
    return bool({"id", "ids"} & set(words(rules)))


def _mention(thing: Thing, with_ids: bool) -> str:
    if thing.name is None:
        return str(thing.id)
    return f"{thing.name} ({thing.id})" if with_ids and thing.id else thing.name


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _seen_colours(evidence: Evidence) -> str:
    shares = [f"{colour.name} {colour.share:.0%}" for colour in evidence.colours[:3]]
    return f"Its colours are {_listed(shares)}."
