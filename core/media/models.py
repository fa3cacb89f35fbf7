"""What clients get to see of a photo, and what is kept of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.platform.examples import example, given_by, left_out
from core.platform.models import Document, PathId, Wire

type VariantName = Literal["original", "cutout", "thumb"]
type Quality = Literal["good", "low_quality"]


class Colour(Wire):
    """A dominant colour of the garment."""

    model_config = example(hex="#c8b68f", lab=[74.6, 1.2, 21.9], share=1.0)

    hex: Annotated[str, Field(pattern="^#[0-9a-f]{6}$", description="sRGB, `#rrggbb`.")]
    lab: Annotated[tuple[float, float, float], Field(description="CIE L*, a*, b* (D65).")]
    share: Annotated[float, Field(ge=0, le=1, description="Part of the garment; all shares sum to 1.")]


class Variants(Wire):
    """Signed links to the renditions, good for about a day."""

    model_config = example(
        original="/api/media/0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1/original?uid=6f2d1dee-4096-5bb6-a83a-7c1bc71563c8&exp=1749976200&sig=Jb0...",
        cutout="/api/media/0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1/cutout?uid=6f2d1dee-4096-5bb6-a83a-7c1bc71563c8&exp=1749976200&sig=Jb0...",
        thumb="/api/media/0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1/thumb?uid=6f2d1dee-4096-5bb6-a83a-7c1bc71563c8&exp=1749976200&sig=Jb0...",
    )

    original: str
    cutout: Annotated[str | None, Field(description="Null where no mask could be trusted, or it was undone.")]
    thumb: str


class ProcessedImage(Wire):
    """A processed photo."""

    model_config = example(width=960, height=1280, coverage=0.41, phash="c3d1e0f0783c1e0f", duplicate_of=None)

    image_id: str
    variants: Variants
    width: Annotated[int, Field(description="Pixels, upright.")]
    height: int
    colours: list[Colour]
    coverage: Annotated[float, Field(ge=0, le=1, description="Part of the picture the garment covers.")]
    quality: Quality
    phash: Annotated[str, Field(pattern="^[0-9a-f]{16}$", description="64-bit perceptual hash.")]
    duplicate_of: Annotated[str | None, Field(description="The nearest earlier photo that looks the same.")]
    created_at: datetime


class StoredVariant(BaseModel):
    """One rendition in the blob container `media`; ``etag`` is derived from its bytes."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    blob: str
    content_type: str
    size: int
    etag: str


class Measures(BaseModel):
    """What was measured of a photo once, so that no later request has to."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    width: int
    height: int
    colours: list[Colour]
    coverage: float
    quality: Quality
    phash: str


class Picture(Document):
    """The record of a photo, its id derived from person and bytes.

    ``storing`` from before the first blob until after the last, so that a crash leaves something findable;
    then ``ready``. ``busy_until`` is the lease of the request that works on it. ``undone`` says that its
    owner put the original back in place of the cutout. ``revision`` grows with every new set of renditions
    and is part of their links, which may therefore be cached as if they never changed.
    """

    status: Literal["storing", "ready"]
    created_at: datetime
    busy_until: datetime | None = None
    undone: bool = False
    revision: int = 0
    archived_as: str
    measures: Measures | None = None
    variants: dict[VariantName, StoredVariant] = Field(default_factory=dict)
    duplicate_of: str | None = None

    @property
    def measured(self) -> Measures:
        """What was measured; a finished photo has it."""
        assert self.measures is not None, f"{self.id} is not finished"  # noqa: S101 - for the type
        return self.measures

    def is_busy(self, now: datetime) -> bool:
        """Tell whether a request is at work on it."""
        return self.busy_until is not None and self.busy_until > now

    @property
    def answers(self) -> bool:
        """Whether this already is the answer to an upload of its bytes."""
        return self.status == "ready" and not self.undone


class ImagePath(Wire):
    """Whose route names a photo."""

    image_id: Annotated[PathId, given_by("process_image", "/image_id")]


class VariantPath(Wire):
    """Whose route names a rendition of a photo."""

    image_id: Annotated[PathId, given_by("process_image", "/image_id")]
    variant: Annotated[VariantName, Field(examples=["thumb"])]


LinkPart = Annotated[str | None, left_out("Part of a signed link, which is followed as it is.")]


class LinkQuery(Wire):
    """What a signed link carries; all of it or nothing."""

    uid: Annotated[LinkPart, Field(description="Whose photo.")] = None
    rev: Annotated[LinkPart, Field(description="Which set of renditions.")] = None
    exp: Annotated[LinkPart, Field(description="Unix seconds at which the link ends.")] = None
    sig: Annotated[LinkPart, Field(description="Signature over path, `uid`, `rev` and `exp`.")] = None
