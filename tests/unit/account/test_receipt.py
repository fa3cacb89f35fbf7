"""The receipt of an erasure: what it counts, and that there is none before the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.account.models import Erasure, ProviderToken

AT = datetime(2026, 5, 1, tzinfo=UTC)
ERASURE = Erasure(
    id="e",
    account="somebody",
    flows=frozenset({"flow-of-somebody"}),
    counted={"documents/vault": 3, "blobs/media": 2, "flows": 1},
    counting={"documents/vault": 1},
    issuers={"google": "revoked"},
    tokens=(ProviderToken(issuer="google", token="t"),),
    asked_at=AT,
)


def test_there_is_no_receipt_of_an_erasure_that_goes_on() -> None:
    with pytest.raises(ValueError, match="is not over"):
        ERASURE.receipt()


def test_a_receipt_has_the_counts_and_nothing_of_whom_and_stays_what_it_was() -> None:
    over = ERASURE.over(AT)
    receipt = over.receipt()
    assert (receipt["documents"], receipt["blobs"], receipt["flows"]) == ({"vault": 3}, {"media": 2}, 1)
    assert receipt["issuers"] == {"google": "revoked"}
    assert "somebody" not in over.model_dump_json()
    assert over.over(AT + timedelta(days=1)) is over
