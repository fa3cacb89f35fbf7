"""A person's account as a whole: taken along in one file, or erased for good.

Identity says who calls and domains own their data; this is what cuts across all of them, so it is a domain
of its own that walks what the platform declares instead of asking each domain. This is the only module of
account that blueprints and orchestrations import. It is cheap: SDKs are loaded by the first call that needs
them.
"""

from __future__ import annotations

from core.account.errors import ErasureUnknown, ExportExpired, ExportNotFound, TooManyExports
from core.account.models import ErasureStarted, ExportPath, Farewell, Ticket
from core.account.service import (
    ERASURE,
    EXPORT,
    MOST_KEPT,
    PIECE,
    ask_erasure,
    ask_export,
    direct_url,
    filename,
    find_export,
    read_export,
    remove_expired_exports,
)

__all__ = [
    "ERASURE",
    "EXPORT",
    "MOST_KEPT",
    "PIECE",
    "ErasureStarted",
    "ErasureUnknown",
    "ExportExpired",
    "ExportNotFound",
    "ExportPath",
    "Farewell",
    "Ticket",
    "TooManyExports",
    "ask_erasure",
    "ask_export",
    "direct_url",
    "filename",
    "find_export",
    "read_export",
    "remove_expired_exports",
]
