"""What each kind of garment is in an outfit: where it goes, how it layers, how warm and how formal it is.

The words are those of the media taxonomy (a test holds the two together), which is broad on purpose: a
kurta is worn over trousers, a sari is a whole outfit, a haori goes over everything. Categories are free
text in the vault, so a word nobody knows is answered by ``kind_of`` with ``None`` rather than with a guess.

Insulation is in clo (1 clo = 0.155 m² K/W), per garment, rounded from the tables of ISO 9920:2007 annex B
and ANSI/ASHRAE 55 table 5-3; garments those tables lack take the value of the nearest in cut and cover.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

type Slot = Literal[
    "top", "bottom", "full", "over", "mid", "outer", "footwear",
    "legwear", "head", "neck", "tie", "belt", "bag", "jewellery", "eyewear", "hands", "blouse",
]  # fmt: skip
type Idiom = Literal[
    "south-asian", "southeast-asian", "east-asian", "central-asian", "arab", "west-african", "east-african",
    "american", "pacific", "european", "liturgical",
]  # fmt: skip

CORE: Final[tuple[Slot, ...]] = ("top", "bottom", "full", "over", "mid", "outer", "footwear")
"""Slots that make the outfit and its score."""
ACCENTS: Final[tuple[Slot, ...]] = (
    "blouse", "legwear", "head", "neck", "tie", "belt", "bag", "jewellery", "eyewear", "hands",
)  # fmt: skip
"""Slots that finish an outfit: chosen after it, and never changing its score."""

LEVELS: Final = ("loungewear", "sport", "casual", "smart-casual", "business", "formal", "ceremonial")
"""The formality words of the media attributes, from least to most."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of garment.

    ``layer``: 1 next to the skin, 2 knitwear, 3 jackets, 4 coats; a layer goes only over lower ones.
    ``clo``: insulation of the garment alone. ``level``: index into ``LEVELS``. ``idiom``: what dress it is
    part of, ``None`` where it belongs to everybody.
    """

    word: str
    slot: Slot
    layer: int
    clo: float
    level: int
    idiom: Idiom | None = None


type _Row = tuple[Slot, int, float, str, Idiom | None, str]

_ROWS: Final[tuple[_Row, ...]] = (
    # everyday garments
    ("top", 1, 0.06, "casual", None, "tank-top camisole crop-top halter-top"),
    ("top", 1, 0.09, "casual", None, "t-shirt"),
    ("top", 1, 0.15, "smart-casual", None, "corset-top peplum-top wrap-top"),
    ("top", 1, 0.17, "casual", None, "polo-shirt aloha-shirt bodysuit"),
    ("top", 1, 0.19, "smart-casual", None, "guayabera"),
    ("top", 1, 0.20, "smart-casual", None, "blouse tops"),
    ("top", 1, 0.25, "smart-casual", None, "shirt"),
    ("top", 1, 0.25, "casual", None, "henley tunic"),
    ("top", 1, 0.32, "casual", None, "flannel-shirt"),
    ("top", 2, 0.28, "smart-casual", None, "turtleneck"),
    ("top", 2, 0.32, "casual", None, "sweatshirt hoodie"),
    ("top", 2, 0.34, "smart-casual", None, "sweater"),
    ("mid", 2, 0.30, "smart-casual", None, "cardigan"),
    ("mid", 2, 0.18, "smart-casual", None, "sweater-vest"),
    ("mid", 3, 0.38, "business", None, "blazer"),
    ("mid", 2, 0.14, "smart-casual", None, "vest"),
    ("bottom", 1, 0.24, "casual", None, "jeans cargo-trousers"),
    ("bottom", 1, 0.22, "smart-casual", None, "chinos wide-leg-trousers trousers cropped-trousers"),
    ("bottom", 1, 0.18, "smart-casual", None, "palazzo-trousers culottes linen-trousers"),
    ("bottom", 1, 0.28, "smart-casual", None, "corduroy-trousers"),
    ("bottom", 1, 0.18, "casual", None, "leggings harem-trousers"),
    ("bottom", 1, 0.26, "sport", None, "joggers"),
    ("bottom", 1, 0.24, "business", None, "dress-trousers"),
    ("bottom", 1, 0.07, "casual", None, "denim-shorts chino-shorts bermuda-shorts shorts"),
    ("bottom", 1, 0.06, "sport", None, "cycling-shorts sports-shorts"),
    ("bottom", 1, 0.08, "smart-casual", None, "dress-shorts"),
    ("bottom", 1, 0.10, "casual", None, "mini-skirt denim-skirt skort"),
    ("bottom", 1, 0.15, "smart-casual", None, "knee-length-skirt skirts wrap-skirt circle-skirt"),
    ("bottom", 1, 0.15, "smart-casual", None, "pleated-skirt"),
    ("bottom", 1, 0.20, "smart-casual", None, "long-skirt"),
    ("bottom", 1, 0.15, "business", None, "pencil-skirt"),
    ("full", 1, 0.22, "casual", None, "sundress mini-dress"),
    ("full", 1, 0.25, "smart-casual", None, "slip-dress"),
    ("full", 1, 0.33, "smart-casual", None, "shirt-dress wrap-dress a-line-dress midi-dress tea-dress"),
    ("full", 1, 0.33, "smart-casual", None, "dresses"),
    ("full", 1, 0.36, "smart-casual", None, "maxi-dress jumpsuit one-pieces"),
    ("full", 1, 0.47, "smart-casual", None, "knit-dress"),
    ("full", 1, 0.29, "business", None, "sheath-dress"),
    ("full", 1, 0.26, "formal", None, "cocktail-dress"),
    ("full", 1, 0.36, "formal", None, "evening-gown"),
    ("full", 1, 0.20, "casual", None, "romper"),
    ("full", 2, 0.50, "smart-casual", None, "matching-set twinset outfit-sets"),
    ("full", 2, 0.55, "sport", None, "tracksuit"),
    ("full", 1, 0.30, "ceremonial", None, "bridesmaid-dress"),
    ("over", 3, 0.62, "business", None, "two-piece-suit pant-suit skirt-suit suits"),
    ("over", 3, 0.75, "formal", None, "three-piece-suit"),
    ("over", 3, 0.65, "ceremonial", None, "tuxedo"),
    ("over", 2, 0.30, "casual", None, "dungarees"),
    ("over", 2, 0.22, "smart-casual", None, "pinafore-dress"),
    ("outer", 4, 0.36, "casual", None, "denim-jacket bomber-jacket windbreaker"),
    ("outer", 4, 0.44, "casual", None, "leather-jacket fleece-jacket"),
    ("outer", 4, 0.50, "smart-casual", None, "trench-coat cape"),
    ("outer", 4, 0.40, "casual", None, "raincoat outerwear"),
    ("outer", 4, 0.62, "smart-casual", None, "coat"),
    ("outer", 4, 0.70, "casual", None, "parka puffer-jacket"),
    ("top", 1, 0.10, "sport", None, "sports-top cycling-jersey activewear"),
    ("top", 1, 0.25, "sport", None, "sports-hijab-set"),
    ("bottom", 1, 0.15, "sport", None, "sports-leggings yoga-trousers"),
    ("outer", 4, 0.28, "sport", None, "training-jacket"),
    ("outer", 4, 0.45, "casual", None, "motorcycle-jacket"),
    # dress that belongs somewhere
    ("full", 1, 0.35, "formal", "south-asian", "sari mekhela-chador"),
    ("full", 1, 0.45, "ceremonial", "south-asian", "lehenga ghagra-choli"),
    ("full", 1, 0.45, "formal", "south-asian", "anarkali"),
    ("full", 1, 0.45, "smart-casual", "south-asian", "salwar-kameez"),
    ("top", 1, 0.25, "smart-casual", "south-asian", "kurta"),
    ("top", 1, 0.20, "casual", "south-asian", "kurti"),
    ("top", 3, 0.45, "ceremonial", "south-asian", "sherwani achkan"),
    ("mid", 3, 0.36, "formal", "south-asian", "bandhgala"),
    ("bottom", 1, 0.20, "smart-casual", "south-asian", "dhoti veshti mundu"),
    ("bottom", 1, 0.15, "casual", "south-asian", "lungi"),
    ("blouse", 1, 0.08, "formal", "south-asian", "sari-blouse"),
    ("top", 2, 0.55, "smart-casual", "south-asian", "pheran"),
    ("full", 2, 0.60, "formal", "central-asian", "kira gho chuba deel"),
    ("bottom", 1, 0.18, "smart-casual", "southeast-asian", "longyi sinh sarong"),
    ("top", 1, 0.18, "formal", "southeast-asian", "kebaya barong-tagalog"),
    ("full", 1, 0.40, "smart-casual", "southeast-asian", "baju-kurung baju-melayu"),
    ("full", 1, 0.35, "formal", "southeast-asian", "terno ao-dai"),
    ("full", 1, 0.28, "casual", "southeast-asian", "ao-ba-ba"),
    ("full", 1, 0.55, "ceremonial", "east-asian", "hanbok furisode"),
    ("top", 1, 0.25, "formal", "east-asian", "jeogori"),
    ("full", 1, 0.35, "formal", "east-asian", "cheongsam"),
    ("full", 1, 0.45, "smart-casual", "east-asian", "hanfu changshan"),
    ("top", 1, 0.28, "smart-casual", "east-asian", "tang-suit"),
    ("full", 1, 0.50, "formal", "east-asian", "kimono"),
    ("full", 1, 0.35, "casual", "east-asian", "yukata jinbei"),
    ("outer", 4, 0.30, "smart-casual", "east-asian", "haori"),
    ("bottom", 1, 0.28, "formal", "east-asian", "hakama"),
    ("full", 1, 0.40, "smart-casual", "arab", "abaya jilbab chador jalabiya gandora kaftan"),
    ("full", 1, 0.40, "business", "arab", "thobe"),
    ("outer", 4, 0.30, "ceremonial", "arab", "bisht"),
    ("full", 2, 0.60, "smart-casual", "arab", "djellaba"),
    ("full", 1, 0.50, "ceremonial", "arab", "takchita"),
    ("outer", 4, 0.60, "smart-casual", "arab", "burnous"),
    ("full", 1, 0.55, "ceremonial", "west-african", "agbada"),
    ("full", 1, 0.40, "formal", "west-african", "boubou iro-and-buba kente-cloth"),
    ("full", 1, 0.38, "smart-casual", "west-african", "kaba buba-and-sokoto"),
    ("top", 1, 0.18, "smart-casual", "west-african", "dashiki"),
    ("top", 1, 0.22, "formal", "west-african", "isiagu"),
    ("bottom", 1, 0.15, "casual", "east-african", "kanga kitenge"),
    ("full", 1, 0.38, "formal", "east-african", "habesha-kemis gomesi kanzu"),
    ("outer", 4, 0.30, "casual", "east-african", "shuka"),
    ("top", 1, 0.20, "smart-casual", "american", "huipil ribbon-shirt"),
    ("outer", 4, 0.30, "smart-casual", "american", "quechquemitl"),
    ("outer", 4, 0.45, "casual", "american", "poncho ruana"),
    ("bottom", 1, 0.28, "smart-casual", "american", "pollera ribbon-skirt"),
    ("over", 3, 0.65, "ceremonial", "american", "charro-suit"),
    ("full", 1, 0.45, "ceremonial", "american", "buckskin-dress"),
    ("full", 1, 0.33, "formal", "pacific", "holoku puletasi"),
    ("bottom", 1, 0.15, "casual", "pacific", "lavalava pareo"),
    ("full", 1, 0.45, "formal", "european", "dirndl"),
    ("full", 2, 0.65, "ceremonial", "european", "bunad gakti"),
    ("bottom", 1, 0.20, "smart-casual", "european", "lederhosen"),
    ("bottom", 1, 0.30, "formal", "european", "kilt"),
    ("bottom", 1, 0.30, "ceremonial", "european", "fustanella"),
    ("top", 1, 0.25, "smart-casual", "european", "vyshyvanka"),
    ("over", 2, 0.30, "smart-casual", "european", "sarafan"),
    ("outer", 4, 0.45, "formal", "european", "chokha"),
    ("full", 1, 0.40, "ceremonial", "european", "flamenco-dress"),
    ("full", 1, 0.45, "ceremonial", "liturgical", "cassock clerical-robe ihram kasaya"),
    # shoes
    ("footwear", 1, 0.02, "casual", None, "sneakers espadrilles clogs shoes"),
    ("footwear", 1, 0.02, "sport", None, "running-shoes"),
    ("footwear", 1, 0.03, "smart-casual", None, "loafers moccasins ballet-flats mary-janes wedges platforms"),
    ("footwear", 1, 0.03, "business", None, "derbies brogues"),
    ("footwear", 1, 0.03, "formal", None, "oxfords heels"),
    ("footwear", 1, 0.09, "smart-casual", None, "ankle-boots boots"),
    ("footwear", 1, 0.12, "smart-casual", None, "knee-boots"),
    ("footwear", 1, 0.10, "casual", None, "rain-boots hiking-boots valenki"),
    ("footwear", 1, 0.01, "casual", None, "sandals"),
    ("footwear", 1, 0.01, "loungewear", None, "slides flip-flops"),
    ("footwear", 1, 0.03, "loungewear", None, "slippers"),
    ("footwear", 1, 0.02, "formal", "south-asian", "mojaris"),
    ("footwear", 1, 0.02, "smart-casual", "south-asian", "juttis"),
    ("footwear", 1, 0.01, "smart-casual", "south-asian", "kolhapuris"),
    ("footwear", 1, 0.01, "smart-casual", "east-asian", "geta zori"),
    ("footwear", 1, 0.02, "smart-casual", "arab", "babouches"),
    ("footwear", 1, 0.01, "casual", "american", "huaraches"),
    # what finishes an outfit
    ("legwear", 1, 0.02, "smart-casual", None, "tights stockings"),
    ("legwear", 1, 0.02, "casual", None, "leg-warmers"),
    ("head", 1, 0.04, "smart-casual", "arab", "head-coverings"),
    ("head", 1, 0.04, "smart-casual", None, "hijab khimar niqab al-amira headwrap duku tichel turban dastar"),
    ("head", 1, 0.04, "formal", "south-asian", "pagri"),
    ("head", 1, 0.04, "formal", "west-african", "gele"),
    ("head", 1, 0.02, "casual", None, "bandana durag cap beanie bucket-hat hats ushanka earmuffs balaclava"),
    ("head", 1, 0.02, "smart-casual", None, "sun-hat fedora panama-hat beret flat-cap kippah"),
    ("head", 1, 0.02, "casual", "american", "cowboy-hat sombrero"),
    ("head", 1, 0.02, "smart-casual", "west-african", "kufi"),
    ("head", 1, 0.02, "smart-casual", "arab", "taqiyah fez ghutra"),
    ("head", 1, 0.02, "formal", "southeast-asian", "songkok"),
    ("head", 1, 0.02, "casual", "east-asian", "conical-hat"),
    ("head", 1, 0.02, "smart-casual", "south-asian", "gandhi-cap"),
    ("head", 1, 0.03, "smart-casual", "central-asian", "pakol tubeteika"),
    ("head", 1, 0.02, "formal", None, "fascinator mantilla headdress"),
    ("neck", 1, 0.05, "smart-casual", None, "scarf shawl pashmina stole snood scarves-and-shawls"),
    ("neck", 1, 0.03, "casual", None, "neck-gaiter"),
    ("neck", 1, 0.03, "smart-casual", "south-asian", "dupatta"),
    ("neck", 1, 0.05, "casual", "american", "rebozo aguayo"),
    ("neck", 1, 0.04, "casual", "arab", "keffiyeh"),
    ("neck", 1, 0.03, "ceremonial", "liturgical", "tallit"),
    ("tie", 1, 0.01, "business", None, "necktie ties"),
    ("tie", 1, 0.01, "formal", None, "bow-tie cravat"),
    ("tie", 1, 0.01, "smart-casual", "american", "bolo-tie"),
    ("belt", 1, 0.01, "smart-casual", None, "belt suspenders belts-and-sashes"),
    ("belt", 1, 0.05, "formal", "east-asian", "obi"),
    ("belt", 1, 0.02, "formal", None, "sash cummerbund"),
    ("bag", 1, 0.0, "smart-casual", None, "handbag shoulder-bag crossbody-bag bags"),
    ("bag", 1, 0.0, "casual", None, "tote-bag belt-bag backpack"),
    ("bag", 1, 0.0, "formal", None, "clutch"),
    ("bag", 1, 0.0, "formal", "south-asian", "potli-bag"),
    ("jewellery", 1, 0.0, "smart-casual", None, "necklace bracelet bangle ring earrings brooch watch"),
    ("jewellery", 1, 0.0, "smart-casual", None, "jewellery"),
    ("jewellery", 1, 0.0, "casual", None, "anklet body-jewellery nose-ring waist-beads"),
    ("jewellery", 1, 0.0, "ceremonial", "south-asian", "maang-tikka"),
    ("jewellery", 1, 0.0, "business", None, "cufflinks"),
    ("eyewear", 1, 0.0, "casual", None, "sunglasses eyewear"),
    ("hands", 1, 0.05, "smart-casual", None, "gloves"),
    ("hands", 1, 0.05, "casual", None, "mittens fingerless-gloves"),
    ("hands", 1, 0.05, "formal", None, "opera-gloves"),
)  # fmt: skip

APART: Final = frozenset(
    [
        "wedding-dress",
        "wedding-and-bridal",
        "bridal-veil",
        "leotard",
        "unitard",
        "rain-trousers",
        "rain-suit",
        "snow-suit",
        "cycling-bib",
        "dancewear",
        "swimwear",
        "swimsuit",
        "bikini",
        "tankini",
        "swim-trunks",
        "swim-briefs",
        "rash-guard",
        "burkini",
        "board-shorts",
        "sleepwear",
        "pyjamas",
        "nightgown",
        "robe",
        "loungewear-set",
        "underwear",
        "bra",
        "briefs",
        "boxers",
        "undershirt",
        "lingerie",
        "shapewear",
        "slip",
        "petticoat",
        "thermal-underwear",
        "binder",
        "hosiery-and-socks",
        "socks",
        "tabi-socks",
        "uniforms",
        "school-uniform",
        "scrubs",
        "chef-jacket",
        "lab-coat",
        "military-uniform",
        "team-kit",
        "martial-arts-uniform",
        "coveralls",
        "baby-and-toddler",
        "baby-bodysuit",
        "baby-dress",
        "baby-jacket",
        "baby-top",
        "baby-trousers",
        "costumes",
        "costume",
        "hair-accessories",
        "headband",
        "hair-comb",
        "scrunchie",
        "hair-clip",
        "wallet",
        "dance-shoes",
        "traditional",
        "other",
        "garment",
        "accessory",
    ]
)
"""Known words that are not proposed: worn unseen, for one purpose only, or saying nothing about the
garment.
"""

_SAME: Final = {
    "tee": "t-shirt", "tshirt": "t-shirt", "top": "tops", "jumper": "sweater", "pullover": "sweater",
    "jersey": "sweater", "knitwear": "sweater", "waistcoat": "vest", "gilet": "vest", "pants": "trousers",
    "slacks": "dress-trousers", "denim": "jeans", "dress": "dresses", "skirt": "skirts",
    "gown": "evening-gown",
    "jacket": "outerwear", "overcoat": "coat", "anorak": "parka", "trainers": "sneakers", "shoe": "shoes",
    "pumps": "heels", "flats": "ballet-flats", "overalls": "dungarees", "suit": "suits", "saree": "sari",
    "qipao": "cheongsam", "caftan": "kaftan", "thawb": "thobe", "shalwar-kameez": "salwar-kameez",
    "rucksack": "backpack", "bag": "bags", "hat": "hats", "shawls": "shawl", "veil": "head-coverings",
}  # fmt: skip


def kind_of(word: str) -> Kind | None:
    """Return the kind a word names: itself, its singular or plural, a common synonym, or its last part.

    ``linen-shirt`` is a shirt and ``Sneaker`` are sneakers. ``None`` for a word that is unknown or ``APART``.
    """
    name = _known(word)
    return None if name is None else kinds().get(name)


def is_garment(word: str) -> bool:
    """Tell whether a word names a garment at all, those that are never proposed included."""
    return _known(word) not in {None, "traditional", "other", "garment", "accessory"}


def _known(word: str) -> str | None:
    slug = "-".join(word.casefold().replace("_", " ").replace("-", " ").split())
    while slug:
        for form in (slug, slug + "s", slug.removesuffix("s"), slug.removesuffix("es")):
            name = _SAME.get(form, form)
            if name in APART or name in kinds():
                return name
        slug = slug.partition("-")[2]
    return None


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its word."""
    return {
        word: Kind(word, slot, layer, clo, LEVELS.index(level), idiom)
        for slot, layer, clo, level, idiom, words in _ROWS
        for word in words.split()
    }
