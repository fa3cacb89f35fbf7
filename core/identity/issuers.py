"""The OpenID Connect providers people may sign in with, and what is particular about each.

What a token is checked against is written here or in ``OIDC_ISSUERS`` and never taken from the token: issuer
names, audiences, algorithms, tenants. So is for which email addresses a provider's word is enough
(docs/auth.md, "Accounts and addresses").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from core.identity.errors import UnknownIssuer
from core.platform import ids
from core.platform.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.platform.settings import OidcIssuer

type Claims = Mapping[str, Any]
type Judge = Callable[[Claims, str], bool]
"""Decides by a token's claims about an address of its."""

TENANT = "{tenantid}"
_TRUE = (True, "true", "True", "1")
_APPLES_DOMAINS = ("icloud.com", "me.com", "mac.com", "privaterelay.appleid.com")
_PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant all personal Microsoft accounts are in, in every cloud."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """A provider.

    ``issuer`` is its name as discovery spells it, with ``{tenantid}`` where it has one name a tenant;
    ``aliases`` are other spellings its tokens use; ``metadata`` is where discovery starts. ``tenants`` are
    those let in, all where empty. ``verified`` tells whether the provider has checked an address,
    ``speaks_for`` whether it is also the one who decides whose address that is.
    """

    name: str
    issuer: str
    metadata: str
    client_ids: tuple[str, ...]
    algorithms: tuple[str, ...]
    verified: Judge
    speaks_for: Judge
    aliases: tuple[str, ...] = ()
    tenants: frozenset[str] = frozenset()

    def known_as(self, text: str) -> bool:
        """Tell whether a client that says ``text`` means this provider."""
        pattern = re.escape(self.issuer).replace(re.escape(TENANT), ids.FORM)
        fixed = (self.name, self.issuer, self.metadata, *self.aliases)
        return text in fixed or re.fullmatch(pattern, text) is not None

    def named_by(self, claims: Claims) -> str | None:
        """Return the one spelling of this token's issuer, ``None`` if it is not this provider's token."""
        named = claims.get("iss")
        if TENANT not in self.issuer:
            return self.issuer if named in (self.issuer, *self.aliases) else None
        tenant = claims.get("tid")
        if not isinstance(tenant, str) or re.fullmatch(ids.FORM, tenant) is None:
            return None
        if self.tenants and tenant not in self.tenants:
            return None
        expected = self.issuer.replace(TENANT, tenant)
        return expected if named == expected else None


def read(entries: Iterable[OidcIssuer]) -> tuple[Issuer, ...]:
    """Return the configured providers, in their order."""
    return tuple(_MAKERS[entry.preset](entry) for entry in entries)


def find(issuers: Iterable[Issuer], text: str) -> Issuer | None:
    """Return the first provider known as ``text``."""
    return next((issuer for issuer in issuers if issuer.known_as(text)), None)


def named(issuers: Iterable[Issuer], text: str) -> Issuer:
    """Return the first provider known as ``text``.

    Raises:
        UnknownIssuer: there is none.
    """
    issuer = find(issuers, text)
    if issuer is None:
        detail = "Nobody signs in here with this issuer; GET /api/auth/config lists those that work."
        raise UnknownIssuer(detail, errors=[FieldError("/issuer", detail)])
    return issuer


def _google(entry: OidcIssuer) -> Issuer:
    """Google: some of its tokens leave the scheme out of ``iss``."""
    issuer = entry.issuer or "https://accounts.google.com"
    aliases = (issuer.partition("://")[2],)
    return _plain(entry, issuer, _google_speaks_for, aliases)


def _google_speaks_for(claims: Claims, email: str) -> bool:
    """Google decides about gmail.com and about the domains of its Workspace customers (``hd``)."""
    return _domain(email) == "gmail.com" or bool(claims.get("hd"))


def _apple(entry: OidcIssuer) -> Issuer:
    issuer = entry.issuer or "https://appleid.apple.com"
    return _plain(entry, issuer, partial(_one_of, frozenset(_APPLES_DOMAINS)))


def _entra(entry: OidcIssuer) -> Issuer:
    """Microsoft Entra: whoever runs a tenant writes what they like into ``email``, unless ``xms_edov``."""
    authority = (entry.issuer or "https://login.microsoftonline.com").rstrip("/")
    tenant = entry.tenant or "common"
    named = {"common": TENANT, "organizations": TENANT, "consumers": _PERSONAL_ACCOUNTS}.get(tenant, tenant)
    return Issuer(
        name=entry.name or "entra",
        issuer=f"{authority}/{named}/v2.0",
        metadata=f"{authority}/{tenant}/v2.0",
        client_ids=entry.client_ids,
        algorithms=entry.algorithms,
        verified=_domain_owner_verified,
        speaks_for=_domain_owner_verified,
        tenants=frozenset(entry.allowed_tenants),
    )


def _domain_owner_verified(claims: Claims, email: str) -> bool:
    return claims.get("xms_edov") in _TRUE


def _generic(entry: OidcIssuer) -> Issuer:
    domains = frozenset(domain.lower() for domain in entry.email_domains)
    return _plain(entry, entry.issuer or "", partial(_one_of, domains))


def _plain(entry: OidcIssuer, issuer: str, speaks_for: Judge, aliases: tuple[str, ...] = ()) -> Issuer:
    return Issuer(
        name=entry.name or entry.preset or "",
        issuer=issuer,
        metadata=issuer,
        client_ids=entry.client_ids,
        algorithms=entry.algorithms,
        verified=_email_verified,
        speaks_for=lambda claims, email: _email_verified(claims, email) and speaks_for(claims, email),
        aliases=aliases,
    )


def _email_verified(claims: Claims, email: str) -> bool:
    return claims.get("email_verified") in _TRUE  # Apple may send the word instead of the boolean


def _one_of(domains: frozenset[str], claims: Claims, email: str) -> bool:
    return _domain(email) in domains


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


_MAKERS: Mapping[str | None, Callable[[OidcIssuer], Issuer]] = {
    "google": _google,
    "apple": _apple,
    "entra": _entra,
    None: _generic,
}
