"""The keys that sign access tokens, read from one setting so that a rotation is one edit.

``AUTH_SIGNING_KEYS`` is a JSON list of private Ed25519 keys as JWKs (RFC 8037). The first signs, all
verify: put a new key last, wait until every instance knows it, move it first, and drop the old one when
its tokens have expired.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import OKPAlgorithm
from jwt.exceptions import InvalidKeyError

from core.platform import ids
from core.platform.settings import SettingsError

SETTING = "AUTH_SIGNING_KEYS"
_SUCCESSOR_PURPOSE = b"pluckit refresh-token successor v1"
# 32 random bytes repeat so often with a probability below 2^-128; a typed placeholder always does.
_FEWEST_DISTINCT_BYTES = 12


@dataclass(frozen=True, repr=False)
class SigningKey:
    """One private key and the id tokens name it by."""

    kid: str
    private: Ed25519PrivateKey

    @cached_property
    def public(self) -> Ed25519PublicKey:
        """The half that verifies."""
        return self.private.public_key()

    @cached_property
    def public_jwk(self) -> dict[str, str]:
        """The half that verifies as a JWK (RFC 8037), for other services."""
        jwk = OKPAlgorithm.to_jwk(self.public, as_dict=True)
        return {"kty": "OKP", "crv": "Ed25519", "x": jwk["x"], "kid": self.kid, "alg": "EdDSA", "use": "sig"}

    @cached_property
    def successor_key(self) -> bytes:
        """A key for deriving refresh-token successors, independent of signatures (HKDF, RFC 5869)."""
        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=_SUCCESSOR_PURPOSE)
        return kdf.derive(self.private.private_bytes_raw())


@dataclass(frozen=True)
class KeyRing:
    """All live keys; the first one signs."""

    keys: tuple[SigningKey, ...]

    @property
    def signing(self) -> SigningKey:
        """The key new tokens are signed with."""
        return self.keys[0]

    def find(self, kid: object) -> SigningKey | None:
        """Return the key of this id, or ``None`` when no live key has it."""
        return next((key for key in self.keys if key.kid == kid), None)

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read the setting's JSON text.

        Raises:
            SettingsError: naming the setting and the entry, never showing a key.
        """
        keys = tuple(_signing_key(position, entry) for position, entry in enumerate(_entries(text)))
        if len({key.kid for key in keys}) < len(keys):
            raise SettingsError(f"{SETTING}: two keys have the same kid.")
        return cls(keys)


def new_private_jwk(kid: str | None = None) -> dict[str, str]:
    """Make a private key for the setting; ``kid`` is random unless given."""
    jwk = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True)
    return {"kty": "OKP", "crv": "Ed25519", "x": jwk["x"], "d": jwk["d"], "kid": kid or ids.new_id()}


def _entries(text: str) -> Sequence[dict[str, Any]]:
    try:
        entries = json.loads(text)
    except ValueError:
        raise SettingsError(f"{SETTING} is not JSON; it must be a list of private Ed25519 JWKs.") from None
    if not (isinstance(entries, list) and entries and all(isinstance(entry, dict) for entry in entries)):
        raise SettingsError(f"{SETTING} must be a JSON list of at least one private Ed25519 JWK.")
    return entries


def _signing_key(position: int, entry: dict[str, Any]) -> SigningKey:
    where = f"{SETTING}[{position}]"
    kid = entry.get("kid")
    if not (isinstance(kid, str) and 0 < len(kid) <= 100):
        raise SettingsError(f"{where} needs a kid of 1 to 100 characters.")
    if entry.get("kty") != "OKP" or entry.get("crv") != "Ed25519" or entry.get("alg", "EdDSA") != "EdDSA":
        raise SettingsError(f"{where} must be an Ed25519 key (kty OKP, crv Ed25519, alg EdDSA).")
    return SigningKey(kid, _private_key(where, entry))


def _private_key(where: str, entry: dict[str, Any]) -> Ed25519PrivateKey:
    try:
        private = OKPAlgorithm.from_jwk(entry)
    except (InvalidKeyError, TypeError, ValueError, AttributeError):
        raise SettingsError(f"{where} is not a valid Ed25519 JWK: check x and d.") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise SettingsError(f"{where} is a public key; the private part d is missing.")
    if len(set(private.private_bytes_raw())) < _FEWEST_DISTINCT_BYTES:
        raise SettingsError(f"{where} is weak: d is not random.")
    return private
