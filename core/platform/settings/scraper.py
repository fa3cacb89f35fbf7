"""Following fashion sources: when, how long what is found lives, and how much the model is asked."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from core.platform.settings.base import Settings


class ScraperSettings(Settings):
    """How sources are swept (docs/scraper.md); how they are fetched is in docs/fetching.md."""

    schedule: str = Field(
        "0 */10 * * * *",
        alias="SCRAPER_SCHEDULE",
        description="When due sources are looked for: NCRONTAB with seconds. Required by its trigger.",
    )
    item_days: float = Field(
        30,
        alias="SCRAPER_ITEM_TTL_DAYS",
        gt=0,
        le=365,
        description="An item not seen for this long is gone.",
    )
    model_items: int = Field(
        40,
        alias="SCRAPER_MODEL_ITEMS",
        ge=0,
        le=1000,
        description="Items of one source the model is asked about in one sweep at most; 0: never.",
    )

    @property
    def item_life(self) -> timedelta:
        """How long an item lives from when it was last seen."""
        return timedelta(days=self.item_days)
