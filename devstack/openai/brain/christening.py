"""Names a group of clothes: what a model does when asked for a name, a description and keywords.

A schema asks for that if these are its only properties and the text is JSON with a ``group``. The words are
those of the group; what pages are quoted with is read by nobody here.
"""

import json
from typing import Any

_PROPERTIES = {"name", "description", "keywords"}


def wanted(schema: dict[str, Any], text: str) -> bool:
    """Tell whether the schema asks for a name, and the text has a group to name."""
    return set(schema.get("properties", {})) == _PROPERTIES and _group(text) is not None


def naming(text: str) -> dict[str, Any]:
    """Return name, description and keywords of the group in ``text``."""
    group = _group(text) or {}
    leanings, colours = group.get("leanings", []), group.get("colours", [])
    garment = str((group.get("garments") or ["clothes"])[0]).split()[-1]
    return {
        "name": " ".join([*leanings[:1], *colours[:1], "days"]).capitalize(),
        "description": f"For days that want a {garment} and little else. Wear it as it comes.",
        "keywords": [*leanings, *colours][:5],
    }


def _group(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text).get("group")
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, dict) else None
