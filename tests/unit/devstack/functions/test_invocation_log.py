"""What the host remembers of invocations."""

from __future__ import annotations

import pytest

from devstack.functions.bindings import Binding, Function
from devstack.functions.invocation_log import KEPT, InvocationLog
from devstack.functions.worker import Datum, Outcome

TEXT = Datum("x", "string")


def function(name: str) -> Function:
    return Function(name, name, (Binding("message", "queueTrigger", "in", {}),))


def run(log: InvocationLog, name: str, outcome: Outcome, trigger: Datum = TEXT) -> None:
    with log.following(function(name), trigger, "why") as outcomes:
        outcomes.append(outcome)


def test_a_busy_function_does_not_push_out_what_another_did() -> None:
    log = InvocationLog()
    run(log, "Rare", Outcome("1", error="ValueError: no", trace="Traceback"))
    for n in range(KEPT * 4):
        run(log, "busy", Outcome(str(n)))
    (entry,) = log.entries("rare")
    assert (entry["status"], entry["error"], entry["trace"]) == ("failed", "ValueError: no", "Traceback")
    assert [one["invocation_id"] for one in log.entries("busy")] == [
        str(n) for n in reversed(range(KEPT * 3, KEPT * 4))
    ]
    summary = log.summary("busy")
    assert (summary["runs"], summary["failures"], len(summary["last"])) == (KEPT * 4, 0, KEPT)
    assert log.summary("rare")["failures"] == 1


def test_an_invocation_is_there_while_it_runs_and_when_it_was_cut_off() -> None:
    log = InvocationLog()

    def cut_off() -> None:
        with log.following(function("f"), TEXT, "why"):
            assert [entry["status"] for entry in log.entries("f")] == ["running"]
            assert log.summary("f")["median_milliseconds"] is None
            raise TimeoutError

    with pytest.raises(TimeoutError):
        cut_off()
    assert [entry["status"] for entry in log.entries("f")] == ["cancelled"]


def test_http_shows_path_and_status_but_no_query() -> None:
    log = InvocationLog()
    url = "http://localhost/api/media/1/thumb?sig=secret"
    trigger = Datum({"method": Datum("GET", "string"), "url": Datum(url, "string")}, "http")
    run(log, "f", Outcome("1", return_value={"status_code": 404}), trigger)
    (entry,) = log.entries("f")
    assert (entry["target"], entry["http_status"]) == ("GET /api/media/1/thumb", 404)
    assert "secret" not in str(entry)


def test_what_is_kept_of_an_error_has_an_end() -> None:
    log = InvocationLog()
    run(log, "f", Outcome("1", error="E: " + "x" * 1_000_000, trace="y" * 1_000_000))
    (entry,) = log.entries("f")
    assert len(entry["error"]) + len(entry["trace"]) < 20_000
