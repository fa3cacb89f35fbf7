"""What the stylist can do: look into the wardrobe, show an outfit, and ask whether to log a wear.

To add a tool, write a function and put it into ``TOOLS``. Nothing here changes anything: ``log_wear`` only
asks, and what carries it out is the person's own next message (``confirming``), which no model writes.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from core.chat.desk import Desk, WearQuestion
from core.chat.toolbox import NotDone, Tool
from core.chat.wardrobe import described, ranked

_MOST_FOUND = 20
_MOST_PIECES = 12

type ItemId = Annotated[
    str, Field(description="The identifier of an item, as a tool gave it.", max_length=60)
]


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


async def present_outfit(
    desk: Desk,
    item_ids: Annotated[
        list[str], Field(description="Identifiers of items to wear together.", min_length=1, max_length=12)
    ],
    why: Annotated[str, Field(description="One sentence on why they go together.", max_length=400)],
) -> dict[str, Any]:
    """Present an outfit of the person's own items as a card. Only after a search has found them."""
    if len(item_ids) > _MOST_PIECES:
        raise NotDone(f"An outfit has at most {_MOST_PIECES} pieces.")
    items = [await desk.item(item_id) for item_id in item_ids]
    shown = await desk.show(items, why)
    return {"shown": shown, "pieces": [item.name for item in items]}


async def log_wear(
    desk: Desk,
    item_id: ItemId,
    worn_on: Annotated[date | None, Field(description="The day, YYYY-MM-DD; null for today.")] = None,
) -> dict[str, Any]:
    """Ask the person whether to record that they wore an item. It is recorded only once they say yes."""
    item = await desk.item(item_id)
    day = worn_on or desk.today
    if not date(1900, 1, 1) <= day <= desk.today + timedelta(days=1):
        raise NotDone(f"{day} is not a day on which it can have been worn. Today is {desk.today}.")
    if not desk.ask(WearQuestion(item_id=item.id, name=item.name, worn_on=day)):
        raise NotDone("There are enough questions open. Let the person answer first.")
    return {"recorded": False, "waiting_for": "the person's own yes in their next message", "name": item.name}


TOOLS: tuple[Tool, ...] = (Tool(search_vault), Tool(get_item), Tool(present_outfit), Tool(log_wear))
