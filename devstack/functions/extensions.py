"""The `extensions` section of host.json, as far as the background listeners read it.

Names, defaults and limits are those of the platform's extensions; a value out of range refuses the start
with the name of the field instead of surprising later.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from devstack.functions.timespan import parse_timespan

_LIVE_POLLING = 1.0  # seconds; the platform polls an idle queue up to once a minute (2 s in development)


class HostJsonError(ValueError):
    """A value in host.json that the platform would refuse. The text names the field."""


@dataclass(frozen=True)
class QueueOptions:
    """`extensions.queues`; times in seconds."""

    batch_size: int
    new_batch_threshold: int
    max_dequeue_count: int
    visibility_timeout: float
    max_polling_interval: float
    base64: bool

    @classmethod
    def of(cls, extensions: Mapping[str, Any]) -> QueueOptions:
        """Read the section. Raises HostJsonError."""
        section = _Section("queues", extensions)
        batch_size = section.integer("batchSize", 16, low=1, high=32)
        processors = os.cpu_count() or 1
        return cls(
            batch_size=batch_size,
            new_batch_threshold=section.integer("newBatchThreshold", batch_size // 2 * processors, low=0),
            max_dequeue_count=section.integer("maxDequeueCount", 5, low=1),
            visibility_timeout=section.seconds("visibilityTimeout", 0.0, high=7 * 24 * 3600.0),
            max_polling_interval=section.seconds("maxPollingInterval", _LIVE_POLLING, low=0.1),
            base64=section.choice("messageEncoding", "base64", ("base64", "none")) == "base64",
        )


@dataclass(frozen=True)
class DurableOptions:
    """`extensions.durableTask`."""

    hub_name: str
    max_activities: int
    max_orchestrators: int
    max_entities: int
    reuse: Literal["nonrunningstates", "anystate"]

    @classmethod
    def of(cls, extensions: Mapping[str, Any]) -> DurableOptions:
        """Read the section. Raises HostJsonError."""
        section = _Section("durableTask", extensions)
        many = 10 * (os.cpu_count() or 1)
        orchestrators = section.integer("maxConcurrentOrchestratorFunctions", many, low=1)
        any_state = section.choice(
            "overridableExistingInstanceStates", "nonrunningstates", ("nonrunningstates", "anystate")
        )
        return cls(
            hub_name=str(section.value("hubName") or "TestHubName"),
            max_activities=section.integer("maxConcurrentActivityFunctions", many, low=1),
            max_orchestrators=orchestrators,
            max_entities=section.integer("maxConcurrentEntityFunctions", orchestrators, low=1),
            reuse="anystate" if any_state == "anystate" else "nonrunningstates",
        )


class _Section:
    """One extension's settings, read with errors that name the field."""

    def __init__(self, name: str, extensions: Mapping[str, Any]) -> None:
        self._name = name
        found = next((value for key, value in extensions.items() if key.lower() == name.lower()), None)
        if found is not None and not isinstance(found, Mapping):
            raise HostJsonError(f"host.json: extensions.{name} must be an object")
        self._values = {key.lower(): value for key, value in (found or {}).items()}

    def value(self, field: str) -> Any:
        """The raw value or None."""
        return self._values.get(field.lower())

    def integer(self, field: str, default: int, *, low: int, high: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        value = self.value(field)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(field, value, "a whole number")
        if value < low or (high is not None and value > high):
            limit = f"from {low} to {high}" if high is not None else f"at least {low}"
            raise self._wrong(field, value, limit)
        return value

    def seconds(self, field: str, default: float, *, low: float = 0.0, high: float = float("inf")) -> float:
        """A TimeSpan text, as seconds."""
        value = self.value(field)
        if value is None:
            return default
        try:
            seconds = parse_timespan(str(value)).total_seconds()
        except ValueError as error:
            raise self._wrong(field, value, "a time span hh:mm:ss") from error
        if not low <= seconds <= high:
            raise self._wrong(field, value, f"from {low:g} to {high:g} seconds")
        return seconds

    def choice(self, field: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of `allowed`, whatever its case."""
        value = self.value(field)
        if value is None:
            return default
        if str(value).lower() not in allowed:
            raise self._wrong(field, value, f"one of {', '.join(allowed)}")
        return str(value).lower()

    def _wrong(self, field: str, value: Any, expected: str) -> HostJsonError:
        return HostJsonError(
            f"host.json: extensions.{self._name}.{field} is {value!r}; it must be {expected}"
        )
