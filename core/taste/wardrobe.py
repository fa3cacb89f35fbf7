"""How each kind of garment is drawn and how much of a look it fills.

Kinds are the words of the media taxonomy, so a card shows things the app can also recognise. A kind is a
figure (what sort of outline) with its proportions; a new kind is one line here and needs no new drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

type Figure = Literal[
    "legs", "skirt", "dress", "top", "coat", "suit", "drape", "wrap", "cape", "sash", "scarf", "necklace",
    "veil",
    "turban", "cap", "hat", "flower", "tie", "glasses", "earrings", "bangle", "gloves", "shoes", "boots",
    "bag",
    "socks", "cone", "choli", "bib",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """Proportions of a figure.

    ``length`` runs from 0 (waist) over 0.5 (knee) to 1 (ankle), negative above the waist; ``width`` is the
    half-width at the hem relative to the hip; ``sleeve`` runs from 0 (none) to 1 (wrist); ``loose`` widens
    the waist and the sleeves; ``brim`` is that of a hat; ``open`` is
    whether a coat shows what is under it; ``area`` is the share of the picture relative to a
    shirt.
    """

    figure: Figure
    area: float = 1.0
    length: float = 0.2
    width: float = 1.0
    sleeve: float = 0.0
    loose: float = 0.2
    brim: float = 0.0
    open: bool = True


PATTERN_STRENGTH: Final[dict[str, float]] = {
    "solid": -0.8,
    "pleated": -0.2,
    "colour-block": 0.3,
    "logo": 0.0,
    "ombre": 0.1,
    "striped": 0.6,
    "checked": 0.7,
    "plaid": 0.8,
    "dotted": 0.8,
    "graphic": 0.7,
    "lace": 0.6,
    "embroidered": 0.8,
    "brocade": 0.8,
    "geometric": 0.9,
    "floral": 0.9,
    "paisley": 0.9,
    "block-print": 0.9,
    "abstract": 0.9,
    "camouflage": 0.8,
    "tie-dye": 1.0,
    "ikat": 1.0,
    "batik": 1.0,
    "wax-print": 1.0,
    "animal": 1.0,
    "other": 0.3,
}
"""Where a pattern lies on the facet ``pattern``; the words are those of the media attributes."""

_SHAPES: Final[dict[str, Shape]] = {
    # tops
    "t-shirt": Shape("top", length=0.14, sleeve=0.32),
    "tank-top": Shape("top", length=0.1, loose=0.05),
    "halter-top": Shape("top", length=0.05, loose=0.0),
    "crop-top": Shape("top", 0.6, length=-0.25, sleeve=0.2, loose=0.0),
    "sari-blouse": Shape("top", 0.6, length=-0.25, sleeve=0.3, loose=0.0),
    "sports-top": Shape("top", 0.7, length=-0.15, loose=0.0),
    "corset-top": Shape("top", 0.8, length=0.05, loose=-0.15),
    "polo-shirt": Shape("top", length=0.14, sleeve=0.34),
    "shirt": Shape("top", length=0.17, sleeve=0.95),
    "blouse": Shape("top", length=0.1, sleeve=0.85, loose=0.35),
    "aloha-shirt": Shape("top", length=0.18, sleeve=0.38, loose=0.45),
    "guayabera": Shape("top", length=0.2, sleeve=0.38, loose=0.35),
    "barong-tagalog": Shape("top", 1.1, length=0.27, sleeve=0.95, loose=0.3),
    "vyshyvanka": Shape("top", length=0.15, sleeve=0.95, loose=0.4),
    "sweater": Shape("top", 1.1, length=0.15, sleeve=0.97, loose=0.45),
    "turtleneck": Shape("top", length=0.12, sleeve=0.97, loose=0.1),
    "sweatshirt": Shape("top", 1.1, length=0.16, sleeve=0.97, loose=0.5),
    "hoodie": Shape("top", 1.2, length=0.2, sleeve=0.97, loose=0.6),
    "cycling-jersey": Shape("top", length=0.08, sleeve=0.35, loose=0.0),
    "dashiki": Shape("top", 1.3, length=0.3, sleeve=0.5, loose=0.6),
    "tunic": Shape("top", 1.4, length=0.42, width=1.15, sleeve=0.9, loose=0.5),
    "kurta": Shape("top", 1.4, length=0.48, width=1.05, sleeve=0.9, loose=0.25),
    "huipil": Shape("top", 1.2, length=0.28, width=1.2, sleeve=0.3, loose=0.7),
    "kebaya": Shape("top", length=0.2, sleeve=0.9, loose=0.05),
    # legs
    "jeans": Shape("legs", length=0.97, width=0.5),
    "chinos": Shape("legs", length=0.93, width=0.48),
    "dress-trousers": Shape("legs", length=0.99, width=0.48),
    "linen-trousers": Shape("legs", length=0.97, width=0.62),
    "corduroy-trousers": Shape("legs", length=0.97, width=0.58),
    "cargo-trousers": Shape("legs", length=0.95, width=0.66),
    "wide-leg-trousers": Shape("legs", 1.1, length=1.0, width=0.85),
    "harem-trousers": Shape("legs", 1.1, length=0.9, width=0.75),
    "joggers": Shape("legs", length=0.92, width=0.5),
    "leggings": Shape("legs", 0.8, length=0.94, width=0.32),
    "sports-leggings": Shape("legs", 0.8, length=0.94, width=0.32),
    "cycling-bib": Shape("legs", 0.6, length=0.42, width=0.4),
    "cycling-shorts": Shape("legs", 0.5, length=0.38, width=0.4),
    "sports-shorts": Shape("legs", 0.5, length=0.28, width=0.62),
    "denim-shorts": Shape("legs", 0.5, length=0.22, width=0.52),
    "chino-shorts": Shape("legs", 0.5, length=0.38, width=0.56),
    "dress-shorts": Shape("legs", 0.5, length=0.36, width=0.6),
    # skirts and wraps
    "mini-skirt": Shape("skirt", 0.5, length=0.24, width=1.15),
    "denim-skirt": Shape("skirt", 0.6, length=0.45, width=1.1),
    "pencil-skirt": Shape("skirt", 0.7, length=0.55, width=0.82),
    "pleated-skirt": Shape("skirt", 0.8, length=0.5, width=1.45),
    "long-skirt": Shape("skirt", 1.1, length=0.95, width=1.35),
    "ribbon-skirt": Shape("skirt", 1.1, length=0.92, width=1.5),
    "kilt": Shape("skirt", 0.7, length=0.48, width=1.2),
    "sarong": Shape("wrap", 1.0, length=0.93, width=0.95),
    "lungi": Shape("wrap", 1.0, length=0.93, width=1.0),
    # dresses and long traditional wear
    "slip-dress": Shape("dress", 1.6, length=0.75, width=1.05, loose=0.1),
    "sheath-dress": Shape("dress", 1.6, length=0.48, width=0.88, sleeve=0.12, loose=0.0),
    "mini-dress": Shape("dress", 1.3, length=0.26, width=1.1, sleeve=0.1, loose=0.1),
    "evening-gown": Shape("dress", 2.0, length=1.02, width=1.6, loose=-0.1),
    "knit-dress": Shape("dress", 1.6, length=0.6, width=0.9, sleeve=0.9, loose=-0.05),
    "tea-dress": Shape("dress", 1.6, length=0.6, width=1.4, sleeve=0.4, loose=0.05),
    "maxi-dress": Shape("dress", 2.0, length=0.98, width=1.75, sleeve=0.7, loose=0.25),
    "shirt-dress": Shape("dress", 1.6, length=0.55, width=1.2, sleeve=0.6, loose=0.3),
    "sundress": Shape("dress", 1.5, length=0.5, width=1.5, loose=0.0),
    "wrap-dress": Shape("dress", 1.6, length=0.6, width=1.25, sleeve=0.7, loose=0.05),
    "a-line-dress": Shape("dress", 1.6, length=0.6, width=1.6, sleeve=0.35, loose=0.0),
    "flamenco-dress": Shape("dress", 2.0, length=1.0, width=1.9, sleeve=0.4, loose=-0.1),
    "dirndl": Shape("dress", 1.6, length=0.62, width=1.6, loose=-0.1),
    "cheongsam": Shape("dress", 1.8, length=0.8, width=0.85, sleeve=0.12, loose=-0.1),
    "ao-dai": Shape("dress", 1.9, length=0.95, width=0.85, sleeve=0.97, loose=-0.1),
    "anarkali": Shape("dress", 2.0, length=0.95, width=1.9, sleeve=0.9, loose=0.0),
    "lehenga": Shape("choli", 2.0, length=0.98, width=2.0, sleeve=0.3),
    "hanbok": Shape("dress", 2.0, length=0.98, width=1.9, sleeve=0.97, loose=0.5),
    "habesha-kemis": Shape("dress", 2.0, length=0.97, width=1.5, sleeve=0.9, loose=0.3),
    "iro-and-buba": Shape("dress", 2.0, length=0.95, width=1.15, sleeve=0.7, loose=0.5),
    "baju-kurung": Shape("dress", 2.0, length=0.97, width=1.15, sleeve=0.97, loose=0.45),
    "kaftan": Shape("dress", 2.2, length=0.97, width=1.6, sleeve=0.75, loose=1.0),
    "takchita": Shape("dress", 2.2, length=1.0, width=1.6, sleeve=0.95, loose=0.4),
    "abaya": Shape("dress", 2.2, length=1.0, width=1.4, sleeve=1.0, loose=0.8),
    "djellaba": Shape("dress", 2.2, length=0.97, width=1.35, sleeve=1.0, loose=0.7),
    "thobe": Shape("dress", 2.2, length=0.97, width=1.15, sleeve=1.0, loose=0.35),
    "boubou": Shape("dress", 2.4, length=0.98, width=1.9, sleeve=0.85, loose=1.3),
    "agbada": Shape("dress", 2.4, length=0.8, width=1.9, sleeve=1.0, loose=1.4),
    "kimono": Shape("dress", 2.2, length=0.98, width=0.95, sleeve=0.95, loose=0.9),
    "yukata": Shape("dress", 2.1, length=0.95, width=0.95, sleeve=0.85, loose=0.75),
    "hanfu": Shape("dress", 2.2, length=1.0, width=1.5, sleeve=1.0, loose=1.0),
    "jumpsuit": Shape("suit", 1.8, length=0.97, width=0.7, sleeve=0.3, loose=0.1),
    "dungarees": Shape("bib", 1.3, length=0.92, width=0.6),
    "bikini": Shape("top", 0.4, length=-0.42, loose=-0.05),
    "burkini": Shape("suit", 1.8, length=0.9, width=0.42, sleeve=0.97, loose=0.25, open=False),
    "sports-hijab-set": Shape("top", 1.5, length=0.35, sleeve=0.97, loose=0.2),
    # sets and suits
    "two-piece-suit": Shape("suit", 2.0, length=0.99, width=0.46, sleeve=0.97, loose=0.2),
    "tuxedo": Shape("suit", 2.0, length=0.99, width=0.46, sleeve=0.97, loose=0.15),
    "pant-suit": Shape("suit", 2.0, length=1.0, width=0.6, sleeve=0.97, loose=0.1, open=False),
    "tracksuit": Shape("suit", 2.0, length=0.93, width=0.52, sleeve=0.97, loose=0.4, open=False),
    "loungewear-set": Shape("suit", 2.0, length=0.95, width=0.6, sleeve=0.97, loose=0.5, open=False),
    "pyjamas": Shape("suit", 2.0, length=0.97, width=0.68, sleeve=0.95, loose=0.5, open=False),
    "matching-set": Shape("suit", 1.7, length=0.6, width=0.75, sleeve=0.4, loose=0.6),
    "skirt-suit": Shape("coat", 1.8, length=0.52, width=0.85, sleeve=0.97, loose=0.0),
    # outer layers
    "blazer": Shape("coat", 1.3, length=0.26, sleeve=0.97, loose=0.3),
    "denim-jacket": Shape("coat", 1.1, length=0.12, sleeve=0.97, loose=0.35),
    "leather-jacket": Shape("coat", 1.1, length=0.1, sleeve=0.97, loose=0.2),
    "bomber-jacket": Shape("coat", 1.2, length=0.14, sleeve=0.97, loose=0.5, open=False),
    "windbreaker": Shape("coat", 1.3, length=0.22, sleeve=0.97, loose=0.5, open=False),
    "fleece-jacket": Shape("coat", 1.2, length=0.16, sleeve=0.97, loose=0.45, open=False),
    "puffer-jacket": Shape("coat", 1.4, length=0.18, sleeve=0.97, loose=0.8, open=False),
    "cardigan": Shape("coat", 1.1, length=0.16, sleeve=0.95, loose=0.3),
    "haori": Shape("coat", 1.5, length=0.4, width=1.1, sleeve=0.8, loose=0.9),
    "bandhgala": Shape("coat", 1.4, length=0.28, sleeve=0.97, loose=0.1, open=False),
    "sherwani": Shape("coat", 1.8, length=0.52, width=1.1, sleeve=0.97, loose=0.1, open=False),
    "coat": Shape("coat", 1.8, length=0.6, width=1.15, sleeve=0.97, loose=0.4),
    "trench-coat": Shape("coat", 1.8, length=0.58, width=1.25, sleeve=0.97, loose=0.3),
    "raincoat": Shape("coat", 1.6, length=0.45, width=1.25, sleeve=0.97, loose=0.5, open=False),
    "cape": Shape("cape", 1.7, length=0.4, width=1.9),
    "poncho": Shape("cape", 1.6, length=0.2, width=2.1),
    # draped
    "sari": Shape("drape", 2.2, length=0.99, width=1.3),
    "dupatta": Shape("scarf", 0.5, length=0.6),
    "shawl": Shape("scarf", 0.5, length=0.3),
    "scarf": Shape("scarf", 0.3, length=0.0),
    # waist
    "belt": Shape("sash", 0.1, width=0.35),
    "sash": Shape("sash", 0.15, width=0.7),
    "obi": Shape("sash", 0.3, width=1.6),
    # head
    "hijab": Shape("veil", 0.5, length=0.0),
    "ghutra": Shape("veil", 0.5, length=0.3),
    "turban": Shape("turban", 0.25),
    "dastar": Shape("turban", 0.25),
    "headwrap": Shape("turban", 0.25, loose=0.5),
    "gele": Shape("turban", 0.35, loose=1.0),
    "beanie": Shape("cap", 0.15),
    "cap": Shape("cap", 0.15, brim=0.6),
    "flat-cap": Shape("cap", 0.15, brim=0.4),
    "beret": Shape("cap", 0.15, loose=0.5),
    "kufi": Shape("cap", 0.12),
    "fedora": Shape("hat", 0.2, brim=0.6),
    "panama-hat": Shape("hat", 0.2, brim=0.6),
    "sun-hat": Shape("hat", 0.3, brim=1.2),
    "conical-hat": Shape("cone", 0.3, brim=1.0),
    "hair-comb": Shape("flower", 0.05),
    # small things
    "bow-tie": Shape("tie", 0.05, length=0.0),
    "necktie": Shape("tie", 0.08, length=1.0),
    "necklace": Shape("necklace", 0.1),
    "earrings": Shape("earrings", 0.05),
    "bracelet": Shape("bangle", 0.05),
    "bangle": Shape("bangle", 0.06, width=2.0),
    "sunglasses": Shape("glasses", 0.05),
    "opera-gloves": Shape("gloves", 0.2, length=0.6),
    "handbag": Shape("bag", 0.2),
    "tote-bag": Shape("bag", 0.25, loose=0.5),
    "clutch": Shape("bag", 0.12, loose=-0.4),
    "crossbody-bag": Shape("bag", 0.2, loose=-0.1),
    "belt-bag": Shape("bag", 0.12, loose=-0.4),
    "tights": Shape("socks", 0.3, length=0.1),
    "socks": Shape("socks", 0.1, length=0.85),
}
_SHOES: Final[dict[str, Shape]] = {
    **dict.fromkeys(
        (
            "sneakers",
            "running-shoes",
            "oxfords",
            "brogues",
            "loafers",
            "espadrilles",
            "slippers",
            "babouches",
        ),
        Shape("shoes", 0.15),
    ),
    **dict.fromkeys(
        ("sandals", "slides", "flip-flops", "kolhapuris", "juttis", "mojaris", "mary-janes", "geta"),
        Shape("shoes", 0.12, loose=-0.2),
    ),
    **dict.fromkeys(("heels", "platforms"), Shape("shoes", 0.12, width=0.6, loose=-0.2)),
    **dict.fromkeys(("boots", "ankle-boots", "hiking-boots"), Shape("boots", 0.25, length=0.84)),
    **dict.fromkeys(("knee-boots", "rain-boots"), Shape("boots", 0.4, length=0.6)),
}
KINDS: Final[tuple[str, ...]] = (*_SHAPES, *_SHOES)
"""What can be drawn."""


def shape_of(kind: str) -> Shape:
    """Return how ``kind`` is drawn.

    Raises:
        ValueError: nobody has said how to draw it.
    """
    found = _SHAPES.get(kind) or _SHOES.get(kind)
    if found is None:
        raise ValueError(f"no shape for {kind!r}; add it to core/taste/wardrobe.py")
    return found
