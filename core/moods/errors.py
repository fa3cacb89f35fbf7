"""What can be wrong with a mood."""

from __future__ import annotations

from core.platform.errors import NotFound


class MoodNotFound(NotFound):
    """No such mood, or one that has had its season."""

    slug = "mood-not-found"
    title = "No such mood"
