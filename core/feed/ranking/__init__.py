"""In which order things are shown to one person: what they like, fresh, varied, with experiments between.

Pure: equal candidates, seed and count give the same ranking, in whatever order the candidates come.

* **Relevance** of a thing: the chance that the person likes it, times its freshness (``relevance``).
* **Variety**: a greedy choice takes things by their relevance and what they add to the groups (source,
  category, look) they belong to (``variety``).
* **Exploration**: one place in ``EVERY`` is an experiment. There the chance is not averaged over what the
  taste may be but drawn from it, so that what is unsure gets its turn (``exploration``).
"""

from core.feed.ranking.candidates import Candidate
from core.feed.ranking.ranking import EVERY, FIRST, Ranked, rank

__all__ = ["EVERY", "FIRST", "Candidate", "Ranked", "rank"]
