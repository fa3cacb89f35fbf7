"""Words by which a digest's text is read: what holds English together, and garments that are other things.

What a garment, a colour, a material or a pattern is called is known to the stylist and to taste; here is only
what makes their words safe to look for in prose.
"""

from __future__ import annotations

from typing import Final

ENGLISH: Final = frozenset(
    {
        "a", "an", "the", "this", "that", "these", "those", "it", "its", "you", "your", "i", "we",
        "and", "or", "but", "so", "if", "as", "than", "then", "of", "to", "in", "on", "at", "for",
        "from", "with", "by", "up", "out", "over", "into", "is", "are", "was", "were", "be", "been",
        "has", "have", "had", "do", "does", "not", "no", "all", "one", "each", "every", "more", "most",
        "there", "here", "when", "what", "which", "while", "can", "will", "would", "once", "again",
        "another", "last", "next", "ever", "yet",
    }
)  # fmt: skip
"""Words that English text is held together by."""

MORE_GARMENTS: Final = frozenset(
    {
        "purse", "purses", "satchel", "satchels", "stiletto", "stilettos", "mules", "plimsolls", "pendant",
        "pendants", "beads", "shades", "mac", "cagoule", "singlet", "knickers", "hosiery",
        "cufflink",
    }
)  # fmt: skip
"""Words for garments that the stylist does not place."""

AMBIGUOUS_GARMENTS: Final = frozenset(
    {
        "tie", "ties", "top", "tops", "wrap", "wraps", "watch", "ring", "rings", "slip", "slips", "cap",
        "caps", "set", "sets", "suit", "suits", "dress", "dresses", "stole", "belt", "coat", "heels",
        "flats", "pumps", "slides", "slide", "vest", "robe", "cape", "shell", "platform", "platforms",
        "wedge", "wedges", "bib", "clutch", "boot", "scrub", "scrubs", "binder", "uniform", "costume",
    }
)  # fmt: skip
"""Words that are as often something else: a garment only behind a determiner or a description."""

NOT_ALONE: Final = frozenset(
    {
        "short", "overall", "slack", "pant", "flat", "brief", "trainer", "clog",
    }
)  # fmt: skip
"""Singulars of garments that English has for other things."""

AMBIGUOUS_DESCRIPTIONS: Final = frozenset(
    {
        "down", "natural", "performance", "technical", "stretch", "solid", "other", "sky", "rose",
        "royal", "organic", "membrane", "sand", "mint", "cream", "peach", "knit", "graphic", "abstract",
        "animal", "wood", "reflective", "breathable",
    }
)  # fmt: skip
"""Descriptions only right before a garment."""

DETERMINERS: Final = frozenset(
    {
        "a", "an", "the", "your", "this", "that", "these", "those", "my", "some", "any", "new", "another",
        "with",
    }
)  # fmt: skip

ALWAYS_CAPITAL: Final = frozenset(
    {
        "i", "i'm", "i'd", "i'll", "i've", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
        "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    }
)  # fmt: skip
