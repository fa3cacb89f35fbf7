"""What is configured of an issuer has to fit together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from core.platform.settings.issuers import OidcIssuer, OidcSettings

OWN = {"name": "own", "issuer": "https://id.example.org", "client_ids": ["app"]}
WRONG = [
    ({"client_ids": ["app"]}, "give a preset"),
    ({"client_ids": ["app"], "name": "own"}, "give a preset"),
    ({"client_ids": ["app"], "issuer": "https://id.example.org"}, "give a preset"),
    ({"preset": "entra", "client_ids": ["app"]}, "tenant belongs to the preset entra"),
    ({"preset": "google", "client_ids": ["app"], "tenant": "common"}, "tenant belongs to the preset entra"),
    ({"preset": "apple", "client_ids": ["app"], "email_domains": ["example.org"]}, "no email_domains"),
    ({**OWN, "allowed_tenants": ["x"]}, "allowed_tenants belongs to"),
    ({"preset": "entra", "client_ids": ["app"], "tenant": "consumers", "allowed_tenants": ["x"]},
     "allowed_tenants belongs to"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "told"), WRONG)
def test_what_does_not_fit_is_refused_with_the_reason(entry: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        OidcIssuer.model_validate(entry)


@pytest.mark.parametrize("tenant", ["common", "organizations"])
def test_a_shared_tenant_may_be_narrowed(tenant: str) -> None:
    entry = {"preset": "entra", "client_ids": ["app"], "tenant": tenant, "allowed_tenants": ["x"]}
    assert OidcIssuer.model_validate(entry).allowed_tenants == ("x",)


def test_two_issuers_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_ISSUERS", json.dumps([OWN, {**OWN, "name": "other"}]))
    assert [entry.name for entry in OidcSettings().issuers] == ["own", "other"]
    monkeypatch.setenv("OIDC_ISSUERS", json.dumps([OWN, OWN]))
    with pytest.raises(ValidationError, match="a name of its own"):
        OidcSettings()
