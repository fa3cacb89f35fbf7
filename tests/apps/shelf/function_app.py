"""A small library over HTTP: everything an HTTP trigger can do, and nothing of the product."""

import asyncio
import hashlib
import json
import os
import threading

import azure.functions as func
from books import books
from counters import counters

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(books)
app.register_functions(counters)

_both_async = asyncio.Barrier(2)
_both_threads = threading.Barrier(2)


@app.route(route="echo/{*rest}")
def echo(req: func.HttpRequest) -> func.HttpResponse:
    """What the worker was given, as JSON."""
    body = req.get_body()
    seen = {
        "method": req.method,
        "url": req.url,
        "headers": dict(req.headers),
        "query": dict(req.params),
        "route": dict(req.route_params),
        "length": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return func.HttpResponse(json.dumps(seen), mimetype="application/json")


@app.route(route="mirror", methods=["POST"])
async def mirror(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.get_body(), mimetype=req.headers.get("content-type"), status_code=201)


@app.route(route="cookies", methods=["GET"])
def cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse("baked", headers={"X-Jar": "full"})
    response.headers.add("Set-Cookie", 'session="a b=c"; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=60')
    response.headers.add("Set-Cookie", "theme=dark; Expires=Wed, 21 Oct 2026 07:28:00 GMT")
    return response


@app.route(route="charset", methods=["GET"])
def charset(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("größe", charset="iso-8859-1", mimetype="text/csv")


@app.route(route="text", methods=["GET"])
def text(req: func.HttpRequest) -> str:
    return "plain"


@app.route(route="shaped", methods=["GET"])
async def shaped(req: func.HttpRequest) -> str:
    return json.dumps({"status": 418, "headers": {"X-Pot": "short"}, "body": {"stout": True}})


@app.route(route="nothing", methods=["GET"])
def nothing(req: func.HttpRequest):  # type: ignore[no-untyped-def]  # the worker refuses `-> None`
    return None


@app.route(route="named", methods=["GET"], binding_arg_name="res")
def named(req: func.HttpRequest, res: func.Out[func.HttpResponse]) -> None:
    res.set(func.HttpResponse("by name", status_code=202))


@app.route(route="fail", methods=["GET"])
def fail(req: func.HttpRequest) -> func.HttpResponse:
    raise LookupError("the secret shelf is 42")


@app.route(route="forever", methods=["GET"])
async def forever(req: func.HttpRequest) -> func.HttpResponse:
    await asyncio.Event().wait()
    raise AssertionError


@app.route(route="hold", methods=["GET"])
async def hold(req: func.HttpRequest) -> func.HttpResponse:
    """Answers when the file is there."""
    while not await asyncio.to_thread(os.path.exists, req.params["until"]):  # noqa: ASYNC110  # another process makes it
        await asyncio.sleep(0.01)
    return func.HttpResponse("held")


@app.route(route="meet", methods=["POST"])
async def meet(req: func.HttpRequest) -> func.HttpResponse:
    """Answers only while somebody else is asking too."""
    await _both_async.wait()
    return func.HttpResponse("met")


@app.route(route="meet-thread", methods=["POST"])
def meet_in_threads(req: func.HttpRequest) -> func.HttpResponse:
    _both_threads.wait(timeout=10)
    return func.HttpResponse(threading.current_thread().name)


@app.route(route="staff", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
def staff(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("staff only")


@app.route(route="vault", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
def vault(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("director only")


@app.route(route="cover", methods=["GET", "HEAD"])
def cover(req: func.HttpRequest) -> func.HttpResponse:
    if req.method == "HEAD":
        return func.HttpResponse(headers={"Content-Length": "5", "ETag": '"c1"'}, mimetype="image/png")
    return func.HttpResponse(b"cover", headers={"ETag": '"c1"'}, mimetype="image/png")


@app.route(route="hidden", methods=["GET"])
def hidden(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("nobody sees this")


@app.route(route="%WING%/setting/{name}", methods=["GET"])
def setting(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(os.environ.get(req.route_params["name"], "(unset)"))
