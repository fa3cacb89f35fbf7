"""Several outfits that differ: the best one, then the best of what does not look like those before.

Each next outfit is searched exactly too. It may not have the main garments of an earlier one again (in
base-item mode, where nothing else is left, not all the same garments), and garments already shown cost a
little, so that variety wins among equals. The answer is ordered by score; the first is the best outfit
there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.stylist.accents import Accents
from core.stylist.avoiding import allowed
from core.stylist.compatibility import Compatibility
from core.stylist.explaining import sentences
from core.stylist.forms import Form, fillings, forms
from core.stylist.garments import Garment, garments
from core.stylist.models import Outfit, Part, Piece, Proposals, Wish
from core.stylist.problem import Choice, Problem
from core.stylist.scoring import Fillings, Scoring
from core.stylist.search import best, ceiling, climb, worth_of
from core.stylist.tastes import Taste, words
from core.stylist.wardrobe import CORE, Slot
from core.vault import VaultItem

_MAIN: tuple[Slot, ...] = ("top", "bottom", "full", "over")
_LEAN = 0.25
"""How much an accent that is to be worn draws the rest of the outfit towards its colours."""


@dataclass(frozen=True)
class Look:
    """A form and the places of the garments that fill it."""

    form: Form
    garments: tuple[int, ...]

    @property
    def main(self) -> tuple[int, ...]:
        """The garments an outfit is recognised by."""
        return tuple(at for slot, at in zip(self.form, self.garments, strict=True) if slot in _MAIN)


def proposals(
    items: Iterable[VaultItem], wish: Wish, *, base_id: str | None = None, taste: Taste | None = None
) -> Proposals:
    """Return up to ``wish.count`` outfits; see ``core.stylist.propose`` and ``ways_to_wear``."""
    owned = list(items)
    placed = garments(owned)
    active = {item.id for item in owned if item.status == "active"}
    unplaced = tuple(sorted(active - {garment.id for garment in placed}))
    worn = allowed(placed, wish.avoid, frozenset(wish.avoid_items))
    if taste is not None:
        worn = [garment for garment in worn if not taste.is_avoided(words(garment))]
    base = next((garment for garment in worn if garment.id == base_id), None)
    if base_id is not None and base is None:
        note = "This item cannot be worn: it is archived, avoided, or of no kind that is proposed."
        return Proposals(outfits=(), note=note, unplaced=unplaced)
    rack = Rack(worn, wish, base, taste)
    outfits = sorted(
        (rack.outfit(look, n) for n, look in enumerate(rack.looks())), key=lambda one: -one.score
    )
    return Proposals(outfits=tuple(outfits), note=_note(wish, rack, len(outfits)), unplaced=unplaced)


class Ceilings(list[float]):
    """For each way to fill a form, a worth that none of its looks exceeds: none is known at first.

    Whatever is shown or barred next makes no look worth more, so a way need not be looked at again until what
    the others have is worth less (M. Minoux, "Accelerated greedy algorithms for maximizing submodular set
    functions", 1978).
    """

    def __init__(self, ways: int) -> None:
        super().__init__([np.inf] * ways)

    def highest_first(self) -> list[int]:
        """Return the ways, the most promising first; of equal ones the earlier first."""
        return sorted(range(len(self)), key=lambda at: -self[at])


@dataclass(frozen=True)
class Opened:
    """A way as it is searched: without what may not be had again, and with a good look found quickly."""

    problem: Problem
    barred: frozenset[Choice]

    @cached_property
    def seed(self) -> Choice:
        """The good look."""
        return climb(self.problem)

    @property
    def known(self) -> float:
        """A worth that the best look has at least."""
        return worth_of(self.problem, self.seed, self.barred)


class Rack:
    """Everything that may be worn, prepared for one wish."""

    def __init__(self, worn: list[Garment], wish: Wish, base: Garment | None, taste: Taste | None) -> None:
        self.garments = worn
        self.wish = wish
        self.base = base
        self.compatibility = Compatibility(worn, wish, taste)
        self.scoring = Scoring(self.compatibility)
        self.accents = Accents(self.compatibility, base)
        self._fitting: dict[tuple[Slot, Slot], list[int]] = {}
        self.ways = [(form, filled) for form in forms(wish, self._core_base) for filled in self._filled(form)]

    @property
    def _core_base(self) -> Garment | None:
        return self.base if self.base is not None and self.base.slots & set(CORE) else None

    def _filled(self, form: Form) -> list[Fillings]:
        """Return the candidates of each slot; with a base item one way for each slot it can take."""
        every = {slot: self._fits(form, slot) for slot in form}
        ways: list[Fillings] = [every]
        if self._core_base is not None:
            at = self.garments.index(self._core_base)
            ways = [{**every, slot: [at]} for slot in form if at in every[slot]]
        return [way for way in ways if all(way.values())]

    def _fits(self, form: Form, slot: Slot) -> list[int]:
        """Return the candidates of a slot; of the form's other slots the first alone has a say in it."""
        key = (form[0], slot)
        if key not in self._fitting:
            fitting = fillings(form, slot, self.garments, self.wish, self._core_base)
            self._fitting[key] = self._for_season(fitting)
        return self._fitting[key]

    def _for_season(self, places: list[int]) -> list[int]:
        """Return what has a season in common with the item asked about: it says when its outfits are worn."""
        if self.base is None:
            return places
        base = np.array([self.garments.index(self.base)], dtype=np.int64)
        apart = self.compatibility.never_meet(base, np.array(places, dtype=np.int64))[0]
        return [at for at, never in zip(places, apart, strict=True) if not never]

    def looks(self) -> list[Look]:
        """Return the outfits in the order they were found."""
        found: list[Look] = []
        if self.accents.complete:
            differing, base_only = Ceilings(len(self.ways)), Ceilings(len(self.ways))
            while len(found) < self.wish.count and (look := self._next(found, differing, base_only)):
                found.append(look)
        return found

    def _next(self, looks: Sequence[Look], differing: Ceilings, base_only: Ceilings) -> Look | None:
        found = self._search(looks, differing, by_main=True)
        if found is None and self._core_base is not None:
            found = self._search(looks, base_only, by_main=False)
        return found

    def _search(self, looks: Sequence[Look], ceilings: Ceilings, *, by_main: bool) -> Look | None:
        opened: dict[int, Opened] = {}
        floor = -np.inf
        for at in ceilings.highest_first():
            if ceilings[at] <= floor:
                break
            opened[at] = way = self._opened(at, looks, by_main=by_main)
            ceilings[at] = ceiling(way.problem, way.seed)
            floor = max(floor, way.known)
        found = None
        for at, way in sorted(opened.items()):
            if ceilings[at] <= floor:
                continue
            choice = best(way.problem, above=floor, barred=way.barred, seed=way.seed)
            if choice is not None:
                floor = way.problem.worth(choice)
                found = self._look(at, choice)
            ceilings[at] = floor
        return found

    def _look(self, at: int, choice: Choice) -> Look:
        form, filled = self.ways[at]
        return Look(form, tuple(filled[slot][place] for slot, place in zip(form, choice, strict=True)))

    def _opened(self, at: int, looks: Sequence[Look], *, by_main: bool) -> Opened:
        form, filled = self.ways[at]
        shown = Counter(garment for look in looks for garment in look.garments)
        problem = self.scoring.problem(form, filled, shown, self._lean)
        if by_main:
            return Opened(_barring(problem, form, filled, [look.main for look in looks]), frozenset())
        return Opened(problem, frozenset(_choice(filled, look) for look in looks if look.form == form))

    @property
    def _lean(self) -> np.ndarray | None:
        """How well each garment's colours go with an accent that is to be worn."""
        if self.base is None or self._core_base is not None:
            return None
        everyone = np.arange(len(self.garments), dtype=np.int64)
        base = np.array([self.garments.index(self.base)], dtype=np.int64)
        towards: np.ndarray = _LEAN * self.compatibility.paired(everyone, base)["colour"][:, 0]
        return towards

    def outfit(self, look: Look, number: int) -> Outfit:
        """Return a look with its accents, scores and sentences; ``number`` varies equally good accents."""
        values = self.scoring.values(look.form, look.garments)
        told = sentences(self.compatibility, look.form, look.garments, values)
        parts = tuple(
            Part(
                name=name,
                value=round(value, 4),
                weight=round(self.scoring.weights[name], 4),
                sentence=told[name],
            )
            for name, value in values.items()
        )
        score = sum(self.scoring.weights[name] * value for name, value in values.items())
        return Outfit(
            pieces=tuple(self._piece(at, slot) for slot, at in zip(look.form, look.garments, strict=True)),
            accents=tuple(
                self._piece(at, slot) for slot, at in self.accents.chosen(look.form, look.garments, number)
            ),
            score=round(score, 4),
            parts=parts,
        )

    def _piece(self, at: int, slot: Slot) -> Piece:
        item = self.garments[at].item
        return Piece(item_id=item.id, name=item.name, slot=slot)


def _barring(problem: Problem, form: Form, filled: Fillings, mains: Sequence[tuple[int, ...]]) -> Problem:
    """Return the problem without the main garments of earlier looks; they are a form's first slots."""
    count = sum(slot in _MAIN for slot in form)
    where = [{at: place for place, at in enumerate(filled[slot])} for slot in form[:count]]
    closed = [
        tuple(places[at] for places, at in zip(where, main, strict=True))
        for main in mains
        if len(main) == count and all(at in places for places, at in zip(where, main, strict=True))
    ]
    return problem.barring(closed) if closed else problem


def _choice(filled: Fillings, look: Look) -> Choice:
    """Return a look as places among the candidates; -1, which is nobody's, for a garment not among them."""
    return tuple(
        list(filled[slot]).index(at) if at in filled[slot] else -1
        for slot, at in zip(look.form, look.garments, strict=True)
    )


def _note(wish: Wish, rack: Rack, count: int) -> str | None:
    if count == wish.count:
        return None
    if count:
        return f"Only {count} outfits that differ can be made of what suits this."
    owned = {slot for garment in rack.garments for slot in garment.slots}
    if not owned & {"full"} and not {"top", "bottom"} <= owned and not {"over", "top"} <= owned:
        return "An outfit needs a top and a bottom, or one garment for both, such as a dress or a sari."
    missing = sorted(set(wish.always) - owned)
    if missing:
        return f"Nothing you own goes into: {', '.join(missing)}."
    if wish.temperature is not None:
        return f"Nothing you own adds up to the right warmth for {wish.temperature:g} °C."
    return "Nothing you own goes together for this occasion."
