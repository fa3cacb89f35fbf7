"""What does not fit a model is told by its place, never by its value: a traceback goes to the log."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from core.platform.models import Document, Shared, Wire


class Coat(Document):
    size: int


class Shop(Shared):
    size: int


class Sent(Wire):
    size: int


@pytest.mark.parametrize("model", [Coat, Shop, Sent])
def test_an_error_does_not_quote_what_was_read(model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"id": "a", "userId": "b", "partition": "c", "size": "a secret"})
    told = str(caught.value)
    assert "size" in told
    assert "secret" not in told
