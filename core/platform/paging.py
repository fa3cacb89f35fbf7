"""What an Azure SDK lists, item by item, each page asked for by one call that is told and translated.

A span must not stay open over a ``yield``: whoever consumes the items would find itself inside of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Any

from azure.core.async_paging import AsyncItemPaged


async def each(
    listed: AsyncItemPaged[Any], calling: Callable[[], AbstractContextManager[None]]
) -> AsyncIterator[Any]:
    """Yield what is ``listed``; every page is asked for inside of ``calling()``."""
    pages = listed.by_page()
    while True:
        with calling():
            page = await anext(pages, None)
        if page is None:
            return
        async for found in page:
            yield found
