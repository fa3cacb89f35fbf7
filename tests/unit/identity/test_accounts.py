"""Who may open the account that holds an address: only those who are sure to be its owner."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from core.identity.accounts import address_id, may_open
from core.identity.id_tokens import Identity
from core.identity.models import SignInClaim

EMAIL = "ada@example.org"


def identity(issuer: str = "google", *, verified: bool = True, vouched: bool = True) -> Identity:
    return Identity(issuer, f"https://{issuer}.example", "ada", EMAIL, verified, vouched)


def holder(account_id: str = "another", issuer: str = "apple", *, vouched: bool = True) -> SignInClaim:
    address = address_id(EMAIL)
    return SignInClaim(
        id=address,
        user_id=address,
        account_id=account_id,
        issuer_name=issuer,
        vouched=vouched,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(("verified", "vouched"), list(product([False, True], repeat=2)))
def test_an_address_nobody_holds_or_one_holds_oneself_is_no_obstacle(verified: bool, vouched: bool) -> None:
    sure = identity(verified=verified, vouched=vouched)
    assert may_open(sure, None)
    assert may_open(sure, holder(sure.id, vouched=False))


@pytest.mark.parametrize(("mine", "theirs"), list(product([False, True], repeat=2)))
def test_two_issuers_are_joined_only_if_both_speak_for_the_address(mine: bool, theirs: bool) -> None:
    assert may_open(identity(vouched=mine), holder(vouched=theirs)) is (mine and theirs)


def test_two_subjects_of_one_issuer_are_two_people_though_the_address_is_one() -> None:
    assert not may_open(identity("google"), holder(issuer="google"))


def test_an_identity_is_issuer_and_subject_and_nothing_else() -> None:
    same = Identity("renamed", "https://google.example", "ada", "new@example.org")
    assert same.id == identity().id
    assert Identity("google", "https://google.example", "bea", EMAIL).id != identity().id
    assert Identity("google", "https://other.example", "ada", EMAIL).id != identity().id
