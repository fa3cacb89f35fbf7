"""Nothing leaves in a span but attributes that are known, without addresses' paths and without secrets."""

from __future__ import annotations

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Status, StatusCode

from core.platform.telemetry.cleaning import clean

SECRET = "planted"
SPAN = ReadableSpan(
    name=f"GET for {SECRET}@example.org",
    attributes={
        "url.full": f"https://{SECRET}:{SECRET}@blobs.example.org/{SECRET}/x?sig={SECRET}",
        "http.url": f"https://blobs.example.org/{SECRET}",
        "url.path": f"/{SECRET}",
        "url.query": f"sig={SECRET}",
        "db.query.text": f"SELECT * FROM c WHERE c.name = '{SECRET}'",
        "exception.message": SECRET,
        "server.address": "blobs.example.org",
        "http.response.status_code": 404,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.request.model": f"Bearer {SECRET}",
        "error.type": "ResourceNotFoundError",
    },
    events=[Event("exception", {"exception.message": SECRET})],
    status=Status(StatusCode.ERROR, f"no {SECRET}"),
)


def test_a_planted_secret_is_in_no_part_of_a_clean_span() -> None:
    assert SECRET in SPAN.to_json()
    assert SECRET not in clean(SPAN).to_json()


def test_what_is_known_stays() -> None:
    cleaned = clean(SPAN)
    assert cleaned.status.status_code is StatusCode.ERROR
    assert dict(cleaned.attributes or {}) == {
        "url.full": "https://blobs.example.org",
        "http.url": "https://blobs.example.org",
        "server.address": "blobs.example.org",
        "http.response.status_code": 404,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.request.model": "Bearer [hidden]",
        "error.type": "ResourceNotFoundError",
    }
