"""JSON merge patch (RFC 7396) of an item's editable fields."""

from __future__ import annotations

from typing import Any

from core.vault.models import Attributes, ItemPatch

EDITABLE = frozenset(Attributes.model_fields)


def merge_patch(target: Any, patch: Any) -> Any:
    """Return ``target`` changed by ``patch``, the algorithm of RFC 7396 section 2; neither is modified."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def merged(item: Attributes, patch: ItemPatch) -> dict[str, Any]:
    """Return the item's editable fields after ``patch``, not yet validated."""
    fields: dict[str, Any] = merge_patch(
        item.model_dump(include=set(EDITABLE), exclude_none=True), patch.model_dump(exclude_unset=True)
    )
    return fields
