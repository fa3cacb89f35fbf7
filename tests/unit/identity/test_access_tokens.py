"""Every way an access token can be wrong is one row; only the untouched one gets in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.identity.access_tokens import LIFETIME, REQUIRED, AccessTokens
from core.identity.errors import InvalidToken
from core.identity.keys import KeyRing, new_private_jwk
from core.identity.periods import LEEWAY

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
USER, SESSION = str(uuid4()), str(uuid4())
RING = KeyRing.parse(json.dumps([new_private_jwk("new"), new_private_jwk("old")]))
TOKENS = AccessTokens(RING, issuer="pluckit", audience="pluckit-api")
HEADERS = {"typ": "at+jwt", "kid": "new"}


def good_claims() -> dict[str, Any]:
    moment = int(NOW.timestamp())
    return {
        "iss": "pluckit",
        "aud": "pluckit-api",
        "sub": USER,
        "email": "ada@example.org",
        "sid": SESSION,
        "typ": "access",
        "jti": str(uuid4()),
        "iat": moment,
        "nbf": moment,
        "exp": moment + 900,
    }


def signed(headers: dict[str, Any] | None = None, *, drop: str = "", **claims: Any) -> str:
    payload = {**good_claims(), **claims}
    payload.pop(drop, None)
    return jwt.encode(payload, RING.signing.private, "EdDSA", headers={**HEADERS, **(headers or {})})


def by_hand(header: dict[str, Any], signature: Callable[[bytes], bytes], **claims: Any) -> str:
    parts = [json.dumps(part).encode() for part in (header, {**good_claims(), **claims})]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (text + b"." + base64.urlsafe_b64encode(signature(text)).rstrip(b"=")).decode()


def hmac_with_public_key(key: bytes) -> Callable[[bytes], bytes]:
    import hmac

    return lambda text: hmac.digest(key, text, "sha256")


PUBLIC = RING.signing.public
PEM = PUBLIC.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
HS256 = {"alg": "HS256", **HEADERS}
STRANGER = Ed25519PrivateKey.generate()


def test_what_we_issue_we_accept() -> None:
    token = TOKENS.issue(user_id=USER, email="ada@example.org", session_id=SESSION, now=NOW)
    claims = TOKENS.verify(token, NOW)
    assert (claims.user_id, claims.email, claims.session_id) == (USER, "ada@example.org", SESSION)
    assert claims.expires_at - claims.issued_at == LIFETIME.total_seconds() == 900
    assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "typ": "at+jwt", "kid": "new"}
    assert set(REQUIRED) <= set(jwt.decode(token, options={"verify_signature": False}))


def test_two_tokens_of_one_moment_differ() -> None:
    issued = [TOKENS.issue(user_id=USER, email=None, session_id=SESSION, now=NOW) for _ in range(2)]
    assert issued[0] != issued[1]


def test_the_rows_below_differ_from_a_good_token_in_one_thing() -> None:
    assert TOKENS.verify(signed(), NOW).user_id == USER
    assert TOKENS.verify(by_hand({"alg": "EdDSA", **HEADERS}, RING.signing.private.sign), NOW).user_id == USER


def test_a_token_of_the_older_live_key_is_good() -> None:
    old = RING.keys[1]
    token = jwt.encode(good_claims(), old.private, "EdDSA", headers={"typ": "at+jwt", "kid": "old"})
    assert TOKENS.verify(token, NOW).user_id == USER


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(by_hand({"alg": "none", **HEADERS}, lambda _: b""), id="unsigned"),
        pytest.param(by_hand({"alg": "None", **HEADERS}, lambda _: b""), id="unsigned, spelled otherwise"),
        pytest.param(by_hand({"alg": "EdDSA", **HEADERS}, lambda _: b""), id="signature cut off"),
        pytest.param(by_hand({"alg": "EdDSA", **HEADERS}, STRANGER.sign), id="signed by a stranger"),
        pytest.param(
            by_hand(HS256, hmac_with_public_key(PUBLIC.public_bytes_raw())), id="HS256, raw public key"
        ),
        pytest.param(by_hand(HS256, hmac_with_public_key(PEM)), id="HS256, public key as PEM"),
        pytest.param(
            by_hand(HS256, hmac_with_public_key(RING.signing.public_jwk["x"].encode())),
            id="HS256, x of the JWKS",
        ),
        pytest.param(by_hand(HEADERS, RING.signing.private.sign), id="no algorithm"),
        pytest.param(signed({"kid": "nobody"}), id="unknown kid"),
        pytest.param(signed({"kid": "old"}), id="the other key's kid"),
        pytest.param(by_hand({"alg": "EdDSA", "typ": "at+jwt"}, RING.signing.private.sign), id="no kid"),
        pytest.param(
            by_hand({"alg": "EdDSA", **HEADERS, "kid": ["new"]}, RING.signing.private.sign),
            id="kid is a list",
        ),
        pytest.param(
            by_hand(
                {"alg": "EdDSA", **HEADERS, "kid": "x", "jwk": RING.signing.public_jwk},
                RING.signing.private.sign,
            ),
            id="brings its own key",
        ),
        pytest.param(
            by_hand({"alg": "EdDSA", **HEADERS, "crit": ["cnf"], "cnf": 1}, RING.signing.private.sign),
            id="critical extension",
        ),
        pytest.param(signed({"typ": "JWT"}), id="typ header of an id token"),
        pytest.param(signed({"typ": None}), id="no typ header"),
        pytest.param(signed(typ="refresh"), id="typ claim of a refresh token"),
        pytest.param(signed(typ="id"), id="typ claim of an id token"),
        pytest.param(signed(typ=["access"]), id="typ claim is a list"),
        pytest.param(signed(aud="someone-else"), id="wrong audience"),
        pytest.param(signed(aud=["pluckit-api", "someone-else"]), id="several audiences"),
        pytest.param(signed(iss="https://evil.example"), id="wrong issuer"),
        pytest.param(signed(iss="pluckit2"), id="issuer with our name as a prefix"),
        pytest.param(signed(exp=int(NOW.timestamp()) - 3600), id="expired"),
        pytest.param(signed(nbf=int(NOW.timestamp()) + 3600), id="not valid yet"),
        pytest.param(signed(iat=int(NOW.timestamp()) + 3600), id="issued in the future"),
        pytest.param(signed(exp=str(int(NOW.timestamp()) + 900)), id="exp is a string"),
        pytest.param(signed(exp=True), id="exp is a boolean"),
        pytest.param(signed(exp=float("inf")), id="exp is infinite"),
        pytest.param(signed(exp=float("nan")), id="exp is not a number"),
        pytest.param(signed(exp=None), id="exp is null"),
        pytest.param(signed(sub="admin"), id="sub is no id"),
        pytest.param(signed(sub=USER.upper()), id="sub in capitals"),
        pytest.param(signed(sub="{" + USER + "}"), id="sub in braces"),
        *(pytest.param(signed(drop=name), id=f"without {name}") for name in REQUIRED),
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="no JWT"),
        pytest.param("." * 10, id="only dots"),
        pytest.param("[" * 4000, id="nested"),
        pytest.param("é.\ud800.x", id="not ASCII"),
        pytest.param(signed(padding="x" * 5000), id="too long"),
        pytest.param(f"{USER}.{SESSION}.{'a' * 43}", id="a refresh token"),
    ],
)
def test_refused(token: str) -> None:
    with pytest.raises(InvalidToken) as refused:
        TOKENS.verify(token, NOW)
    assert refused.value.challenge == 'Bearer error="invalid_token"'
    assert USER not in refused.value.detail


def test_every_byte_of_a_token_counts() -> None:
    token = signed()
    head, payload, signature = token.split(".")
    for part in (head, payload, signature):
        for place in range(0, len(part) - 1, 7):
            other = "A" if part[place] != "A" else "B"
            forged = token.replace(part, part[:place] + other + part[place + 1 :])
            with pytest.raises(InvalidToken):
                TOKENS.verify(forged, NOW)


@pytest.mark.parametrize("seconds", [-11, -10, 0, 899, 909, 910, 10_000])
def test_it_is_good_for_its_life_and_a_small_leeway(seconds: int) -> None:
    token = signed()
    at = NOW + timedelta(seconds=seconds)
    if -LEEWAY.total_seconds() <= seconds < 900 + LEEWAY.total_seconds():
        assert TOKENS.verify(token, at).user_id == USER
    else:
        with pytest.raises(InvalidToken):
            TOKENS.verify(token, at)


def test_a_remembered_signature_does_not_outlive_the_token() -> None:
    token = signed()
    assert TOKENS.verify(token, NOW) is TOKENS.verify(token, NOW)
    with pytest.raises(InvalidToken, match="expired"):
        TOKENS.verify(token, NOW + timedelta(hours=1))


def test_another_deployments_token_is_refused_with_the_same_keys() -> None:
    token = AccessTokens(RING, issuer="pluckit-staging", audience="pluckit-api").issue(
        user_id=USER, email=None, session_id=SESSION, now=NOW
    )
    with pytest.raises(InvalidToken):
        TOKENS.verify(token, NOW)
