"""Error bodies as the service words them: ``{"error": {"message", "type", "param", "code"}}``."""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A request refused or failed, with what the wire says about it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body = {
            "error": {"message": message, "type": kind, "param": param, "code": code, **(more or {})}
        }
