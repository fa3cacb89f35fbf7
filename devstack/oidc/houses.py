"""The ways well-known providers differ, so that an app's rules for each can be tried on this machine.

All houses share the keys, on purpose: a token of one must not pass for one of another though its signature
is good. The unnamed house is a plain issuer at the origin.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TENANT = "{tenantid}"
CONTOSO = "11111111-2222-4333-8444-555555555555"
"""The tenant people of the Entra-like houses belong to unless a token's claims say otherwise."""


@dataclass(frozen=True)
class House:
    """One provider: below which path discovery is, what it is named, what it says of a person."""

    metadata: str = ""
    issuer: str = ""
    says: Callable[[str], dict[str, Any]] = lambda email: {"email": email, "email_verified": True}

    def named(self, origin: str, claims: Mapping[str, Any]) -> str:
        """Return ``iss`` of a token with these claims."""
        return f"{origin}{self.issuer}".replace(TENANT, str(claims.get("tid", CONTOSO)))


def _apple(email: str) -> dict[str, Any]:
    private = str(email.endswith("@privaterelay.appleid.com")).lower()
    return {"email": email, "email_verified": "true", "is_private_email": private, "nonce_supported": True}


def _entra(email: str) -> dict[str, Any]:
    return {"email": email, "preferred_username": email, "tid": CONTOSO, "ver": "2.0"}


HOUSES: Mapping[str, House] = {
    "": House(),
    "google": House("/google", "/google"),
    "apple": House("/apple", "/apple", _apple),
    "entra": House("/entra/common/v2.0", f"/entra/{TENANT}/v2.0", _entra),
    "contoso": House(f"/entra/{CONTOSO}/v2.0", f"/entra/{CONTOSO}/v2.0", _entra),
}
