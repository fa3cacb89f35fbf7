"""Authenticators against requests, with the settings an operator would make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest

from core import identity
from core.identity import Auth, MetadataCaller, SignedUrlOrUser, authority, closures
from core.identity.errors import (
    AccountErased,
    AdministratorsOnly,
    InvalidApiKey,
    InvalidSignedUrl,
    InvalidToken,
    MissingCredentials,
)
from core.identity.keys import new_private_jwk
from core.identity.models import Closure
from core.platform import clock, ids, settings, signing
from core.platform.http import Credentials
from core.platform.settings import SettingsError

type Configure = Callable[..., None]

USER, ADMIN = str(uuid4()), str(uuid4())
KEYS = json.dumps([new_private_jwk()])
METADATA = "METADATA_EXTRACT_"


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    def forget() -> None:
        for remembered in (settings.get, authority.ring, authority.access_tokens):
            remembered.cache_clear()

    def set_to(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        forget()

    for name in ("AUTH_MODE", "API_KEY", "AZURE_AD_ISSUER", "AZURE_AD_AUDIENCE"):
        monkeypatch.delenv(METADATA + name, raising=False)
    set_to(AUTH_SIGNING_KEYS=KEYS, ADMIN_USER_IDS=f" {ADMIN} ,", URL_SIGNING_KEY="k" * 32)
    yield set_to
    forget()


def request(
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    path: str = "/api/x",
    method: str = "GET",
) -> Credentials:
    return Credentials(method, path, headers or {}, params or {})


def bearer(user_id: str = USER) -> dict[str, str]:
    token = authority.access_tokens().issue(
        user_id=user_id, email="ada@example.org", session_id=str(uuid4()), now=clock.now()
    )
    return {"authorization": f"Bearer {token}"}


@pytest.mark.usefixtures("configure")
class TestSignedIn:
    async def test_the_token_says_who_calls(self) -> None:
        principal = await Auth.USER(request(bearer()))
        assert (principal.user_id, principal.email, principal.is_admin) == (USER, "ada@example.org", False)

    async def test_the_schemes_case_does_not_matter(self) -> None:
        sent = bearer()["authorization"].replace("Bearer ", "bEARER  ")
        assert (await Auth.USER(request({"authorization": sent}))).user_id == USER

    @pytest.mark.parametrize("headers", [{}, {"authorization": ""}], ids=repr)
    async def test_no_credentials_get_a_plain_challenge(self, headers: dict[str, str]) -> None:
        with pytest.raises(MissingCredentials) as refused:
            await Auth.USER(request(headers))
        assert refused.value.challenge == "Bearer"

    @pytest.mark.parametrize("sent", ["Bearer", "Bearer ", "Basic YTpi", "token", "Bearer a b"])
    async def test_a_malformed_header_is_an_invalid_token(self, sent: str) -> None:
        with pytest.raises(InvalidToken):
            await Auth.USER(request({"authorization": sent}))

    async def test_a_token_of_no_session_ends_none_when_its_holder_signs_out(self) -> None:
        token = authority.access_tokens().issue(
            user_id=USER, email=None, session_id="none of ours", now=clock.now()
        )
        sent = {"authorization": f"Bearer {token}"}
        assert (await Auth.USER(request(sent))).session_id is None
        await identity.sign_out(None, sent["authorization"])

    async def test_anyone_may_call_a_public_route_even_with_rubbish(self) -> None:
        assert await Auth.PUBLIC(request({"authorization": "Bearer rubbish"})) is None


class TestAdministrator:
    async def test_only_who_is_named_now(self, configure: Configure) -> None:
        sent = request(bearer(ADMIN))
        assert (await Auth.ADMIN(sent)).is_admin
        configure(ADMIN_USER_IDS="")
        with pytest.raises(AdministratorsOnly):
            await Auth.ADMIN(sent)

    async def test_everyone_else_is_forbidden_or_asked_to_sign_in(self, configure: Configure) -> None:
        with pytest.raises(AdministratorsOnly):
            await Auth.ADMIN(request(bearer(USER)))
        with pytest.raises(MissingCredentials):
            await Auth.ADMIN(request())


class TestMetadataCaller:
    caller = MetadataCaller()
    key = "a-key-of-enough-length"

    async def test_people_call_by_default(self, configure: Configure) -> None:
        assert (await self.caller(request(bearer()))).user_id == USER
        with pytest.raises(MissingCredentials):
            await self.caller(request({"x-api-key": self.key}))

    async def test_with_an_api_key_a_service_calls_and_people_do_not(self, configure: Configure) -> None:
        configure(METADATA_EXTRACT_AUTH_MODE="api_key", METADATA_EXTRACT_API_KEY=self.key)
        principal = await self.caller(request({"x-api-key": self.key}))
        assert (principal.kind, principal.user_id, principal.is_admin) == ("service", "", False)
        wrong = [{}, bearer(), {"x-api-key": ""}, {"x-api-key": self.key[:-1]}, {"x-api-key": self.key + "x"}]
        for headers in [*wrong, {"x-api-key": "é"}, {"x-api-key": "\udcff"}]:
            with pytest.raises(InvalidApiKey):
                await self.caller(request(headers))

    @pytest.mark.parametrize(
        ("values", "named"),
        [
            ({"AUTH_MODE": "api_key"}, "METADATA_EXTRACT_API_KEY"),
            ({"AUTH_MODE": "api_key", "API_KEY": ""}, "METADATA_EXTRACT_API_KEY"),
            ({"AUTH_MODE": "api_key", "API_KEY": "short"}, "METADATA_EXTRACT_API_KEY"),
            ({"AUTH_MODE": "azure_ad"}, "METADATA_EXTRACT_AZURE_AD_ISSUER"),
            ({"AUTH_MODE": "azure_ad", "AZURE_AD_ISSUER": "https://id.example"}, "AZURE_AD_AUDIENCE"),
            (
                {"AUTH_MODE": "azure_ad", "AZURE_AD_ISSUER": "id.example", "AZURE_AD_AUDIENCE": "x"},
                "METADATA_EXTRACT_AZURE_AD_ISSUER",
            ),
            ({"AUTH_MODE": "open"}, "METADATA_EXTRACT_AUTH_MODE"),
        ],
        ids=repr,
    )
    async def test_a_mode_without_what_it_needs_names_the_setting(
        self, configure: Configure, values: dict[str, str], named: str
    ) -> None:
        configure(**{METADATA + name: value for name, value in values.items()})
        with pytest.raises(SettingsError, match=named):
            await self.caller(request({"x-api-key": "short"}))


class TestSignedUrlOrUser:
    caller = SignedUrlOrUser()
    path = "/api/media/1/cutout"

    def link(self, **claims: str) -> dict[str, str]:
        expires_at = clock.now() + timedelta(minutes=5)
        return dict(parse_qsl(signing.sign(self.path, expires_at=expires_at, claims=claims)))

    async def test_a_link_speaks_for_its_owner_without_a_token(self, configure: Configure) -> None:
        for method in ("GET", "HEAD"):
            principal = await self.caller(request({}, self.link(uid=USER), self.path, method))
            assert (principal.user_id, principal.is_admin) == (USER, False)

    async def test_a_link_gives_no_administrators_rights(self, configure: Configure) -> None:
        assert not (await self.caller(request({}, self.link(uid=ADMIN), self.path))).is_admin

    async def test_without_a_link_a_person_must_be_signed_in(self, configure: Configure) -> None:
        assert (await self.caller(request(bearer(), {}, self.path))).user_id == USER
        with pytest.raises(MissingCredentials):
            await self.caller(request({}, {}, self.path))

    async def test_a_link_is_for_one_path_one_owner_and_reading(self, configure: Configure) -> None:
        link = self.link(uid=USER)
        refused = [
            request({}, link, "/api/media/2/cutout"),
            request({}, {**link, "uid": ADMIN}, self.path),
            request({}, {**link, "exp": "99999999999"}, self.path),
            request({}, {**link, "sig": ""}, self.path),
            request({}, self.link(), self.path),
            request({}, link, self.path, "DELETE"),
            request(bearer(), {**link, "sig": "0"}, self.path),
        ]
        for attempt in refused:
            with pytest.raises(InvalidSignedUrl):
                await self.caller(attempt)

    async def test_a_link_of_an_account_that_is_being_erased_is_refused(self, configure: Configure) -> None:
        known = await closures.known()
        closure = Closure(id=ids.stable_id("closed", USER), erasure_id=str(uuid4()), closed_at=clock.now())
        known._known, known._read_at = {closure.id: closure}, float("inf")
        with pytest.raises(AccountErased):
            await self.caller(request({}, self.link(uid=USER), self.path))
        assert (await self.caller(request({}, self.link(uid=ADMIN), self.path))).user_id == ADMIN

    async def test_a_link_expires(self, configure: Configure) -> None:
        link = self.link(uid=USER)
        with clock.frozen(clock.now() + timedelta(minutes=6)), pytest.raises(InvalidSignedUrl):
            await self.caller(request({}, link, self.path))
