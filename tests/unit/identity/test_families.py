"""Refresh families against a model that knows every secret ever given out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.identity import families
from core.identity.errors import RefreshTokenReused, SessionEnded
from core.identity.families import GRACE, DerivationKeys, Grant, Lifetimes, Opening, Refusal
from core.identity.id_tokens import LONGEST_LIFE
from core.identity.models import Family
from core.identity.periods import LEEWAY
from core.identity.refresh_tokens import fingerprint, new_secret

START = datetime(2026, 1, 1, tzinfo=UTC)
LIFETIMES = Lifetimes(idle=timedelta(days=30), absolute=timedelta(days=90))
USER = "5b1f3f8e-2222-4222-8222-222222222222"
FAMILY = "0c9e6a5e-1111-4111-8111-111111111111"


def keys(current_id: str = "k1", withdrawn: frozenset[str] = frozenset()) -> DerivationKeys:
    return DerivationKeys(
        current_id, current_id.encode() * 16, lambda kid: None if kid in withdrawn else kid.encode() * 16
    )


def begin(now: datetime = START) -> tuple[Family, str]:
    family, token = families.begin(Opening(USER, FAMILY), LIFETIMES, now)
    return family, token.secret


def present(
    family: Family, secret: str, now: datetime, live: DerivationKeys | None = None
) -> families.Verdict:
    return families.present(family, secret, keys=live or keys(), lifetimes=LIFETIMES, now=now)


def rotated(family: Family, secret: str, now: datetime) -> tuple[Family, str]:
    verdict = present(family, secret, now)
    assert isinstance(verdict, Grant)
    assert verdict.write is not None
    return verdict.write, verdict.secret


class FamilyMachine(RuleBasedStateMachine):
    """Rotates, retries, reuses, forges, signs out, rotates keys and lets time pass, in any order."""

    @initialize()
    def sign_in(self) -> None:
        self.now = START
        self.family, first = begin()
        self.chain = [first]
        self.used_at = START
        self.ended = False
        self.key = 1
        self.derived_with = 0
        self.withdrawn: frozenset[str] = frozenset()

    @property
    def expired(self) -> bool:
        return self.now >= min(self.used_at + LIFETIMES.idle, START + LIFETIMES.absolute)

    def show(self, secret: str) -> families.Verdict:
        verdict = present(self.family, secret, self.now, keys(f"k{self.key}", self.withdrawn))
        if verdict.write is not None:
            self.family = verdict.write
        return verdict

    @rule()
    def refresh(self) -> None:
        verdict = self.show(self.chain[-1])
        if self.ended or self.expired:
            assert isinstance(verdict, Refusal)
            assert type(verdict.error) is SessionEnded
            assert verdict.write is None
        else:
            assert isinstance(verdict, Grant)
            assert verdict.secret not in self.chain
            self.chain.append(verdict.secret)
            self.used_at, self.derived_with = self.now, self.key

    @precondition(lambda self: len(self.chain) > 1)
    @rule()
    def lose_the_answer_and_retry(self) -> None:
        verdict = self.show(self.chain[-2])
        if self.ended or self.expired:
            assert isinstance(verdict, Refusal)
            assert type(verdict.error) is SessionEnded
        elif self.now - self.used_at > GRACE:
            self.expect_reuse(verdict)
        elif f"k{self.derived_with}" in self.withdrawn:
            assert isinstance(verdict, Refusal)
            assert verdict.write is None
        else:
            assert verdict == Grant(self.chain[-1])

    @precondition(lambda self: len(self.chain) > 2)
    @rule(data=st.data())
    def reuse_an_older_one(self, data: st.DataObject) -> None:
        self.expect_refusal_as_reuse(self.show(data.draw(st.sampled_from(self.chain[:-2]))))

    @rule()
    def forge(self) -> None:
        self.expect_refusal_as_reuse(self.show(new_secret()))

    @rule()
    def sign_out(self) -> None:
        self.family = families.revoke(self.family, "signed_out", self.now)
        self.ended = True

    @rule()
    def rotate_server_keys(self) -> None:
        self.key += 1

    @rule()
    def withdraw_old_keys(self) -> None:
        self.withdrawn = frozenset(f"k{number}" for number in range(self.key))

    @rule(
        seconds=st.one_of(st.integers(0, 60), st.sampled_from([29, 30, 31, 86_400, 29 * 86_400, 31 * 86_400]))
    )
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def expect_refusal_as_reuse(self, verdict: families.Verdict) -> None:
        if self.ended or self.expired:
            assert isinstance(verdict, Refusal)
            assert type(verdict.error) is SessionEnded
            assert verdict.write is None
        else:
            self.expect_reuse(verdict)

    def expect_reuse(self, verdict: families.Verdict) -> None:
        assert isinstance(verdict, Refusal)
        assert isinstance(verdict.error, RefreshTokenReused)
        assert verdict.write is not None
        assert verdict.write.revoked_for == "reuse"
        self.ended = True

    @invariant()
    def revoked_exactly_when_it_should_be(self) -> None:
        assert (self.family.revoked_at is not None) == self.ended

    @invariant()
    def generations_count_rotations_and_no_secret_is_stored(self) -> None:
        assert self.family.generation == len(self.chain) - 1
        stored = self.family.model_dump_json()
        assert not any(secret in stored for secret in self.chain)

    @invariant()
    def swept_only_after_it_can_no_longer_be_used(self) -> None:
        assert self.family.ttl is not None
        assert timedelta(seconds=self.family.ttl) >= self.family.idle_expires_at - self.now


FamilyMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestFamilies = FamilyMachine.TestCase


def test_a_thousand_rotations_are_a_thousand_different_secrets() -> None:
    family, secret = begin()
    seen = [secret]
    for turn in range(1000):
        family, secret = rotated(family, secret, START + timedelta(minutes=15 * turn))
        seen.append(secret)
    assert len(set(seen)) == 1001
    assert family.generation == 1000
    assert family.secret_hash == fingerprint(secret)


@pytest.mark.parametrize(
    ("seconds", "kept"), [(0, True), (30, True), (30.001, False), (3600, False)], ids=str
)
def test_a_retry_is_answered_for_thirty_seconds(seconds: float, kept: bool) -> None:
    family, first = begin()
    family, second = rotated(family, first, START)
    verdict = present(family, first, START + timedelta(seconds=seconds))
    if kept:
        assert verdict == Grant(second)
    else:
        assert isinstance(verdict, Refusal)
        assert isinstance(verdict.error, RefreshTokenReused)


def test_a_retry_survives_a_key_rotation_in_between() -> None:
    family, first = begin()
    family, second = rotated(family, first, START)
    assert present(family, first, START, keys("k2")) == Grant(second)


def test_a_retry_whose_key_was_withdrawn_ends_for_its_caller_and_not_for_who_got_the_answer() -> None:
    family, first = begin()
    family, second = rotated(family, first, START)
    later = keys("k2", withdrawn=frozenset({"k1"}))
    verdict = present(family, first, START, later)
    assert isinstance(verdict, Refusal)
    assert type(verdict.error) is SessionEnded
    assert verdict.write is None
    assert isinstance(present(family, second, START, later), Grant)


def test_the_first_retry_cannot_be_made_with_the_successors_successor() -> None:
    family, first = begin()
    family, second = rotated(family, first, START)
    family, _ = rotated(family, second, START)
    verdict = present(family, first, START)
    assert isinstance(verdict, Refusal)
    assert isinstance(verdict.error, RefreshTokenReused)


def test_a_session_in_use_still_ends_at_its_absolute_expiry() -> None:
    family, secret = begin()
    now = START
    while now + timedelta(days=20) < START + LIFETIMES.absolute:
        now += timedelta(days=20)
        family, secret = rotated(family, secret, now)
    assert family.idle_expires_at == START + LIFETIMES.absolute
    assert isinstance(present(family, secret, START + LIFETIMES.absolute - timedelta(seconds=1)), Grant)
    assert isinstance(present(family, secret, START + LIFETIMES.absolute), Refusal)


def test_another_family_derives_other_successors_from_the_same_secret() -> None:
    family, secret = begin()
    other = family.model_copy(update={"id": "9c9e6a5e-1111-4111-8111-111111111111"})
    assert rotated(family, secret, START)[1] != rotated(other, secret, START)[1]


def test_the_reason_a_session_ended_for_stays() -> None:
    family, _ = begin()
    ended = families.revoke(family, "reuse", START)
    assert families.revoke(ended, "signed_out", START + timedelta(days=1)) is ended


def from_proof(proof: str, live: DerivationKeys | None = None) -> tuple[Family, str]:
    opening = Opening(USER, FAMILY, "google", "Mozilla/5.0")
    family, token = families.begin(opening, LIFETIMES, START, proof=proof, keys=live or keys())
    return family, token.secret


def again(family: Family, seconds: float = 0, live: DerivationKeys | None = None) -> str | None:
    token = families.begin_again(family, "proof", live or keys(), START + timedelta(seconds=seconds))
    return None if token is None else token.secret


def test_the_same_proof_opens_the_same_session_again_at_once_and_never_later() -> None:
    family, secret = from_proof("proof")
    assert [again(family, seconds) for seconds in (0, 30, 30.001, 3600)] == [secret, secret, None, None]
    assert again(family, live=keys("k2")) == secret
    assert again(family, live=keys("k2", withdrawn=frozenset({"k1"}))) is None


def test_a_session_that_went_on_or_ended_is_not_opened_again() -> None:
    family, secret = from_proof("proof")
    assert again(rotated(family, secret, START)[0]) is None
    assert again(families.revoke(family, "revoked", START)) is None
    assert again(begin()[0]) is None


def test_what_a_proof_derives_depends_on_proof_key_and_session_and_is_kept_as_a_fingerprint() -> None:
    family, secret = from_proof("proof")
    assert len({secret, from_proof("other")[1], from_proof("proof", keys("k2"))[1]}) == 3
    assert family.secret_hash == fingerprint(secret)
    assert "proof" not in family.model_dump_json()
    assert (family.signed_in_with, family.user_agent) == ("google", "Mozilla/5.0")


def test_a_user_agent_of_any_length_is_kept_short() -> None:
    family, _ = families.begin(Opening(USER, FAMILY, user_agent="x" * 10_000), LIFETIMES, START)
    assert len(family.user_agent or "") == 400
    assert families.begin(Opening(USER, FAMILY, user_agent=""), LIFETIMES, START)[0].user_agent is None


def test_a_spent_id_token_is_remembered_for_as_long_as_one_may_live() -> None:
    short = Lifetimes(idle=timedelta(seconds=1), absolute=timedelta(seconds=1))
    family, _ = families.begin(Opening(USER, FAMILY), short, START, proof="proof", keys=keys())
    ended = families.revoke(family, "revoked", START + timedelta(hours=20))
    assert timedelta(seconds=family.ttl or 0) > LONGEST_LIFE + LEEWAY * 2
    assert timedelta(hours=20, seconds=ended.ttl or 0) > LONGEST_LIFE + LEEWAY * 2
