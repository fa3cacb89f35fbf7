"""Signing in with an id_token, from a fresh issuer to accounts and sessions in the real database."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from core import identity
from core.identity import IdTokenSignIn, Tokens, accounts, closures, repository
from core.identity.errors import (
    AccountBeingErased,
    AccountExists,
    IdentityTaken,
    IdTokenSpent,
    InvalidIdToken,
    UnknownIssuer,
)
from core.platform import clock
from core.platform.containers import cosmos_containers
from core.platform.partitions import traces
from tests.fixtures.issuer import IssuerControl

pytestmark = pytest.mark.usefixtures("app_env", "as_configured")

GMAIL = "gmail.com"


@pytest.fixture
def email() -> str:
    return f"{uuid4()}@{GMAIL}"


async def sign_in(token: str, name: str = "devstack", nonce: str | None = None) -> Tokens:
    return await identity.sign_in(IdTokenSignIn(issuer=name, id_token=token, nonce=nonce), "curl/8.5.0")


async def through(issuer: IssuerControl, house: str, email: str, **claims: object) -> Tokens:
    """Sign in with a new token of that house."""
    return await sign_in(await issuer.mint(house=house, email=email, claims=claims), house or "devstack")


async def test_one_person_is_one_account_however_many_sign_in_at_once(
    issuer: IssuerControl, email: str
) -> None:
    tokens = [await issuer.mint(email=email) for _ in range(4)]
    signed = await asyncio.gather(*(sign_in(token) for token in tokens))
    assert len({session.user.id for session in signed}) == 1
    assert len({session.refresh_token for session in signed}) == 4
    me = await identity.me(signed[0].user.id)
    assert (me.email, me.is_admin) == (email, False)
    assert (await through(issuer, "", email)).user.id == me.id


async def test_a_crash_between_any_two_writes_is_mended_by_signing_in_again(
    issuer: IssuerControl, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every write of a first sign-in dies once, before it and after it; the account is always the same."""
    written = 0
    for container in (repository.claims, repository.users, repository.sessions):
        create = container.create

        async def dying(document: Any, create: Any = create) -> None:
            nonlocal written
            written += 1
            if written % 2:
                raise ConnectionError("before the write")
            await create(document)
            raise ConnectionError("after the write")

        monkeypatch.setattr(container, "create", dying)
    for _ in range(2 * 4):
        with pytest.raises(ConnectionError):
            await through(issuer, "", email)
    monkeypatch.undo()
    assert written == 2 * 4
    first, second = await through(issuer, "", email), await through(issuer, "", email)
    assert first.user.id == second.user.id


async def test_an_answer_lost_is_asked_for_again_and_is_the_same_session(
    issuer: IssuerControl, email: str
) -> None:
    token = await issuer.mint(email=email)
    with clock.frozen(clock.now()) as time:
        lost, *others = await asyncio.gather(*(sign_in(token) for _ in range(3)))
        time.advance(seconds=30)
        again = await sign_in(token)
        assert {other.refresh_token for other in [*others, again]} == {lost.refresh_token}
        time.advance(seconds=1)
        with pytest.raises(IdTokenSpent):
            await sign_in(token)
        assert await identity.refresh(lost.refresh_token)


async def test_a_spent_id_token_stays_spent_after_its_session_went_on_or_ended(
    issuer: IssuerControl, email: str
) -> None:
    token = await issuer.mint(email=email)
    session = await sign_in(token)
    following = await identity.refresh(session.refresh_token)
    with pytest.raises(IdTokenSpent):
        await sign_in(token)
    await identity.sign_out(following.refresh_token, None)
    with pytest.raises(IdTokenSpent):
        await sign_in(token)


async def test_another_signature_of_the_same_claims_is_the_same_token(
    issuer: IssuerControl, email: str
) -> None:
    """ECDSA makes a new signature each time and allows a mirrored one: neither may open a second session."""
    now = int(clock.now().timestamp())
    claims = {"jti": "one", "iat": now, "nbf": now, "exp": now + 600}
    one, other = [await issuer.mint(email=email, alg="ES256", claims=claims) for _ in range(2)]
    assert one != other
    assert (await sign_in(one)).refresh_token == (await sign_in(other)).refresh_token


async def test_an_unknown_issuer_and_a_bad_token_are_told_apart(issuer: IssuerControl, email: str) -> None:
    token = await issuer.mint(email=email)
    with pytest.raises(UnknownIssuer):
        await sign_in(token, "https://evil.example")
    with pytest.raises(InvalidIdToken):
        await sign_in(token, "google")
    with pytest.raises(InvalidIdToken):
        await sign_in(await issuer.mint(email=email, stranger=True))


async def test_two_issuers_that_speak_for_an_address_open_one_account(issuer: IssuerControl) -> None:
    email = f"{uuid4()}@contoso.example"
    google = await through(issuer, "google", email, hd="contoso.example")
    entra = await through(issuer, "entra", email, xms_edov=True)
    assert entra.user.id == google.user.id
    # From now on by subject, whatever becomes of the address.
    renamed = await issuer.mint(house="entra", email=email, claims={"email": "ada@married.example"})
    assert (await sign_in(renamed, "entra")).user.id == google.user.id


async def test_both_first_sign_ins_at_once_still_open_one_account(issuer: IssuerControl) -> None:
    email = f"{uuid4()}@contoso.example"
    signed = await asyncio.gather(
        through(issuer, "google", email, hd="contoso.example"), through(issuer, "entra", email, xms_edov=1)
    )
    assert len({session.user.id for session in signed}) == 1
    assert await identity.me(signed[0].user.id)


@pytest.mark.parametrize(
    ("first", "second"),
    [("google", "apple"), ("apple", "google"), ("google", "entra"), ("google", "")],
)
async def test_an_address_alone_opens_nobodys_account(
    issuer: IssuerControl, email: str, first: str, second: str
) -> None:
    owner = await through(issuer, first, email)
    with pytest.raises(AccountExists) as refused:
        await through(issuer, second, email)
    assert "/api/auth/identities" in refused.value.detail
    assert (f"with {first}" in refused.value.detail) == (second != "entra")
    assert (await through(issuer, first, email)).user.id == owner.user.id


async def test_an_address_nobody_checked_is_not_kept_from_its_owner(
    issuer: IssuerControl, email: str
) -> None:
    squatter = await through(issuer, "entra", email)
    owner = await through(issuer, "google", email)
    assert squatter.user.id != owner.user.id


async def test_people_without_an_address_are_people(issuer: IssuerControl) -> None:
    token = await issuer.mint(omit=["email", "email_verified"], claims={"sub": str(uuid4())})
    session = await sign_in(token)
    assert session.user.email is None
    assert (await identity.me(session.user.id)).email is None


async def test_whoever_is_signed_in_adds_another_sign_in(issuer: IssuerControl, email: str) -> None:
    owner = await through(issuer, "google", email)
    with pytest.raises(AccountExists):
        await through(issuer, "apple", email)
    adding = IdTokenSignIn(issuer="apple", id_token=await issuer.mint(house="apple", email=email))
    for _ in range(2):
        assert (await identity.add_identity(adding, owner.user.id)).issuer == "apple"
    assert (await through(issuer, "apple", email)).user.id == owner.user.id
    other = await through(issuer, "google", f"{uuid4()}@{GMAIL}")
    with pytest.raises(IdentityTaken):
        await identity.add_identity(adding, other.user.id)


async def test_adding_a_sign_in_takes_no_address_that_nobody_checked(
    issuer: IssuerControl, email: str
) -> None:
    owner = await through(issuer, "google", f"{uuid4()}@{GMAIL}")
    token = await issuer.mint(house="apple", email=email, claims={"email_verified": False})
    await identity.add_identity(IdTokenSignIn(issuer="apple", id_token=token), owner.user.id)
    assert (await through(issuer, "google", email)).user.id != owner.user.id


async def test_erasing_an_account_finds_what_opens_it(issuer: IssuerControl, email: str) -> None:
    owner = await through(issuer, "google", email)
    declared = next(c for c in cosmos_containers() if c.name == repository.claims.name)
    assert len(await traces(declared, owner.user.id)) == 2


async def test_an_account_that_is_being_erased_is_not_opened_nor_made_anew(
    issuer: IssuerControl, email: str
) -> None:
    owner = await through(issuer, "google", email)
    await closures.close(owner.user.id, str(uuid4()))
    with pytest.raises(AccountBeingErased):
        await through(issuer, "google", email)
    for claim in (accounts.address_id(email), owner.user.id):
        await repository.claims.delete(claim, claim)
    with pytest.raises(AccountBeingErased):
        await through(issuer, "google", email)


async def test_the_nonce_of_the_attempt_counts(issuer: IssuerControl, email: str) -> None:
    token = await issuer.mint(email=email, claims={"nonce": "n-1"})
    with pytest.raises(InvalidIdToken):
        await sign_in(token, nonce="n-2")
    assert await sign_in(token, nonce="n-1")
