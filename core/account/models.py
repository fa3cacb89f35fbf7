"""What is told of an export or an erasure, and what is kept of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from core.platform.containers import DAY
from core.platform.examples import example, given_by, left_out
from core.platform.models import PathId, Shared, Wire

SHELF: Final = "erasures"
"""The partition of all erasures."""
_RECEIPT_DAYS: Final = 365

LinkPart = Annotated[str | None, left_out("Part of a signed link, which is followed as it is.")]


class ExportPath(Wire):
    """Which export."""

    export_id: Annotated[PathId, given_by("export_me", "/job_id")]


class Ticket(Wire):
    """What a signed link carries; all of it or nothing."""

    uid: LinkPart = Field(default=None, description="For whom.")
    exp: LinkPart = Field(default=None, description="Unix seconds at which the link ends.")
    sig: LinkPart = Field(default=None, description="Signature over path, `uid` and `exp`.")


class ExportResult(Wire):
    """A finished export: the result of its job."""

    url: str = Field(description="Path and query; opens the archive without signing in, until `expires_at`.")
    expires_at: datetime
    bytes: int
    files: int


class Member(BaseModel):
    """A finished member of an archive, as the directory will have it; sizes and ``offset`` in bytes."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: str
    at: datetime
    crc: int
    packed: int
    size: int
    offset: int
    flags: int
    method: int


class Reached(BaseModel):
    """How far an export has got: the parts that are ``done``, and after which file the next one goes on."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    version: int = 1
    begun_at: datetime
    done: list[str] = Field(default_factory=list)
    after: str = ""
    members: list[Member] = Field(default_factory=list)
    size: int = 0
    blocks: list[str] = Field(default_factory=list)


class ProviderToken(Wire):
    """A sign-in provider's refresh token, or else its access token, to be revoked there."""

    issuer: str = Field(max_length=255, description="As in `GET /api/auth/config`.")
    token: str = Field(min_length=1, max_length=4096, repr=False)


class Farewell(Wire):
    """What may come along with the wish to be erased."""

    provider_tokens: list[ProviderToken] = Field(
        default_factory=list, max_length=5, description="The providers are asked to revoke these."
    )


class ErasureStarted(Wire):
    """An erasure that goes on by itself; ``status_url`` tells how it stands without signing in."""

    model_config = example(
        status_url="/api/jobs/0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1?uid=6f2d1dee-4096-5bb6-a83a-7c1bc71563c8&exp=1749976200&sig=Jb0..."
    )

    job_id: str
    status_url: str = Field(description="Path and query of the job, signed; the receipt is its result.")


class Receipt(Wire):
    """What an erasure removed, and nothing of whom: the result of its job.

    Counts are by container; ``flows`` are histories of background work, ``issuers`` what became of asking
    sign-in providers to revoke.
    """

    erasure_id: str
    asked_at: datetime
    completed_at: datetime
    documents: dict[str, int]
    blobs: dict[str, int]
    flows: int
    issuers: dict[str, str]


class Erasure(Shared):
    """One erasure. Names its account until there is nothing left of it, and then is the receipt.

    ``flows`` are Durable instances that worked for the person. ``counted`` is what finished sweeps removed,
    ``counting`` what the one under way has found, by kind and container; ``swept_at`` is the last one's end.
    ``tokens`` are those that no answer has come for yet, ``issuers`` the answers.
    """

    partition: str = SHELF
    account: str | None = None
    flows: frozenset[str] = frozenset()
    counted: dict[str, int] = Field(default_factory=dict)
    counting: dict[str, int] = Field(default_factory=dict)
    issuers: dict[str, str] = Field(default_factory=dict)
    tokens: tuple[ProviderToken, ...] = ()
    asked_at: datetime
    swept_at: datetime | None = None
    completed_at: datetime | None = None

    def over(self, now: datetime) -> Erasure:
        """Return the erasure as its receipt: with all counts, and nothing of whom; itself if it is that."""
        if self.completed_at is not None:
            return self
        whose: dict[str, Any] = {"account": None, "flows": frozenset(), "counting": {}, "tokens": ()}
        return self.model_copy(update={**whose, "completed_at": now, "ttl": _RECEIPT_DAYS * DAY})

    def receipt(self) -> dict[str, Any]:
        """Return the receipt of an erasure that is over, as JSON."""
        if self.completed_at is None:
            raise ValueError(f"erasure {self.id} is not over")
        return Receipt(
            erasure_id=self.id,
            asked_at=self.asked_at,
            completed_at=self.completed_at,
            documents=self._of("documents"),
            blobs=self._of("blobs"),
            flows=self.counted.get("flows", 0),
            issuers=self.issuers,
        ).model_dump(mode="json")

    def _of(self, kind: str) -> dict[str, int]:
        return {name.partition("/")[2]: n for name, n in self.counted.items() if name.startswith(f"{kind}/")}
