"""Sessions in the real database: races end as one rotation and its retries, and what is ended stays ended."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest

from core import identity
from core.identity import Tokens, authority, repository, sessions
from core.identity.errors import InvalidToken, MissingCredentials, RefreshTokenReused, SessionEnded
from core.identity.keys import new_private_jwk
from core.identity.models import Family
from core.identity.refresh_tokens import RefreshToken
from core.platform import clock, ids, settings
from core.platform.errors import NotFound, Unauthenticated
from tests.fixtures.tuning import Tune

pytestmark = pytest.mark.usefixtures("app_env", "as_configured")


@pytest.fixture
async def signed_in() -> Tokens:
    return await identity.sign_in_locally(f"{uuid4()}@example.org")


async def family_of(tokens: Tokens) -> Family:
    token = RefreshToken.parse(tokens.refresh_token)
    family = await repository.sessions.get(token.user_id, token.family_id)
    assert family is not None
    return family


async def test_signing_in_makes_one_account_per_email_however_often() -> None:
    email = f"{uuid4()}@example.org"
    signed = await asyncio.gather(*(identity.sign_in_locally(email) for _ in range(5)))
    assert {tokens.user.id for tokens in signed} == {ids.stable_id("local", email)}
    assert len({tokens.refresh_token for tokens in signed}) == 5
    me = await identity.me(signed[0].user.id)
    assert (me.email, me.is_admin) == (email, False)
    await identity.sign_in_locally(email)
    assert await identity.me(me.id) == me


async def test_the_devstacks_administrator_is_named_by_the_example_settings() -> None:
    admin = await identity.sign_in_locally("admin@example.org")
    assert (await identity.me(admin.user.id)).is_admin


async def test_parallel_refreshes_of_one_token_get_one_successor(signed_in: Tokens) -> None:
    answers = await asyncio.gather(*(identity.refresh(signed_in.refresh_token) for _ in range(4)))
    assert len({answer.refresh_token for answer in answers}) == 1
    assert len({answer.access_token for answer in answers}) == 4
    family = await family_of(signed_in)
    assert (family.generation, family.revoked_at) == (1, None)
    assert (await identity.refresh(answers[0].refresh_token)).refresh_token != answers[0].refresh_token


async def test_a_lost_answer_is_asked_for_again(signed_in: Tokens) -> None:
    with clock.frozen(clock.now()) as time:
        lost = await identity.refresh(signed_in.refresh_token)
        time.advance(seconds=30)
        assert (await identity.refresh(signed_in.refresh_token)).refresh_token == lost.refresh_token


async def test_rotating_signing_keys_signs_nobody_out(
    signed_in: Tokens, tune: Tune, app_env: dict[str, str]
) -> None:
    """As docs/auth.md tells to: known first, then signing, then the old one alone is gone."""
    [old], new = json.loads(app_env["AUTH_SIGNING_KEYS"]), new_private_jwk("new")
    session = signed_in
    for ring, signing, verifies in (
        ([old, new], old, True),
        ([new, old], new, True),
        ([new], new, False),
    ):
        tune("AUTH_SIGNING_KEYS", json.dumps(ring))
        for remembered in (authority.ring, authority.access_tokens):
            remembered.cache_clear()
        session = await identity.refresh(session.refresh_token)
        assert jwt.get_unverified_header(session.access_token)["kid"] == signing["kid"]
        assert knows(signed_in.access_token) is verifies
    assert (await family_of(signed_in)).revoked_at is None


def knows(access_token: str) -> bool:
    try:
        authority.access_tokens().verify(access_token, clock.now())
    except InvalidToken:
        return False
    return True


async def test_clocks_of_two_instances_may_differ_a_little(signed_in: Tokens) -> None:
    with clock.frozen(clock.now()) as ahead:
        ahead.advance(seconds=9)
        session = await identity.refresh(signed_in.refresh_token)
    assert authority.access_tokens().verify(session.access_token, clock.now()).user_id == session.user.id
    # The lost answer is asked for at the instance whose clock is behind.
    assert (await identity.refresh(signed_in.refresh_token)).refresh_token == session.refresh_token


async def test_reuse_ends_the_session_for_both_holders(signed_in: Tokens) -> None:
    with clock.frozen(clock.now()) as time:
        current = await identity.refresh(signed_in.refresh_token)
        time.advance(seconds=31)
        with pytest.raises(RefreshTokenReused):
            await identity.refresh(signed_in.refresh_token)
        for token in (signed_in, current):
            with pytest.raises(SessionEnded) as ended:
                await identity.refresh(token.refresh_token)
            assert type(ended.value) is SessionEnded
    assert (await family_of(signed_in)).revoked_for == "reuse"


async def test_a_race_of_owner_and_thief_ends_the_session(signed_in: Tokens) -> None:
    with clock.frozen(clock.now()) as time:
        current = await identity.refresh(signed_in.refresh_token)
        time.advance(seconds=31)
        race = (identity.refresh(token.refresh_token) for token in (current, signed_in))
        await asyncio.gather(*race, return_exceptions=True)
        assert (await family_of(signed_in)).revoked_for == "reuse"


async def test_one_ended_session_leaves_the_others_alone(signed_in: Tokens) -> None:
    assert signed_in.user.email is not None
    other = await identity.sign_in_locally(signed_in.user.email)
    await identity.sign_out(signed_in.refresh_token, None)
    with pytest.raises(SessionEnded):
        await identity.refresh(signed_in.refresh_token)
    assert await identity.refresh(other.refresh_token)


async def test_ending_all_sessions_counts_those_that_were_still_open(signed_in: Tokens) -> None:
    with clock.frozen(clock.now()) as time:
        time.advance(seconds=3600)
        later = await identity.sign_in_locally(str(signed_in.user.email))
        time.advance(seconds=30 * 86_400 - 1800)
        assert await sessions.end_all(signed_in.user.id) == 1
    assert (await family_of(later)).revoked_at is not None


async def test_signing_out_works_by_either_token_and_twice(signed_in: Tokens) -> None:
    for _ in range(2):
        await identity.sign_out(None, f"Bearer {signed_in.access_token}")
        await identity.sign_out(signed_in.refresh_token, None)
    assert (await family_of(signed_in)).revoked_for == "signed_out"
    with pytest.raises(SessionEnded):
        await identity.refresh(signed_in.refresh_token)


async def test_signing_out_of_what_never_was_is_done_already() -> None:
    for token in ("rubbish", f"{uuid4()}.{uuid4()}.{'a' * 43}"):
        await identity.sign_out(token, None)
    with pytest.raises(MissingCredentials):
        await identity.sign_out(None, None)


async def test_a_sign_out_and_a_refresh_at_once_end_signed_out(signed_in: Tokens) -> None:
    await asyncio.gather(
        identity.refresh(signed_in.refresh_token),
        identity.sign_out(signed_in.refresh_token, None),
        return_exceptions=True,
    )
    assert (await family_of(signed_in)).revoked_for == "signed_out"


@pytest.mark.parametrize("changed", ["user", "family", "secret"])
async def test_a_token_with_a_part_of_another_is_worth_nothing(signed_in: Tokens, changed: str) -> None:
    token = RefreshToken.parse(signed_in.refresh_token)
    forged = {
        "user": RefreshToken(str(uuid4()), token.family_id, token.secret),
        "family": RefreshToken(token.user_id, str(uuid4()), token.secret),
        "secret": RefreshToken(token.user_id, token.family_id, "a" * 43),
    }[changed]
    with pytest.raises(SessionEnded):
        await identity.refresh(forged.text)


@pytest.mark.parametrize(("days", "open_"), [(29.9, True), (30, False), (30.5, False), (400, False)])
async def test_a_session_unused_for_a_month_has_ended(signed_in: Tokens, days: float, open_: bool) -> None:
    with clock.frozen(clock.now() + timedelta(days=days)):
        if open_:
            assert await identity.refresh(signed_in.refresh_token)
        else:
            with pytest.raises(SessionEnded):
                await identity.refresh(signed_in.refresh_token)


async def test_the_secret_is_nowhere_in_the_database(signed_in: Tokens) -> None:
    tokens = await identity.refresh(signed_in.refresh_token)
    stored = (await family_of(signed_in)).model_dump_json()
    for token in (signed_in, tokens):
        assert RefreshToken.parse(token.refresh_token).secret not in stored


async def test_an_account_that_is_gone_cannot_refresh_or_be_shown(signed_in: Tokens) -> None:
    await repository.users.delete(signed_in.user.id, signed_in.user.id)
    with pytest.raises(SessionEnded):
        await identity.refresh(signed_in.refresh_token)
    with pytest.raises(Unauthenticated):
        await identity.me(signed_in.user.id)


@pytest.mark.parametrize(
    "environment",
    [
        {"LOCAL_AUTH_ENABLED": "false"},
        {"LOCAL_AUTH_ENABLED": ""},
        {"WEBSITE_INSTANCE_ID": "0123"},
        {"WEBSITE_SITE_NAME": "pluckit"},
    ],
    ids=repr,
)
async def test_local_sign_in_is_closed_unless_asked_for_and_never_open_in_azure(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    try:
        with pytest.raises(NotFound):
            await identity.sign_in_locally("admin@example.org")
        assert not identity.config().local
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()
