"""Who may come in, and with which photos."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from core.platform.settings.base import CommaList, Settings, get
from core.platform.settings.runtime import RuntimeSettings


class AuthSettings(Settings):
    """Access tokens, sessions, and who may do what."""

    signing_keys: SecretStr = Field(
        alias="AUTH_SIGNING_KEYS",
        description="JSON list of private Ed25519 JWKs with kid; the first signs, all verify.",
    )
    issuer: str = Field("pluckit", alias="AUTH_ISSUER", description="`iss` of our access tokens.")
    audience: str = Field("pluckit-api", alias="AUTH_AUDIENCE", description="`aud` of our access tokens.")
    refresh_idle_days: float = Field(
        30, alias="AUTH_REFRESH_IDLE_DAYS", gt=0, le=365, description="A session unused this long ends."
    )
    refresh_absolute_days: float = Field(
        90,
        alias="AUTH_REFRESH_ABSOLUTE_DAYS",
        gt=0,
        le=730,
        description="A session ends after this in any case.",
    )
    admin_user_ids: CommaList = Field(
        (), alias="ADMIN_USER_IDS", description="User ids of administrators, comma separated."
    )
    local_auth_enabled: bool = Field(
        False,
        alias="LOCAL_AUTH_ENABLED",
        description="Open POST /api/auth/local, sign-in by email alone; never opens in Azure.",
    )

    @property
    def local_sign_in_open(self) -> bool:
        """Whether sign-in by email alone is open: asked for, and certainly not in Azure."""
        return self.local_auth_enabled and not get(RuntimeSettings).in_azure


class MetadataAuthSettings(Settings):
    """Who may call POST /api/extract-clothing-metadata."""

    mode: Literal["user", "api_key", "azure_ad"] = Field(
        "user", alias="METADATA_EXTRACT_AUTH_MODE", description="`user`, `api_key` or `azure_ad`."
    )
    api_key: SecretStr | None = Field(
        None,
        alias="METADATA_EXTRACT_API_KEY",
        min_length=16,
        description="The key callers send as X-Api-Key in mode `api_key`; at least 16 characters.",
    )
    azure_ad_issuer: str | None = Field(
        None,
        alias="METADATA_EXTRACT_AZURE_AD_ISSUER",
        pattern=r"^https?://\S+$",
        description="Token issuer trusted in mode `azure_ad`, letter for letter as in `iss`.",
    )
    azure_ad_audience: str | None = Field(
        None, alias="METADATA_EXTRACT_AZURE_AD_AUDIENCE", description="Audience required in mode `azure_ad`."
    )

    @model_validator(mode="after")
    def _mode_has_what_it_needs(self) -> MetadataAuthSettings:
        if self.mode == "api_key" and self.api_key is None:
            raise ValueError("METADATA_EXTRACT_AUTH_MODE is api_key: set METADATA_EXTRACT_API_KEY")
        if self.mode == "azure_ad" and (self.azure_ad_issuer is None or self.azure_ad_audience is None):
            raise ValueError(
                "METADATA_EXTRACT_AUTH_MODE is azure_ad: set METADATA_EXTRACT_AZURE_AD_ISSUER "
                "and METADATA_EXTRACT_AZURE_AD_AUDIENCE"
            )
        return self


class MediaSettings(Settings):
    """What photos are accepted."""

    max_bytes: int = Field(
        20_000_000,
        alias="MEDIA_MAX_BYTES",
        ge=1,
        le=50_000_000,
        description="Largest photo in bytes.",
    )
    max_pixels: int = Field(
        50_000_000,
        alias="MEDIA_MAX_PIXELS",
        ge=1,
        le=80_000_000,
        description="Most pixels of a photo, read from its header before it is decoded.",
    )
    max_in_flight: int = Field(
        4,
        alias="MEDIA_MAX_IN_FLIGHT",
        ge=1,
        le=64,
        description="Photos one worker holds decoded at a time; the others wait.",
    )
