"""Log records as OTLP, where the settings ask for it; ``core.platform.logs`` has cleaned them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from core.platform import telemetry

if TYPE_CHECKING:
    from opentelemetry._logs import SeverityNumber

_OURS = "pluckit"
"""Our loggers; of others warnings are exported, for below them SDKs log addresses that name people."""
_ITS_OWN = ("opentelemetry", "urllib3", "requests", "grpc")
"""Loggers of the exporter itself: to export what it says about failing would make it say more."""


def export() -> None:
    """Export the records of all loggers from now on; nothing of the SDK is imported before the first."""
    root = logging.getLogger()
    if telemetry.tells("LOGS") and not any(isinstance(each, Exporting) for each in root.handlers):
        root.addHandler(Exporting())


class Exporting(logging.Handler):
    """Gives records to OpenTelemetry's SDK, which exports them in a thread of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._off = False
        # Before the handler's lock: the first record starts the SDK, which waits for threads that may log.
        self.addFilter(_goes_out)

    def emit(self, record: logging.LogRecord) -> None:
        """Queue one record; settings the SDK makes no sense of turn this off, and never fail a caller."""
        if self._off:
            return
        try:
            _emit(record)
        except Exception:  # a record that cannot be told must not break who logged it
            self._off = True
            logging.getLogger("opentelemetry.pluckit").exception("logs are off: check the OTEL_ settings")


def _goes_out(record: logging.LogRecord) -> bool:
    heard = record.levelno >= logging.WARNING or record.name.startswith(_OURS)
    return heard and not record.name.startswith(_ITS_OWN)


def _severity(level: int) -> SeverityNumber:
    """Return the OTLP severity: DEBUG 5, INFO 9, WARN 13, ERROR 17, FATAL 21."""
    from opentelemetry._logs import SeverityNumber

    return SeverityNumber(min(21, max(1, level // 10 * 4 + 1)))


def _emit(record: logging.LogRecord) -> None:
    from opentelemetry._logs import LogRecord
    from opentelemetry.context import get_current

    from core.platform.telemetry import sdk

    attributes = {"code.function.name": record.funcName, "pluckit.logger": record.name}
    if trace := getattr(record, "exception", None) or record.exc_text:
        attributes["exception.stacktrace"] = trace
    sdk.logger().emit(
        LogRecord(
            timestamp=int(record.created * 1e9),
            context=get_current(),
            severity_text=record.levelname,
            severity_number=_severity(record.levelno),
            body=getattr(record, "told", record.msg),
            attributes=attributes,
        )
    )
