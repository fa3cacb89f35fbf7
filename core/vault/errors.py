"""What can go wrong in the wardrobe, told without HTTP."""

from __future__ import annotations

from core.platform.errors import Conflict, Invalid, NotFound, StaleVersion, TooLarge, Unavailable


class ItemNotFound(NotFound):
    """No such item in this person's vault."""

    slug = "item-not-found"
    title = "There is no such item in your vault"


class WearNotFound(NotFound):
    """The item was not worn on that day."""

    slug = "wear-not-found"
    title = "The item was not worn on that day"


class ItemChanged(StaleVersion):
    """The item is no longer the version the caller edits."""

    slug = "item-changed"
    title = "The item was changed in between"


class InvalidItem(Invalid):
    """Some of the item's values break a rule."""

    slug = "invalid-item"
    title = "Some of the item's values are not valid"


class InvalidWear(Invalid):
    """A day on which nothing can have been worn."""

    slug = "invalid-wear"
    title = "Nothing can have been worn on that day"


class TooManyWears(Conflict):
    """The item carries as many wears as one document may."""

    slug = "too-many-wears"
    title = "The item has too many wears"


class UnreadableCsv(Invalid):
    """The file as a whole is not a vault CSV."""

    slug = "unreadable-csv"
    title = "The file cannot be read as a vault CSV"


class TooManyRows(TooLarge):
    """The file has more rows than one import takes."""

    slug = "too-many-rows"
    title = "The file has too many rows"


class ImportUnfinished(Unavailable):
    """The import ran out of time; sending it again continues where it stopped."""

    slug = "import-unfinished"
    title = "The import is not finished yet"
    retry_after = 1
