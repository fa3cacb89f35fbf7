"""A person's rights over their account: taking everything along, and having everything erased."""

from __future__ import annotations

from pydantic import Field

from core.platform.settings.base import Settings


class AccountSettings(Settings):
    """Exports and erasures (docs/account.md)."""

    settle_seconds: float = Field(
        330,
        alias="ACCOUNT_ERASURE_SETTLE_SECONDS",
        ge=0,
        description="How long an erasure waits for what was under way: longer than any function runs.",
    )
    piece_seconds: float = Field(
        60,
        alias="ACCOUNT_EXPORT_PIECE_SECONDS",
        ge=0,
        le=240,
        description="How long an export works before it notes how far it has got.",
    )
