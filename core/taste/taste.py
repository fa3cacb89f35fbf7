"""What a profile says today: for people in words, for feed and stylist as one number per thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import erf, sqrt, sumprod
from typing import Final

from core.platform.examples import example
from core.platform.models import Wire
from core.taste.belief import PRIOR_SD, Belief
from core.taste.contribution import belief_of
from core.taste.events import Subject
from core.taste.facets import FACETS, FacetVector, coordinates
from core.taste.gaussian import times
from core.taste.outlook import Outlook
from core.taste.profile import TasteProfile
from core.taste.reasons import because
from core.taste.stances import avoided
from core.taste.tallies import Tally

DAY_TO_DAY_SD: Final = 0.15
"""No amount of evidence makes a person a point: they vary from day to day by this much, in answer noise."""
AFFINITY_WEIGHT: Final = 0.8
"""Worth, in answer noise, of the strongest liking for a colour, a category or a brand."""
MOST_SHOWN: Final = 20


class FacetView(Wire):
    """One facet of a profile.

    ``position`` is in -1..1: 0.6 means that of people in general 80 % lie further towards the low pole.
    ``uncertainty`` is the standard deviation as a share of what it is when nothing is known (1).
    """

    model_config = example(
        facet="structure",
        low="fluid",
        high="tailored",
        description="How much a garment holds its own shape.",
        position=-0.4,
        leaning="rather fluid",
        uncertainty=0.55,
        because=["You like Linen and rope."],
    )

    facet: str
    low: str
    high: str
    description: str
    position: float
    leaning: str
    uncertainty: float
    because: list[str]


class Affinity(Wire):
    """Liking of one colour, category or brand, -1..1, and the opinions it stands on."""

    model_config = example(word="navy", score=0.62, likes=5, dislikes=0)

    word: str
    score: float
    likes: int
    dislikes: int


class Avoid(Wire):
    """Something that is never to be shown."""

    model_config = example(subject="material", word="wool")

    subject: Subject
    word: str


class TasteView(Wire):
    """A profile as its owner sees it."""

    model_config = example(opinions={"quiz": 14})

    facets: list[FacetView]
    colours: list[Affinity]
    categories: list[Affinity]
    brands: list[Affinity]
    avoids: list[Avoid]
    opinions: dict[str, int]
    as_of: datetime


@dataclass(frozen=True)
class Taste:
    """A profile read at one moment; old evidence counts as much as it is worth then."""

    profile: TasteProfile
    as_of: datetime

    @cached_property
    def belief(self) -> Belief:
        """The Gaussian over the person's position."""
        return belief_of(self.profile.precision, self.profile.shift, self.as_of)

    @cached_property
    def avoids(self) -> frozenset[tuple[str, str]]:
        """What is avoided, as (subject, word)."""
        return frozenset(avoided(self.profile.stances))

    def is_avoided(self, words: Mapping[Subject, Iterable[str]]) -> bool:
        """Tell whether a thing has any word (by subject, in the form of ``events.Word``) that is avoided."""
        return any((subject, word) in self.avoids for subject, found in words.items() for word in found)

    def appeal(self, facets: FacetVector, words: Mapping[Subject, Iterable[str]] | None = None) -> float:
        """Return the probability, 0..1, that the person likes a thing; 0 if it is avoided.

        ``words`` are its colours (families), categories, brands, materials and patterns.
        """
        return 0.0 if self.is_avoided(words or {}) else self.outlook(facets, words).chance

    def outlook(self, facets: FacetVector, words: Mapping[Subject, Iterable[str]] | None = None) -> Outlook:
        """Return what a thing is believed to be worth to the person, avoids aside."""
        x = coordinates(facets)
        variance = sumprod(x, times(self.belief.position_covariance, x)) + DAY_TO_DAY_SD**2 * sumprod(x, x)
        scores = [score for _, score in self.scores(words or {})]
        liking = sum(scores) / len(scores) if scores else 0.0
        return Outlook(sumprod(x, self.belief.position) + liking, sqrt(variance))

    def scores(self, words: Mapping[Subject, Iterable[str]]) -> list[tuple[str, float]]:
        """Return the words that are tallied, each with its worth in answer noise."""
        tables: dict[Subject, dict[str, Tally]] = {
            "colour": self.profile.colours,
            "category": self.profile.categories,
            "brand": self.profile.brands,
        }
        return [
            (word, AFFINITY_WEIGHT * table[word].score(self.as_of))
            for subject, table in tables.items()
            for word in words.get(subject, ())
            if word in table
        ]

    def view(self) -> TasteView:
        """Return the profile as its owner sees it."""
        return TasteView(
            facets=[self._facet(i) for i in range(len(FACETS))],
            colours=self._shown(self.profile.colours),
            categories=self._shown(self.profile.categories),
            brands=self._shown(self.profile.brands),
            avoids=[Avoid(subject=s, word=w) for s, w in avoided(self.profile.stances)],
            opinions=dict(self.profile.counts),
            as_of=self.as_of,
        )

    def _facet(self, index: int) -> FacetView:
        facet, mean = FACETS[index], self.belief.position[index]
        sd = sqrt(self.belief.covariance[index][index] + DAY_TO_DAY_SD**2)
        known = facet.name in self.profile.reasons
        return FacetView(
            facet=facet.name,
            low=facet.low,
            high=facet.high,
            description=facet.description,
            position=round(erf(mean / (PRIOR_SD * sqrt(2))), 3),
            leaning="open" if abs(mean) < sd else facet.high if mean > 0 else facet.low,
            uncertainty=round(min(1.0, sd / PRIOR_SD), 3),
            because=because(self.profile.reasons[facet.name], mean) if known else [],
        )

    def _shown(self, table: Mapping[str, Tally]) -> list[Affinity]:
        found = [
            Affinity(
                word=word, score=round(tally.score(self.as_of), 3), likes=tally.likes, dislikes=tally.dislikes
            )
            for word, tally in table.items()
        ]
        return sorted(found, key=lambda a: (-abs(a.score), -a.likes - a.dislikes, a.word))[:MOST_SHOWN]
