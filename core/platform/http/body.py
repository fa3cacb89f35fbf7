"""Reading a request's body: JSON into a model, or a file sent raw or in a multipart form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import azure.functions as func
from pydantic import BaseModel, ValidationError

from core.platform.errors import FieldError, Invalid, TooLarge, UnsupportedMedia
from core.platform.http.call import Upload, Uploaded
from core.platform.http.problem import invalid

JSON_LIMIT = 1_000_000
"""Largest JSON body in bytes."""


def read_body(model: type[BaseModel] | None, upload: Upload | None, request: func.HttpRequest) -> Any:
    """Return the body as declared: a model, an ``Uploaded``, or ``None`` where none is declared.

    Raises:
        Malformed, Invalid, TooLarge, UnsupportedMedia: what to send instead.
    """
    if model is None and upload is None:
        return None
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    json_sent = media == "application/json" or media.endswith("+json")
    untyped = not media or not request.get_body()
    if model is not None and (json_sent or (upload is None and untyped)):
        return _json(model, request.get_body())
    if upload is not None and not json_sent:
        return _file(upload, request, media)
    raise UnsupportedMedia(f"Send {' or '.join(_accepted(model, upload))}; this was {media or 'untyped'}.")


def _json(model: type[BaseModel], body: bytes) -> BaseModel:
    if len(body) > JSON_LIMIT:
        raise TooLarge(f"The JSON body has {len(body)} bytes; at most {JSON_LIMIT} are read.")
    try:
        return model.model_validate_json(body or b"{}", strict=True)
    except ValidationError as error:
        raise invalid(error, "body") from None


def _file(upload: Upload, request: func.HttpRequest, media: str) -> Uploaded:
    size = len(request.get_body())
    if size > upload.max_bytes + 10_000:
        raise _too_large(upload, size)
    if media != "multipart/form-data":
        return _checked(upload, Uploaded(request.get_body(), None, media))
    return _checked(upload, _from_form(upload, request))


def _from_form(upload: Upload, request: func.HttpRequest) -> Uploaded:
    files = request.files  # of a form that cannot be read there are none
    try:
        sent = files.get(upload.field)
        if sent is None:
            raise _missing(upload, f"The form has no complete file field `{upload.field}`.")
        return Uploaded(sent.stream.read(), sent.filename, sent.mimetype)
    finally:
        for file in (file for same in files.listvalues() for file in same):
            file.close()


def _checked(upload: Upload, sent: Uploaded) -> Uploaded:
    if len(sent.data) > upload.max_bytes:
        raise _too_large(upload, len(sent.data))
    if not sent.data:
        raise _missing(upload, "The file is empty (0 bytes).")
    return sent


def _too_large(upload: Upload, size: int) -> TooLarge:
    detail = f"The file has {size} bytes; at most {upload.max_bytes} are accepted."
    return TooLarge(detail, errors=[FieldError(f"/{upload.field}", detail)])


def _missing(upload: Upload, what: str) -> Invalid:
    detail = f"{what} Send it as multipart field `{upload.field}` or as the raw body."
    return Invalid(detail, errors=[FieldError(f"/{upload.field}", detail)])


def _accepted(model: type[BaseModel] | None, upload: Upload | None) -> Iterable[str]:
    if model is not None:
        yield "application/json"
    if upload is not None:
        yield from ("multipart/form-data", *upload.types)
