from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from core.identity.keys import KeyRing, new_private_jwk
from core.platform.settings import SettingsError


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def changed(**members: Any) -> str:
    return json.dumps([{k: v for k, v in {**new_private_jwk("a"), **members}.items() if v is not None}])


def weak() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = b"secret!!" * 4
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return json.dumps([{"kty": "OKP", "crv": "Ed25519", "kid": "w", "d": b64(seed), "x": b64(public)}])


def test_the_first_key_signs_and_all_are_known() -> None:
    ring = KeyRing.parse(json.dumps([new_private_jwk("new"), new_private_jwk("old")]))
    assert ring.signing.kid == "new"
    assert [ring.find(kid) for kid in ("new", "old", "none", None, ["new"])] == [*ring.keys, None, None, None]


def test_the_published_half_is_only_the_public_one() -> None:
    private = new_private_jwk("a")
    public = KeyRing.parse(json.dumps([private])).signing.public_jwk
    assert public == {
        "kty": "OKP", "crv": "Ed25519", "x": private["x"], "kid": "a", "alg": "EdDSA", "use": "sig",
    }  # fmt: skip


def test_the_derivation_key_stays_with_its_signing_key() -> None:
    one, two = new_private_jwk("a"), new_private_jwk("b")
    before = KeyRing.parse(json.dumps([one]))
    after = KeyRing.parse(json.dumps([two, one]))
    assert before.signing.successor_key == after.keys[1].successor_key
    assert len({after.keys[0].successor_key, after.keys[1].successor_key, one["d"].encode()}) == 3


def test_a_generated_kid_is_unique() -> None:
    assert new_private_jwk()["kid"] != new_private_jwk()["kid"]


def test_printing_a_key_shows_no_part_of_it() -> None:
    private = new_private_jwk("a")
    shown = repr(KeyRing.parse(json.dumps([private])))
    assert private["d"] not in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "at least one"),
        ("{}", "JSON list"),
        ('["key"]', "JSON list"),
        ("null", "JSON list"),
        (changed(kid=None), "kid"),
        (changed(kid=""), "kid"),
        (changed(kid=7), "kid"),
        (changed(kid="k" * 101), "kid"),
        (changed(kty="RSA"), "Ed25519"),
        (changed(crv="Ed448"), "Ed25519"),
        (changed(alg="HS256"), "EdDSA"),
        (changed(d=None), "public key"),
        (changed(x=None), "x and d"),
        (changed(x=new_private_jwk()["x"]), "x and d"),
        (changed(d="short"), "x and d"),
        (changed(d=7), "x and d"),
        (changed(d="é" * 43), "x and d"),
        (weak(), "weak"),
        (json.dumps([new_private_jwk("a"), new_private_jwk("a")]), "same kid"),
    ],
)
def test_a_bad_setting_is_refused_by_name_and_never_shown(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match="AUTH_SIGNING_KEYS") as refused:
        KeyRing.parse(text)
    assert says in str(refused.value)
    for entry in json.loads(text) if text.startswith("[{") else []:
        assert str(entry.get("d", "no d")) not in str(refused.value)
