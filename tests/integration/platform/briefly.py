"""A process that tells spans, measurements and records, and ends when its input does."""

from __future__ import annotations

import logging
import sys

from core.platform import logs, telemetry
from core.platform.telemetry import records


def main(spans: int) -> None:
    logging.basicConfig()
    logs.hide_secrets()
    records.export()
    log = logging.getLogger("pluckit.briefly")
    log.setLevel(logging.INFO)
    for number in range(spans):
        with telemetry.span("fetch", "client", {"server.address": f"host-{number}"}):
            telemetry.measure("pluckit.budget.rejections")
            log.info("number %d", number)
    telemetry.measure("pluckit.queue.depth", 7, {"messaging.destination.name": "taste-jobs"})
    log.warning("all was told", exc_info=RuntimeError("because of a test"))
    print("told", flush=True)  # noqa: T201 - who started this waits for it
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
