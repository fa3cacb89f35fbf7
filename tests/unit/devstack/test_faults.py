import pytest

from devstack.faults import BadFault, FaultPlan


def strikes(plan: FaultPlan, requests: list[str]) -> list[str | None]:
    return [fault.kind if (fault := plan.strike(request)) else None for request in requests]


def test_a_fault_strikes_its_times_and_is_gone() -> None:
    plan = FaultPlan(["slow"])
    plan.arm({"kind": "slow", "times": 2})
    assert strikes(plan, ["a", "b", "c"]) == ["slow", "slow", None]
    assert plan.armed == ()


def test_skip_lets_matching_requests_pass_first_and_others_do_not_count() -> None:
    plan = FaultPlan(["slow"])
    plan.arm({"kind": "slow", "skip": 1, "match": "photo"})
    assert strikes(plan, ["text", "photo 1", "text", "photo 2", "photo 3"]) == [
        None,
        None,
        None,
        "slow",
        None,
    ]


def test_faults_strike_in_the_order_they_were_armed_until_cleared() -> None:
    plan = FaultPlan(["slow", "hang"])
    plan.arm([{"kind": "hang"}, {"kind": "slow", "times": None}])
    assert strikes(plan, ["a"] * 4) == ["hang", "slow", "slow", "slow"]
    plan.clear()
    assert strikes(plan, ["a"]) == [None]


@pytest.mark.parametrize(
    ("posted", "names"),
    [
        ({"kind": "nova"}, "nova"),
        ([{"kind": "slow"}, {"kind": "nova"}], "nova"),
        ({"kind": "slow", "times": 0}, "times"),
        ({"kind": "slow", "tiems": 1}, "tiems"),
        ("slow", "dict"),
    ],
)
def test_a_wrong_fault_is_refused_by_name_and_arms_nothing(posted: object, names: str) -> None:
    plan = FaultPlan(["slow"])
    with pytest.raises(BadFault, match=names):
        plan.arm(posted)
    assert plan.armed == ()
