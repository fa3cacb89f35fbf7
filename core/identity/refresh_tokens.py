"""The refresh token as text, and how one begets the next.

``<user_id>.<family_id>.<secret>``: the ids say where the family is stored, the 256-bit secret proves the
right to it. Only SHA-256 fingerprints of secrets are stored; a fast hash is enough for random secrets.

The next secret is computed from the one presented, not drawn: a client that lost our answer and asks
again gets the very same successor, though we never kept it (docs/adr/0006).
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from core.identity.errors import SessionEnded
from core.platform import ids

_SECRET_BYTES = 32
_TOKEN = re.compile(
    rf"(?P<user_id>{ids.FORM})\.(?P<family_id>{ids.FORM})\.(?P<secret>[A-Za-z0-9_-]{{43}})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token taken apart; printing it does not show the secret, ``text`` does."""

    user_id: str
    family_id: str
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> RefreshToken:
        """Take a token apart. Raises ``SessionEnded`` when it cannot be one of ours."""
        match = _TOKEN.fullmatch(text)
        if match is None:
            raise SessionEnded("This is not a refresh token of ours; sign in again.")
        return cls(**match.groupdict())

    @property
    def text(self) -> str:
        """The token as clients hold it."""
        return f"{self.user_id}.{self.family_id}.{self.secret}"


def new_secret() -> str:
    """Draw the first secret of a family: 256 bits, base64url."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def fingerprint(secret: str) -> str:
    """Return what is stored instead of the secret: its SHA-256 in hex."""
    return sha256(secret.encode()).hexdigest()


def successor(key: bytes, family_id: str, generation: int, secret: str) -> str:
    """Return the secret that follows ``secret`` of ``generation``: HMAC-SHA256 under the server's key."""
    message = f"{family_id}\n{generation}\n{secret}".encode()
    digest = hmac.digest(key, message, "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
