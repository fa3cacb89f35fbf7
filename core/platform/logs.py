"""Secrets never reach a log, whoever writes it: our code, an SDK, or the trace of an exception.

Records are cleaned where they are made, so every handler of every logger, the platform's too, sees clean
ones. What people write (messages, notes, photos) is not searched for here: it must not be logged at all.
"""

from __future__ import annotations

import logging
import os
import re
import traceback
from collections.abc import Callable, Mapping
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
    """Clean every log record made from now on in this process, however often this is called."""
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _Cleaning):
        logging.setLogRecordFactory(_Cleaning(factory, environment))


def cleaned(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return ``text`` without ``secrets`` and without whatever looks like a credential or an address."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _SHAPES.sub(_hidden, text)


class _Cleaning:
    """A record factory around another one."""

    def __init__(self, factory: Factory, environment: Mapping[str, str]) -> None:
        self._factory = factory
        self._environment = environment

    def __call__(self, *given: Any, **named: Any) -> logging.LogRecord:
        record = self._factory(*given, **named)
        secrets = self._secrets()
        record.msg, record.args = cleaned(_message(record), secrets), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = cleaned("".join(traceback.format_exception(*record.exc_info)).rstrip(), secrets)
            record.exc_info = None  # handlers that format it themselves would show it uncleaned
        return record

    def _secrets(self) -> tuple[str, ...]:
        return tuple(
            value
            for name, value in self._environment.items()
            if len(value) >= _SHORTEST and _SECRET_SETTING.search(name)
        )


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return f"{record.msg} {record.args}"


def _hidden(found: re.Match[str]) -> str:
    return (found["before"] or found["named"] or "") + HIDDEN
