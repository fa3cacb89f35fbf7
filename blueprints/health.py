"""Whether the app runs, and whether what it stands on answers."""

from __future__ import annotations

import azure.functions as func

from core.identity import Auth
from core.platform.health import VERSION, Health, Readiness, readiness
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()


@bp.route(route="api/health", methods=["GET", "HEAD"])
@endpoint(auth=Auth.PUBLIC, returns={200: Health})
async def health(call: Call) -> Health:
    """Tell that the app runs, and its version."""
    return Health(status="ok", version=VERSION)


@bp.route(route="api/health/ready", methods=["GET", "HEAD"])
@endpoint(auth=Auth.PUBLIC, returns={200: Readiness, 503: Readiness})
async def health_ready(call: Call) -> Reply:
    """Tell which dependencies answer within 2 s; 503 if any does not."""
    from core.platform.probes import PROBES

    found = await readiness(PROBES)
    return Reply(200 if found.status == "ready" else 503, found)
