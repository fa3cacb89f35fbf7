"""The words of clothing this brain knows: colours with where they lie, patterns, garments, synonyms."""

import re

_COLOURS = """
black 1c1c1e, charcoal 3c4043, grey 808285, gray 808285, silver c0c3c7, white fafafa, ivory f6f1e3,
cream f1e6c8, beige d8c3a5, tan c49a6c, camel b98b57, brown 6f4628, chocolate 4a2c1d, khaki a79e6f,
olive 66692f, green 2e8b47, forest green 1f4d33, mint a9dfc0, teal 167a7c, turquoise 3dc5c1, cyan 35c7dd,
light blue a6cbe8, sky blue 87c1ea, blue 2a5db0, cobalt 1f46a8, royal blue 2a4ccb, denim 4b6a8f,
navy 1d2850, navy blue 1d2850, indigo 3b2f80, purple 6f3a96, violet 7d46c8, lavender b9a7dd, lilac c6a8d8,
magenta c52b8c, fuchsia d3309b, pink ee92b4, hot pink ef4f98, blush efc9c5, rose d66b82, red c8242c,
burgundy 6b1a2b, maroon 6b1a1f, rust a5482a, terracotta b7603f, orange ef7a24, peach f8c4a0, coral f4785f,
mustard cf9c2b, yellow f4d03c, gold cda24a
"""
COLOURS: dict[str, tuple[int, int, int]] = {
    name: (int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16))
    for name, code in (entry.strip().rsplit(" ", 1) for entry in _COLOURS.replace("\n", " ").split(","))
}

# The plain colour that people count a shade among, for schemas that offer plain colours only.
_SHADES = {
    "black": "charcoal",
    "grey": "charcoal silver gray",
    "gray": "charcoal silver grey",
    "white": "ivory",
    "beige": "cream tan camel khaki",
    "brown": "chocolate camel tan rust",
    "green": "olive mint teal forest_green khaki",
    "blue": "navy denim indigo cobalt royal_blue light_blue sky_blue turquoise cyan teal",
    "purple": "violet lavender lilac indigo",
    "pink": "blush rose hot_pink magenta peach coral",
    "red": "burgundy rose coral rust",
    "orange": "coral rust terracotta peach",
    "yellow": "mustard gold cream",
}
FAMILIES: dict[str, tuple[str, ...]] = {
    shade.replace("_", " "): tuple(plain for plain, shades in _SHADES.items() if shade in shades.split())
    for shade in " ".join(_SHADES.values()).split()
}

PATTERNS: dict[str, tuple[str, ...]] = {
    "solid": ("solid", "plain", "uni", "none"),
    "striped": ("striped", "stripes", "stripe", "pinstripe"),
    "checked": ("checked", "checks", "check", "plaid", "gingham", "tartan", "checkered", "houndstooth"),
    "dotted": ("dotted", "dots", "polka dot", "polka dots", "spotted"),
    "printed": ("printed", "print", "graphic", "abstract", "floral", "patterned", "other"),
    "textured": ("textured", "melange", "heathered", "marled", "ribbed", "solid", "plain"),
}

# By silhouette, the likeliest words first: what a schema offers of them is what it gets.
GARMENTS: dict[str, tuple[str, ...]] = {
    "top": ("t shirt", "tee", "shirt", "top", "tops", "blouse", "sweater", "upper", "knitwear", "outerwear"),
    "worn": ("outerwear", "jacket", "coat", "top", "tops", "shirt", "t shirt", "upper", "jumpsuit"),
    "sleeveless": ("tank top", "vest", "top", "tops", "t shirt", "shirt", "upper"),
    "trousers": ("trousers", "pants", "jeans", "bottom", "bottoms", "leggings", "lower"),
    "shorts": ("shorts", "bottom", "bottoms", "lower", "trousers", "pants"),
    "skirt": ("skirt", "skirts", "bottom", "bottoms", "lower"),
    "dress": ("dress", "dresses", "one piece", "gown", "skirt", "jumpsuit"),
    "shoe": ("shoes", "shoe", "footwear", "sneakers", "boots"),
    "long": ("scarf", "tie", "belt", "accessory", "accessories"),
    "compact": ("bag", "bags", "hat", "accessory", "accessories"),
}

UNKNOWN = (
    "not visible",
    "unknown",
    "unspecified",
    "undetermined",
    "unclear",
    "not applicable",
    "n a",
    "not sure",
)
NEUTRAL = (
    "none",
    "other",
    "neutral",
    "regular",
    "medium",
    "mid",
    "all season",
    "unisex",
    "casual",
    "any",
    "auto",
)

# What a kind of garment usually is. Weak evidence: it is offered with little confidence.
USUAL: dict[str, tuple[str, ...]] = {
    "top": ("casual", "regular", "light", "summer", "spring", "everyday"),
    "worn": ("casual", "regular", "warm", "autumn", "winter", "everyday"),
    "sleeveless": ("casual", "light", "summer", "everyday"),
    "trousers": ("casual", "smart casual", "regular", "medium", "autumn", "spring", "everyday"),
    "shorts": ("casual", "regular", "light", "summer", "sporty"),
    "skirt": ("smart casual", "regular", "light", "spring", "summer", "feminine"),
    "dress": ("smart casual", "semi formal", "regular", "light", "summer", "spring", "feminine"),
    "shoe": ("casual", "regular", "medium", "everyday"),
    "long": ("smart casual", "everyday"),
    "compact": ("casual", "everyday"),
}


def words(name: str) -> tuple[str, ...]:
    """``primaryColour``, ``primary_colour`` and ``primary-colour`` as lower-case words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return tuple(re.findall(r"[^\W_]+", spaced.lower()))


def plain(name: str) -> str:
    """A name in lower-case words with single spaces, for looking it up in these tables."""
    return " ".join(words(name))
