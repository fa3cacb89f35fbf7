"""The wardrobe: what a person owns, what it cost, and when it was worn.

This is the only module of the vault that other domains and blueprints import. It is cheap: the Cosmos SDK
is loaded by the first call that needs it.
"""

from __future__ import annotations

from core.vault.colours import family as colour_family
from core.vault.csv_file import MAX_BYTES as MAX_IMPORT_BYTES
from core.vault.errors import (
    ImportUnfinished,
    InvalidItem,
    InvalidWear,
    ItemChanged,
    ItemNotFound,
    TooManyRows,
    TooManyWears,
    UnreadableCsv,
    WearNotFound,
)
from core.vault.importing import import_csv
from core.vault.models import (
    ImportReport,
    Item,
    ItemColour,
    ItemPatch,
    ItemPath,
    ItemSummary,
    ListItems,
    NewItem,
    NewWear,
    Price,
    VaultItem,
    WornOn,
)
from core.vault.service import add, all_items, change, export_csv, get, log_wear, page, remove, unlog_wear
from core.vault.views import listed, shown
from core.vault.wears import Wear

__all__ = [
    "MAX_IMPORT_BYTES",
    "ImportReport",
    "ImportUnfinished",
    "InvalidItem",
    "InvalidWear",
    "Item",
    "ItemChanged",
    "ItemColour",
    "ItemNotFound",
    "ItemPatch",
    "ItemPath",
    "ItemSummary",
    "ListItems",
    "NewItem",
    "NewWear",
    "Price",
    "TooManyRows",
    "TooManyWears",
    "UnreadableCsv",
    "VaultItem",
    "Wear",
    "WearNotFound",
    "WornOn",
    "add",
    "all_items",
    "change",
    "colour_family",
    "export_csv",
    "get",
    "import_csv",
    "listed",
    "log_wear",
    "page",
    "remove",
    "shown",
    "unlog_wear",
]
