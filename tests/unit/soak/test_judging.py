"""What the soak judges by can tell right from wrong: each judge is shown something broken."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from core.chat.frames import Frame, encode
from tests.soak.contract import PROBLEM, Answer, broken
from tests.soak.host import Holding
from tests.soak.invariants.leaks import memory
from tests.soak.invariants.verdict import Verdict
from tests.soak.people.chat import misnumbered
from tests.soak.plan import Plan

MEGABYTE = 2**20


def problem(status: int, slug: str, /, headers: dict[str, str] | None = None, **changes: Any) -> Answer:
    members = {"title": "", "detail": "", "instance": "", "trace_id": ""}
    told = {"type": f"/problems/{slug}", "status": status, **members}
    data = json.dumps({name: value for name, value in (told | changes).items() if value is not None}).encode()
    return Answer(status, {"Content-Type": PROBLEM, **(headers or {})}, data)


GOOD = [
    Answer(200, {"Content-Type": "application/json"}, b"{}"),
    problem(404, "item-not-found"),
    problem(503, "unavailable", {"Retry-After": "1"}),
]
BAD = [
    Answer(201, {"Content-Type": "application/json"}, b"{}"),
    Answer(503, {"Content-Type": "text/html"}, b"no"),
    problem(500, "internal"),
    problem(503, "unavailable"),
    problem(404, "job-not-found"),
    problem(404, "item-not-found", status=400),
    problem(404, "item-not-found", trace_id=None),
]


def test_the_contract_tells_what_is_declared_from_what_is_not() -> None:
    path = "/api/vault/items/0af1?x=1"
    assert [broken("GET", path, answer) for answer in GOOD] == [None] * len(GOOD)
    assert None not in [broken("GET", path, answer) for answer in BAD]
    assert broken("POST", path, GOOD[0]) == "there is no such route"


def test_frames_are_numbered_without_gaps_and_repeats() -> None:
    frames = [Frame.of("delta", {"text": "word " * number}) for number in range(1, 6)]
    stream = encode([*frames[:2], None, *frames[2:]], at=70)
    blocks = [block + b"\n\n" for block in stream.split(b"\n\n")[:-1]]
    assert misnumbered(stream) == ""
    for place in range(1, len(blocks) - 1):
        assert misnumbered(b"".join(blocks[:place] + blocks[place + 1 :]))
        assert misnumbered(b"".join(blocks[:place] + blocks[place - 1 :]))
    assert misnumbered(stream[:-1])


def test_memory_that_grows_is_told_from_a_restart() -> None:
    flat = [(float(second), 7, 200 * MEGABYTE) for second in range(30)]
    before = [(float(-second), 6, 900 * MEGABYTE) for second in range(30, 0, -1)]
    assert memory(before + flat, 0).holds
    growing = [(at, process, size + int(at) * 4 * MEGABYTE) for at, process, size in flat]
    assert not memory(before + growing, 0).holds


@pytest.mark.parametrize(
    "more",
    [
        {"files": Counter({"/some/file": 2})},
        {"connections": Counter(cosmos=30)},
        {"children": 1},
        {"threads": 60},
        {"tasks": Counter(renew=2)},
    ],
)
def test_what_a_host_holds_too_much_of_is_named(more: dict[str, Any]) -> None:
    before = Holding(
        files=Counter({"pipe": 4}),
        connections=Counter(cosmos=3),
        children=0,
        threads=20,
        tasks=Counter(poll=3),
    )
    after = replace(before, **more)
    assert before.more_than(before) == []
    assert len(after.more_than(before)) == 1


def test_an_invariant_that_looked_at_nothing_does_not_hold() -> None:
    assert Verdict("any", 1).holds
    assert not Verdict("any", 0).holds
    assert not Verdict("any", 1, ["something"]).holds


def test_a_seed_is_a_plan_and_kills_come_before_the_end() -> None:
    for seconds in (20, 600):
        plan = Plan(seconds, seed=3)
        assert plan.kills() == Plan(seconds, seed=3).kills() != Plan(seconds, seed=4).kills()
        assert plan.kills() == sorted(plan.kills())
        assert plan.kills()[0] > 0
        assert plan.kills()[-1] < plan.first
