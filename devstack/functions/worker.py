"""The language worker inside this process: Microsoft's `azure_functions_runtime`, driven without gRPC.

The library indexes the app, checks every declaration and converts values exactly as in Azure. It keeps
its function registry and its thread pool in module globals and imports the app as a top-level module,
so **a process can hold one app**: loading it again gives the same functions, loading another is refused.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import secrets
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azure_functions_runtime import native_invocation
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.utils import threadpool

from devstack.functions.bindings import Binding, Function
from devstack.functions.indexing import FunctionLoadError, index

__all__ = ["Binding", "Datum", "Function", "FunctionLoadError", "Outcome", "Worker"]

log = logging.getLogger("host.function")

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})")


@dataclass(frozen=True)
class Outcome:
    """What one invocation came to.

    `error` is "Type: message" or None. `return_value` and `outputs` are decoded: str, bytes, JSON-able
    values, or for an HTTP answer `{"status_code": int, "headers": {...}, "cookies": [SimpleCookie] | None,
    "body": bytes | str}`. `returned` is the undecoded return value.
    """

    invocation_id: str
    error: str | None = None
    trace: str | None = None
    return_value: Any = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    returned: Datum | None = None
    timed_out: bool = False


class Worker:
    """The loaded app. `timeout` (seconds, None: unlimited) bounds every invocation but orchestrators."""

    _loaded: tuple[Path, tuple[Function, ...]] | None = None  # of this process

    def __init__(self, app_dir: Path, functions: tuple[Function, ...], timeout: float | None) -> None:
        self.app_dir = app_dir
        self.functions = functions
        self.timeout = timeout

    @classmethod
    def load(cls, app_dir: Path, *, timeout: float | None = None) -> Worker:
        """Index the app in `app_dir`, with `os.environ` as its settings.

        Changes the working directory and `sys.path` as the platform's worker does. Raises
        FunctionLoadError with the worker library's message when a declaration is wrong.
        """
        app_dir = app_dir.resolve()
        if cls._loaded is None:
            cls._loaded = app_dir, index(app_dir)
        if cls._loaded[0] != app_dir:
            raise FunctionLoadError(
                f"This process already holds the function app {cls._loaded[0]}; the worker library keeps "
                f"one app per process. Run {app_dir} in a process of its own."
            )
        os.chdir(app_dir)
        threadpool.start_threadpool_executor()
        return cls(app_dir, cls._loaded[1], timeout)

    def function(self, name: str) -> Function | None:
        """The function of that name (case-insensitive, as in the platform)."""
        return next((f for f in self.functions if f.name.lower() == name.lower()), None)

    async def invoke(
        self,
        function: Function,
        inputs: Mapping[str, Datum],
        metadata: Mapping[str, Datum] | None = None,
        *,
        trace_parent: str = "",
        trace_state: str = "",
        reason: str = "",
        retry_count: int = 0,
        max_retry_count: int = 0,
    ) -> Outcome:
        """Run one function once. Never raises for what the function does; that is `Outcome.error`.

        Async functions run on this event loop, others in the worker's thread pool. `reason` is for the log.
        """
        invocation_id = str(uuid.uuid4())
        log.info("Executing 'Functions.%s' (Reason='%s', Id=%s)", function.name, reason, invocation_id)
        started = time.perf_counter()
        call = native_invocation.invocation_request_native(
            invocation_id,
            function.id,
            list(inputs.items()),
            dict(metadata or {}),
            trace_parent=_child_of(trace_parent),
            trace_state=trace_state,
            retry_count=retry_count,
            max_retry_count=max_retry_count,
        )
        outcome = await self._finish(function, invocation_id, call)
        _log_end(function, outcome, time.perf_counter() - started)
        return outcome

    async def _finish(self, function: Function, invocation_id: str, call: Any) -> Outcome:
        timeout = None if function.trigger.type == "orchestrationTrigger" else self.timeout
        try:
            async with asyncio.timeout(timeout) as limit:
                ok, returned, outputs, error, trace = await call
        except TimeoutError:
            if not limit.expired():
                raise
            message = f"FunctionTimeoutException: {function.name} exceeded the timeout of {timeout:g} s"
            return Outcome(invocation_id, error=message, timed_out=True)
        if not ok:
            return Outcome(invocation_id, error=_type_and_message(error, trace), trace=trace)
        return Outcome(
            invocation_id,
            return_value=decode(returned),
            outputs={name: decode(datum) for name, datum in outputs},
            returned=returned,
        )

    def stop(self, grace: float) -> bool:
        """End the worker's threads; False if synchronous functions still run after `grace` seconds."""
        stopping = threading.Thread(target=threadpool.stop_threadpool_executor, daemon=True)
        stopping.start()
        stopping.join(grace)
        return not stopping.is_alive()


def decode(datum: Datum | None) -> Any:
    """The plain Python value of a Datum (see Outcome for the shapes)."""
    if datum is None or datum.type is None:
        return None
    if datum.type == "json":
        return json.loads(datum.value)
    if datum.type == "http":
        return {
            "status_code": int(datum.value["status_code"].value),
            "headers": {name: header.value for name, header in datum.value["headers"].items()},
            "cookies": datum.value["cookies"],
            "body": datum.value["body"].value,
        }
    return datum.value


def _type_and_message(represented: str, trace: str) -> str:
    """The runtime hands out `repr(error)`; Azure shows "Type: message", which ends the trace text."""
    name = re.escape(represented.partition("(")[0])
    starts = list(re.finditer(rf"^(?:[\w.<>]+\.)?({name})(?=:|$)", trace, re.MULTILINE))
    return trace[starts[-1].start(1) :].rstrip("\n") if starts else represented


def _child_of(trace_parent: str) -> str:
    """The W3C trace context of this invocation: the caller's trace (or a new one) and a span of its own."""
    match = _TRACEPARENT.fullmatch(trace_parent)
    trace_id, flags = match.groups() if match else (secrets.token_hex(16), "00")
    return f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"


def _log_end(function: Function, outcome: Outcome, seconds: float) -> None:
    status, level = ("Failed", logging.ERROR) if outcome.error else ("Succeeded", logging.INFO)
    how = f"({status}, Id={outcome.invocation_id}, Duration={seconds * 1000:.0f}ms)"
    why = f"\n{outcome.trace or outcome.error}" if outcome.error else ""
    log.log(level, "Executed 'Functions.%s' %s%s", function.name, how, why)
