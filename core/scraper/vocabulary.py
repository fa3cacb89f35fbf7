"""Words of shops and magazines that the media taxonomy has under another name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ALSO: Final[Mapping[str, str]] = {
    "dress": "dresses", "gown": "dresses", "kleid": "dresses", "top": "tops", "tee": "t-shirt",
    "tshirt": "t-shirt", "longsleeve": "tops", "vest-top": "tank-top", "singlet": "tank-top",
    "jumper": "sweater", "pullover": "sweater", "knitwear": "sweater", "knit": "sweater",
    "roll-neck": "turtleneck", "gilet": "vest", "waistcoat": "vest", "trouser": "trousers",
    "pants": "trousers", "slacks": "trousers", "hose": "trousers", "denim-jeans": "jeans",
    "short": "shorts", "skirt": "skirts", "rock": "skirts", "jacket": "outerwear", "jacke": "outerwear",
    "overcoat": "coat", "mantel": "coat", "anorak": "windbreaker", "mac": "raincoat",
    "puffer": "puffer-jacket", "suit": "suits", "playsuit": "romper", "overalls": "dungarees",
    "hemd": "shirt", "bluse": "blouse", "shoe": "shoes", "schuhe": "shoes", "boot": "boots",
    "trainers": "sneakers", "plimsolls": "sneakers", "pumps": "heels", "stilettos": "heels",
    "flats": "ballet-flats", "bag": "bags", "tasche": "bags", "tote": "tote-bag", "purse": "handbag",
    "rucksack": "backpack", "hat": "hats", "baseball-cap": "cap", "glove": "gloves", "tie": "necktie",
    "bikini-top": "bikini", "swimming-costume": "swimsuit", "dressing-gown": "robe", "pajamas": "pyjamas",
    "saree": "sari", "jewelry": "jewellery", "jewelery": "jewellery", "sock": "socks",
}  # fmt: skip
"""Other words for a category or subtype of the taxonomy."""
PATTERNS: Final[Mapping[str, str]] = {
    "stripe": "striped", "pinstripe": "striped", "breton": "striped", "check": "checked",
    "gingham": "checked", "tartan": "plaid", "polka-dot": "dotted", "spotted": "dotted",
    "flower": "floral", "flowers": "floral", "leopard": "animal", "zebra": "animal", "snake": "animal",
    "camo": "camouflage", "embroidery": "embroidered",
}  # fmt: skip
