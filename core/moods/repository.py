"""Moods that were made of the feed, and what each month was found to contain, in container ``moods``."""

from __future__ import annotations

from core.moods.models import MONTHS, SHELF, Generation, Mood
from core.platform.cosmos import AlreadyExists, Container

_moods = Container("moods", Mood)
_generations = Container("moods", Generation)


async def made() -> list[Mood]:
    """Return the moods that were made, newest first."""
    found = [mood async for mood in _moods.all(SHELF)]
    return sorted(found, key=lambda mood: (mood.month or "", mood.id), reverse=True)


async def find(mood_id: str) -> Mood | None:
    """Return a mood that was made."""
    return await _moods.get(SHELF, mood_id)


async def keep(mood: Mood) -> Mood:
    """Write a mood unless it is there; return what is there."""
    try:
        return await _moods.create(mood)
    except AlreadyExists:
        return await _moods.get(SHELF, mood.id) or mood


async def generation(month: str) -> Generation | None:
    """Return what the feed of ``month`` was found to contain."""
    return await _generations.get(MONTHS, month)


async def decide(found: Generation) -> Generation:
    """Write what a month contains unless it has been decided; return what was decided."""
    try:
        return await _generations.create(found)
    except AlreadyExists:
        return await generation(found.id) or found
