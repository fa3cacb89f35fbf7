"""Route constraints against .NET's own rules, case by case and against brute force."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.functions.constraints import ConstraintError, constraint

CASES = [
    (
        "int",
        None,
        ["0", "-1", "+7", " 12 ", "2147483647", "-2147483648", "007"],
        ["", "1.0", "2147483648", "x", "\u0661"],
    ),
    ("long", None, ["9223372036854775807", "-9223372036854775808"], ["9223372036854775808", "1e3"]),
    ("bool", None, ["true", "FALSE", " True "], ["1", "yes", ""]),
    (
        "guid",
        None,
        [
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "6BA7B8109DAD11D180B400C04FD430C8",
            "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}",
            "(6ba7b810-9dad-11d1-80b4-00c04fd430c8)",
        ],
        ["6ba7b810-9dad-11d1-80b4-00c04fd430c", "{6ba7b810-9dad-11d1-80b4-00c04fd430c8)", "not-a-guid", ""],
    ),
    ("alpha", None, ["abc", "XYZ"], ["a1", "ä", "a b"]),
    (
        "datetime",
        None,
        ["2026-11-22", "2026-11-22T10:00:00Z", "11/22/2026 7:32 PM", "2026/11/22 10:00"],
        ["2026-13-01", "x", ""],
    ),
    ("decimal", None, ["1", "-1.5", "1,000.25", ".5", "5."], ["1e3", "", "1.2.3"]),
    ("double", None, ["1e3", "-1.5E-2", "NaN", "Infinity"], ["", "e", "1.2.3"]),
    ("float", None, ["3.14"], ["three"]),
    ("length", "3", ["abc"], ["ab", "abcd"]),
    ("length", "2,3", ["ab", "abc"], ["a", "abcd"]),
    ("minlength", "2", ["ab", "abc"], ["a"]),
    ("maxlength", "2", ["", "ab"], ["abc"]),
    ("min", "18", ["18", "99"], ["17", "x", "-18"]),
    ("max", "120", ["120", "-5"], ["121", "x"]),
    ("range", "1,10", ["1", "10"], ["0", "11", "x"]),
    ("regex", r"^\d{3}-\d+$", ["123-4"], ["123", "a123-4"]),
    ("regex", "shelf", ["bookSHELFs"], ["book"]),
    ("regex", r"^(?<year>\d{4})$", ["2026"], ["26"]),
    ("required", None, ["x"], [""]),
    ("file", None, ["a.png", "dir/a.b"], ["a", "a.", "dir.d/a"]),
    ("nonfile", None, ["a", "a."], ["a.png"]),
]


@pytest.mark.parametrize(("name", "argument", "good", "bad"), CASES, ids=lambda value: str(value)[:20])
def test_accepts_and_refuses(name: str, argument: str | None, good: list[str], bad: list[str]) -> None:
    check = constraint(name, argument)
    assert [value for value in good if not check(value)] == []
    assert [value for value in bad if check(value)] == []


@given(st.integers(-(2**70), 2**70))
def test_whole_numbers_have_the_width_of_their_type(number: int) -> None:
    assert constraint("int", None)(str(number)) == (-(2**31) <= number < 2**31)
    assert constraint("long", None)(str(number)) == (-(2**63) <= number < 2**63)


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(0, 60))
def test_range_is_min_and_max(number: int, low: int, width: int) -> None:
    both = constraint("min", str(low))(str(number)) and constraint("max", str(low + width))(str(number))
    assert constraint("range", f"{low},{low + width}")(str(number)) == both


@given(st.uuids())
def test_every_uuid_is_a_guid(value: uuid.UUID) -> None:
    assert constraint("guid", None)(str(value))
    assert constraint("GUID", None)(value.hex)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_every_plain_decimal_is_one(value: Decimal) -> None:
    assert constraint("decimal", None)(format(value, "f"))


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("integer", None),
        ("int", "3"),
        ("length", None),
        ("min", "x"),
        ("range", "9,1"),
        ("regex", "("),
        ("length", "1,2,3"),
    ],
)
def test_what_does_not_exist_is_refused(name: str, argument: str | None) -> None:
    with pytest.raises(ConstraintError, match=name):
        constraint(name, argument)
