"""Whose id_tokens sign people in."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.platform import ids
from core.platform.settings.base import JsonList, Settings

type Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]


class OidcIssuer(BaseModel):
    """One entry of ``OIDC_ISSUERS``: a provider by its ``preset``, or any other by ``name`` and ``issuer``.

    With a preset, ``issuer`` is only for a provider that answers elsewhere, such as a sovereign cloud's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    preset: Literal["google", "apple", "entra"] | None = None
    name: str | None = Field(None, pattern=r"^[a-z0-9-]{1,40}$")
    issuer: str | None = Field(None, pattern=r"^https?://[^\s{}]+$")
    client_ids: tuple[str, ...] = Field(min_length=1)
    algorithms: tuple[Algorithm, ...] = Field(("RS256",), min_length=1)
    email_domains: tuple[str, ...] = ()
    tenant: str | None = Field(None, pattern=rf"^(common|organizations|consumers|{ids.FORM})$")
    allowed_tenants: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> OidcIssuer:
        if self.preset is None and (self.name is None or self.issuer is None):
            raise ValueError("give a preset (google, apple, entra), or a name and an issuer")
        if (self.preset == "entra") != (self.tenant is not None):
            raise ValueError("tenant belongs to the preset entra, and that needs one")
        if self.preset is not None and self.email_domains:
            raise ValueError("a preset knows which addresses its provider speaks for: no email_domains")
        if self.allowed_tenants and self.tenant not in {"common", "organizations"}:
            raise ValueError("allowed_tenants belongs to the tenants common and organizations")
        return self


class OidcSettings(Settings):
    """Whose id_tokens sign people in (docs/auth.md)."""

    issuers: JsonList[OidcIssuer] = Field(
        (),
        alias="OIDC_ISSUERS",
        description="JSON list of OpenID Connect issuers people sign in with; empty: none.",
    )

    @model_validator(mode="after")
    def _names_differ(self) -> OidcSettings:
        names = [entry.name or entry.preset for entry in self.issuers]
        if len(set(names)) < len(names):
            raise ValueError("OIDC_ISSUERS: give each issuer a name of its own")
        return self
