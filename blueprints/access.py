"""Who may call a route: what each names; the authenticators behind these load with the first call."""

from __future__ import annotations

from core import chat, identity
from core.platform.http import Authenticator


def public() -> Authenticator:
    """Anyone."""
    return identity.Auth.PUBLIC


def user() -> Authenticator:
    """A person who is signed in."""
    return identity.Auth.USER


def live_session() -> Authenticator:
    """A signed-in person whose session has not ended."""
    return identity.Auth.SESSION


def leaving() -> Authenticator:
    """A person who asks for the erasure of their account, or has done."""
    return identity.Auth.LEAVING


def administrator() -> Authenticator:
    """A signed-in person in ``ADMIN_USER_IDS``."""
    return identity.Auth.ADMIN


def link_or_user() -> Authenticator:
    """Whoever has a signed link to the path, or a signed-in person."""
    return identity.SignedUrlOrUser()


def ticket_or_user() -> Authenticator:
    """Whoever has a ticket to a turn's events, or a signed-in person."""
    return chat.TicketOrUser()


def metadata_caller() -> Authenticator:
    """A person or a service, by ``METADATA_EXTRACT_AUTH_MODE``."""
    return identity.MetadataCaller()
