"""What is kept of sources and of the things found there, and who follows which source.

Sources and items are nobody's own: ``Source`` lies on one shelf of container ``sources``, the items of a site
on that site's shelf of ``feed_items``, so two sources that lead to the same page of a site make one item. Who
subscribes to what is a person's own. All text from outside is plain: markup is taken out when it is read, and
nothing here is ever an instruction to anyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, computed_field

from core.platform.examples import example, given_by, given_outside
from core.platform.models import Document, PathId, Shared, Stamp, Wire
from core.taste import FacetName, Subject, term

type SourceKind = Literal["feed", "page", "sitemap", "products"]
type SourceState = Literal["active", "paused", "removed"]
type ItemKind = Literal["product", "article"]
type Availability = Literal["in_stock", "out_of_stock", "preorder", "discontinued", "unknown"]
type ReadAs = Literal["feed", "json-ld", "microdata", "opengraph", "products-json"]
type FacetsBy = Literal["rules", "model", "nobody"]

SHELF: Final = "sources"
"""The partition of all sources: there are few, and they are listed together."""

PathPart = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x20\x7f]+$")]
Position = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class SourceSpec(Wire):
    """What administrators say about a source.

    ``include`` are parts of a path, one of which a page's address must contain to be followed. ``currency``
    is that of prices which name none.
    """

    model_config = example(name="The shop", kind="feed", category="linen", currency="EUR", every_hours=6.0)

    name: Annotated[str, Field(min_length=1, max_length=120)]
    url: Annotated[
        str,
        given_outside("a shop that publishes a feed", "https://shop.example.org/new.xml"),
        Field(min_length=1, max_length=2000),
    ]
    kind: SourceKind
    category: Annotated[str | None, Field(max_length=60, description="What it is mostly about.")] = None
    currency: Currency | None = None
    include: Annotated[tuple[PathPart, ...], Field(max_length=20)] = ()
    every_hours: Annotated[float, Field(ge=0.25, le=24 * 30)] = 6.0
    max_pages: Annotated[int, Field(ge=1, le=1000, description="Documents asked for in a sweep.")] = 100


class SourcePatch(Wire):
    """A JSON merge patch of a source. Kind and address are what it is: another one is another source."""

    model_config = example(name="The linen shop", every_hours=12.0)

    name: Annotated[str | None, Field(min_length=1, max_length=120)] = None
    category: Annotated[str | None, Field(max_length=60)] = None
    currency: Currency | None = None
    include: Annotated[tuple[PathPart, ...] | None, Field(max_length=20)] = None
    every_hours: Annotated[float | None, Field(ge=0.25, le=24 * 30)] = None
    max_pages: Annotated[int | None, Field(ge=1, le=1000)] = None


class PauseReason(Wire):
    """Why a source is paused."""

    model_config = example(reason="The shop is being rebuilt.")

    reason: Annotated[str, Field(min_length=1, max_length=300)] = "An administrator paused it."


class Telemetry(Wire):
    """How a source's sweeps went. Counts are of its whole life; ``failures`` are those in a row."""

    model_config = example(
        sweeps=4,
        last_sweep="0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1",
        last_attempt_at="2025-06-14T08:30:00Z",
        last_success_at="2025-06-14T08:30:00Z",
        seen=120,
        new=6,
        changed=2,
    )

    sweeps: int = 0
    last_sweep: str | None = None
    last_attempt_at: Stamp | None = None
    last_success_at: Stamp | None = None
    last_error: str | None = None
    failures: int = 0
    failures_in_all: int = 0
    seen: int = 0
    new: int = 0
    changed: int = 0


class Source(Shared):
    """A source in container ``sources``; its id comes from kind and canonical address.

    ``site`` is the host of its address without ``www``: the shelf of its items. ``due_at`` is when it is next
    swept. ``held_by`` is the sweep that works on it, until ``held_until``.
    """

    partition: str = SHELF
    spec: SourceSpec
    site: str
    state: SourceState = "active"
    paused_because: str | None = None
    due_at: Stamp
    held_by: str | None = None
    held_until: Stamp | None = None
    telemetry: Telemetry = Field(default_factory=Telemetry)
    created_at: Stamp
    updated_at: Stamp

    @computed_field(description="Index: what lists are ordered by. Written, never read back.")
    @property
    def sorting(self) -> str:
        """Place in the list of sources, by name."""
        return f"{self.spec.name.casefold()} {self.id}"


class Subscription(Document):
    """A person follows a source; the id is the source's."""

    created_at: Stamp


class ItemPrice(Wire):
    """What a thing costs now, exact. ``regular`` is what it cost before the sale that ``amount`` is of.

    ``up_to`` is the upper end where there is a range. All three are in ``currency``, in its own decimals.
    """

    model_config = example(amount="24.00", currency="GBP", regular="30.00")

    amount: Amount
    currency: Currency
    regular: Amount | None = None
    up_to: Amount | None = None


class PricePoint(Wire):
    """The price from ``since`` on; ``None``: none was given any more."""

    since: Stamp
    price: ItemPrice | None = None


class Provenance(Wire):
    """Where an item comes from: the document it was read in, when, and by which sweep."""

    document_url: str
    fetched_at: Stamp
    sweep: str


class Finding(Wire):
    """A thing as it was read from a document, before it is compared with what is known.

    ``url`` is canonical. ``image_url`` is a reference: pictures are not copied. The texts are as the document
    has them, made plain.
    """

    model_config = example(
        kind="product",
        read_as="feed",
        url="https://shop.example.org/shirt",
        title="Navy linen shirt",
        brand="Arket",
        availability="in_stock",
    )

    kind: ItemKind
    read_as: ReadAs
    url: Annotated[str, Field(max_length=2000)]
    title: Annotated[str, Field(min_length=1, max_length=300)]
    summary: Annotated[str, Field(max_length=2000)] = ""
    brand: Annotated[str | None, Field(max_length=60)] = None
    category_text: Annotated[str | None, Field(max_length=300)] = None
    image_url: Annotated[str | None, Field(max_length=2000)] = None
    price: ItemPrice | None = None
    availability: Availability = "unknown"
    published_at: Stamp | None = None
    colour_texts: tuple[Annotated[str, Field(max_length=60)], ...] = ()
    material_texts: tuple[Annotated[str, Field(max_length=120)], ...] = ()
    tags: tuple[Annotated[str, Field(max_length=60)], ...] = ()


class Reading(Wire):
    """What a thing is and where it lies in style space.

    ``category`` and ``subtype`` are words of the media taxonomy, ``colours`` families of colours,
    ``materials`` and ``patterns`` words of the media attributes. ``by`` tells who found the
    facets: rules, or the model. ``wants_model`` is set where rules know too little and it was not asked yet.
    """

    model_config = example(
        category="tops",
        subtype="shirt",
        colours=["navy"],
        materials=["linen"],
        facets={},
        by="rules",
        wants_model=False,
    )

    category: str | None = None
    subtype: str | None = None
    colours: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    facets: Mapping[FacetName, Position] = Field(default_factory=dict)
    by: FacetsBy = "nobody"
    wants_model: bool = False


class FeedItem(Shared):
    """A thing in the feed, in container ``feed_items``; its id comes from its site and canonical address.

    ``partition`` is the site of the sources that carry it, ``source_ids`` those sources, the finder first.
    ``first_seen_at`` never changes; ``changed_at`` moves with the content, whose hash is ``content_hash``.
    ``fingerprint`` is the same for the same thing under another address, ``None`` where too little is
    known to tell. From ``expires_at`` on it is gone.
    """

    source_ids: Annotated[tuple[str, ...], Field(min_length=1)]
    finding: Finding
    reading: Reading
    price_history: tuple[PricePoint, ...] = ()
    content_hash: str
    fingerprint: str | None = None
    provenance: Provenance
    first_seen_at: Stamp
    changed_at: Stamp
    expires_at: Stamp

    @computed_field(description="Index: what lists are ordered by. Written, never read back.")
    @property
    def position(self) -> str:
        """Place in the list of a site's items, by time."""
        return f"{self.first_seen_at.isoformat(timespec='microseconds')} {self.id}"

    @property
    def site(self) -> str:
        """The site whose sources carry it: a host name without ``www``."""
        return self.partition

    @property
    def words(self) -> dict[Subject, tuple[str, ...]]:
        """Its words by subject, as ``Taste.appeal`` and ``Taste.is_avoided`` take them."""
        found = self.reading
        return {
            "colour": found.colours,
            "category": tuple(word for word in (found.category, found.subtype) if word),
            "brand": (term(self.finding.brand),) if self.finding.brand else (),
            "material": found.materials,
            "pattern": found.patterns,
        }


class SourcePath(Wire):
    """Which source."""

    source_id: Annotated[PathId, given_by("add_source", "/source_id")]
