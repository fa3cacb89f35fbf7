"""An update among many others: it gives up in the end, and says so."""

from __future__ import annotations

from typing import Any

import pytest

from core.platform.cosmos import Container, Stale
from core.platform.errors import Unavailable
from core.platform.models import Document


class Coat(Document):
    size: int = 0


async def test_an_update_that_never_gets_its_turn_is_unavailable_after_a_bounded_number_of_tries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coats = Container("vault", Coat)
    tries: list[int] = []

    async def get(home: str, id: str) -> Coat:  # noqa: A002 - the field's own name
        return Coat(id=id, user_id=home, size=len(tries))

    async def replace(document: Coat) -> Any:
        tries.append(document.size)
        raise Stale

    monkeypatch.setattr(coats, "get", get)
    monkeypatch.setattr(coats, "replace", replace)
    with pytest.raises(Unavailable) as refused:
        await coats.update("anna", "a", lambda coat: coat.model_copy(update={"size": coat.size + 1}))
    assert tries == list(range(1, 41)), "each from what was there then"
    assert refused.value.retry_after
