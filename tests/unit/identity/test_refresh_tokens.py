from __future__ import annotations

from uuid import uuid4

import pytest

from core.identity.errors import SessionEnded
from core.identity.refresh_tokens import RefreshToken, fingerprint, new_secret, successor

USER, FAMILY = str(uuid4()), str(uuid4())


def test_parsing_undoes_writing() -> None:
    token = RefreshToken(USER, FAMILY, new_secret())
    assert RefreshToken.parse(token.text) == token


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        f"{USER}.{FAMILY}",
        f"{USER}.{FAMILY}.",
        f"{USER}.{FAMILY}.short",
        f"{USER}.{FAMILY}.{'a' * 44}",
        f"{USER}.{FAMILY}.{'a' * 42}+",
        f"{USER}.{FAMILY}.{'a' * 43}\n",
        f"{USER.upper()}x.{FAMILY}.{'a' * 43}",
        f"../users.{FAMILY}.{'a' * 43}",
        f"{USER}.{FAMILY}.{'a' * 43}.more",
        "\ud800",
    ],
    ids=repr,
)
def test_what_is_no_refresh_token_of_ours_ends_in_signing_in_again(text: str) -> None:
    with pytest.raises(SessionEnded):
        RefreshToken.parse(text)


def test_printing_a_token_does_not_show_its_secret() -> None:
    token = RefreshToken(USER, FAMILY, new_secret())
    assert token.secret not in repr(token)
    assert token.secret not in str(token)


def test_secrets_have_256_bits_and_differ() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(secret) == 43 for secret in secrets)


def test_a_successor_depends_on_key_family_generation_and_secret() -> None:
    base = (b"k" * 32, FAMILY, 1, "s" * 43)
    changed = [
        (b"K" * 32, *base[1:]),
        (base[0], USER, *base[2:]),
        (*base[:2], 2, base[3]),
        (*base[:3], "S" * 43),
    ]
    made = [successor(*base), *(successor(*other) for other in changed)]
    assert len(set(made)) == 5
    assert successor(*base) == made[0]
    assert all(RefreshToken.parse(f"{USER}.{FAMILY}.{secret}") for secret in made)


def test_the_fingerprint_is_sha_256_in_hex() -> None:
    assert fingerprint("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
