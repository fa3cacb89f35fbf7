"""Secrets never reach a log, whoever writes it: our code, an SDK, or the trace of an exception.

Records are cleaned where they are made, so every handler of every logger, the platform's too, sees clean
ones. What people write (messages, notes, photos) is not searched for here: it must not be logged at all.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

HIDDEN = "[hidden]"
_SHORTEST = 12
"""Characters from which a setting's value is a secret and not a word."""
_SECRET_SETTING = re.compile(r"(?i)(key|keys|token|secret|password|connection|storage|queue|_headers)$")
_NAMES = (
    "authorization|x-api-key|api[-_]?key|accountkey|sharedaccesskey|sharedaccesssignature|client[-_]secret|"
    "(?:access|refresh|id)[-_]?token|password|sig"
)
_SHAPES = re.compile(
    "|".join(
        (
            r"(?P<before>(?i:\bbearer)\s+)[\w.~+/=-]+",
            rf"(?P<named>(?i:\b(?:{_NAMES})\b)[\"']?\s*[=:]\s*[\"']?)(?!(?i:bearer)\s)[^\s\"'&;,]+",
            r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*",  # a JSON Web Token
            r"[0-9a-f-]{36}\.[0-9a-f-]{36}\.[\w-]{43}",  # a refresh token of ours
            r"\bsk-[\w-]{16,}",  # an OpenAI key
            r"\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+",  # an email address
        )
    )
)

type Factory = Callable[..., logging.LogRecord]


def hide_secrets(environment: Mapping[str, str] = os.environ) -> None:
    """Clean every log record made from now on in this process, however often this is called.

    With ``LOG_FORMAT=json`` each is one line of JSON, with the ids of its trace and span.
    """
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _Cleaning):
        logging.setLogRecordFactory(_Cleaning(factory, environment))


def cleaned(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return ``text`` without ``secrets`` and without whatever looks like a credential or an address."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _SHAPES.sub(_hidden, text)


class _Cleaning:
    """A record factory around another one. The secrets are those of its start, as settings are read once."""

    def __init__(self, factory: Factory, environment: Mapping[str, str]) -> None:
        self._factory = factory
        self._secrets = tuple(_secrets_of(environment))
        self._json = environment.get("LOG_FORMAT", "").strip().lower() == "json"

    def __call__(self, *given: Any, **named: Any) -> logging.LogRecord:
        record = self._factory(*given, **named)
        record.msg, record.args = cleaned(_message(record), self._secrets), None
        record.trace_id, record.span_id = _here()
        if record.exc_info and record.exc_info[0] is not None:
            trace = "".join(traceback.format_exception(*record.exc_info)).rstrip()
            record.exc_text = cleaned(trace, self._secrets)
            record.exc_info = None  # handlers that format it themselves would show it uncleaned
        return _line(record) if self._json else record


def _secrets_of(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        if len(value) >= _SHORTEST and _SECRET_SETTING.search(name):
            yield value


def _here() -> tuple[str, str]:
    """Return the ids of the current trace and span, in hex; empty where no traces are told."""
    api = sys.modules.get("opentelemetry.trace")
    current = getattr(api, "get_current_span", None)  # absent while the module is being imported
    context = current().get_span_context() if current is not None else None
    if context is None or not context.is_valid:
        return "", ""
    return f"{context.trace_id:032x}", f"{context.span_id:016x}"


def _line(record: logging.LogRecord) -> logging.LogRecord:
    """Make the record's message one line of JSON, whichever handler writes it; ``told`` keeps the words."""
    record.told, record.exception = record.msg, record.exc_text
    said = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": record.msg,
        "trace_id": record.__dict__["trace_id"],
        "span_id": record.__dict__["span_id"],
        "exception": record.exc_text,
    }
    record.msg, record.exc_text = json.dumps({name: value for name, value in said.items() if value}), None
    return record


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return f"{record.msg} {record.args}"


def _hidden(found: re.Match[str]) -> str:
    return (found["before"] or found["named"] or "") + HIDDEN
