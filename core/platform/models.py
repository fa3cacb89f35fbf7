"""The bases of everything that crosses the wire or is stored, so that all of it behaves alike.

``defer_build`` keeps cold start short: a schema is compiled when its model is first used.
``hide_input_in_errors`` keeps what people wrote out of the log, where a traceback quotes the error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer


def _fixed_width(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


# Cosmos orders timestamps as text, which is only their order in time when all have the same width.
Stamp = Annotated[datetime, PlainSerializer(_fixed_width, when_used="json")]

PathId = Annotated[str, AfterValidator(str.lower)]
"""An id in a path, as all ids are kept: the route's ``:guid`` takes its letters in either case."""


_set = object.__setattr__


class _Arranged(BaseModel):
    """What both kinds have: a way to make one of values that have been validated."""

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def arranged(cls, values: dict[str, Any]) -> Self:
        """Return an instance of ``values``, unchecked: every field, by its name, each validated before.

        It sets what ``model_construct`` sets (pydantic documents these attributes) in a tenth of the time,
        without looking for aliases and defaults. Lists of views are made so, and documents of what was sent.
        """
        made = cls.__new__(cls)
        _set(made, "__dict__", values)
        _set(made, "__pydantic_fields_set__", set(values))
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made


class Wire(_Arranged):
    """A request or response body: unknown fields are refused, instances do not change."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        ser_json_inf_nan="null",
        hide_input_in_errors=True,
    )


class Stored(_Arranged, ABC):
    """A Cosmos DB document, whoever's it is; what is below says which partition it lies in.

    ``etag`` is the version read (``None`` before the first write), ``written_at`` the server's write time
    in Unix seconds and ``ttl`` the seconds after it at which the document is gone (``None``: the
    container's default, ``-1``: never).
    """

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        defer_build=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    id: str
    schema_version: int = 1
    ttl: int | None = None
    etag: str | None = Field(default=None, alias="_etag")
    written_at: int | None = Field(default=None, alias="_ts")

    @property
    @abstractmethod
    def home(self) -> str:
        """The value of its partition key."""


class Document(Stored):
    """A document of one person; ``user_id`` is its partition."""

    user_id: str = Field(alias="userId")

    @property
    def home(self) -> str:
        """The person."""
        return self.user_id


class Shared(Stored):
    """A document that is nobody's; ``partition`` is the shelf it lies on, such as all items of a source."""

    partition: str

    @property
    def home(self) -> str:
        """The shelf."""
        return self.partition


class Page[T](Wire):
    """One page of a list; ``next_cursor`` is opaque and ``None`` on the last page."""

    items: list[T]
    next_cursor: str | None = None


class ListQuery(Wire):
    """Query parameters every list accepts."""

    limit: int = Field(default=20, ge=1, le=100, examples=[20], description="How many items at most.")
    cursor: str | None = Field(
        default=None,
        max_length=8192,
        description="`next_cursor` of the page before.",
        examples=["3f0c9a7be15d2468eyJhZnRlciI6IjEifQ"],
        json_schema_extra={
            "pattern": "^[0-9a-f]{16}[A-Za-z0-9_-]+$",
            "x-left-out": "It comes from the page before, where that is not the last.",
        },
    )
