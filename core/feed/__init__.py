"""The feed: what is new at the sources a person follows, in an order made for them.

This is the only module of the feed that blueprints and other domains import. It is cheap: the Cosmos SDK is
loaded by the first call that needs it.
"""

from __future__ import annotations

from core.feed.models import BestItem, FeedEntry, FeedSource, ItemPath
from core.feed.service import best, page, react

__all__ = ["BestItem", "FeedEntry", "FeedSource", "ItemPath", "best", "page", "react"]
