"""What can be wrong with a question about a wardrobe."""

from __future__ import annotations

from core.platform.errors import Invalid


class DayAhead(Invalid):
    """The day asked for has not begun anywhere on earth."""
