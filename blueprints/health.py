"""Whether the app runs, and whether what it stands on answers."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core.platform import health as checking
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()


@bp.route(route="api/health", methods=["GET", "HEAD"])
@endpoint(auth=access.public, returns=lambda: {200: checking.Health})
async def health(call: Call) -> checking.Health:
    """Tell that the app runs, and its version."""
    return checking.Health(status="ok", version=checking.VERSION)


@bp.route(route="api/health/ready", methods=["GET", "HEAD"])
@endpoint(auth=access.public, returns=lambda: {200: checking.Readiness, 503: checking.Readiness})
async def health_ready(call: Call) -> Reply:
    """Tell which dependencies answer within 2 s; 503 if any does not."""
    from core.platform.probes import PROBES

    found = await checking.readiness(PROBES)
    return Reply(200 if found.status == "ready" else 503, found)
