"""Currencies by their ISO 4217 codes: whether there is such a one, and how many decimals its amounts have."""

from __future__ import annotations

from functools import cache


@cache
def minor_units(currency: str) -> int | None:
    """Return the number of decimals of an ISO 4217 currency; ``None`` where it is none money is paid in."""
    from iso4217 import Currency

    try:
        return Currency(currency).exponent
    except ValueError:
        return None
