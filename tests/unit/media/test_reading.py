from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import pydantic_function_tool
from pydantic import ValidationError

from core.media import taxonomy
from core.media.attributes import GarmentAttributes
from core.media.models import Colour
from core.media.reading import GarmentReading, extraction

NAVY = Colour(hex="#1b2a4e", lab=(17.4, 4.4, -23.0), share=0.9)
WHITE = Colour(hex="#ffffff", lab=(100.0, 0.0, 0.0), share=0.1)


def field(value: Any = None, confidence: float = 0.9, state: str = "seen") -> dict[str, Any]:
    return {"value": value, "confidence": confidence, "state": state}


def answer(**changes: dict[str, Any]) -> GarmentReading:
    full = {
        "category": field("tops"),
        "subtype": field("shirt"),
        "colours": field(["navy", "white"]),
        "pattern": field("striped"),
        "materials": field(["cotton"]),
        "fit": field("regular"),
        "formality": field("smart-casual"),
        "warmth": field("light"),
        "seasons": field(["spring", "summer"]),
        "style_tags": field(["classic"]),
        "brand": field(None, 0.9, "not_visible"),
        "care": field(None, 0.9, "not_visible"),
        "description": field("A navy shirt with white stripes."),
    }
    return GarmentReading.model_validate({**full, **changes})


def read(measured: tuple[Colour, ...] = (NAVY, WHITE), **changes: dict[str, Any]) -> Any:
    return extraction(answer(**changes), list(measured), None)


def test_a_sure_reading_needs_no_review() -> None:
    result = read()
    assert result.needs_review == []
    assert result.attributes.category.google_product_category.id == 212
    assert [(c.name, c.hex) for c in result.attributes.colours.value] == [
        ("navy", "#1b2a4e"),
        ("white", "#ffffff"),
    ]


@pytest.mark.parametrize(("confidence", "asked"), [(0.59, True), (0.6, False)])
def test_an_unsure_field_is_for_review(confidence: float, asked: bool) -> None:
    assert (read(fit=field("slim", confidence)).needs_review == ["fit"]) is asked


def test_what_cannot_be_told_is_for_review_and_what_cannot_be_seen_is_not() -> None:
    assert read(materials=field(None, 0.9, "unknown")).needs_review == ["materials"]
    assert read(materials=field(None, 0.9, "not_visible")).needs_review == []
    assert read(brand=field(None, 0.9, "unknown")).needs_review == []


def test_without_a_category_somebody_must_look() -> None:
    result = read(category=field(None, 0.9, "not_visible"), subtype=field(None, 0.9, "not_visible"))
    assert result.needs_review == ["category"]
    assert result.attributes.category.google_product_category is None


def test_the_subtypes_number_is_the_more_exact_one() -> None:
    google = read(
        category=field("traditional"), subtype=field("sari")
    ).attributes.category.google_product_category
    assert (google.id, google.path.split(" > ")[-1]) == (8248, "Saris & Lehengas")


def test_a_subtype_of_another_category_is_dropped_and_both_are_for_review() -> None:
    result = read(category=field("shoes"), subtype=field("sari"))
    assert (result.attributes.category.value, result.attributes.subtype.value) == ("shoes", None)
    assert {"category", "subtype"} <= set(result.needs_review)


def test_a_subtype_without_a_category_gives_one_for_review() -> None:
    result = read(category=field(None, 0.9, "unknown"), subtype=field("kurta"))
    assert result.attributes.category.value == "traditional"
    assert "category" in result.needs_review


def test_a_colour_that_is_not_in_the_pixels_is_not_believed() -> None:
    result = read(colours=field(["red"], 0.99))
    assert result.attributes.colours.confidence == 0.3
    assert result.attributes.colours.value[0].hex is None
    assert "colours" in result.needs_review


def test_colours_that_cannot_be_told_are_none_however_much_was_measured() -> None:
    colours = read(colours=field(None, 0.9, "unknown")).attributes.colours
    assert (colours.value, colours.state, colours.confidence) == (None, "unknown", 0.9)


@pytest.mark.parametrize("empty", [None, "", "   ", []])
def test_nothing_is_seen_without_a_value(empty: Any) -> None:
    name = "materials" if isinstance(empty, list) else "description"
    given: dict[str, Any] = {name: field(empty, 0.95)}
    result = read(**given)
    assert getattr(result.attributes, name).state == "unknown"
    assert name in result.needs_review


def test_no_value_stands_that_was_not_seen() -> None:
    brand = read(brand=field("Guessed & Co", 0.4, "not_visible")).attributes.brand
    assert (brand.value, brand.state) == (None, "not_visible")


def test_texts_are_cut_and_lists_are_without_repeats() -> None:
    attributes = read(
        description=field("  much \n\n too " + "long " * 500), seasons=field(["summer", "summer"])
    ).attributes
    assert len(attributes.description.value) == 600
    assert attributes.description.value.startswith("much too long")
    assert attributes.seasons.value == ["summer"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": field("spacesuit")},
        {"subtype": field("pwned")},
        {"colours": field(["octarine"])},
        {"pattern": field("wavy")},
        {"fit": field("slim", 1.2)},
        {"fit": field("slim", -0.1)},
        {"fit": field("slim", state="sure")},
        {"google_product_category": {"id": 1}},
    ],
)
def test_words_and_numbers_outside_the_vocabulary_cost_the_repair(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        answer(**wrong)


@given(st.sampled_from(taxonomy.subtypes()), st.floats(0, 1))
def test_every_subtype_is_accepted_under_its_category(subtype: str, confidence: float) -> None:
    category = taxonomy.category_of(subtype)
    result = read(category=field(category, confidence), subtype=field(subtype, confidence))
    assert result.attributes.subtype.value == subtype
    assert result.attributes.category.google_product_category == _google(category, subtype)


def _google(category: str, subtype: str) -> Any:
    found = taxonomy.google_category(category, subtype)
    return type(read().attributes.category.google_product_category)(id=found.id, path=found.path)


def test_the_schema_is_one_a_strict_model_can_be_bound_by() -> None:
    schema: Any = pydantic_function_tool(GarmentReading)["function"]["parameters"]
    definitions = schema["$defs"]
    objects = [schema, *(d for d in definitions.values() if d.get("type") == "object")]
    assert all(
        d["additionalProperties"] is False and set(d["required"]) == set(d["properties"]) for d in objects
    )
    words = str(schema)
    assert "'sari'" in words
    assert "'kufi'" in words


def test_every_field_read_is_a_field_told() -> None:
    assert list(GarmentReading.model_fields) == list(GarmentAttributes.model_fields)
