"""Three routes of the vault as FastAPI inside ``AsgiFunctionApp``: what the app is measured against.

Written as its users write them, and with its cheaper choices where there are several: models as parameters
and return types, one dependency for the caller, and plain ASGI middleware. Who calls, the models, the domain,
problem documents and headers are the app's own. Left out, for the twin's good: ``Idempotency-Key``, rate
limits, HEAD.
"""

from __future__ import annotations

from typing import Annotated

import azure.functions as func
from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import vault
from core.identity import Auth
from core.platform.errors import DomainError, FieldError, Invalid
from core.platform.http import Credentials, wire
from core.platform.http.problem import problem_reply
from core.platform.http.reply import Reply
from core.platform.models import Page
from core.vault import Item, ItemSummary, ListItems, NewItem

api = FastAPI(openapi_url=None, telemetry={"tracing": False, "metrics": False, "logs": False})


async def caller(request: Request) -> str:
    """Return the signed-in person."""
    credentials = Credentials(request.method, request.url.path, request.headers, request.query_params)
    return (await Auth.USER(credentials)).user_id


type User = Annotated[str, Depends(caller)]


@api.get("/api/vault/items")
async def list_vault_items(user: User, query: Annotated[ListItems, Query()]) -> Page[ItemSummary]:
    """A page of items."""
    items, cursor = await vault.page(user, query)
    return Page[ItemSummary](items=await vault.listed(items), next_cursor=cursor)


@api.post("/api/vault/items", status_code=201)
async def add_vault_item(user: User, new: NewItem, response: Response) -> Item:
    """A new item."""
    item = await vault.add(user, new)
    shown = await vault.shown(item)
    response.headers.update(
        Reply.created(shown, location=f"/api/vault/items/{item.id}", etag=item.etag).headers
    )
    return shown


@api.get("/api/vault/items/{item_id}")
async def get_vault_item(user: User, item_id: str, response: Response) -> Item:
    """One item."""
    item = await vault.get(user, item_id)
    shown = await vault.shown(item)
    response.headers.update(Reply.ok(shown, etag=item.etag).headers)
    return shown


@api.exception_handler(DomainError)
async def refused(request: Request, error: DomainError) -> Response:
    """Answer a domain error as a problem document."""
    trace_id = wire.trace_id(request.headers)
    reply = problem_reply(error, instance=request.url.path, trace_id=trace_id)
    return Response(reply.content(), reply.status, dict(reply.headers), reply.content_type)


@api.exception_handler(RequestValidationError)
async def invalid(request: Request, error: RequestValidationError) -> Response:
    """Answer what FastAPI found wrong in the same form."""
    fields = [
        FieldError("/" + "/".join(map(str, found["loc"][1:])), found["msg"], found["loc"][0])
        for found in error.errors()
    ]
    return await refused(request, Invalid("Check the request.", errors=fields))


class Dressed:
    """Puts on every answer what the app's own carry."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope)
        wire.check_size(sent)
        request_id = wire.request_id(sent)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({**wire.SECURITY, "X-Request-Id": request_id, **wire.cors(sent)})
            await send(message)

        await self._app(scope, receive, dressed)


api.add_middleware(Dressed)
app = func.AsgiFunctionApp(app=api, http_auth_level=func.AuthLevel.ANONYMOUS)
