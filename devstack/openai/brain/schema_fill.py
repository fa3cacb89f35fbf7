"""Fill any JSON Schema from evidence, so that the result validates.

Each field is answered by what its name, description and options ask for (``answers``). Certainty
travels upwards: a ``confidence`` beside a value gets the value's certainty, a ``visibility`` beside it
says whether it was seen, and where a union offers null or a "not visible" branch for something not
known, that is taken. Defaults, where nothing is known: the schema's own ``default``, else the option
that says so, else zero or the nearest permitted number, the empty text or list, false.
"""

import json
from dataclasses import dataclass
from typing import Any

from jsonschema.validators import Draft202012Validator

from devstack.openai.brain import answers
from devstack.openai.brain.answers import DEFAULT, Answer
from devstack.openai.brain.evidence import Evidence
from devstack.openai.brain.scalars import (
    Schema,
    Topic,
    Unsatisfiable,
    accepts,
    of_enum,
    of_number,
    of_string,
    permitted,
)
from devstack.openai.brain.words import words

_KNOWN = 0.3  # below this certainty "not known" is the better answer where a schema offers it
_DEEPEST = 24
_SHALLOW = 4  # from here on unions take their simplest branch, so that recursion ends
_MOST_COLOURS = 3
_CONFIDENCE = frozenset({"confidence", "certainty", "probability", "likelihood"})
_VISIBILITY = frozenset({"visibility", "visible", "presence", "status", "state", "known", "legible"})
_GENERIC = frozenset(
    {"value", "values", "item", "items", "primary", "main", "dominant", "data", "result", "root"}
)
_SIMPLICITY = ("null", "boolean", "integer", "number", "string", "array", "object")


def fill(schema: Schema, evidence: Evidence, name: str = "root") -> Any:
    """A value for ``schema`` that validates against it. Raises Unsatisfiable."""
    value = _Filler(schema, evidence).fill(schema, words(name), evidence, 0).value
    problem = next(iter(Draft202012Validator(schema).iter_errors(value)), None)
    if problem is not None:
        raise Unsatisfiable(f"{problem.json_path}: {problem.message}")
    return value


@dataclass(frozen=True)
class _Filler:
    root: Schema
    evidence: Evidence

    def fill(self, schema: Schema | bool, topic: Topic, evidence: Evidence, depth: int) -> Answer:
        if depth > _DEEPEST:
            raise Unsatisfiable(f"the schema nests without end at {' '.join(topic) or 'its root'}")
        part = self.resolved(schema)
        topic = _narrowed(topic, part)
        if "const" in part:
            return Answer(part["const"], 0.0 if answers.says_unknown(part["const"]) else 0.5)
        if "enum" in part:
            return of_enum(part, topic, evidence)
        if union := part.get("anyOf") or part.get("oneOf"):
            return self.of_union(
                [_merged(part, self.resolved(branch)) for branch in union], topic, evidence, depth
            )
        if isinstance(part.get("type"), list):
            branches = [part | {"type": kind} for kind in part["type"]]
            return self.of_union(branches, topic, evidence, depth)
        return self.of_kind(part, topic, evidence, depth)

    def resolved(self, schema: Schema | bool) -> Schema:
        """The schema with ``$ref`` and ``allOf`` worked in; ``true`` is the schema of anything."""
        if isinstance(schema, bool):
            return {}
        part = schema
        for hop in range(_DEEPEST):
            if "$ref" not in part:
                break
            if hop == _DEEPEST - 1:
                raise Unsatisfiable(f"$ref {part['$ref']!r} leads back to itself")
            rest = {name: value for name, value in part.items() if name != "$ref"}
            part = _at(self.root, part["$ref"]) | rest
        for branch in part.get("allOf", ()):
            part = _merged(
                {name: value for name, value in part.items() if name != "allOf"}, self.resolved(branch)
            )
        return part

    def of_kind(self, part: Schema, topic: Topic, evidence: Evidence, depth: int) -> Answer:
        kind = part.get("type") or _implied(part)
        if kind == "object":
            return self.of_object(part, topic, evidence, depth)
        if kind == "array":
            return self.of_array(part, topic, evidence, depth)
        if kind == "string":
            return of_string(part, topic, evidence)
        if kind in {"integer", "number"}:
            return of_number(part, kind, topic, evidence)
        if kind == "boolean":
            return Answer(part.get("default", False), DEFAULT)
        return Answer(None, 0.0)

    def of_union(self, branches: list[Schema], topic: Topic, evidence: Evidence, depth: int) -> Answer:
        """The branch that knows most; a branch that says "not known" if none knows enough."""
        if depth >= _SHALLOW:
            simplest = sorted(branches, key=_weight)
            return self.first_possible(simplest, topic, evidence, depth)
        filled = [answer for branch in branches if (answer := self.attempt(branch, topic, evidence, depth))]
        if not filled:
            raise Unsatisfiable(f"no branch of {' '.join(topic)} can be filled")
        best = max(filled, key=lambda answer: answer.certainty)
        if best.certainty < _KNOWN:
            return next((answer for answer in filled if _is_unknown(answer.value)), best)
        return best

    def first_possible(self, branches: list[Schema], topic: Topic, evidence: Evidence, depth: int) -> Answer:
        for branch in branches:
            if answer := self.attempt(branch, topic, evidence, depth):
                return answer
        raise Unsatisfiable(f"no branch of {' '.join(topic)} can be filled")

    def attempt(self, branch: Schema, topic: Topic, evidence: Evidence, depth: int) -> Answer | None:
        try:
            return self.fill(branch, topic, evidence, depth + 1)
        except Unsatisfiable:
            return None

    def of_object(self, part: Schema, topic: Topic, evidence: Evidence, depth: int) -> Answer:
        properties: dict[str, Any] = part.get("properties", {})
        required = set(part.get("required", ()))
        filled: dict[str, Answer] = {}
        about_it = [name for name in properties if self.is_about_siblings(name, properties[name])]
        for name, schema in properties.items():
            if name in about_it:
                continue
            answer = self.fill(schema, _subtopic(topic, name), evidence, depth + 1)
            if name in required or answer.certainty >= 0.5:
                filled[name] = answer
        certainty = _together(list(filled.values()))
        for name in about_it:
            filled[name] = self.of_sibling(self.resolved(properties[name]), certainty)
        for name in required - set(properties):
            filled[name] = Answer("", 0.0)
        value = {
            name: filled[name].value
            for name in [*properties, *sorted(required - set(properties))]
            if name in filled
        }
        return Answer(value, certainty)

    def is_about_siblings(self, name: str, schema: Schema | bool) -> bool:
        """Whether a property describes how well the others are known."""
        part, about = self.resolved(schema), set(words(name))
        if about & _CONFIDENCE:
            return part.get("type") in ("number", "integer") or "enum" in part
        unknowns = [option for option in part.get("enum", ()) if answers.says_unknown(option)]
        return bool(about & _VISIBILITY) and (bool(unknowns) or part.get("type") == "boolean")

    def of_sibling(self, part: Schema, certainty: float) -> Answer:
        if "enum" in part:
            return Answer(_grade(part["enum"], certainty), certainty)
        if part.get("type") == "boolean":
            return Answer(certainty >= _KNOWN, certainty)
        scaled = certainty * 100 if part.get("maximum", 1) == 100 else certainty
        return Answer(permitted(part, part["type"], round(scaled, 2)), certainty)

    def of_array(self, part: Schema, topic: Topic, evidence: Evidence, depth: int) -> Answer:
        least, most = part.get("minItems", 0), part.get("maxItems", 50)
        items = self.resolved(part.get("items", True))
        found = [] if depth >= _DEEPEST - 2 else self.known_items(items, topic, evidence, depth)
        found = _distinct(found)[:most] if part.get("uniqueItems") else found[:most]
        values = [answer.value for answer in found]
        for attempt in range(least * 20):
            if len(values) >= least:
                break
            extra = self.nth(items, topic, evidence, depth, attempt)
            if not part.get("uniqueItems") or extra not in values:
                values.append(extra)
        return Answer(values, max((answer.certainty for answer in found), default=0.0))

    def known_items(self, items: Schema, topic: Topic, evidence: Evidence, depth: int) -> list[Answer]:
        """Items that evidence speaks for."""
        about = set(topic)
        if about & {"colour", "color", "colours", "colors", "palette"} and evidence.colours:
            focused = [evidence.about(colour) for colour in evidence.colours[:_MOST_COLOURS]]
            return _distinct([self.fill(items, topic, each, depth + 1) for each in focused])
        if "enum" in items and all(isinstance(option, str) for option in items["enum"]):
            return answers.choose_several(items["enum"], topic, evidence)
        if items.get("type") == "string" and about & {"id", "ids"}:
            return [Answer(found, 0.9) for found in evidence.ids if accepts(items, found)]
        if items.get("type") == "object" and depth < _SHALLOW:
            one = self.attempt(items, topic, evidence, depth)
            return [one] if one and one.certainty >= 0.5 else []
        return []

    def nth(self, items: Schema, topic: Topic, evidence: Evidence, depth: int, place: int) -> Any:
        """A further item, different for different places where the schema lets it."""
        if "enum" in items:
            return items["enum"][place % len(items["enum"])]
        value = self.fill(items, topic, evidence, depth + 1).value
        if place == 0 or isinstance(value, bool | dict | list | None):
            return value
        others = [f"{value}{place}", str(place)] if isinstance(value, str) else _around(items, value, place)
        return next((other for other in others if self.allows(items, other)), value)

    def allows(self, part: Schema, value: Any) -> bool:
        """Whether the whole of a subschema, references included, accepts a value."""
        definitions = {name: self.root[name] for name in ("$defs", "definitions") if name in self.root}
        return bool(Draft202012Validator(definitions | part).is_valid(value))


def _around(items: Schema, value: float, place: int) -> list[float]:
    step = items.get("multipleOf", 1) * place
    return [value + step, value - step]


def _at(root: Schema, reference: str) -> Schema:
    node: Any = root
    for step in reference.removeprefix("#").split("/")[1:]:
        node = node.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        raise Unsatisfiable(f"$ref {reference!r} leads nowhere")
    return node


def _merged(base: Schema, branch: Schema) -> Schema:
    """Both schemas at once, near enough for filling: properties and requirements are united."""
    kept = {name: value for name, value in base.items() if name not in {"anyOf", "oneOf", "default"}}
    united = kept | branch
    for name in ("properties", "required"):
        if name in kept and name in branch:
            united[name] = kept[name] | branch[name] if name == "properties" else [*kept[name], *branch[name]]
    return united


def _implied(part: Schema) -> str:
    if "properties" in part:
        return "object"
    return (
        "array" if "items" in part else "string" if {"pattern", "format", "minLength"} & set(part) else "null"
    )


def _weight(branch: Schema) -> int:
    kind = branch.get("type") or _implied(branch)
    if "enum" in branch or "const" in branch:
        return 0
    return _SIMPLICITY.index(kind) if kind in _SIMPLICITY else len(_SIMPLICITY)


def _subtopic(topic: Topic, name: str) -> Topic:
    own = words(name)
    return topic if set(own) <= _GENERIC else own


def _narrowed(topic: Topic, part: Schema) -> Topic:
    """The topic, or the words of the title where the name says nothing."""
    return words(part["title"]) if set(topic) <= _GENERIC and isinstance(part.get("title"), str) else topic


def _together(parts: list[Answer]) -> float:
    """How sure an object is: as its surest part, for the rest may be details nobody can see."""
    return max((part.certainty for part in parts), default=0.0)


def _is_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(answers.says_unknown(part) for part in value.values())
    return answers.says_unknown(value)


def _grade(options: list[Any], certainty: float) -> Any:
    """``low``/``medium``/``high``, or seen against not seen."""
    spelled = {str(option).lower(): option for option in options}
    if {"low", "high"} <= set(spelled):
        grade = "high" if certainty >= 0.7 else "medium" if certainty >= 0.4 else "low"
        return spelled.get(grade, spelled["low"])
    unknowns = [option for option in options if answers.says_unknown(option)]
    knowns = [option for option in options if option not in unknowns]
    return (knowns or options)[0] if certainty >= _KNOWN or not unknowns else unknowns[0]


def _distinct(found: list[Answer]) -> list[Answer]:
    kept: dict[str, Answer] = {}
    for answer in found:
        kept.setdefault(json.dumps(answer.value, sort_keys=True), answer)
    return list(kept.values())
