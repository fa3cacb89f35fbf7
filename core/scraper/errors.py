"""What can be wrong with a source, or with a document it serves."""

from __future__ import annotations

from core.platform.errors import BadUpstream, Conflict, Invalid, NotFound, StaleVersion


class SourceNotFound(NotFound):
    """No such source, or it has been removed."""

    slug = "source-not-found"
    title = "There is no such source"


class FeedItemNotFound(NotFound):
    """No such thing in the feed, or it has expired."""

    slug = "feed-item-not-found"
    title = "There is no such item in the feed"


class SourceExists(Conflict):
    """The address is followed already, in the same way."""

    slug = "source-exists"
    title = "There is such a source already"


class SourceChanged(StaleVersion):
    """The source is no longer the version the caller edits."""

    slug = "source-changed"
    title = "The source was changed in between"


class InvalidSource(Invalid):
    """Some of what is said of a source cannot be."""

    slug = "invalid-source"
    title = "Some of the source's values are not valid"


class TooManySubscriptions(Conflict):
    """A person follows as many sources as one may."""

    slug = "too-many-subscriptions"
    title = "You follow too many sources"


class SourceUnreadable(BadUpstream):
    """The document is not what its kind of source promises."""

    slug = "source-unreadable"
    title = "The source's document cannot be read"
