"""Wardrobe figures over HTTP."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import insights
from core.platform.http import Call, endpoint

bp = func.Blueprint()


@bp.route(route="api/insights/vault", methods=["GET", "HEAD"])
@endpoint(
    auth=access.user, returns=lambda: {200: insights.VaultInsights}, problems=lambda: [insights.DayAhead]
)
async def get_vault_insights(call: Call[None, insights.InsightsQuery]) -> insights.VaultInsights:
    """Your wardrobe in figures: totals, value, use, habits, palette, gaps and a score."""
    return await insights.of_vault(call.user, call.query.as_of, call.query.time_zone)
