"""The use cases of moods: look through them, look at one, find it in one's own wardrobe, react."""

from __future__ import annotations

import asyncio
from typing import Final

from core import jobs, reactions, scraper, taste, vault
from core.jobs import Job
from core.moods.errors import MoodNotFound
from core.moods.models import FittingItem, Mood, MoodExample, MoodMatches, MoodSummary, MoodView
from core.moods.seeds import seeds
from core.platform import clock, frozen, ids
from core.platform.models import ListQuery, Page
from core.reactions import NewReaction, Reacted, Reaction, Subject
from core.taste import Evidence, Taste, speaking_for

KIND: Final = "moods"
"""The kind of the jobs that make moods of the feed."""
OWNER: Final = "moods"
"""Whose jobs they are: nobody's."""
_LIST = "moods"
_MOST_FITTING = 20
_MOST_TOLD = 8


async def page(user_id: str, query: ListQuery) -> Page[MoodSummary]:
    """Return one page of all moods, those the person likes best first; the order holds while they page.

    Raises:
        InvalidCursor, ListExpired: start again without a cursor.
    """
    moods = {mood.id: mood for mood in await _all()}
    known = await taste.taste_of(user_id)
    reacted = await reactions.reactions_to(user_id, "mood", moods)

    async def order() -> list[str]:
        return sorted(moods, key=lambda mood_id: _place(moods[mood_id], known, reacted.get(mood_id)))

    entries, cursor = await frozen.page(user_id, _LIST, query, order)
    shown = [summary(moods[each], known, reacted.get(each)) for each in entries if each in moods]
    return Page[MoodSummary](items=shown, next_cursor=cursor)


async def get(user_id: str, mood_id: str) -> MoodView:
    """Return one mood; raises ``MoodNotFound``."""
    mood = await find(mood_id)
    known = await taste.taste_of(user_id)
    reacted = await reactions.reactions_to(user_id, "mood", [mood_id])
    shown_by = await scraper.items_of((ref.site, ref.item_id) for ref in mood.examples)
    return MoodView(
        **dict(summary(mood, known, reacted.get(mood_id))),
        facets=dict(mood.look.facets),
        pieces=list(mood.look.pieces),
        examples=[
            MoodExample(
                item_id=item.id,
                title=item.finding.title,
                url=item.finding.url,
                image_url=item.finding.image_url,
            )
            for item in shown_by
        ],
    )


async def matches(user_id: str, mood_id: str) -> MoodMatches:
    """Return what of the person's own fits a mood, and the one missing piece; raises ``MoodNotFound``."""
    from core.moods import matching

    mood = await find(mood_id)
    known = await taste.taste_of(user_id)
    owned = [item async for item in vault.all_items(user_id)]
    found = await asyncio.to_thread(matching.matched, owned, mood.look, known, clock.now().date())
    best = found.fitting[:_MOST_FITTING]
    listed = await vault.listed([one.item for one in best])
    return MoodMatches(
        mood_id=mood_id,
        items=[
            FittingItem(item=item, fit=one.fit, why=list(one.why))
            for item, one in zip(listed, best, strict=True)
        ],
        outfit=found.outfit,
        note=found.note,
        missing=found.missing,
    )


async def react(user_id: str, mood_id: str, given: NewReaction) -> Reacted:
    """Remember what the person thinks of a mood and tell their taste; raises ``MoodNotFound``."""
    return await reactions.react(user_id, subject(await find(mood_id)), given)


async def find(mood_id: str) -> Mood:
    """Return a mood, shipped or made; raises ``MoodNotFound``."""
    from core.moods import repository

    mood = seeds().get(mood_id) or await repository.find(mood_id)
    if mood is None:
        raise MoodNotFound("There is no such mood, or it has had its season.")
    return mood


async def generate() -> Job:
    """Return the job that makes this month's moods of the feed; there is one for each month, whoever asks."""
    month = f"{clock.now():%Y-%m}"
    return await jobs.submit(OWNER, KIND, month, {"month": month}, job_id=ids.stable_id(KIND, month))


def subject(mood: Mood) -> Subject:
    """Return a mood as something to react to."""
    evidence = Evidence.model_validate(
        {
            "subject": f"mood:{mood.id}",
            "label": mood.name,
            "answer": "skip",
            "facets": mood.look.facets,
            "colours": mood.look.colours[:_MOST_TOLD],
            "categories": list(dict.fromkeys(piece.kind for piece in mood.look.pieces))[:_MOST_TOLD],
        }
    )
    return Subject(kind="mood", id=mood.id, evidence=evidence)


def summary(mood: Mood, known: Taste, reaction: Reaction | None) -> MoodSummary:
    """Return a mood as one person sees it in a list."""
    return MoodSummary(
        mood_id=mood.id,
        name=mood.name,
        description=mood.description,
        keywords=list(mood.keywords),
        palette=list(mood.look.palette),
        month=mood.month,
        appeal=round(_appeal(mood, known), 3),
        why=list(speaking_for(known, mood.look.facets, {"colour": mood.look.colours})),
        answer=None if reaction is None else reaction.answer,
    )


def _place(mood: Mood, known: Taste, reaction: Reaction | None) -> tuple[bool, float]:
    """Return what moods are ordered by: those turned down last, else by appeal; equals stay as listed."""
    turned_down = reaction is not None and reaction.answer == "dislike"
    return turned_down, -_appeal(mood, known)


def _appeal(mood: Mood, known: Taste) -> float:
    return known.appeal(mood.look.facets, {"colour": mood.look.colours})


async def _all() -> list[Mood]:
    """Return every mood: those of the newest months first, then those that ship with the app."""
    from core.moods import repository

    return [*await repository.made(), *seeds().values()]
