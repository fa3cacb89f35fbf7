"""Identity is decided before work starts: a retried request must arrive at the same id.

All ids are lower-case UUIDs, which the ``:guid`` route constraint checks before a function runs.
"""

from __future__ import annotations

import json
from uuid import UUID, uuid4, uuid5

FORM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""A regular expression of what a UUID in lower case looks like; it holds one group."""

_NAMESPACE = UUID("6d3b1f0e-6a55-5c27-9a4e-2f0c6f1d7b90")


def new_id() -> str:
    """Return a random id (UUID version 4)."""
    return str(uuid4())


def stable_id(*parts: str) -> str:
    """Return the same id for the same ``parts`` for ever (UUID version 5, RFC 9562).

    The parts are encoded as a JSON array, so ``("a", "bc")`` and ``("ab", "c")`` differ.
    """
    return str(uuid5(_NAMESPACE, json.dumps(parts, ensure_ascii=True)))
