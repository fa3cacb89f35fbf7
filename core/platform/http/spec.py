"""What an endpoint promises, with its models loaded: it is answered, and documented, by this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from core.platform.errors import DomainError
from core.platform.http.call import Authenticator, Upload, Uploaded

if TYPE_CHECKING:
    from core.platform.http.deprecation import Deprecated
    from core.platform.http.endpoint import Handler
    from core.platform.http.rating import Rate

type Returned = type[BaseModel] | str | tuple[type[BaseModel] | str, ...] | None
type Returns = Mapping[int, Returned]


@dataclass(frozen=True, kw_only=True)
class EndpointSpec:
    """What an endpoint promises; ``call`` is its handler's annotation, ``Call[Body, Query, Path]``.

    Raises:
        TypeError: a body of ``Uploaded`` is declared without the upload it is, or the other way round.
    """

    auth: Authenticator
    call: Any
    upload: Upload | None
    returns: Returns
    idempotent: bool
    rate: Rate | None
    problems: Sequence[type[DomainError]]
    follows: Sequence[str]
    samples: Mapping[str, str]
    events: Mapping[str, type[BaseModel]]
    sends: Sequence[str]
    deprecated: Deprecated | None
    handler: Handler

    def __post_init__(self) -> None:
        if (Uploaded in _options(self._parts[0])) != (self.upload is not None):
            raise TypeError(f"{self.route}: a body of Uploaded goes with an upload")

    @property
    def route(self) -> str:
        """A stable name of the operation, part of every effect's identity."""
        return self.handler.__name__

    @cached_property
    def body(self) -> type[BaseModel] | None:
        """The model of a JSON body."""
        return next((option for option in _options(self._parts[0]) if option is not Uploaded), None)

    @property
    def takes_body(self) -> bool:
        """Whether there is a body at all."""
        return self.body is not None or self.upload is not None

    @cached_property
    def query(self) -> type[BaseModel] | None:
        """The model of the query's parameters."""
        model: type[BaseModel] | None = self._parts[1]
        return model

    @cached_property
    def path(self) -> type[BaseModel] | None:
        """The model of the path's parameters."""
        model: type[BaseModel] | None = self._parts[2]
        return model

    @cached_property
    def _parts(self) -> Sequence[Any]:
        return [None if part is NoneType else part for part in get_args(self.call)] or [None] * 3


def _options(body: Any) -> Sequence[Any]:
    """Return what a body may be: the members of a union, the one thing it is, or nothing."""
    if isinstance(body, UnionType):
        return get_args(body)
    return () if body is None else (body,)
