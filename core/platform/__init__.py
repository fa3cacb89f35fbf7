"""What every domain stands on: settings, HTTP endpoints, errors, Cosmos, Storage, AI, clock, ids.

``from core.platform import storage`` loads the module when it is first used.
"""

from typing import TYPE_CHECKING

from core.platform.later import submodules

if not TYPE_CHECKING:  # pragma: no branch - to a type checker any name would pass for a module
    __getattr__ = submodules(__name__)
