import asyncio
import base64
import hashlib
import json
import re
import sys
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from aiohttp import ClientSession, ClientTimeout

from devstack.emulator import running
from devstack.oidc.app import Issuer
from devstack.oidc.houses import CONTOSO, HOUSES

BACK = "http://127.0.0.1:9/back"
VERIFIER = "v" * 43
ASKED = {
    "client_id": "web",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid email",
    "state": 'st"ate',
    "nonce": "n-1",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode(),
    "code_challenge_method": "S256",
}


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[ClientSession]:
    async with running(Issuer().app) as url, ClientSession(url) as session:
        yield session


@pytest.fixture(autouse=True)
async def _calm(issuer: ClientSession) -> AsyncIterator[None]:
    yield
    await issuer.delete("/__control/faults")


async def got(issuer: ClientSession, path: str) -> Any:
    async with issuer.get(path) as response:
        assert response.status == 200
        return await response.json()


async def posted(issuer: ClientSession, path: str, body: Any) -> Any:
    async with issuer.post(path, json=body) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def minted(issuer: ClientSession, **order: Any) -> str:
    return str((await posted(issuer, "/__control/token", order))["token"])


async def verified(issuer: ClientSession, token: str, audience: str = "pluckit") -> dict[str, Any]:
    """What a correct verifier does: discovery, the key of the token's kid, fixed algorithms."""
    about = await got(issuer, "/.well-known/openid-configuration")
    keys = jwt.PyJWKSet.from_dict(await got(issuer, urlsplit(about["jwks_uri"]).path))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    required = ["exp", "iat", "iss", "aud", "sub"]
    algorithms = about["id_token_signing_alg_values_supported"]
    return jwt.decode(
        token,
        key,
        algorithms=algorithms,
        audience=audience,
        issuer=about["issuer"],
        options={"require": required},
    )


async def code(issuer: ClientSession, **changes: str) -> str:
    form = ASKED | changes | {"email": "Ada@example.org"}
    async with issuer.post("/authorize", data=form, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        back = urlsplit(response.headers["Location"])
    answer = parse_qs(back.query)
    assert (f"{back.scheme}://{back.netloc}{back.path}", answer["state"]) == (BACK, [ASKED["state"]])
    return answer["code"][0]


async def exchanged(issuer: ClientSession, **form: str) -> tuple[int, dict[str, Any]]:
    sent = {
        "grant_type": "authorization_code",
        "client_id": "web",
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    } | form
    async with issuer.post("/token", data=sent) as response:
        return response.status, await response.json()


async def test_a_person_signs_in_through_the_form_with_pkce(issuer: ClientSession) -> None:
    async with issuer.get("/authorize", params=ASKED) as response:
        page = await response.text()
    assert response.content_type == "text/html"
    assert 'value="st&quot;ate"' in page
    fields = set(re.findall(r'name="(\w+)"', page))
    assert fields == {*ASKED, "email"} | ({"viewport"} & fields)
    status, tokens = await exchanged(issuer, code=await code(issuer))
    assert status == 200
    claims = await verified(issuer, tokens["id_token"], audience="web")
    assert (claims["email"], claims["email_verified"], claims["nonce"]) == ("ada@example.org", True, "n-1")


async def test_a_code_works_once_and_only_for_whom_it_was_given(issuer: ClientSession) -> None:
    spent = await code(issuer)
    assert (await exchanged(issuer, code=spent))[0] == 200
    assert await exchanged(issuer, code=spent) == (400, {"error": "invalid_grant"})
    for wrong in [{"code_verifier": "w" * 43}, {"client_id": "other"}, {"redirect_uri": BACK + "2"}]:
        assert await exchanged(issuer, code=await code(issuer), **wrong) == (400, {"error": "invalid_grant"})
    assert await exchanged(issuer, grant_type="password") == (400, {"error": "unsupported_grant_type"})


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "https://evil.example/"},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
        {"client_id": ""},
        {"code_challenge": ""},
    ],
)
async def test_an_authorization_request_it_does_not_serve_is_refused(
    issuer: ClientSession, change: dict[str, str]
) -> None:
    async with issuer.get("/authorize", params=ASKED | change) as response:
        assert response.status == 400
        assert next(iter(change)) in await response.text()


async def test_a_service_gets_a_token_for_the_audience_of_its_scope(issuer: ClientSession) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "svc",
        "client_secret": "s",
        "scope": "api://meta/.default",
    }
    async with issuer.post("/token", data=form) as response:
        tokens = await response.json()
    claims = await verified(issuer, tokens["access_token"], audience="api://meta")
    assert (claims["azp"], claims["idtyp"]) == ("svc", "app")
    async with issuer.post("/token", data=form | {"client_secret": ""}) as response:
        assert response.status == 401


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
async def test_a_minted_token_verifies_with_what_was_ordered(issuer: ClientSession, alg: str) -> None:
    token = await minted(
        issuer, alg=alg, email="eve@example.org", claims={"roles": ["x"]}, omit=["email_verified"]
    )
    claims = await verified(issuer, token)
    assert (claims["email"], claims["roles"], "email_verified" in claims) == ("eve@example.org", ["x"], False)


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"expires_in": -60}, jwt.ExpiredSignatureError),
        ({"age": -600}, jwt.ImmatureSignatureError),
        ({"claims": {"aud": "other"}}, jwt.InvalidAudienceError),
        ({"claims": {"iss": "https://other.example"}}, jwt.InvalidIssuerError),
        ({"omit": ["exp"]}, jwt.MissingRequiredClaimError),
        ({"alg": "none"}, jwt.InvalidTokenError),
        ({"alg": "HS256"}, jwt.InvalidTokenError),
        ({"corrupt": True}, jwt.InvalidSignatureError),
        ({"stranger": True, "headers": {"kid": "rs256-1"}}, jwt.InvalidSignatureError),
        ({"stranger": True}, KeyError),
        ({"headers": {"kid": None}}, KeyError),
    ],
)
async def test_a_dishonest_token_has_the_fault_it_was_ordered_with(
    issuer: ClientSession, order: dict[str, Any], error: type[Exception]
) -> None:
    token = await minted(issuer, **order)
    with pytest.raises(error):
        await verified(issuer, token)


async def test_rotation_keeps_old_keys_until_they_are_retired() -> None:
    async with running(Issuer().app) as url, ClientSession(url) as issuer:
        old = await minted(issuer)
        assert (await posted(issuer, "/__control/rotate", {}))["kids"] == [
            "rs256-2",
            "es256-2",
            "rs256-1",
            "es256-1",
        ]
        assert jwt.get_unverified_header(await minted(issuer))["kid"] == "rs256-2"
        assert await verified(issuer, old)
        await posted(issuer, "/__control/rotate", {"retire": True})
        with pytest.raises(KeyError):
            await verified(issuer, old)
        assert await verified(issuer, await minted(issuer, alg="ES256"))


async def test_the_keys_can_fail_and_their_requests_are_counted(issuer: ClientSession) -> None:
    await issuer.delete("/__control/requests")
    faults = [{"kind": "down", "retry_after": 3, "match": "/jwks"}, {"kind": "rubbish", "match": "/jwks"},
              {"kind": "empty", "match": "/jwks"}, {"kind": "hang", "match": "/jwks"},
              {"kind": "slow", "seconds": 0.01, "match": "/jwks"}]  # fmt: skip
    await posted(issuer, "/__control/faults", faults)
    await got(issuer, "/.well-known/openid-configuration")
    async with issuer.get("/jwks") as response:
        assert (response.status, response.headers["Retry-After"]) == (503, "3")
    async with issuer.get("/jwks") as response:
        with pytest.raises(json.JSONDecodeError):
            await response.json()
    assert await got(issuer, "/jwks") == {}
    with pytest.raises(TimeoutError):
        await issuer.get("/jwks", timeout=ClientTimeout(total=0.1))
    await posted(issuer, "/__control/cache", {"cache_control": "max-age=1"})
    async with issuer.get("/jwks") as response:
        assert response.headers["Cache-Control"] == "max-age=1"
        assert {key["alg"] for key in (await response.json())["keys"]} == {"RS256", "ES256"}
    report = await got(issuer, "/__control/requests")
    assert report["by_path"] == {"/jwks": 5, "/.well-known/openid-configuration": 1}


async def test_its_keys_can_be_huge_or_elsewhere(issuer: ClientSession) -> None:
    await posted(issuer, "/__control/faults", [{"kind": "huge"}, {"kind": "redirect"}])
    async with issuer.get("/jwks") as response:
        assert (response.status, len(await response.read()) > 1 << 20) == (200, True)
    async with issuer.get("/jwks", allow_redirects=False) as response:
        assert response.status == 302


@pytest.mark.parametrize("name", HOUSES)
async def test_each_house_is_discovered_and_signs_in_its_own_name(issuer: ClientSession, name: str) -> None:
    house = HOUSES[name]
    about = await got(issuer, f"{house.metadata}/.well-known/openid-configuration")
    assert await got(issuer, urlsplit(about["jwks_uri"]).path) == await got(issuer, "/jwks")
    token = await minted(issuer, house=name, claims={"tid": CONTOSO})
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["iss"] == about["issuer"].replace("{tenantid}", CONTOSO)
    other = next(other for other in HOUSES if other != name)
    told = jwt.decode(await minted(issuer, house=other), options={"verify_signature": False})
    assert told["sub"] != claims["sub"]


async def test_a_house_nobody_knows_is_refused(issuer: ClientSession) -> None:
    async with issuer.post("/__control/token", json={"house": "cards"}) as response:
        assert response.status == 400
        assert "google" in await response.text()


@pytest.mark.parametrize("name", ["openai", "segmentation", "oidc"])
async def test_each_emulator_runs_as_a_process_says_where_and_quits_when_told(name: str) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", f"devstack.{name}", stdout=pipe)
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        found = re.fullmatch(rf"{name} listening on (http://127\.0\.0\.1:\d+)\n", line)
        assert found, line
        async with ClientSession(found[1]) as session, session.get("/healthz") as response:
            assert response.status == 200
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
