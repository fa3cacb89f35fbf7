"""A token of another issuer gets in only as what the caller asked for: issuer, audience, algorithm, time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from core.identity import foreign_tokens
from core.identity.errors import InvalidToken
from core.identity.jwks import Fetched, IssuerKeys

ISSUER, AUDIENCE = "https://id.example/tenant/v2.0", "api://pluckit-metadata"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
MOMENT = int(NOW.timestamp())


@cache
def rsa(bits: int = 2048) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=bits)


@cache
def elliptic() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def published() -> list[dict[str, Any]]:
    return [
        {**json.loads(RSAAlgorithm.to_jwk(rsa().public_key())), "kid": "good", "use": "sig"},
        {**json.loads(RSAAlgorithm.to_jwk(rsa(1024).public_key())), "kid": "short", "use": "sig"},
        {**json.loads(ECAlgorithm.to_jwk(elliptic().public_key())), "kid": "ec", "use": "sig"},
        {"kty": "RSA", "kid": "broken", "n": 7, "e": "AQAB"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"},
    ]


async def provider(url: str) -> Fetched:
    if url.endswith("openid-configuration"):
        return Fetched({"issuer": ISSUER, "jwks_uri": "https://id.example/keys"})
    return Fetched({"keys": published()})


def claims(**changed: Any) -> dict[str, Any]:
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "svc", "iat": MOMENT, "nbf": MOMENT, "exp": MOMENT + 600}
    return {name: value for name, value in {**good, **changed}.items() if value is not ...}


def token(key: Any = None, algorithm: str = "RS256", kid: str | None = "good", **changed: Any) -> str:
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims(**changed), key or rsa(), algorithm, headers=headers)


def hs256_with_the_public_key() -> str:
    pem = (
        rsa()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    signing = jwt.PyJWS()
    # PyJWT refuses to use a PEM as an HMAC secret; an attacker's library does not.
    text = token().rsplit(".", 1)[0]
    from jwt.utils import base64url_encode

    header = base64url_encode(json.dumps({"alg": "HS256", "kid": "good"}).encode()).decode()
    message = f"{header}.{text.split('.')[1]}".encode()
    signature = signing.get_algorithm_by_name("HS256").sign(message, pem)
    return f"{message.decode()}.{base64url_encode(signature).decode()}"


async def verified(text: str) -> dict[str, Any]:
    return await foreign_tokens.verify(
        text, keys=IssuerKeys(ISSUER, provider), audience=AUDIENCE, algorithms=("RS256",), now=NOW
    )


@pytest.mark.parametrize(
    "changed",
    [{}, {"aud": [AUDIENCE, "other"]}, {"nbf": ...}, {"exp": MOMENT + 0.5}, {"iat": MOMENT + 9}],
    ids=repr,
)
async def test_a_good_token_is_accepted(changed: dict[str, Any]) -> None:
    assert (await verified(token(**changed)))["sub"] == "svc"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": ISSUER + "/"},
        {"iss": ...},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": ...},
        {"sub": ...},
        {"sub": 7},
        {"iat": ...},
        {"iat": MOMENT + 60},
        {"nbf": MOMENT + 60},
        {"exp": ...},
        {"exp": MOMENT - 60},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": "soon"},
        {"exp": True},
        {"kid": "nobody"},
        {"kid": None},
        {"kid": "broken"},
        {"kid": "ec"},
        {"kid": "secret"},
        {"algorithm": "RS384"},
        {"algorithm": "PS256"},
        {"key": elliptic(), "algorithm": "ES256", "kid": "ec"},
        {"key": elliptic(), "algorithm": "ES256"},
    ],
    ids=lambda changed: str({name: value for name, value in changed.items() if name != "key"}),
)
async def test_anything_else_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        await verified(token(**changed))


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("sign", [1, -1])
async def test_a_number_beyond_every_float_is_no_moment(name: str, sign: int) -> None:
    changed: dict[str, Any] = {name: sign * 10**400}
    with pytest.raises(InvalidToken):
        await verified(token(**changed))


async def test_confusions_and_rubbish_are_refused() -> None:
    unsigned = jwt.encode(claims(), "", "none", headers={"kid": "good"})
    head, body, _ = token().split(".")
    for text in (unsigned, hs256_with_the_public_key(), f"{head}.{body}.", "", "a.b.c", "x" * 20_000):
        with pytest.raises(InvalidToken):
            await verified(text)


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits")  # signing with it is the attack
async def test_a_short_rsa_key_is_refused_though_published() -> None:
    with pytest.raises(InvalidToken):
        await verified(token(rsa(1024), kid="short"))


async def test_a_wrong_algorithm_does_not_even_ask_for_keys() -> None:
    async def unreachable(url: str) -> Fetched:
        raise AssertionError(url)

    for text in (jwt.encode(claims(), "", "none"), token(algorithm="RS384"), "a.b.c"):
        with pytest.raises(InvalidToken):
            await foreign_tokens.verify(
                text,
                keys=IssuerKeys(ISSUER, unreachable),
                audience=AUDIENCE,
                algorithms=("RS256",),
                now=NOW,
            )
