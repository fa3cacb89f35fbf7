"""What the stylist has before it during one turn: whose wardrobe it is, and what the turn has brought about.

Ids the model names count only if this person's vault has them, whoever suggested them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from core import vault
from core.chat.events import Outfit, tell
from core.chat.turn import Emit
from core.platform import ids
from core.platform.models import Wire
from core.vault import VaultItem

MOST_OUTFITS = 6
MOST_QUESTIONS = 5


class WearQuestion(Wire):
    """A wear that is logged only if the person's own next message says yes."""

    item_id: str
    name: str
    worn_on: date


@dataclass
class Desk:
    """One turn's surroundings; ``today`` is the person's, in their ``zone`` (an IANA name)."""

    user_id: str
    turn_id: str
    today: date
    emit: Emit
    zone: str = "UTC"
    items: dict[str, VaultItem] = field(default_factory=dict)
    outfits: list[Outfit] = field(default_factory=list)
    questions: list[WearQuestion] = field(default_factory=list)

    async def wardrobe(self) -> list[VaultItem]:
        """Return everything the person owns and has not archived, newest first."""
        items = [item async for item in vault.all_items(self.user_id) if item.status == "active"]
        self.items.update((item.id, item) for item in items)
        return sorted(items, key=lambda item: (item.created_at, item.id), reverse=True)

    async def item(self, item_id: str) -> VaultItem:
        """Return one of the person's items.

        Raises:
            ItemNotFound: it is not in their vault.
        """
        wanted = item_id.strip().lower()
        if not re.fullmatch(ids.FORM, wanted):
            raise vault.ItemNotFound("That is no identifier of an item.")
        if wanted not in self.items:
            self.items[wanted] = await vault.get(self.user_id, wanted)
        return self.items[wanted]

    async def owns(self, item_id: str) -> bool:
        """Tell whether the person has this item."""
        try:
            await self.item(item_id)
        except vault.ItemNotFound:
            return False
        return True

    async def show(self, items: Sequence[VaultItem], why: str) -> bool:
        """Show an outfit to the person, unless it has been shown in this turn or there are enough."""
        outfit = Outfit(items=tuple(dict.fromkeys(item.id for item in items)), why=why)
        shown = {frozenset(other.items) for other in self.outfits}
        if len(self.outfits) >= MOST_OUTFITS or frozenset(outfit.items) in shown:
            return False
        self.outfits.append(outfit)
        await tell(self.emit, outfit)
        return True

    def ask(self, question: WearQuestion) -> bool:
        """Keep a question for the end of the answer; tell whether there was room for it."""
        if question not in self.questions:
            if len(self.questions) >= MOST_QUESTIONS:
                return False
            self.questions.append(question)
        return True
