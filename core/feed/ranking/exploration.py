"""Experiments: a chance drawn from the belief instead of averaged over it.

Thompson sampling (O. Chapelle and L. Li, "An Empirical Evaluation of Thompson Sampling", NIPS 2011): assume a
taste that may be the person's, and do what is best for that one. What is surely good and what may be good
both get their turn, and the less there is left to learn, the less differs from the plain order. The draw is
made from a hash, so a ranking can be made again.
"""

from __future__ import annotations

from hashlib import sha256
from statistics import NormalDist
from typing import Final

from core.feed.ranking.candidates import Candidate

_STANDARD: Final = NormalDist()


def deviation(seed: str, candidate_id: str) -> float:
    """Return a standard normal number that only depends on ``seed`` and the candidate."""
    digest = sha256(f"{seed}/{candidate_id}".encode()).digest()
    return _STANDARD.inv_cdf((int.from_bytes(digest[:7]) + 0.5) / 2**56)


def drawn_chance(candidate: Candidate, seed: str) -> float:
    """Return the chance, 0..1, that the person likes it if a drawn taste is theirs."""
    return candidate.outlook.chance_if(deviation(seed, candidate.id))
