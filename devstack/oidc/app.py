"""The issuer's endpoints: discovery, JWKS, the sign-in form, the code exchange, service tokens.

Authorization code with PKCE (S256) only; redirects go to loopback addresses only. ``client_credentials``
gives a service token shaped like Entra's: the audience is the scope without ``/.default``.
"""

import asyncio
import base64
import hashlib
import html
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from pydantic import ValidationError

from devstack.emulator import Emulator, down, hang_up, read_control
from devstack.faults import Fault
from devstack.oidc.houses import HOUSES, House
from devstack.oidc.keys import ALGORITHMS, KeyRing
from devstack.oidc.minting import LIFETIME, Order, mint, named, period, person_claims, sign

FAULTS = ("down", "hang", "slow", "rubbish", "empty", "huge", "redirect")
_HUGE = 4 << 20
_CODE_SECONDS = 60
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ASKED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)
_FORM = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sign in</title>
<form method="post" action="/authorize"><h1>Sign in to the devstack</h1>
<p><label>Email <input type="email" name="email" required autofocus></label></p>
{hidden}<button>Sign in</button></form></html>
"""


@dataclass(frozen=True)
class _Grant:
    asked: Mapping[str, str]
    email: str
    at: float


class Issuer(Emulator):
    """One issuer; its name is the origin it is called by. ``keys`` are new ones unless given."""

    def __init__(self, keys: KeyRing | None = None) -> None:
        super().__init__(FAULTS)
        self.keys = keys or KeyRing()
        self._grants: dict[str, _Grant] = {}
        self._cache_control = "public, max-age=300"
        self.app.add_routes(
            [
                *(route for house in HOUSES.values() for route in self._published_by(house)),
                web.get("/authorize", self._show_form),
                web.post("/authorize", self._sign_in),
                web.post("/token", self._token),
                web.post("/revoke", self._revoke),
                web.post("/__control/token", self._mint),
                web.post("/__control/rotate", self._rotate),
                web.post("/__control/cache", self._set_cache_control),
            ]
        )

    def _published_by(self, house: House) -> list[web.RouteDef]:
        async def discovery(request: web.Request) -> web.StreamResponse:
            return await self._published(request, _discovery(house, _issuer(request)))

        async def jwks(request: web.Request) -> web.StreamResponse:
            return await self._published(request, self.keys.jwks)

        return [
            web.get(f"{house.metadata}/.well-known/openid-configuration", discovery),
            web.get(f"{house.metadata}/jwks", jwks),
        ]

    async def _published(self, request: web.Request, document: dict[str, Any]) -> web.StreamResponse:
        fault = self.fault(request)
        if fault and (spoiled := await _spoiled(fault, request)):
            return spoiled
        return web.json_response(document, headers={"Cache-Control": self._cache_control})

    async def _show_form(self, request: web.Request) -> web.Response:
        asked = _asked(request.query)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">\n'
            for name, value in asked.items()
        )
        return web.Response(text=_FORM.format(hidden=hidden), content_type="text/html")

    async def _sign_in(self, request: web.Request) -> web.Response:
        posted = {name: str(value) for name, value in (await request.post()).items()}
        asked, email = _asked(posted), posted.get("email", "").strip()
        if "@" not in email:
            raise web.HTTPBadRequest(text="email: an address is needed\n")
        code = secrets.token_urlsafe(24)
        self._grants[code] = _Grant(asked, email, time.time())
        answer = {"code": code, "iss": _issuer(request)} | (
            {"state": asked["state"]} if "state" in asked else {}
        )
        joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        raise web.HTTPSeeOther(f"{asked['redirect_uri']}{joint}{urlencode(answer)}")

    async def _token(self, request: web.Request) -> web.StreamResponse:
        fault = self.fault(request)
        if fault and (spoiled := await _spoiled(fault, request)):
            return spoiled
        posted = {name: str(value) for name, value in (await request.post()).items()}
        issue = {"authorization_code": self._redeem, "client_credentials": self._service_token}
        if posted.get("grant_type") not in issue:
            return _oauth_error("unsupported_grant_type")
        return issue[posted["grant_type"]](posted, _issuer(request))

    def _redeem(self, posted: Mapping[str, str], issuer: str) -> web.Response:
        grant = self._grants.pop(posted.get("code", ""), None)
        if grant is None or not _redeemable(grant, posted):
            return _oauth_error("invalid_grant")
        claims = person_claims(grant.email) | named(time.time(), LIFETIME)
        claims |= {"iss": issuer, "aud": grant.asked["client_id"], "auth_time": int(grant.at)}
        if "nonce" in grant.asked:
            claims["nonce"] = grant.asked["nonce"]
        token = sign(claims, Order(), self.keys)
        opaque = secrets.token_urlsafe(24)
        return _no_store(
            {"access_token": opaque, "token_type": "Bearer", "expires_in": LIFETIME, "id_token": token}
        )

    def _service_token(self, posted: Mapping[str, str], issuer: str) -> web.Response:
        client = posted.get("client_id", "")
        if not client or not posted.get("client_secret"):
            return _oauth_error("invalid_client", 401)
        audience = posted.get("scope", "").removesuffix("/.default") or client
        subject = person_claims(client)["sub"]
        claims = {
            "iss": issuer,
            "aud": audience,
            "sub": subject,
            "oid": subject,
            "azp": client,
            "appid": client,
        }
        claims |= {"ver": "2.0", "idtyp": "app"} | period(time.time(), LIFETIME)
        token = sign(claims, Order(), self.keys)
        return _no_store({"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME})

    async def _revoke(self, request: web.Request) -> web.Response:
        return web.Response(
            status=200
        )  # RFC 7009: the same answer for any token; the request log keeps count

    async def _mint(self, request: web.Request) -> web.Response:
        try:
            order = Order.model_validate(await read_control(request))
        except ValidationError as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from error
        token = mint(order, self.keys, _issuer(request), time.time())
        return web.json_response({"token": token})

    async def _rotate(self, request: web.Request) -> web.Response:
        posted = await read_control(request) if request.can_read_body else {}
        await asyncio.to_thread(self.keys.rotate, retire=bool(posted.get("retire")))
        return web.json_response({"kids": [key.kid for key in self.keys.published]})

    async def _set_cache_control(self, request: web.Request) -> web.Response:
        posted = await read_control(request)
        if not isinstance(posted, dict) or not isinstance(posted.get("cache_control"), str):
            raise web.HTTPBadRequest(text='Post {"cache_control": "max-age=60"}.\n')
        self._cache_control = posted["cache_control"]
        return web.json_response(posted)


def build() -> web.Application:
    """The issuer with freshly made keys."""
    return Issuer().app


def _discovery(house: House, origin: str) -> dict[str, Any]:
    return {
        "issuer": f"{origin}{house.issuer}",
        "authorization_endpoint": f"{origin}/authorize",
        "token_endpoint": f"{origin}/token",
        "revocation_endpoint": f"{origin}/revoke",
        "jwks_uri": f"{origin}{house.metadata}/jwks",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "email"],
        "claims_supported": ["sub", "email", "email_verified", "nonce"],
    }


def _issuer(request: web.Request) -> str:
    return str(request.url.origin())


def _asked(sent: Mapping[str, str]) -> dict[str, str]:
    """The authorization request's parameters; 400 with a sentence when it is not one that is served."""
    asked = {name: sent[name] for name in _ASKED if sent.get(name)}
    wanted = {"response_type": "code", "code_challenge_method": "S256"}
    for name in ("client_id", "redirect_uri", "code_challenge", *wanted):
        if name not in asked or asked[name] != wanted.get(name, asked[name]):
            raise web.HTTPBadRequest(text=f"{name}: {wanted.get(name, 'a value')} is needed\n")
    if urlsplit(asked["redirect_uri"]).hostname not in _LOOPBACK:
        raise web.HTTPBadRequest(text="redirect_uri: only loopback addresses are served\n")
    return asked


def _redeemable(grant: _Grant, posted: Mapping[str, str]) -> bool:
    digest = hashlib.sha256(posted.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    same = all(posted.get(name) == grant.asked[name] for name in ("client_id", "redirect_uri"))
    return same and challenge == grant.asked["code_challenge"] and time.time() - grant.at < _CODE_SECONDS


async def _spoiled(fault: Fault, request: web.Request) -> web.StreamResponse | None:
    """What a fault answers instead; None when the right answer follows after all."""
    if fault.kind == "down":
        return down(fault)
    if fault.kind == "rubbish":
        return web.Response(text="<html>not what you wanted</html>", content_type="application/json")
    if fault.kind == "empty":
        return web.json_response({})
    if fault.kind == "huge":
        return web.Response(body=b'{"keys": [' + b" " * _HUGE + b"]}", content_type="application/json")
    if fault.kind == "redirect":
        return web.Response(status=302, headers={"Location": "/healthz"})
    if fault.kind == "hang":
        await asyncio.sleep(3600 if fault.seconds is None else fault.seconds)
        hang_up(request)
        return web.Response(status=503)
    await asyncio.sleep(1 if fault.seconds is None else fault.seconds)
    return None


def _no_store(body: dict[str, Any]) -> web.Response:
    return web.json_response(body, headers={"Cache-Control": "no-store"})


def _oauth_error(code: str, status: int = 400) -> web.Response:
    return web.json_response({"error": code}, status=status, headers={"Cache-Control": "no-store"})
