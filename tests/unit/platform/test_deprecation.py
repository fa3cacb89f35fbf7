"""What goes out of use says so, in every answer and in the document."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import azure.functions as func
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints import access
from core.platform.http import Call, Deprecated, Reply, endpoint
from core.platform.http.deprecation import NOTICE
from devstack.openapi import document

ENDING = Deprecated(since=date(2026, 12, 1), sunset=date(2027, 6, 1), instead="/api/coats")


def app_with(deprecated: Deprecated | None) -> func.FunctionApp:
    app = func.FunctionApp()

    @app.route(route="api/jackets", methods=["GET", "HEAD"])
    @endpoint(auth=access.public, returns=lambda: {204: None}, deprecated=deprecated)
    async def jackets(call: Call) -> Reply:
        """Jackets."""
        if call.params:
            raise RuntimeError("broken")
        return Reply.no_content()

    return app


async def answered(deprecated: Deprecated | None, **params: str) -> func.HttpResponse:
    (function,) = app_with(deprecated).get_functions()
    request = func.HttpRequest("GET", "http://localhost/api/jackets", params=params, body=b"")
    response = await function.get_user_function()(request)
    assert isinstance(response, func.HttpResponse)
    return response


@pytest.mark.parametrize(("params", "status"), [({}, 204), ({"break": "it"}, 500)])
async def test_every_answer_says_that_it_ends_and_what_to_use(params: dict[str, str], status: int) -> None:
    response = await answered(ENDING, **params)
    assert response.status_code == status
    assert response.headers["Deprecation"] == "@1796083200"
    assert response.headers["Sunset"] == "Tue, 01 Jun 2027 00:00:00 GMT"
    assert response.headers["Link"] == '</api/coats>; rel="successor-version"'


async def test_what_stays_says_nothing() -> None:
    headers = (await answered(None)).headers
    assert not {"deprecation", "sunset", "link"} & {name.lower() for name in headers.keys()}  # noqa: SIM118 - no mapping


def test_the_document_says_it_too() -> None:
    told = document(app_with(ENDING))["paths"]["/api/jackets"]["get"]
    assert (told["deprecated"], told["x-sunset"]) == (True, "2027-06-01")
    assert "2027-06-01" in told["description"]
    for answer in told["responses"].values():
        assert {"Deprecation", "Sunset", "Link"} <= answer["headers"].keys()
    assert "deprecated" not in document(app_with(None))["paths"]["/api/jackets"]["get"]


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_the_end_is_never_sooner_than_promised(since: date, days: int) -> None:
    sunset = since + timedelta(days=days)
    if days < NOTICE.days:
        with pytest.raises(ValueError, match="180 days"):
            Deprecated(since, sunset)
        return
    headers = Deprecated(since, sunset).headers()
    assert parsedate_to_datetime(headers["Sunset"]).date() == sunset
    assert datetime.fromtimestamp(int(headers["Deprecation"][1:]), UTC).date() == since
