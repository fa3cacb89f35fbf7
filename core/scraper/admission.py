"""What is asked of a source once, on the way in: an address that may be fetched, a currency that exists."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from core.platform import fetch
from core.platform.currencies import minor_units
from core.platform.errors import FieldError
from core.scraper.addresses import canonical, site_of, source_id
from core.scraper.errors import InvalidSource
from core.scraper.models import Source, SourcePatch, SourceSpec
from core.scraper.texts import plain


def admit(spec: SourceSpec, now: datetime) -> Source:
    """Return the new source that ``spec`` describes, due at once.

    Raises:
        InvalidSource: naming every field that is wrong.
    """
    url, wrong = _address(spec.url)
    wrong += _currency_errors(spec.currency)
    if url is None or wrong:
        raise _invalid(wrong)
    return Source(
        id=source_id(spec.kind, url),
        spec=_tidy(spec.model_copy(update={"url": url})),
        site=site_of(url),
        due_at=now,
        created_at=now,
        updated_at=now,
    )


def patched(spec: SourceSpec, patch: SourcePatch) -> SourceSpec:
    """Return the spec with what the merge patch (RFC 7396) says; ``null`` clears or restores the default.

    Raises:
        InvalidSource: naming every field that is wrong.
    """
    wrong = _currency_errors(patch.currency)
    if "name" in patch.model_fields_set and patch.name is None:
        wrong.append(FieldError("/name", "A source has a name."))
    if wrong:
        raise _invalid(wrong)
    told = patch.model_dump(include=patch.model_fields_set)
    defaults = {name: SourceSpec.model_fields[name].default for name, value in told.items() if value is None}
    return _tidy(spec.model_copy(update={**told, **defaults}))


def _tidy(spec: SourceSpec) -> SourceSpec:
    """Return the spec with its words made plain, checked once more: folding a letter can make it two."""
    name = plain(spec.name, 120)
    if not name:
        raise _invalid([FieldError("/name", "must have something to read")])
    category = plain(spec.category, 60).casefold() or None
    try:
        return SourceSpec.model_validate({**spec.model_dump(), "name": name, "category": category})
    except ValidationError as error:
        raise _invalid([_wrong(one["loc"], one["msg"]) for one in error.errors()]) from None


def _wrong(where: tuple[str | int, ...], why: str) -> FieldError:
    return FieldError("".join(f"/{step}" for step in where), why)


def _address(url: str) -> tuple[str | None, list[FieldError]]:
    try:
        found = canonical(fetch.check(url))
    except fetch.FetchRefused as error:
        return None, [FieldError("/url", error.detail)]
    return found, [] if found else [FieldError("/url", "must be an http or https address of a page")]


def _currency_errors(currency: str | None) -> list[FieldError]:
    if currency is None or minor_units(currency) is not None:
        return []
    return [FieldError("/currency", "is not a currency in use (ISO 4217)")]


def _invalid(errors: list[FieldError]) -> InvalidSource:
    return InvalidSource(f"Check {', '.join(error.pointer for error in errors)}.", errors=errors)
