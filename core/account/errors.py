"""What can be wrong with an export or an erasure."""

from core.platform.errors import Gone, NotFound, TooManyRequests


class ExportNotFound(NotFound):
    """There is no such export, it is not finished, or it is someone else's."""

    slug = "export-not-found"
    title = "There is no such export"


class ExportExpired(Gone):
    """The archive was kept for a day and is gone."""

    slug = "export-expired"
    title = "The export has expired"


class TooManyExports(TooManyRequests):
    """There are as many archives of this person as are kept at a time."""

    slug = "too-many-exports"
    title = "Enough exports for today"
    retry_after = 60


class ErasureUnknown(NotFound):
    """An erasure's job whose own record is gone: nobody knows any more what it was about."""

    slug = "erasure-unknown"
    title = "There is no such erasure"
