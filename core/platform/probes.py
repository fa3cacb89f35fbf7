"""What the app stands on, each with the cheapest question that shows it answers."""

from __future__ import annotations

from collections.abc import Mapping

from core.platform import ai, cosmos, settings, storage, web
from core.platform.health import Probe


async def _segmentation() -> None:
    await web.reachable(str(settings.get(settings.SegmentationSettings).endpoint))


PROBES: Mapping[str, Probe] = {
    "cosmos": cosmos.probe,
    "storage": storage.probe,
    "model": ai.probe,
    "segmentation": _segmentation,
}
