"""Single values that keep a schema's rules: an option, a text, a number.

What the evidence says is bent to the bounds, length, step, format or pattern asked for; where nothing fits,
``Unsatisfiable`` says so.
"""

import json
import math
import random
import re
from typing import Any

import rstr
from jsonschema.validators import Draft202012Validator

from devstack.openai.brain import answers
from devstack.openai.brain.answers import DEFAULT, Answer
from devstack.openai.brain.evidence import Evidence

type Schema = dict[str, Any]
type Topic = tuple[str, ...]

_TEXTS = {
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "person@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.org/",
}


class Unsatisfiable(ValueError):
    """No value was found that the schema accepts; the text names the place."""


def of_enum(part: Schema, topic: Topic, evidence: Evidence) -> Answer:
    """One of the options; null is for what is not known."""
    options = [option for option in part["enum"] if accepts(part, option)]
    texts = [option for option in options if isinstance(option, str)]
    if not options:
        raise Unsatisfiable(f"no option of {' '.join(topic)} fits its type")
    if not texts:
        return Answer(None if None in options else options[0], DEFAULT)
    answer = answers.choose(texts, topic, evidence)
    if answer.certainty > DEFAULT:
        return answer
    if part.get("default") in options:
        return Answer(part["default"], DEFAULT)
    return Answer(None, 0.0) if None in options else answer


def of_string(part: Schema, topic: Topic, evidence: Evidence) -> Answer:
    """A text in the format, length and pattern asked for."""
    form = part.get("format")
    if form == "date" or (form is None and "date" in topic):
        answer = answers.date_said(evidence.text)
    elif form == "uuid" and evidence.ids:
        answer = Answer(evidence.ids[0], 0.9)
    elif form in _TEXTS:
        answer = Answer(_TEXTS[form], DEFAULT)
    else:
        answer = answers.text(topic, evidence)
    if "default" in part and answer.certainty <= DEFAULT:
        answer = Answer(part["default"], DEFAULT)
    return _fitted(part, answer)


def _fitted(part: Schema, answer: Answer) -> Answer:
    """The text cut or padded to its bounds, or one made from the pattern."""
    text = answer.value[: part.get("maxLength")] if isinstance(answer.value, str) else ""
    if accepts(part, text):
        return Answer(text, answer.certainty)
    if "pattern" in part:
        return Answer(_from_pattern(part), DEFAULT)
    padded = text + "-" * max(0, part.get("minLength", 0) - len(text))
    if not accepts(part, padded):
        raise Unsatisfiable(f"no text fits {json.dumps(part)}")
    return Answer(padded, min(answer.certainty, DEFAULT) if not text else answer.certainty)


def _from_pattern(part: Schema) -> str:
    """A text the pattern matches, the same each time."""
    seed = random.Random(part["pattern"])  # noqa: S311  # sampling, not secrets
    sampler = rstr.Rstr(seed)
    least, most = part.get("minLength", 0), part.get("maxLength")
    for _ in range(60):
        try:
            text = sampler.xeger(part["pattern"])
        except (re.error, KeyError, IndexError) as error:
            raise Unsatisfiable(f"the pattern {part['pattern']!r} cannot be sampled") from error
        for candidate in (text, text[:most], text.ljust(least, "0"), (text * (least + 1))[: max(least, 1)]):
            if accepts(part, candidate):
                return candidate
    raise Unsatisfiable(f"no text was found for the pattern {part['pattern']!r}")


def of_number(part: Schema, kind: str, topic: Topic, evidence: Evidence) -> Answer:
    """A number within the bounds; ``kind`` is integer or number."""
    found = answers.number(topic, evidence)
    if found is not None:
        return Answer(permitted(part, kind, found.value), found.certainty)
    if "default" in part:
        return Answer(part["default"], DEFAULT)
    low, high = part.get("minimum"), part.get("maximum")
    start = 0
    if low is not None and high is not None and low > 0:
        start = (low + high) // 2  # a rating from 1 to 5 is neutral in its middle
    return Answer(permitted(part, kind, start), DEFAULT)


def permitted(part: Schema, kind: str, wanted: float) -> int | float:
    """The permitted number nearest to the wanted one. Raises Unsatisfiable."""
    step = part.get("multipleOf", 1 if kind == "integer" else None)
    low, high = _bound(part, "minimum", "exclusiveMinimum"), _bound(part, "maximum", "exclusiveMaximum")
    near = min(max(wanted, low), high)
    tries: list[float] = [near, wanted]
    if step:
        if kind == "integer" and step != int(step):
            step = 1 if (1 / step).is_integer() else step * 10
        ratio = near / step
        tries = [base * step for base in (round(ratio), math.floor(ratio), math.ceil(ratio))]
        tries += [(math.floor(ratio) + 1) * step, (math.ceil(ratio) - 1) * step]
    elif math.isfinite(low) and math.isfinite(high):
        tries += [(low + high) / 2]
    else:
        tries += [near + 1, near - 1]
    if kind == "integer":
        tries = [round(value) for value in tries]
    for value in sorted(tries, key=lambda value: abs(value - wanted)):
        if accepts(part, value):
            return value
    raise Unsatisfiable(f"no {kind} fits {json.dumps(part)}")


def _bound(part: Schema, inclusive: str, exclusive: str) -> float:
    worst = -math.inf if "min" in inclusive else math.inf
    values = [part[name] for name in (inclusive, exclusive) if name in part]
    return float((max if "min" in inclusive else min)(values)) if values else worst


def accepts(part: Schema, value: Any) -> bool:
    """Whether the rules written in this very subschema accept a value; references are not followed."""
    plain = {
        name: rule for name, rule in part.items() if name not in {"$ref", "allOf", "anyOf", "oneOf", "$defs"}
    }
    return bool(Draft202012Validator(plain).is_valid(value))
