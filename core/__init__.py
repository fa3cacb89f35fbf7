"""Rules and data of every domain; knows no HTTP and no Functions types outside platform/http.

``from core import vault`` loads the vault when it is first used.
"""

from typing import TYPE_CHECKING

from core.platform.later import submodules

if not TYPE_CHECKING:  # pragma: no branch - to a type checker any name would pass for a module
    __getattr__ = submodules(__name__)
