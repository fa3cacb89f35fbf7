"""A process that serves requests and a job with telemetry off, and says what it has loaded by then."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from core.platform import connections, telemetry
from devstack.functions.client import AppClient
from devstack.process import REPOSITORY
from devstack.provision import provision

SDK = ("opentelemetry.sdk", "opentelemetry.exporter")


async def main() -> None:
    await provision()
    async with AppClient(REPOSITORY, state_dir=Path(tempfile.mkdtemp())) as client:
        signed_in = await client.request("POST", "/api/auth/local", json_body={"email": "quiet@example.org"})
        headers = {"Authorization": f"Bearer {json.loads(signed_in.body)['access_token']}"}
        chat = await client.request("POST", "/api/chat", json_body={"message": "Hello!"}, headers=headers)
        started = await client.request("POST", "/api/digest/run", headers=headers)
        job = f"/api/jobs/{json.loads(started.body)['job_id']}"
        async with asyncio.timeout(60):
            while True:
                polled = await client.request("GET", job, headers=headers)
                if polled.status != 202:
                    break
                await asyncio.sleep(0.1)
    await connections.close_all()
    said = {
        "statuses": [signed_in.status, chat.status, polled.status],
        "told": [signal for signal in ("TRACES", "METRICS", "LOGS") if telemetry.tells(signal)],
        "loaded": [name for name in sys.modules if name.startswith(SDK)],
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main())
