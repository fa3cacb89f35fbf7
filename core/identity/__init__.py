"""Who is calling: sign-in, sessions, and the authenticators every blueprint names.

This is the only module of identity that other domains and blueprints import. It is cheap: PyJWT,
cryptography, aiohttp and the Cosmos SDK are loaded by the first call that needs them.
"""

from __future__ import annotations

from core.identity.authenticators import Auth

__all__ = ["Auth"]
