"""The list's filters as a Cosmos DB query: only functions that the service and its emulator both know."""

from __future__ import annotations

from typing import Any

from core.platform.texts import folded
from core.vault.models import ListItems


def conditions(query: ListItems) -> tuple[str, dict[str, Any]]:
    """Return the WHERE clause and parameters of a list's filters."""
    clauses, params = ["true"], {}
    tests = {
        "category": ("c.category = @category", query.category),
        "colour": ("ARRAY_CONTAINS(c.colour_terms, @colour)", query.colour_term),
        "season": ("ARRAY_CONTAINS(c.seasons, @season)", query.season),
        "status": ("c.status = @status", None if query.status == "all" else query.status),
    }
    words = {
        f"word{n}": (f"CONTAINS(c.search_text, @word{n})", word)
        for n, word in enumerate(folded(query.q or "").split())
    }
    for name, (clause, value) in {**tests, **words}.items():
        if value is not None:
            clauses.append(clause)
            params[name] = value
    return " AND ".join(clauses), params
