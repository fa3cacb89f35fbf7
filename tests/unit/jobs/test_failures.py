"""Which failures are worth another attempt."""

from __future__ import annotations

import pytest

from core.jobs.failures import classify
from core.platform import errors
from core.platform.errors import DomainError


@pytest.mark.parametrize(
    "error",
    [
        errors.Malformed("x"),
        errors.Forbidden("x"),
        errors.NotFound("x"),
        errors.Gone("x"),
        errors.TooLarge("x"),
        errors.UnsupportedMedia("x"),
        errors.Invalid("x"),
    ],
)
def test_wrong_input_is_hopeless(error: DomainError) -> None:
    failure = classify(error)
    assert failure.hopeless
    assert failure.reason == "x"


@pytest.mark.parametrize(
    "error",
    [
        errors.Conflict("x"),
        errors.StaleVersion("x"),
        errors.TooManyRequests("x"),
        errors.BadUpstream("x"),
        errors.Unavailable("x"),
        DomainError("x"),
        ZeroDivisionError("x"),
        TimeoutError(),
    ],
)
def test_all_else_is_tried_again(error: Exception) -> None:
    assert not classify(error).hopeless


def test_a_servers_wait_is_passed_on() -> None:
    assert classify(errors.Unavailable("busy", retry_after=7)).retry_after == 7


def test_what_nobody_expected_is_not_shown_to_people() -> None:
    assert classify(KeyError("secret")).reason == "An unexpected KeyError; it has been logged."
