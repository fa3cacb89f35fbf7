"""Worker time of an authenticated, validated call, against the same as FastAPI in ``AsgiFunctionApp``.

Three routes of the vault, one item, a new item and a page of twenty, are called through the worker
library (``azure_functions_runtime``, native invocation), in the whole app and in ``bench/asgi_twin``,
which has these three only. Both verify the same token, use the same models, domain, problem documents and
headers; that they give the same answers, and refuse alike, is checked in each round. Time is processor
time from the request's value to the answer's. A round has a process of its own for each side, and these take
turns of some hundredths of a second. What a route takes in a round is the least of its turns: what else the
machine does, such as another's work on the same core, only ever adds to it. The documents are kept in memory
(``bench/memory``), so what differs is the way to the domain and back. The last row has the database's
emulator and its SDK in the place of that, and shows how much of a whole call the way is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.rows import Row, Target
from devstack import appsettings, ports
from devstack.process import REPOSITORY
from devstack.stack import Stack

_TWIN = "the same as FastAPI in `AsgiFunctionApp`"
CALL = Target("worker time of an authenticated, validated call", _TWIN, most=0.5)
ROUTES = {
    "get": Target("of these: one item", _TWIN),
    "add": Target("of these: a new item", _TWIN),
    "list": Target("of these: a page of twenty", _TWIN),
}
STORED = Target("the same three, with the database's emulator", _TWIN)
TARGETS = (CALL, *ROUTES.values(), STORED)
TURN = 20
"""Calls of each route in a turn."""
_VARYING = {
    "id",
    "created_at",
    "updated_at",
    "trace_id",
    "etag",
    "location",
    "x-request-id",
    "content-length",
}

type Times = dict[str, list[dict[str, float]]]


def measure(quick: bool) -> list[Row]:
    """Return the rows, the quick form without the last; ``SystemExit`` where the apps answer differently."""
    values = appsettings.fresh(REPOSITORY)
    memory = compared(values, *((3, 40) if quick else (7, 100)))
    rows = [_row(CALL, memory, *ROUTES), *(_row(target, memory, name) for name, target in ROUTES.items())]
    return rows if quick else [*rows, _row(STORED, _stored(values), *ROUTES)]


def _stored(values: Mapping[str, str]) -> Times:
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), asked=ports.spares(), only=("azurite", "cosmos"), values=values) as stack,
    ):
        return compared(stack.settings, 3, 10, "--stored")


def compared(settings: Mapping[str, str], rounds: int, turns: int, *how: str) -> Times:
    """Return processor seconds a call, by side and route, of each round."""
    times: Times = {"ours": [], "twin": []}
    for number in range(1, rounds + 1):
        with ExitStack() as running:
            sides = {side: running.enter_context(_serving(side, settings, *how)) for side in times}
            _check(*(_line(side) for side in sides.values()))
            taken = [{name: _turn(side) for name, side in sides.items()} for _ in range(turns)]
        for name, kept in times.items():
            kept.append(_least([turn[name] for turn in taken]))
        shown = ", ".join(f"{side} {_told(kept[-1])}" for side, kept in times.items())
        print(f"  round {number}/{rounds}: {shown} µs", flush=True)
    return times


def _serving(side: str, settings: Mapping[str, str], *how: str) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return subprocess.Popen(
        [sys.executable, "-m", "bench.serving", side, *how],
        cwd=REPOSITORY,
        env={**inherited, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    if not (line := process.stdout.readline()):
        raise SystemExit("an app could not be measured")
    told: dict[str, Any] = json.loads(line)
    return told


def _turn(process: subprocess.Popen[str]) -> dict[str, float]:
    assert process.stdin is not None
    process.stdin.write(f"{TURN}\n")
    process.stdin.flush()
    return _line(process)


def _least(turns: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: min(turn[name] for turn in turns) for name in turns[0]}


def _told(seconds: Mapping[str, float]) -> str:
    return "/".join(f"{value * 1e6:.0f}" for value in seconds.values())


def _check(ours: Mapping[str, Any], twin: Mapping[str, Any]) -> None:
    """Raise ``SystemExit`` unless both served the same; of refusals, wording may differ."""
    for name, answer in ours["answers"].items():
        _equal(name, answer, twin["answers"][name])
    for name, (status, headers, body) in ours["refused"].items():
        other = twin["refused"][name]
        _equal(f"{name}, refused,", (status, headers, body["type"]), (*other[:2], other[2]["type"]))


def _equal(name: str, ours: Sequence[Any], twin: Sequence[Any]) -> None:
    for part, one, other in zip(("status", "headers", "body"), ours, twin, strict=True):
        if _same(one) != _same(other):
            raise SystemExit(f"{part} of {name} differ:\n{str(one)[:600]}\n{str(other)[:600]}")


def _same(value: Any) -> Any:
    """Return what must be alike: without ids, times and sizes."""
    if isinstance(value, dict):
        return {name: _same(part) for name, part in value.items() if name not in _VARYING}
    return [_same(part) for part in value] if isinstance(value, list) else value


def _row(target: Target, times: Times, *routes: str) -> Row:
    ours, twin = ([sum(seconds[name] for name in routes) for seconds in side] for side in times.values())
    return Row.of(target, [one / other for one, other in zip(ours, twin, strict=True)])
