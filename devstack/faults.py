"""What an emulator was told to do wrong, so that tests can rehearse every failure of a real service.

A fault is armed over HTTP (``POST /__control/faults``), waits for the requests it matches, strikes a
given number of times and is gone. Each emulator names the kinds it understands; one it does not know
is refused, for a fault that never strikes would make a test pass for the wrong reason.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class BadFault(ValueError):
    """The posted fault is malformed or of a kind this emulator does not have; the text names the field."""


class Fault(BaseModel):
    """One thing to do wrong.

    ``times`` is how many requests it strikes (null: until cleared); ``skip`` lets that many matching
    requests pass first; ``match`` is a substring of the request (method, path, headers, body);
    ``after`` is how far an answer gets before it breaks (chunks of a stream); times are in seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    times: int | None = Field(1, ge=1)
    skip: int = Field(0, ge=0)
    match: str = ""
    after: int | None = Field(None, ge=0)
    seconds: float | None = Field(None, ge=0)
    retry_after: float | None = Field(None, ge=0)
    status: int | None = Field(None, ge=400, le=599)


_POSTED: TypeAdapter[Fault | list[Fault]] = TypeAdapter(Fault | list[Fault])


class FaultPlan:
    """The armed faults, first armed first to strike."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.kinds = frozenset(kinds)
        self._armed: list[Fault] = []

    @property
    def armed(self) -> tuple[Fault, ...]:
        """What still waits, with what is left of ``times`` and ``skip``."""
        return tuple(self._armed)

    def arm(self, posted: Any) -> None:
        """Add one fault or a list of them; all or none. Raises BadFault."""
        try:
            read = _POSTED.validate_python(posted)
        except ValidationError as error:
            first = error.errors()[0]
            raise BadFault(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        faults = read if isinstance(read, list) else [read]
        for fault in faults:
            if fault.kind not in self.kinds:
                raise BadFault(f"kind: {fault.kind!r} is none of {', '.join(sorted(self.kinds))}")
        self._armed.extend(faults)

    def clear(self) -> None:
        """Disarm everything."""
        self._armed.clear()

    def strike(self, request: str) -> Fault | None:
        """The fault that hits this request, if any; spends one of its times."""
        for place, fault in enumerate(self._armed):
            if fault.match not in request:
                continue
            if fault.skip:
                self._armed[place] = fault.model_copy(update={"skip": fault.skip - 1})
                continue
            self._spend(place, fault)
            return fault
        return None

    def _spend(self, place: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times > 1:
            self._armed[place] = fault.model_copy(update={"times": fault.times - 1})
        else:
            del self._armed[place]
