"""What a changed document takes from clients of the released one (docs/versioning.md).

It knows the constructs that our models make, no more (docs/adr/0005-libraries.md has why it is our own).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

type Document = Mapping[str, Any]
type Schema = Mapping[str, Any]
type Side = Literal["sent", "answered"]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaking(released: Document, now: Document, today: date) -> list[str]:
    """Return a sentence for each thing that a client of ``released`` would stumble over.

    What was announced to end before ``today`` may be gone.
    """
    old, new = dict(_operations(released)), dict(_operations(now))
    found = []
    for name, (place, before) in old.items():
        if name not in new or new[name][0] != place:
            if before.get("x-sunset", "9999") > today.isoformat():
                found.append(f"{name}: {place} is gone")
            continue
        found += [f"{name}: {what}" for what in _changes(before, new[name][1], released, now)]
    return found


def _operations(document: Document) -> Iterator[tuple[str, tuple[str, Schema]]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield told["operationId"], (f"{method.upper()} {path}", told)


def _changes(before: Schema, after: Schema, released: Document, now: Document) -> Iterator[str]:
    compare = _Comparison(released["components"], now["components"])
    yield from _callers(before, after)
    yield from _parameters(before, after, compare)
    yield from _bodies(before.get("requestBody"), after.get("requestBody"), compare)
    for status, answer in before["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in after["responses"]:
            yield f"it no longer answers {status}"
            continue
        yield from _contents(answer, after["responses"][status], compare, "answered", f"the {status}")
        yield from _headers(answer, after["responses"][status], compare, f"the {status}")


def _callers(before: Schema, after: Schema) -> Iterator[str]:
    old, new = (told.get("security", [{}]) for told in (before, after))
    for requirement in old:
        if not any(_asks_no_more(other, requirement) for other in new):
            yield f"callers with {requirement or 'nothing'} are turned away"


def _asks_no_more(new: Schema, old: Schema) -> bool:
    return all(name in old and set(roles) <= set(old[name]) for name, roles in new.items())


def _parameters(before: Schema, after: Schema, compare: _Comparison) -> Iterator[str]:
    old, new = ({(p["in"], p["name"]): p for p in told["parameters"]} for told in (before, after))
    for (place, name), parameter in new.items():
        known = old.get((place, name), {"required": False})
        if parameter["required"] and not known["required"]:
            yield f"{place} parameter {name} has to be sent now"
    for (place, name), parameter in old.items():
        if (place, name) not in new:
            yield f"{place} parameter {name} is gone"
        else:
            schema = new[place, name]["schema"]
            yield from compare.schemas(parameter["schema"], schema, "sent", f"{place} parameter {name}")


def _bodies(before: Schema | None, after: Schema | None, compare: _Comparison) -> Iterator[str]:
    if after is not None and after.get("required") and not (before or {}).get("required"):
        yield "a body has to be sent now"
    if before is not None:
        yield from _contents(before, after or {}, compare, "sent", "the body")


def _contents(before: Schema, after: Schema, compare: _Comparison, side: Side, where: str) -> Iterator[str]:
    for media, told in before.get("content", {}).items():
        if media not in after.get("content", {}):
            yield f"{where} is no longer {media}"
        else:
            yield from compare.schemas(told["schema"], after["content"][media]["schema"], side, where)
            yield from _events(told, after["content"][media], compare, where)


def _events(before: Schema, after: Schema, compare: _Comparison, where: str) -> Iterator[str]:
    for name, schema in before.get("x-events", {}).items():
        if name not in after.get("x-events", {}):
            yield f"{where} no longer has the event {name}"
        else:
            yield from compare.schemas(schema, after["x-events"][name], "answered", f"{where}, event {name}")


def _headers(before: Schema, after: Schema, compare: _Comparison, where: str) -> Iterator[str]:
    for name, told in before.get("headers", {}).items():
        if name not in after.get("headers", {}):
            yield f"{where} no longer has the header {name}"
        else:
            yield from compare.headers(told, after["headers"][name], f"{where}, header {name}")


class _Comparison:
    """Compares what is in two documents, whose references lead into the components ``old`` and ``new``."""

    def __init__(
        self, old: Mapping[str, Mapping[str, Schema]], new: Mapping[str, Mapping[str, Schema]]
    ) -> None:
        self._old, self._new = old, new

    def headers(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """Yield what of the header ``new`` a client does not expect that reads ``old``."""
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        if old.get("required") and not new.get("required"):
            yield f"{where} may be absent now"
        yield from self.schemas(old["schema"], new["schema"], "answered", where)

    def schemas(
        self, old: Schema, new: Schema, side: Side, where: str, seen: frozenset[tuple[str, str]] = frozenset()
    ) -> Iterator[str]:
        """Yield what of ``new`` a client does not expect that sends, or reads, ``old``."""
        pair = (str(old.get("$ref")), str(new.get("$ref")))
        if pair in seen:
            return
        seen = seen | {pair} if "$ref" in old and "$ref" in new else seen
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        yield from _types(old, new, side, where)
        yield from _values(old, new, side, where)
        yield from _bounds(old, new, side, where)
        yield from _fields(old, new, side, where)
        for name, inner in old.get("properties", {}).items():
            if name in new.get("properties", {}):
                yield from self.schemas(inner, new["properties"][name], side, f"{where}, {name}", seen)
        for keyword in ("items", "additionalProperties"):
            if isinstance(old.get(keyword), dict) and isinstance(new.get(keyword), dict):
                yield from self.schemas(old[keyword], new[keyword], side, f"{where}[]", seen)
        for one, other in zip(_real(old), _real(new), strict=False):
            yield from self.schemas(one, other, side, where, seen)


def _resolved(told: Schema, components: Mapping[str, Mapping[str, Schema]]) -> Schema:
    while "$ref" in told:
        kind, name = str(told["$ref"]).split("/")[2:]
        told = components[kind][name]
    return told


def _real(schema: Schema) -> list[Schema]:
    return [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]


def _types(old: Schema, new: Schema, side: Side, where: str) -> Iterator[str]:
    before, after = _kinds(old), _kinds(new)
    wide, narrow = (after, before) if side == "sent" else (before, after)
    if wide and narrow and not narrow <= wide:
        yield f"{where} was {_said(before)} and is {_said(after)}"


def _kinds(schema: Schema) -> frozenset[str]:
    options = schema.get("anyOf", (schema,))
    kinds = {"object" if "$ref" in option else option.get("format", option.get("type")) for option in options}
    if None in kinds:
        return frozenset()
    return frozenset(kinds | {"integer"} if "number" in kinds else kinds)


def _values(old: Schema, new: Schema, side: Side, where: str) -> Iterator[str]:
    before, after = _choices(old), _choices(new)
    if side == "sent" and after is not None and (before is None or not before <= after):
        yield f"{where} no longer takes {_said((before or frozenset({'any value'})) - after)}"
    if side == "answered" and before is not None and (after is None or not after <= before):
        yield f"{where} may be {_said((after or frozenset({'any value'})) - before)} now"


def _choices(schema: Schema) -> frozenset[str] | None:
    if "const" in schema:
        return frozenset({str(schema["const"])})
    return frozenset(map(str, schema["enum"])) if "enum" in schema else None


def _bounds(old: Schema, new: Schema, side: Side, where: str) -> Iterator[str]:
    if side == "answered":
        return
    for keyword in (*_LOWER, *_UPPER):
        bound, known = new.get(keyword), old.get(keyword)
        tighter = bound is not None and (
            known is None or (bound > known if keyword in _LOWER else bound < known)
        )
        if tighter:
            yield f"{where} has {keyword} {bound} now" + ("" if known is None else f", {known} before")
    if new.get("pattern") is not None and new["pattern"] != old.get("pattern"):
        yield f"{where} has to match {new['pattern']} now"


def _fields(old: Schema, new: Schema, side: Side, where: str) -> Iterator[str]:
    gone = old.get("properties", {}).keys() - new.get("properties", {}).keys()
    yield from (f"{where} no longer has {name}" for name in sorted(gone))
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    if side == "sent":
        yield from (f"{where} needs {name} now" for name in sorted(after - before))
    else:
        yield from (f"{where} may lack {name} now" for name in sorted(before - after - gone))


def _said(values: frozenset[str]) -> str:
    return " or ".join(sorted(values))
