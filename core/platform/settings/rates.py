"""How often people may ask."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.platform.settings.base import Settings

_MOST = 1_000_000


class RateSettings(Settings):
    """Requests a minute, of one person and of one address, and how addresses are read."""

    sign_in_person: int = Field(
        30,
        alias="RATE_LIMIT_SIGN_IN_PERSON",
        ge=1,
        le=_MOST,
        description="Sign-ins and refreshes of a person.",
    )
    sign_in_address: int = Field(
        120, alias="RATE_LIMIT_SIGN_IN_ADDRESS", ge=1, le=_MOST, description="The same from one address."
    )
    model_person: int = Field(
        60,
        alias="RATE_LIMIT_MODEL_PERSON",
        ge=1,
        le=_MOST,
        description="Photos, extractions, chat turns of a person.",
    )
    model_address: int = Field(
        600, alias="RATE_LIMIT_MODEL_ADDRESS", ge=1, le=_MOST, description="The same from one address."
    )
    proxies: int = Field(
        1,
        alias="RATE_LIMIT_PROXIES",
        ge=1,
        le=10,
        description="Trusted hops that append to X-Forwarded-For; 1 is the platform's front end alone.",
    )

    def person(self, rate: Literal["sign-in", "model"]) -> int:
        """Return the limit of one person."""
        return self.sign_in_person if rate == "sign-in" else self.model_person

    def address(self, rate: Literal["sign-in", "model"]) -> int:
        """Return the limit of one address."""
        return self.sign_in_address if rate == "sign-in" else self.model_address
