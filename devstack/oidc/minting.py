"""Tokens, honest and otherwise.

The signature is put together here instead of by a JWT library, because libraries rightly refuse to
make most of what a verifier has to be tested against.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from pydantic import BaseModel, ConfigDict, Field, field_validator

from devstack.oidc.houses import HOUSES
from devstack.oidc.keys import KeyRing

_PEOPLE = uuid.UUID("6f1d6d0e-0c0b-4f5e-9a51-4d1f6c8f7a10")
LIFETIME = 3600


class Order(BaseModel):
    """What token to mint. ``claims`` go over the usual ones, ``omit`` leaves claims out.

    ``expires_in`` and ``age`` are seconds from now and since issue, either may be negative. ``alg`` "none"
    leaves the signature empty, "HS256" signs with the public key's PEM as the secret. ``headers`` go over
    the usual ones (null removes), ``stranger`` signs with a key that is not published, ``corrupt`` flips
    a bit of the signature.
    """

    model_config = ConfigDict(extra="forbid")

    claims: dict[str, Any] = Field(default_factory=dict)
    omit: list[str] = Field(default_factory=list)
    headers: dict[str, Any] = Field(default_factory=dict)
    alg: Literal["RS256", "ES256", "none", "HS256"] = "RS256"
    signs_with: Annotated[Literal["RS256", "ES256"], Field(description="key for HS256")] = "RS256"
    expires_in: float = LIFETIME
    age: float = 0
    email: str = "person@example.org"
    stranger: bool = False
    corrupt: bool = False
    house: Annotated[str, Field(description="whose token it is to look like")] = ""

    @field_validator("house")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in HOUSES:
            raise ValueError(f"there is no house {name!r}; there are {', '.join(filter(None, HOUSES))}")
        return name


def mint(order: Order, keys: KeyRing, issuer: str, now: float) -> str:
    """The ordered token in compact form."""
    claims = person_claims(order.email, order.house) | named(now - order.age, order.expires_in + order.age)
    claims |= {"aud": "pluckit"} | order.claims
    claims = {"iss": HOUSES[order.house].named(issuer, claims)} | claims
    return sign({name: value for name, value in claims.items() if name not in order.omit}, order, keys)


def person_claims(email: str, house: str = "") -> dict[str, Any]:
    """Who a person is to this issuer; the subject follows from house and address."""
    spelled = email.strip().lower()
    return {"sub": str(uuid.uuid5(_PEOPLE, f"{house}{spelled}")), **HOUSES[house].says(spelled)}


def named(issued_at: float, lifetime: float) -> dict[str, Any]:
    """Times, and a name of its own (``jti``), so that no two tokens of one second are the same."""
    return period(issued_at, lifetime) | {"jti": str(uuid.uuid4())}


def period(issued_at: float, lifetime: float) -> dict[str, Any]:
    """``iat``, ``nbf`` and ``exp`` in whole seconds."""
    return {"iat": int(issued_at), "nbf": int(issued_at), "exp": int(issued_at + lifetime)}


def sign(claims: Mapping[str, Any], order: Order, keys: KeyRing) -> str:
    """Encode and sign the claims the way the order says."""
    family = order.alg if order.alg in {"RS256", "ES256"} else order.signs_with
    key = keys.signer(family, stranger=order.stranger)
    headers = {"alg": order.alg, "typ": "JWT", "kid": key.kid} | order.headers
    kept = {name: value for name, value in headers.items() if value is not None}
    message = f"{_encoded(_json(kept))}.{_encoded(_json(claims))}".encode()
    if order.alg == "RS256":
        signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(message, key.private)  # type: ignore[arg-type]  # an RSA key
    elif order.alg == "ES256":
        signature = ECAlgorithm(ECAlgorithm.SHA256).sign(message, key.private)  # type: ignore[arg-type]  # a P-256 key
    elif order.alg == "HS256":
        signature = hmac.digest(key.public_pem, message, hashlib.sha256)
    else:
        signature = b""
    if order.corrupt and signature:
        signature = bytes([signature[0] ^ 1]) + signature[1:]
    return f"{message.decode()}.{_encoded(signature)}"


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
