"""Whatever schema is sent, what comes back validates; and what is known goes where it is asked for."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema.validators import Draft202012Validator

from devstack.openai import strict
from devstack.openai.brain.evidence import Evidence
from devstack.openai.brain.scalars import Unsatisfiable
from devstack.openai.brain.schema_fill import fill
from devstack.openai.brain.vision import ColourShare, Guess, Look
from devstack.openai.brain.words import words

NAVY = ColourShare("navy", "#1d2850", (17.0, 8.0, -24.0), 0.7)
WHITE = ColourShare("white", "#fafafa", (98.0, 0.0, 0.0), 0.3)
SHIRT = Look(640, 480, (NAVY, WHITE), Guess("striped", 0.9), Guess("top", 0.85))
SEEN = Evidence(looks=(SHIRT,))
NAMES = st.sampled_from(
    words(
        "colour colours pattern category confidence value id ids description hex status limit date query name"
        " share warmth visibility notes"
    )
)
WORDS = st.sampled_from(
    ["navy", "red", "white", "striped", "solid", "shirt", "dress", "unknown", "not_visible", "x"]
)
PATTERNS = st.sampled_from(
    [r"^#[0-9a-f]{6}$", r"^[A-Z]{3}$", r"^\d{1,3}(\.\d{2})?$", r"^[a-z]+(-[a-z]+)*$", r"ab?c"]
)


def bounded_numbers(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.tuples(st.integers(-50, 50), st.integers(2, 50)).map(
        lambda b: {"minimum": b[0], "maximum": b[0] + b[1]}
    )
    exclusive = st.integers(-9, 9).map(lambda low: {"exclusiveMinimum": low, "exclusiveMaximum": low + 2})
    multiples = st.sampled_from(
        [{"multipleOf": 5}, {"multipleOf": 2, "minimum": 3}, {"minimum": 0}, {"maximum": -4}, {}]
    )
    return st.one_of(bounds, exclusive, multiples).map(lambda rule: {"type": kind} | rule)


def scalars() -> st.SearchStrategy[dict[str, Any]]:
    lengths = st.tuples(st.integers(0, 5), st.integers(0, 20)).map(
        lambda sizes: {"type": "string", "minLength": sizes[0], "maxLength": sizes[0] + sizes[1]}
    )
    return st.one_of(
        st.just({"type": "string"}),
        st.just({"type": "boolean"}),
        st.just({"type": "null"}),
        st.just({"type": ["string", "null"]}),
        bounded_numbers("integer"),
        bounded_numbers("number"),
        lengths,
        PATTERNS.map(lambda pattern: {"type": "string", "pattern": pattern}),
        st.sampled_from(["date", "date-time", "uuid", "email"]).map(
            lambda form: {"type": "string", "format": form}
        ),
        st.lists(WORDS, min_size=1, max_size=6, unique=True).map(
            lambda options: {"type": "string", "enum": options}
        ),
        WORDS.map(lambda word: {"const": word, "type": "string"}),
        st.just({"$ref": "#/$defs/node"}),
    )


def composed(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    objects = st.dictionaries(NAMES, inner, max_size=5).map(strict_object)
    arrays = st.tuples(inner, st.integers(0, 2), st.integers(0, 3)).map(
        lambda a: {"type": "array", "items": a[0], "minItems": a[1], "maxItems": a[1] + a[2]}
    )
    return st.one_of(
        objects, arrays, st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts})
    )


def strict_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


NODE = strict_object(
    {"name": {"type": "string"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
     "items": {"type": "array", "items": {"$ref": "#/$defs/node"}}}
)  # fmt: skip
SCHEMAS = st.dictionaries(NAMES, st.recursive(scalars(), composed, max_leaves=8), max_size=6).map(
    lambda properties: strict_object(properties) | {"$defs": {"node": NODE}}
)
EVIDENCE = st.sampled_from(
    [
        Evidence(),
        SEEN,
        Evidence(text="show me three red shirts from 2026-02-30 or 2026-03-01"),
        Evidence(
            text="what shall I wear",
            findings=({"items": [{"id": "a1", "name": "Navy blazer", "why": "warm"}]},),
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(SCHEMAS, EVIDENCE)
def test_what_is_filled_validates_and_is_the_same_each_time(
    schema: dict[str, Any], evidence: Evidence
) -> None:
    strict.check(schema, subject="it", param="it", code=None, azure=False)
    value = fill(schema, evidence)
    Draft202012Validator(schema).validate(value)
    assert json.dumps(value) == json.dumps(fill(schema, evidence))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"type": "integer", "minimum": 3, "maximum": 2},
        strict_object({"a": {"$ref": "#/properties/a"}}),
        strict_object({"a": {"$ref": "#/$defs/gone"}}),
        {"$defs": {"n": strict_object({"n": {"$ref": "#/$defs/n"}})}, "$ref": "#/$defs/n"},
    ],
)
def test_a_schema_nothing_satisfies_is_refused_not_answered_wrongly(schema: dict[str, Any]) -> None:
    with pytest.raises(Unsatisfiable):
        fill(schema, SEEN)


def attribute(*options: str) -> dict[str, Any]:
    return strict_object(
        {
            "value": {"anyOf": [{"type": "string", "enum": list(options)}, {"type": "null"}]},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        }
    )


def test_a_garment_schema_is_filled_from_what_was_seen() -> None:
    code = {"type": "string", "pattern": "^#[0-9a-f]{6}$"}
    colour = strict_object({"name": {"type": "string"}, "hex": code, "share": {"type": "number"}})
    schema = strict_object(
        {
            "category": attribute("dress", "top", "trousers"),
            "primary_colour": attribute("black", "blue", "green", "white"),
            "colours": {"type": "array", "items": colour},
            "pattern": attribute("floral", "solid", "striped"),
            "care": attribute("hand_wash", "machine_wash"),
            "brand": {"type": ["string", "null"]},
            "description": {"type": "string"},
        }
    )
    value = fill(schema, SEEN)
    assert value["category"] == {"value": "top", "confidence": 0.85}
    assert value["primary_colour"]["value"] == "blue"
    assert value["pattern"] == {"value": "striped", "confidence": 0.9}
    assert value["care"]["value"] is None
    assert value["care"]["confidence"] < 0.3
    assert value["brand"] is None
    assert [entry["hex"] for entry in value["colours"]] == ["#1d2850", "#fafafa"]
    assert [entry["share"] for entry in value["colours"]] == [0.7, 0.3]
    assert "striped" in value["description"]


def test_not_visible_is_preferred_where_nothing_is_known() -> None:
    seen_or_not = {
        "anyOf": [
            strict_object(
                {
                    "state": {"type": "string", "const": "seen"},
                    "value": {"type": "string", "enum": ["wool", "silk"]},
                }
            ),
            strict_object({"state": {"type": "string", "const": "not_visible"}}),
        ]
    }
    schema = strict_object(
        {
            "material": {"type": "string", "enum": ["wool", "silk", "not_visible"]},
            "brand": strict_object(
                {"value": {"type": ["string", "null"]},
                 "visibility": {"type": "string", "enum": ["visible", "not_visible"]}}
            ),
        }
    )  # fmt: skip
    assert fill(schema, SEEN) == {
        "material": "not_visible",
        "brand": {"value": None, "visibility": "not_visible"},
    }
    assert fill(strict_object({"lining": seen_or_not}), Evidence())["lining"]["state"] == "seen"


def test_a_text_that_lists_the_options_is_no_evidence_but_one_that_names_one_is() -> None:
    schema = strict_object(
        {"season": {"type": "string", "enum": ["autumn", "spring", "summer", "winter", "unknown"]}}
    )
    assert fill(schema, Evidence(text="Choose from spring, summer, autumn, winter."))["season"] == "unknown"
    assert fill(schema, Evidence(text="something for winter"))["season"] == "winter"


@pytest.mark.parametrize(
    ("said", "filled"),
    [
        ("It is 8 degrees.", (8, None)),
        ("Three outfits for -5 °C", (-5, 3)),
        ("two outfits", (None, 2)),
    ],
)
def test_degrees_are_a_temperature_and_not_how_many(said: str, filled: tuple[int | None, int | None]) -> None:
    schema = strict_object(
        {"temperature": {"type": ["number", "null"]}, "count": {"type": ["integer", "null"]}}
    )
    value = fill(schema, Evidence(text=said))
    assert (value["temperature"], value["count"]) == filled
