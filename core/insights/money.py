"""Money, exactly: decimals throughout, one currency at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from core.insights.models import Money, Value, WornItem, Worth
from core.vault import Price, VaultItem

FAVOURITES: Final = 5
"""How many items are named at either end of a ranking."""


def worth(active: Sequence[VaultItem]) -> Worth:
    """Return what the active items cost, by currency in alphabetical order.

    Cost per wear of a currency is what its worn items cost divided by their wears: the mean cost of a wear.
    Items that were never worn are in ``total`` and counted in ``priced_but_unworn``, not in cost per wear.
    """
    priced: dict[str, list[tuple[Price, VaultItem]]] = defaultdict(list)
    for item in active:
        if item.price is not None:
            priced[item.price.currency].append((item.price, item))
    return Worth(
        by_currency=[_value(currency, prices) for currency, prices in sorted(priced.items())],
        unpriced=sum(item.price is None for item in active),
        priced_but_unworn=sum(not item.wears for prices in priced.values() for _, item in prices),
    )


def worn_item(item: VaultItem) -> WornItem:
    """Return an item with its wears and what each has cost."""
    cost = cost_per_wear(item)
    return WornItem(
        item_id=item.id,
        name=item.name,
        wears=item.wear_count,
        last_worn_on=item.last_worn_on,
        cost_per_wear=cost,
        no_cost_because=None if cost else "unpriced" if item.price is None else "unworn",
    )


def cost_per_wear(item: VaultItem) -> Money | None:
    """Return price divided by wears, rounded half to even to the currency's decimals.

    ``None`` for an item that is unworn or unpriced: nothing is made up. A price of zero costs zero a wear.
    """
    if item.price is None or not item.wears:
        return None
    each = Decimal(item.price.amount) / item.wear_count
    return Money(amount=_written(each, _decimals(item.price)), currency=item.price.currency)


def _value(currency: str, prices: Sequence[tuple[Price, VaultItem]]) -> Value:
    decimals = max(_decimals(price) for price, _ in prices)
    worn = [(Decimal(price.amount), item) for price, item in prices if item.wears]
    spent = sum((amount for amount, _ in worn), start=Decimal(0))
    wears = sum(item.wear_count for _, item in worn)
    ranked = [item for _, item in sorted(worn, key=lambda pair: (pair[0] / pair[1].wear_count, pair[1].id))]
    return Value(
        currency=currency,
        total=_written(sum((Decimal(price.amount) for price, _ in prices), start=Decimal(0)), decimals),
        items=len(prices),
        spent_on_worn=_written(spent, decimals),
        wears=wears,
        cost_per_wear=_written(spent / wears, decimals) if wears else None,
        cheapest_worn=[worn_item(item) for item in ranked[:FAVOURITES]],
        dearest_worn=[worn_item(item) for item in ranked[::-1][:FAVOURITES]],
    )


def _decimals(price: Price) -> int:
    """Return the decimals the price is written with: those of its currency, as the vault keeps them."""
    return len(price.amount.partition(".")[2])


def _written(amount: Decimal, decimals: int) -> str:
    return f"{amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN):f}"
