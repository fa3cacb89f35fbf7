"""No answer that nobody may ever give, and one answer to a request however often it was sent."""

from __future__ import annotations

from tests.soak.invariants.verdict import Verdict
from tests.soak.traffic import Traffic


def verdicts(traffic: Traffic) -> list[Verdict]:
    """Judge the answers that people got."""
    surprises = [f"{count} x {what}" for what, count in traffic.surprises.most_common()]
    return [
        Verdict("answers keep the contract", traffic.answers, surprises),
        Verdict("requests sent again: one answer", traffic.checked["requests sent again"], traffic.doubled),
        Verdict("streams and tails: frames numbered", traffic.checked["streams"], traffic.torn),
        Verdict("exports hold what was acknowledged", traffic.checked["exports"], traffic.incomplete),
    ]
