"""What a wardrobe's records say: counts, costs, habits and gaps, every figure defined where it is computed.

This is the only module of insights that other domains and blueprints import. It is cheap: numpy is loaded
by the first call that needs the stylist's counting."""

from __future__ import annotations

from core.insights.errors import DayAhead
from core.insights.models import InsightsQuery, VaultInsights
from core.insights.service import insights as of_items
from core.insights.service import of_vault

__all__ = ["DayAhead", "InsightsQuery", "VaultInsights", "of_items", "of_vault"]
