"""What is told about a garment: every field with how sure it is, and why it may be empty."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.media.models import Colour
from core.platform import ids
from core.platform.examples import example, given_by
from core.platform.models import Wire

type State = Literal["seen", "not_visible", "unknown"]
type Pattern = Literal[
    "solid", "striped", "checked", "plaid", "dotted", "floral", "paisley", "geometric", "animal", "abstract",
    "camouflage", "tie-dye", "ikat", "batik", "wax-print", "block-print", "embroidered", "brocade", "lace",
    "graphic", "logo", "colour-block", "ombre", "other",
]  # fmt: skip
type Material = Literal[
    "cotton", "linen", "wool", "cashmere", "mohair", "alpaca", "silk", "hemp", "jute", "viscose", "lyocell",
    "modal", "polyester", "nylon", "acrylic", "elastane", "leather", "faux-leather", "suede", "fur",
    "faux-fur", "down", "denim", "corduroy", "velvet", "satin", "chiffon", "lace", "tulle", "tweed",
    "fleece", "jersey", "knit", "mesh", "canvas", "straw", "rubber", "metal", "wood", "plastic", "bead",
    "other",
]  # fmt: skip
type Fit = Literal["tight", "slim", "regular", "relaxed", "loose", "oversized", "draped"]
type Formality = Literal["loungewear", "sport", "casual", "smart-casual", "business", "formal", "ceremonial"]
type Warmth = Literal["very-light", "light", "medium", "warm", "very-warm"]
type Season = Literal["spring", "summer", "autumn", "winter"]
type StyleTag = Literal[
    "minimal", "classic", "preppy", "streetwear", "sporty", "outdoor", "workwear", "bohemian", "romantic",
    "vintage", "retro", "punk", "goth", "grunge", "western", "nautical", "military", "avant-garde",
    "glamorous", "modest", "festive", "traditional", "resort", "utility", "androgynous", "artsy", "techwear",
    "cottagecore",
]  # fmt: skip
type Care = Literal[
    "machine-wash-cold", "machine-wash-warm", "machine-wash-hot", "hand-wash", "do-not-wash", "dry-clean",
    "do-not-dry-clean", "tumble-dry", "do-not-tumble-dry", "line-dry", "dry-flat", "iron", "cool-iron",
    "do-not-iron", "do-not-bleach",
]  # fmt: skip


class Attribute[T](Wire):
    """One field. ``value`` is null unless the state is ``seen``.

    ``not_visible``: this photo cannot show it (the care label is inside). ``unknown``: it should be there to
    see and cannot be told.
    """

    value: T | None
    confidence: Annotated[float, Field(ge=0, le=1, examples=[0.92])]
    state: State


class GoogleProductCategory(Wire):
    """The entry of Google's product taxonomy the garment falls under."""

    model_config = example(id=212, path="Apparel & Accessories > Clothing > Shirts & Tops")

    id: int
    path: str


class CategoryAttribute(Attribute[str]):
    """The category, with Google's number for it (of the subtype, where that is known)."""

    model_config = example(value="tops")

    google_product_category: GoogleProductCategory | None


class NamedColour(Wire):
    """A colour by name; ``hex`` and ``share`` are measured in the pixels, or null."""

    model_config = example(name="sand", hex="#c8b68f", share=1.0)

    name: str
    hex: str | None
    share: float | None


class GarmentAttributes(Wire):
    """Everything told about one garment."""

    model_config = example(
        subtype={"value": "shirt", "confidence": 0.93, "state": "seen"},
        pattern={"value": "solid", "confidence": 0.97, "state": "seen"},
        materials={"value": ["linen"], "confidence": 0.71, "state": "seen"},
        fit={"value": "relaxed", "confidence": 0.64, "state": "seen"},
        formality={"value": "smart-casual", "confidence": 0.8, "state": "seen"},
        warmth={"value": "light", "confidence": 0.77, "state": "seen"},
        seasons={"value": ["spring", "summer"], "confidence": 0.82, "state": "seen"},
        style_tags={"value": ["minimal"], "confidence": 0.58, "state": "seen"},
        brand={"value": None, "confidence": 0.0, "state": "not_visible"},
        care={"value": None, "confidence": 0.0, "state": "not_visible"},
        description={"value": "A loose sand-coloured linen shirt.", "confidence": 0.9, "state": "seen"},
    )

    category: CategoryAttribute
    subtype: Attribute[str]
    colours: Attribute[list[NamedColour]]
    pattern: Attribute[Pattern]
    materials: Attribute[list[Material]]
    fit: Attribute[Fit]
    formality: Attribute[Formality]
    warmth: Attribute[Warmth]
    seasons: Attribute[list[Season]]
    style_tags: Attribute[list[StyleTag]]
    brand: Attribute[str]
    care: Attribute[list[Care]]
    description: Attribute[str]


class Extraction(Wire):
    """The attributes of a garment; ``needs_review`` names the fields a person should look at."""

    model_config = example(needs_review=["style_tags"], image_id="0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1")

    image_id: str | None
    attributes: GarmentAttributes
    needs_review: list[str]
    measured_colours: list[Colour]


class ExtractionRequest(Wire):
    """A photo that was processed before; a service also says whose it is."""

    image_id: Annotated[
        str,
        given_by("process_image", "/image_id"),
        Field(pattern=f"^{ids.FORM}$"),
    ]
    user_id: Annotated[
        str | None, Field(max_length=64, description="Only for service callers: the photo's owner.")
    ] = None
