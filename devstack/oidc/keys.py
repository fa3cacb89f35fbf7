"""The issuer's signing keys: one RSA and one P-256 pair per generation, rotated on demand."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

type PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
ALGORITHMS = ("RS256", "ES256")


@dataclass(frozen=True)
class SigningKey:
    """A private key with its id and its one algorithm."""

    kid: str
    alg: str
    private: PrivateKey

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half as the JWKS publishes it."""
        kind = RSAAlgorithm if self.alg == "RS256" else ECAlgorithm
        public: dict[str, Any] = json.loads(kind.to_jwk(self.private.public_key()))  # type: ignore[arg-type]  # kind fits alg
        return {name: value for name, value in public.items() if name != "key_ops"} | {
            "kid": self.kid,
            "alg": self.alg,
            "use": "sig",
        }

    @property
    def public_pem(self) -> bytes:
        """The public half, which a careless verifier takes for an HMAC secret."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class KeyRing:
    """The published keys. The newest generation signs; ``stranger`` holds keys never published."""

    def __init__(self) -> None:
        self._generation = itertools.count(1)
        self.published: list[SigningKey] = []
        self.rotate()
        self.stranger = [_new_key(alg, f"stranger-{alg.lower()}") for alg in ALGORITHMS]

    def rotate(self, *, retire: bool = False) -> None:
        """Publish a new generation and sign with it; with ``retire`` the older ones are withdrawn."""
        generation = next(self._generation)
        fresh = [_new_key(alg, f"{alg.lower()}-{generation}") for alg in ALGORITHMS]
        self.published = fresh if retire else [*fresh, *self.published]

    def signer(self, alg: str, *, stranger: bool = False) -> SigningKey:
        """The newest key for this algorithm."""
        return next(key for key in (self.stranger if stranger else self.published) if key.alg == alg)

    @property
    def jwks(self) -> dict[str, Any]:
        """The JWK set of all published keys, newest first."""
        return {"keys": [key.jwk for key in self.published]}


def _new_key(alg: str, kid: str) -> SigningKey:
    if alg == "RS256":
        return SigningKey(kid, alg, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return SigningKey(kid, alg, ec.generate_private_key(ec.SECP256R1()))
