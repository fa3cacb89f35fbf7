"""Telemetry that is off is not there: no SDK is loaded, whatever was served."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from devstack.process import REPOSITORY
from devstack.stack import Stack


async def test_an_app_that_tells_nothing_loads_no_sdk(stack: Stack) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    quiet = {"COSMOS_DB_DATABASE": "silent", "TASTE_JOB_QUEUE_NAME": "silent-jobs"}
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.platform.silent_app",
        cwd=REPOSITORY,
        env={**kept, **stack.settings, **quiet},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await running.communicate()
    said = json.loads(printed.splitlines()[-1])
    assert said == {"statuses": [200, 200, 200], "told": [], "loaded": []}
