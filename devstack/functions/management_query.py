"""The query parameters of the Durable management API, read as leniently as the extension reads them.

A value that does not parse counts as not given; names compare whatever their case.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from durabletask.internal import orchestrator_service_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import StringValue

from devstack.functions.messages import HostRequest

CONTINUATION = "x-ms-continuation-token"  # the header of a page's successor
_STATUSES: dict[str, Any] = {  # the stubs take the values for plain numbers
    name.removeprefix("ORCHESTRATION_STATUS_").replace("_", "").lower(): value
    for name, value in pb.OrchestrationStatus.items()
}


class Query:
    """The parameters of one request."""

    def __init__(self, request: HostRequest) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in request.query.items():
            self._values.setdefault(name.lower(), []).append(value)

    def text(self, name: str) -> str | None:
        """The first value as it is."""
        return next(iter(self._values.get(name.lower(), [])), None)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """`true` or `false`."""
        return {"true": True, "false": False}.get((self.text(name) or "").lower(), default)

    def number(self, name: str) -> float | None:
        """A decimal number."""
        try:
            return float(self.text(name) or "")
        except ValueError:
            return None

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        text = self.text(name) or ""
        return int(text) if text.isdecimal() else default

    def time(self, name: str) -> Timestamp | None:
        """An ISO 8601 time; without an offset it is UTC."""
        try:
            at = datetime.fromisoformat(self.text(name) or "")
        except ValueError:
            return None
        stamp = Timestamp()
        stamp.FromDatetime(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))
        return stamp

    def statuses(self) -> list[pb.OrchestrationStatus]:
        """`runtimeStatus`, repeated or comma-separated."""
        names = [name for value in self._values.get("runtimestatus", []) for name in value.split(",")]
        return [_STATUSES[name.strip().lower()] for name in names if name.strip().lower() in _STATUSES]


def optional(text: str | None) -> Any:
    """Text as the protocol's optional string."""
    return StringValue(value=text) if text else None


def is_json(body: bytes) -> bool:
    """Whether a request body can go on as a payload."""
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
