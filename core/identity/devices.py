"""A device as its owner would call it, from the User-Agent header it signed in with."""

from __future__ import annotations

UNKNOWN = "Unknown device"
_NOTHING = "Other"


def label(user_agent: str | None) -> str:
    """Return browser or app and device or system, at most 80 characters: ``Mobile Safari on iPhone``."""
    if not user_agent:
        return UNKNOWN
    from ua_parser import parse

    told = parse(user_agent)
    app = told.user_agent.family if told.user_agent else None
    system = told.os.family if told.os else None
    model = told.device.model if told.device and told.device.brand not in (None, "Generic") else None
    words = [word for word in (app, model or system) if word and word != _NOTHING]
    return " on ".join(words)[:80] or UNKNOWN
