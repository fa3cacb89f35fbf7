"""Prices as shops write them, read as exact amounts: what one pays now, and what it costs when not on sale.

A free text may hold several amounts: two beside each other are a regular price and a lower one (`£30 £24`),
two with a dash are a range. Amounts have all decimals of their currency (ISO 4217), so `2879.2` and `2879.20`
are one price. What cannot be read for certain is no price; nothing is guessed into a currency.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Final

from core.platform.currencies import minor_units
from core.scraper import numerals, signs
from core.scraper.models import ItemPrice

type Given = str | int | float | Decimal

_MOST_TEXT: Final = 300
_TOKEN: Final = re.compile(
    rf"(?P<number>(?<![\w.,])(?P<minus>-?)(?P<digits>{numerals.NUMBER}))"
    r"|(?P<round>(?<=\d)(?:[.,]?[-–—]{1,2}(?!\s?\S?\d)|[.,](?!\d)))"
    rf"|(?P<sign>(?<![^\W\d_])(?:{'|'.join(map(re.escape, signs.ALL))})(?![^\W\d_])\.?)"
    r"|(?P<word>[^\W\d_]+)|(?P<other>\S)",
    re.IGNORECASE,
)
_BETWEEN: Final = frozenset(
    {"-", "–", "—", "~", "to", "bis", "à", "a", "au", "до", "do", "til", "tot", "hasta"}
)
_EXPONENT: Final = re.compile(r"\de([+-]?\d+)", re.IGNORECASE)
_MOST_EXPONENT: Final = 12
_SAVED_BEFORE: Final = re.compile(
    r"save|saving|spar|ersparnis|discount|rabatt|instal|of$|shipping|versand|x$"
)
_SAVED_AFTER: Final = frozenset({"off", "rabatt", "discount", "%"})


@dataclass
class _Amount:
    """A number in a text with the signs that belong to it; ``between`` are the words before the next one.

    ``counts`` tells that letters stick to it, as to a number of pieces or of payments (`3x`).
    """

    number: str
    signs: list[str] = field(default_factory=list)
    before: str = ""
    between: list[str] = field(default_factory=list)
    negative: bool = False
    counts: bool = False

    @property
    def is_price(self) -> bool:
        """Whether it is something to pay, not a saving, a share or a number of parts."""
        after = self.between[0] if self.between else ""
        return not (self.negative or self.counts or after in _SAVED_AFTER or _SAVED_BEFORE.match(self.before))

    @property
    def leads_on(self) -> bool:
        """Whether nothing but a dash, or a word for one, lies between this and the next."""
        return len(self.between) == 1 and self.between[0] in _BETWEEN


def read(text: Given, *, currency: str | None = None, regular: Given | None = None) -> ItemPrice | None:
    """Return the price that ``text`` tells, ``None`` where it tells none for certain.

    ``currency`` (ISO 4217) is that of the document or the source; a sign in the text that cannot mean it wins
    over it. ``regular`` is what the thing costs when it is not on sale, where that is told apart.
    """
    found = _amounts(_written_out(text))
    cents = any(numerals.has_cents(one.number) for one in found)
    code = signs.currency_of([sign for one in found for sign in one.signs], currency, has_cents=cents)
    if not found or code is None:
        return None
    decimals = minor_units(code) or 0
    values = [value for one in found if (value := numerals.value(one.number, decimals)) is not None]
    if len(values) < len(found):
        return None
    lowest, highest = min(values), max(values)
    if any(one.leads_on for one, _ in pairwise(found)):
        return price(code, lowest, up_to=highest, regular=_regular(regular, code))
    return price(code, lowest, regular=_regular(regular, code) or highest)


def price(
    code: str, amount: Decimal, *, up_to: Decimal | None = None, regular: Decimal | None = None
) -> ItemPrice:
    """Return a price; ``up_to`` and ``regular`` only stay where they are above ``amount``."""
    return ItemPrice(
        amount=_written(amount, code),
        currency=code,
        regular=_written(regular, code) if regular is not None and regular > amount else None,
        up_to=_written(up_to, code) if up_to is not None and up_to > amount else None,
    )


def spread(prices: Sequence[ItemPrice]) -> ItemPrice | None:
    """Return one price for several variants of a thing, from the lowest to the highest of one currency."""
    if not prices:
        return None
    same = [one for one in prices if one.currency == prices[0].currency]
    lowest = min(same, key=lambda one: Decimal(one.amount))
    return price(
        lowest.currency,
        Decimal(lowest.amount),
        up_to=max(Decimal(one.up_to or one.amount) for one in same),
        regular=Decimal(lowest.regular) if lowest.regular else None,
    )


def _regular(text: Given | None, code: str) -> Decimal | None:
    told = None if text is None else read(text, currency=code)
    return None if told is None or told.currency != code else Decimal(told.regular or told.amount)


def _written(amount: Decimal, code: str) -> str:
    """Return the amount with all decimals of its currency, and more only where it has them."""
    own = -int(amount.normalize().as_tuple().exponent)
    return f"{amount:.{max(minor_units(code) or 0, own)}f}"


def _written_out(text: Given) -> str:
    """Return the text in plain forms; empty where it is no amount or beyond any price (`1e-400`)."""
    told = "" if isinstance(text, bool) else numerals.folded(str(text)[:_MOST_TEXT])
    power = _EXPONENT.search(told)
    if power is None:
        return told
    if len(power[1]) > 4 or abs(int(power[1])) > _MOST_EXPONENT:
        return ""
    try:
        return format(Decimal(told), "f")
    except InvalidOperation:
        return ""


def _amounts(text: str) -> list[_Amount]:
    """Return the amounts in ``text``; where some bear a sign, bare numbers are none but as a range's end."""
    found = [one for one in _scanned(text) if one.is_price]
    signed = [one for one in found if one.signs]
    ends = [one for pair in pairwise(found) if pair[0].leads_on for one in pair]
    return [one for one in found if one in signed or one in ends] if signed else found


def _scanned(text: str) -> list[_Amount]:
    """Return all numbers of ``text`` with the signs beside them."""
    found: list[_Amount] = []
    waiting: list[str] = []
    word = ""
    for token in _TOKEN.finditer(text):
        sign = _sign(token)
        if token["number"]:
            found.append(_Amount(token["digits"], waiting, word, negative=bool(token["minus"])))
            waiting, word = [], ""
        elif sign and found and not found[-1].between and not _belongs_to_next(text, token, found[0]):
            found[-1].signs.append(sign)
        elif sign:
            waiting = [sign]
        elif not token["round"]:
            word = token[0].casefold()
            waiting = []
            if found:
                found[-1].between.append(word)
                found[-1].counts |= bool(token["word"]) and text[token.start() - 1].isdigit()
    return found


def _sign(token: re.Match[str]) -> str:
    word = token[0].rstrip(".").casefold()
    return word if token["sign"] or (token["word"] and signs.is_sign(word)) else ""


def _belongs_to_next(text: str, token: re.Match[str], first: _Amount) -> bool:
    """Tell whose a sign between two numbers is: as with the first number, unless it sticks to the second."""
    before, after = text[token.start() - 1], text[token.end() :]
    sticks = after[:1].isdigit() and before == " "
    return sticks or (bool(first.signs) and re.match(r"\s?\d", after) is not None)
