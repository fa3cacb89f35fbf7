"""Currency signs as shops write them, and the currencies each may stand for."""

from __future__ import annotations

from typing import Final

from core.platform.currencies import minor_units

_SIGNS: Final[dict[str, tuple[str, ...]]] = {
    "€": ("EUR",), "£": ("GBP", "EGP", "FKP", "GIP", "SHP"), "¥": ("JPY", "CNY"), "円": ("JPY",),
    "元": ("CNY", "TWD", "HKD"), "₹": ("INR",), "₩": ("KRW",), "₽": ("RUB",), "₺": ("TRY",), "₫": ("VND",),
    "₴": ("UAH",), "₦": ("NGN",), "₱": ("PHP",), "₪": ("ILS",), "฿": ("THB",), "₡": ("CRC",), "₲": ("PYG",),
    "₸": ("KZT",), "₵": ("GHS",), "₭": ("LAK",), "៛": ("KHR",), "₾": ("GEL",), "֏": ("AMD",), "₼": ("AZN",),
    "$": (
        "USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD", "TWD", "CLP", "COP", "ARS", "UYU", "JMD", "TTD",
        "BBD", "BSD", "BZD", "BND", "FJD", "GYD", "LRD", "NAD", "SBD", "SRD", "XCD", "KYD",
    ),
    "us$": ("USD",), "c$": ("CAD",), "ca$": ("CAD",), "cdn$": ("CAD",), "a$": ("AUD",), "au$": ("AUD",),
    "nz$": ("NZD",), "hk$": ("HKD",), "nt$": ("TWD",), "s$": ("SGD",), "sg$": ("SGD",), "r$": ("BRL",),
    "mx$": ("MXN",), "rs": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"), "fr": ("CHF", "XOF", "XAF", "XPF"),
    "sfr": ("CHF",), "kr": ("SEK", "NOK", "DKK", "ISK"), "zł": ("PLN",), "zl": ("PLN",), "kč": ("CZK",),
    "ft": ("HUF",), "lei": ("RON", "MDL"), "лв": ("BGN",), "руб": ("RUB",), "грн": ("UAH",), "tl": ("TRY",),
    "r": ("ZAR",), "rp": ("IDR",), "rm": ("MYR",), "ksh": ("KES",), "tsh": ("TZS",), "ush": ("UGX",),
    "gh₵": ("GHS",), "dh": ("AED", "MAD"), "dhs": ("AED", "MAD"), "د.إ": ("AED",), "ر.س": ("SAR",),
    "د.ك": ("KWD",), "ج.م": ("EGP",), "s/": ("PEN",), "дин": ("RSD",), "din": ("RSD",),
}  # fmt: skip
"""The likeliest first."""
_UNDECIDED: Final = frozenset({"kr", "元", "dh", "dhs"})
"""Signs that several countries use alike: by themselves they only say that a price is there."""
ALL: Final = tuple(sorted(_SIGNS, key=len, reverse=True))


def is_sign(word: str) -> bool:
    """Tell whether ``word`` (in lower case) is a currency's sign or its ISO 4217 code."""
    return word in _SIGNS or (len(word) == 3 and word.isascii() and minor_units(word.upper()) is not None)


def currency_of(signs: list[str], hint: str | None, *, has_cents: bool) -> str | None:
    """Return the currency that ``signs`` stand for together, by ``hint`` where they leave a choice.

    ``None`` where they contradict each other or nothing decides. ``has_cents`` tells whether an amount has
    one or two decimals, which yen have not.
    """
    hint = hint if hint is not None and minor_units(hint) is not None else None
    if not signs:
        return hint
    possible = _SIGNS.get(signs[0]) or (signs[0].upper(),)
    for sign in signs[1:]:
        also = _SIGNS.get(sign) or (sign.upper(),)
        possible = tuple(code for code in possible if code in also)
    if hint in possible:
        return hint
    if set(signs) == {"¥"}:
        return "CNY" if has_cents else "JPY"
    return None if not possible or set(signs) <= _UNDECIDED else possible[0]
