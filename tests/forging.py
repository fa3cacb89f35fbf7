"""Access tokens that differ from a good one in one thing, for tests of who is let in."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

LIFE, HOUR = 600, 3600


class Forge:
    """Makes tokens of one person; it holds the real key, as no attacker does."""

    def __init__(self, jwk: Mapping[str, str], user_id: str, session_id: str | None = None) -> None:
        key = OKPAlgorithm.from_jwk(dict(jwk))
        assert isinstance(key, Ed25519PrivateKey)
        self.key = key
        self.public = base64.urlsafe_b64decode(jwk["x"] + "=")
        self.header = {"alg": "EdDSA", "typ": "at+jwt", "kid": jwk["kid"]}
        now = int(time.time())
        self.claims: dict[str, Any] = {
            "iss": "pluckit", "aud": "pluckit-api", "sub": user_id, "typ": "access", "jti": str(uuid4()),
            "iat": now, "nbf": now, "exp": now + LIFE, "sid": session_id,
        }  # fmt: skip

    def ours(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Sign with the real key; ``...`` leaves a claim out."""
        return self.signed(self.key.sign, header, **claims)

    def later(self, seconds: int, *names: str) -> str:
        """Return a good token with these times moved."""
        return self.ours(**{name: self.claims[name] + seconds for name in names})

    def hmac_with(self, secret: bytes, alg: str) -> str:
        """Return a token whose signature is an HMAC, whatever it says it is."""
        return self.signed(lambda text: hmac.digest(secret, text, "sha256"), {"alg": alg})

    def signed(
        self, sign: Callable[[bytes], bytes], header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """Sign in any way."""
        payload = {name: value for name, value in {**self.claims, **claims}.items() if value is not ...}
        parts = [json.dumps(part).encode() for part in ({**self.header, **(header or {})}, payload)]
        text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        return f"{text.decode()}.{base64.urlsafe_b64encode(sign(text)).rstrip(b'=').decode()}"

    @property
    def pem(self) -> bytes:
        """The public key as careless verifiers take it for an HMAC secret."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


_STRANGER = Ed25519PrivateKey.generate()
FORGERIES: Mapping[str, Callable[[Forge], str]] = {
    "expired": lambda forge: forge.later(-HOUR, "exp"),
    "not valid yet": lambda forge: forge.later(HOUR, "nbf", "exp"),
    "without expiry": lambda forge: forge.ours(exp=...),
    "wrong audience": lambda forge: forge.ours(aud="another-api"),
    "wrong issuer": lambda forge: forge.ours(iss="https://id.example"),
    "wrong typ in the header": lambda forge: forge.ours({"typ": "JWT"}),
    "wrong typ among the claims": lambda forge: forge.ours(typ="refresh"),
    "none algorithm": lambda forge: forge.signed(lambda _: b"", {"alg": "none"}),
    "none algorithm, well signed": lambda forge: forge.ours({"alg": "none"}),
    "signature cut off": lambda forge: forge.signed(lambda _: b""),
    "HS256 with the public key": lambda forge: forge.hmac_with(forge.public, "HS256"),
    "HS256 with the public key as PEM": lambda forge: forge.hmac_with(forge.pem, "HS256"),
    "an HMAC called EdDSA": lambda forge: forge.hmac_with(forge.public, "EdDSA"),
    "a good signature called HS256": lambda forge: forge.ours({"alg": "HS256"}),
    "signed by a stranger": lambda forge: forge.signed(_STRANGER.sign),
    "unknown kid": lambda forge: forge.ours({"kid": "unknown"}),
    "no kid": lambda forge: forge.ours({"kid": None}),
    "rubbish": lambda forge: "rubbish",
}
