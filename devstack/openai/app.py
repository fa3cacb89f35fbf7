"""The HTTP side: routes, keys, errors, streaming, and the controls tests steer it by.

Served are ``/v1`` and Azure's two forms, ``/openai/v1`` and ``/openai/deployments/{name}``. Azure's
differences are kept: what its strict mode refuses, its 401 and 404, its filter results, and the first
stream chunk without choices.
"""

import asyncio
import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import web

from devstack.emulator import ENTRY, MEGABYTE, Emulator, Handler, hang_up, read_control
from devstack.faults import Fault
from devstack.openai import rules, spoiling, wire
from devstack.openai.brain import Look, Thought, look, obey, think
from devstack.openai.brain.scalars import Unsatisfiable
from devstack.openai.brain.vision import UnreadableImage
from devstack.openai.errors import ApiError
from devstack.openai.request import ChatRequest, ImageUrl, read

MODELS = ("gpt-4.1-mini", "gpt-4.1", "gpt-4.1-nano", "gpt-4o-mini", "gpt-4o")
_MAX_BODY = 50 * MEGABYTE
_SINCE = 1_744_600_000

type Brain = Callable[[ChatRequest, tuple[Look, ...]], Thought]


_MINDS: dict[str, Brain] = {"sensible": think, "obedient": obey}


class OpenAI(Emulator):
    """The service. ``brain`` decides what is said; everything else is the wire."""

    def __init__(self, brain: Brain = think) -> None:
        super().__init__(spoiling.KINDS, max_body=_MAX_BODY)
        self._brain = brain
        self._delay = {"first_token": 0.0, "per_token": 0.0}
        self.app.middlewares.append(_errors)
        routes = [
            web.post("/openai/deployments/{deployment}/chat/completions", self._chat),
            web.get("/__control/delay", self._show_delay),
            web.post("/__control/delay", self._set_delay),
            web.post("/__control/brain", self._set_brain),
        ]
        for base in ("/v1", "/openai/v1"):
            routes += [
                web.post(f"{base}/chat/completions", self._chat),
                web.get(f"{base}/models", _models),
                web.get(f"{base}/models/{{model}}", _model),
            ]
        self.app.add_routes(routes)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        azure = request.path.startswith("/openai/")
        _authorize(request)
        _check_version(request)
        body = await _json(request)
        request[ENTRY]["body"] = _without_pictures(body)
        asked = read(_with_deployment(body, request))
        rules.check(asked, azure=azure)
        fault = self.fault(request, json.dumps(request[ENTRY]["body"], ensure_ascii=False))
        await spoiling.before(fault, request, azure=azure)
        answer = spoiling.spoiled(fault, await asyncio.to_thread(self._compose, asked, azure))
        if asked.stream:
            return await self._stream(request, answer, fault)
        return await self._whole(request, answer, fault)

    def _compose(self, asked: ChatRequest, azure: bool) -> wire.Answer:
        """Look, think and write; runs in a thread, for pictures take a while."""
        looks = tuple(_look(image) for message in asked.messages for image in message.images)
        try:
            thought = self._brain(asked, looks)
        except Unsatisfiable as error:
            words = f"Invalid schema: no value can satisfy it ({error})."
            raise ApiError(400, words, param="response_format") from error
        return wire.compose(asked, thought, looks, azure=azure)

    async def _whole(
        self, request: web.Request, answer: wire.Answer, fault: Fault | None
    ) -> web.StreamResponse:
        await asyncio.sleep(self._delay["first_token"] + self._delay["per_token"] * answer.completion_tokens)
        body = json.dumps(wire.completion(answer), ensure_ascii=False).encode()
        if fault and fault.kind in {"cut_stream", "hang"}:
            response = web.StreamResponse(headers={"Content-Type": "application/json"} | _headers())
            await response.prepare(request)
            await response.write(body[: len(body) // 2])
            await _break_off(fault, request)
            return response
        return web.Response(body=body, content_type="application/json", headers=_headers())

    async def _stream(
        self, request: web.Request, answer: wire.Answer, fault: Fault | None
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8"} | _headers()
        )
        await response.prepare(request)
        breaks_at = _breaking_point(fault)
        await asyncio.sleep(self._delay["first_token"])
        for place, chunk in enumerate(wire.chunks(answer)):
            if fault and place == breaks_at:
                await _break_off(fault, request)
                return response
            await response.write(wire.event(chunk))
            if self._delay["per_token"]:
                await asyncio.sleep(self._delay["per_token"])
        if fault and breaks_at is not None:
            await _break_off(fault, request)
            return response
        await response.write(wire.event("[DONE]"))
        await response.write_eof()
        return response

    async def _show_delay(self, request: web.Request) -> web.Response:
        return web.json_response(self._delay)

    async def _set_brain(self, request: web.Request) -> web.Response:
        posted = await read_control(request)
        name = posted.get("brain") if isinstance(posted, dict) else None
        if name not in _MINDS:
            raise web.HTTPBadRequest(text=f"Post one of {', '.join(_MINDS)} as brain.\n")
        self._brain = _MINDS[name]
        return web.json_response({"brain": name})

    async def _set_delay(self, request: web.Request) -> web.Response:
        posted = await read_control(request)
        wrong = not isinstance(posted, dict) or set(posted) - set(self._delay)
        if wrong or any(not isinstance(seconds, int | float) or seconds < 0 for seconds in posted.values()):
            raise web.HTTPBadRequest(text="Post seconds (at least 0) as first_token, per_token or both.\n")
        self._delay |= posted
        return await self._show_delay(request)


def build() -> web.Application:
    """The service with its own brain."""
    return OpenAI().app


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return web.json_response(error.body, status=error.status, headers=_headers() | error.headers)
    except web.HTTPException as error:
        if error.status == 404 and not request.path.startswith("/__control/"):
            words = f"Invalid URL ({request.method} {request.path})"
            return web.json_response(ApiError(404, words).body, status=404, headers=_headers())
        raise


def _authorize(request: web.Request) -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if request.headers.get("api-key") or (scheme.lower() == "bearer" and token.strip()):
        return
    if request.path.startswith("/openai/"):
        words = "Access denied due to invalid subscription key or wrong API endpoint."
        raise ApiError(401, words, kind="", code="401")
    words = "You didn't provide an API key. Provide it in an Authorization header using Bearer auth."
    raise ApiError(401, words, code="invalid_api_key")


def _check_version(request: web.Request) -> None:
    if "deployment" in request.match_info and not request.query.get("api-version"):
        raise ApiError(404, "Resource not found", kind="", code="404")


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(413, f"The request is larger than {_MAX_BODY} bytes.") from error
    except ValueError as error:
        words = "We could not parse the JSON body of your request. (The API expects a JSON payload.)"
        raise ApiError(400, words) from error


def _with_deployment(body: Any, request: web.Request) -> Any:
    deployment = request.match_info.get("deployment")
    return body | {"model": deployment} if deployment and isinstance(body, dict) else body


def _look(image: ImageUrl) -> Look:
    if not image.url.startswith("data:"):
        words = f"Failed to download image from {image.url[:200]}. Image URL is not accessible."
        raise ApiError(400, words, code="invalid_image_url")
    try:
        return look(image.url)
    except UnreadableImage as error:
        words = f"You uploaded an unsupported image. Please make sure your image is valid. ({error})"
        raise ApiError(400, words, code="image_parse_error") from error


def _breaking_point(fault: Fault | None) -> int | None:
    """The chunk before which a stream is broken off; None if it is not."""
    if fault is None or fault.kind not in {"cut_stream", "hang"}:
        return None
    return 3 if fault.after is None else fault.after


async def _break_off(fault: Fault, request: web.Request) -> None:
    if fault.kind == "hang":
        await spoiling.hang(fault, request)
    hang_up(request)


def _headers() -> dict[str, str]:
    return {"x-request-id": f"req_{uuid.uuid4().hex}", "openai-version": "2020-10-01"}


def _without_pictures(value: Any) -> Any:
    """The body with each picture replaced by its size and digest, to keep the record readable."""
    if isinstance(value, dict):
        return {name: _without_pictures(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_pictures(part) for part in value]
    if isinstance(value, str) and value.startswith("data:") and len(value) > 100:
        digest = hashlib.sha256(value.encode()).hexdigest()[:16]
        return f"{value.partition(',')[0]},<{len(value)} characters, sha256 {digest}>"
    return value


async def _models(request: web.Request) -> web.Response:
    _authorize(request)
    return web.json_response(
        {"object": "list", "data": [_described(name) for name in MODELS]}, headers=_headers()
    )


async def _model(request: web.Request) -> web.Response:
    _authorize(request)
    name = request.match_info["model"]
    if name not in MODELS:
        raise ApiError(404, f"The model '{name}' does not exist", param="model", code="model_not_found")
    return web.json_response(_described(name), headers=_headers())


def _described(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": _SINCE, "owned_by": "pluckit-devstack"}
