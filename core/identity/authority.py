"""Whom this deployment trusts and how long: where settings become the rules' arguments."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from core.identity.access_tokens import AccessTokens
from core.identity.families import DerivationKeys, Lifetimes
from core.identity.issuers import Issuer
from core.identity.issuers import read as read_issuers
from core.identity.keys import KeyRing
from core.platform import settings
from core.platform.settings import AuthSettings, OidcSettings


@cache
def ring() -> KeyRing:
    """The live signing keys. Raises ``SettingsError``."""
    return KeyRing.parse(settings.get(AuthSettings).signing_keys.get_secret_value())


@cache
def access_tokens() -> AccessTokens:
    """What issues and verifies access tokens. Raises ``SettingsError``."""
    auth = settings.get(AuthSettings)
    return AccessTokens(ring(), issuer=auth.issuer, audience=auth.audience)


def issuers() -> tuple[Issuer, ...]:
    """The providers people may sign in with. Raises ``SettingsError``."""
    return read_issuers(settings.get(OidcSettings).issuers)


def derivation_keys() -> DerivationKeys:
    """The keys refresh-token successors are derived with: one per signing key, under its id."""
    live = ring()
    return DerivationKeys(live.signing.kid, live.signing.successor_key, _find_successor_key)


def lifetimes() -> Lifetimes:
    """How long sessions last."""
    auth = settings.get(AuthSettings)
    return Lifetimes(
        idle=timedelta(days=auth.refresh_idle_days), absolute=timedelta(days=auth.refresh_absolute_days)
    )


def is_admin(user_id: str) -> bool:
    """Tell whether ``ADMIN_USER_IDS`` names this person."""
    return user_id in settings.get(AuthSettings).admin_user_ids


def _find_successor_key(kid: str) -> bytes | None:
    key = ring().find(kid)
    return None if key is None else key.successor_key
