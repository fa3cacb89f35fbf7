"""What the stylist can do: look into the wardrobe, show an outfit, and ask whether to log a wear.

To add a tool, write a function and put it into ``TOOLS``. Nothing here changes anything: ``log_wear`` only
asks, and what carries it out is the person's own next message (``confirming``), which no model writes.
"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from core import feed, insights, moods, stylist, taste
from core.chat.desk import Desk, WearQuestion
from core.chat.toolbox import NotDone, Tool
from core.chat.wardrobe import described, ranked
from core.feed import BestItem
from core.platform import clock, days
from core.platform.models import ListQuery
from core.stylist import Formality, Outfit, Proposals, Season, Wish
from core.taste import Affinity

_MOST_FOUND = 20
_MOST_NAMED = 5
_INSIGHTS = {"totals", "worth", "utilisation", "dormant", "never_worn", "most_worn", "least_worn", "gaps"}
_UNSURE = 0.8
"""Share of the first uncertainty above which a facet is as good as unknown."""

MoodId = Annotated[
    str,
    Field(description="The identifier of a mood, as get_moods gave it.", pattern="^[0-9a-f-]{36}$"),
]
ItemId = Annotated[str, Field(description="The identifier of an item, as a tool gave it.", max_length=60)]
WishedFormality = Annotated[
    Formality | None, Field(description="How formal the occasion is; null if unsaid.")
]
WishedSeason = Annotated[Season | None, Field(description="The season to dress for; null if unsaid.")]
Temperature = Annotated[float | None, Field(description="Degrees Celsius; null if unsaid.", ge=-40, le=50)]
Avoid = Annotated[
    list[str] | None, Field(description="Words for what must not be worn today.", max_length=20)
]
Count = Annotated[int | None, Field(description="How many outfits, 1 to 5.", ge=1, le=5)]


async def search_vault(
    desk: Desk,
    query: Annotated[
        str, Field(description="Words for what to find: garment, colour, occasion.", max_length=200)
    ],
    limit: Annotated[int | None, Field(description="How many items at most, 1 to 20.", ge=1, le=20)] = None,
) -> dict[str, Any]:
    """Search the person's own wardrobe; an empty query lists the newest items."""
    wardrobe = await desk.wardrobe()
    found = ranked(wardrobe, query)[: limit or _MOST_FOUND]
    return {"items": [described(item) for item in found], "owned_in_all": len(wardrobe)}


async def get_item(desk: Desk, item_id: ItemId) -> dict[str, Any]:
    """Read one item of the person's wardrobe with all its details."""
    return {"item": described(await desk.item(item_id))}


async def propose_outfits(
    desk: Desk,
    formality: WishedFormality = None,
    season: WishedSeason = None,
    temperature: Temperature = None,
    avoid: Avoid = None,
    count: Count = None,
) -> dict[str, Any]:
    """Propose complete outfits from what the person owns, best first; the person is shown them as cards."""
    wish = _wish(desk, formality, season, temperature, avoid, count)
    known = await taste.taste_of(desk.user_id)
    proposed = await asyncio.to_thread(stylist.propose, await desk.wardrobe(), wish, taste=known)
    return await _shown(desk, proposed)


async def ways_to_wear(
    desk: Desk,
    item_id: ItemId,
    formality: WishedFormality = None,
    season: WishedSeason = None,
    temperature: Temperature = None,
    avoid: Avoid = None,
    count: Count = None,
) -> dict[str, Any]:
    """Propose complete outfits that all have one item the person names; they are shown them as cards."""
    item = await desk.item(item_id)
    wish = _wish(desk, formality, season, temperature, avoid, count)
    known = await taste.taste_of(desk.user_id)
    wardrobe = await desk.wardrobe()
    proposed = await asyncio.to_thread(stylist.ways_to_wear, wardrobe, item.id, wish, taste=known)
    return await _shown(desk, proposed)


def _wish(
    desk: Desk,
    formality: Formality | None,
    season: Season | None,
    temperature: float | None,
    avoid: list[str] | None,
    count: int | None,
) -> Wish:
    return Wish(
        today=desk.today,
        formality=formality,
        season=season,
        temperature=temperature,
        avoid=tuple(avoid or ()),
        count=count or 3,
    )


async def _shown(desk: Desk, proposed: Proposals) -> dict[str, Any]:
    for outfit in proposed.outfits:
        await desk.show([await desk.item(item_id) for item_id in outfit.item_ids], _reasons(outfit))
    return {"outfits": [_told(outfit) for outfit in proposed.outfits], "note": proposed.note}


async def put_together(
    desk: Desk,
    item_ids: Annotated[
        list[str], Field(description="Identifiers of items to wear together.", min_length=1, max_length=12)
    ],
    why: Annotated[str, Field(description="One sentence on why they go together.", max_length=400)],
) -> dict[str, Any]:
    """Show an outfit of your own making as a card. Only of items a search has found."""
    items = [await desk.item(item_id) for item_id in item_ids]
    shown = await desk.show(items, why)
    return {"shown": shown, "pieces": [item.name for item in items]}


async def get_taste_profile(desk: Desk) -> dict[str, Any]:
    """Read what is known of the person's taste: where they lean, and what they like and avoid."""
    view = (await taste.taste_of(desk.user_id)).view()
    if not any(view.opinions.values()) and not view.avoids:
        return {"profile": None, "note": "Nothing is known of their taste yet."}
    return {
        "leanings": [facet.leaning for facet in view.facets if facet.uncertainty < _UNSURE],
        "colours": [_liking(liking) for liking in view.colours[:10]],
        "categories": [_liking(liking) for liking in view.categories[:10]],
        "brands": [_liking(liking) for liking in view.brands[:10]],
        "never": [avoid.word for avoid in view.avoids[:20]],
    }


async def get_wardrobe_insights(desk: Desk) -> dict[str, Any]:
    """Read figures of the wardrobe: counts, what it cost per wear, what is worn most, least or never."""
    figures = await insights.of_vault(desk.user_id, desk.today, desk.zone)
    found = figures.model_dump(mode="json", include=_INSIGHTS)
    for listed in ("dormant", "never_worn"):
        found[listed]["items"] = found[listed]["items"][:_MOST_NAMED]
    return found | {name: found[name][:_MOST_NAMED] for name in ("most_worn", "least_worn")}


async def log_wear(
    desk: Desk,
    item_id: ItemId,
    worn_on: Annotated[date | None, Field(description="The day, YYYY-MM-DD; null for today.")] = None,
) -> dict[str, Any]:
    """Ask the person whether to record that they wore an item. It is recorded only once they say yes."""
    item = await desk.item(item_id)
    day = worn_on or desk.today
    if not days.EARLIEST <= day <= min(desk.today + timedelta(days=1), days.latest(clock.now())):
        raise NotDone(f"{day} is not a day on which it can have been worn. Today is {desk.today}.")
    if any(wear.worn_on == day for wear in item.wears):
        return {"recorded": True, "already": True, "name": item.name}
    if not desk.ask(WearQuestion(item_id=item.id, name=item.name, worn_on=day)):
        raise NotDone("There are enough questions open. Let the person answer first.")
    return {"recorded": False, "waiting_for": "the person's own yes in their next message", "name": item.name}


async def get_new_arrivals(
    desk: Desk,
    limit: Annotated[int | None, Field(description="How many at most, 1 to 10.", ge=1, le=10)] = None,
) -> dict[str, Any]:
    """Read what is newly on sale at sources the person follows and suits their taste. They do not own it."""
    arrivals = await feed.best(desk.user_id, limit or _MOST_NAMED)
    return {"on_sale_not_owned": [_arrived(each) for each in arrivals]}


async def get_moods(
    desk: Desk,
    limit: Annotated[int | None, Field(description="How many at most, 1 to 10.", ge=1, le=10)] = None,
) -> dict[str, Any]:
    """Read the style moods that suit the person best: named directions of dressing to go in."""
    page = await moods.page(desk.user_id, ListQuery(limit=limit or _MOST_NAMED))
    told = {"mood_id", "name", "description", "why", "answer"}
    return {"moods": [mood.model_dump(mode="json", include=told) for mood in page.items]}


async def match_mood(desk: Desk, mood_id: MoodId) -> dict[str, Any]:
    """Find a mood in the person's own wardrobe; its best outfit is shown to them as a card."""
    found = await moods.matches(desk.user_id, mood_id)
    if found.outfit is not None:
        await desk.show([await desk.item(each) for each in found.outfit.item_ids], _reasons(found.outfit))
    return {
        "fits": [{"id": one.item.id, "name": one.item.name, "why": one.why} for one in found.items],
        "outfit": None if found.outfit is None else _told(found.outfit),
        "missing_piece": None if found.missing is None else found.missing.sentence,
    }


TOOLS: tuple[Tool, ...] = (
    Tool(search_vault),
    Tool(get_item),
    Tool(propose_outfits),
    Tool(ways_to_wear),
    Tool(put_together),
    Tool(get_taste_profile),
    Tool(get_wardrobe_insights),
    Tool(get_new_arrivals),
    Tool(get_moods),
    Tool(match_mood),
    Tool(log_wear),
)


def _told(outfit: Outfit) -> dict[str, Any]:
    pieces = [{"id": piece.item_id, "name": piece.name} for piece in (*outfit.pieces, *outfit.accents)]
    return {"pieces": pieces, "why": _reasons(outfit)}


def _arrived(best: BestItem) -> dict[str, Any]:
    """Return what the model may know of a thing on sale: no id, as nothing can be done with one."""
    found, price = best.item.finding, best.item.finding.price
    known = {
        "title": found.title,
        "at": best.source,
        "brand": found.brand,
        "price": None if price is None else f"{price.amount} {price.currency}",
        "category": best.item.reading.category,
        "colours": list(best.item.reading.colours),
    }
    return {name: value for name, value in known.items() if value not in (None, [])}


def _reasons(outfit: Outfit) -> str:
    """Return what speaks most for the outfit, in at most two sentences."""
    strongest = sorted(outfit.parts, key=lambda part: -part.value * part.weight)[:2]
    return " ".join(part.sentence for part in strongest)


def _liking(liking: Affinity) -> dict[str, Any]:
    return {"word": liking.word, "score": round(liking.score, 2)}
