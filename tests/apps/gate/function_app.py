"""The app's own sign-in alone, for tests that need several host processes."""

from __future__ import annotations

import sys
from pathlib import Path

import azure.functions as func

# The host sees to it that an app finds its own folder only; this one is made of the repository's app.
sys.path.append(str(Path(__file__).parents[3]))

from blueprints import auth, fallback, health

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

for bp in (health.bp, auth.bp):
    app.register_functions(bp)

app.register_functions(fallback.fallback_for(app))
