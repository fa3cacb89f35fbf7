"""What schemathesis cannot know of the platform and of our routes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import schemathesis

from tests.contract.walking import Contract

_LONGEST_QUERY = 8000
"""Bytes; a cursor may have as many, but escaped characters, which none of ours has, triple them and more."""


_CONTRACT = Contract.kept()


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Leave out what would be judged by a rule that does not hold here.

    The platform drops empty query values, so the app cannot refuse them, and refuses by itself, without a
    problem document, what is longer than a URL may be. `Allow` of a cutout names GET too, which the document
    has at the path of all variants.
    """
    query = case.query or {}
    empty = any(value in ("", [""]) for value in query.values())
    fits = len(urlencode(query, doseq=True)) <= _LONGEST_QUERY
    return not empty and fits and (case.method, case.path) != ("OPTIONS", "/api/media/{image_id}/cutout")


@schemathesis.check
def headers_are_documented(context: Any, response: Any, case: Any) -> None:
    """No answer has a header that the document does not know of it, or lacks one that it always has."""
    operation = case.operation.definition.raw
    if case.method == case.operation.method.upper() and str(response.status_code) in operation["responses"]:
        headers = {name: ", ".join(values) for name, values in response.headers.items()}
        _CONTRACT.check_headers(operation["operationId"], response.status_code, headers)
