"""Fashion sources: what administrators follow for everybody, and the things found there.

This is the only module of the scraper that other domains and blueprints import. It is cheap: the Cosmos SDK
and the parsers are loaded by the first call that needs them.
"""

from __future__ import annotations

from core.scraper.models import (
    Availability,
    FeedItem,
    Finding,
    ItemKind,
    ItemPrice,
    PricePoint,
    Provenance,
    Reading,
    Source,
    SourceKind,
    SourcePath,
    SourceSpec,
    Subscription,
    Telemetry,
)

__all__ = [
    "Availability",
    "FeedItem",
    "Finding",
    "ItemKind",
    "ItemPrice",
    "PricePoint",
    "Provenance",
    "Reading",
    "Source",
    "SourceKind",
    "SourcePath",
    "SourceSpec",
    "Subscription",
    "Telemetry",
]
