"""Moods: named style directions, those that ship with the app and those the feed is found to contain.

This is the only module of moods that blueprints and other domains import. It is cheap: the Cosmos and model
SDKs and the stylist's arithmetic are loaded by the first call that needs them.
"""

from __future__ import annotations

from core.moods.errors import MoodNotFound
from core.moods.models import (
    GeneratedMoods,
    Mood,
    MoodMatches,
    MoodPath,
    MoodPiece,
    MoodSummary,
    MoodView,
    Swatch,
)
from core.moods.service import find, generate, get, matches, page, react

__all__ = [
    "GeneratedMoods",
    "Mood",
    "MoodMatches",
    "MoodNotFound",
    "MoodPath",
    "MoodPiece",
    "MoodSummary",
    "MoodView",
    "Swatch",
    "find",
    "generate",
    "get",
    "matches",
    "page",
    "react",
]
