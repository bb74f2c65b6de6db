"""A UCP checkout (`dev.ucp.shopping.checkout`, 2026-04-08, with AP2's `merchant`): what is bought, from whom, for what.

Amounts are whole minor units (ISO 4217). Only what a mandate can speak of is kept; what is signed is the document.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.checkout.currency import exponent
from attorn.checkout.member import elements, members, optional_text, text, whole
from attorn.checkout.party import Merchant
from attorn.display import shown
from attorn.errors import MalformedError
from attorn.request.money import Money
from attorn.stamp import read_stamp

MOST_LINES: Final = 512
"""Most line items of one checkout."""
MOST_QUANTITY: Final = 1_000_000
"""Most units of one line item."""
MOST_TOTALS: Final = 64
"""Most entries of one list of totals, and most links."""

_TERMS: Final = ("id", "merchant", "line_items", "currency", "totals")


class Status(StrEnum):
    """Where a checkout stands."""

    INCOMPLETE = "incomplete"
    REQUIRES_ESCALATION = "requires_escalation"
    READY_FOR_COMPLETE = "ready_for_complete"
    COMPLETE_IN_PROGRESS = "complete_in_progress"
    COMPLETED = "completed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Item:
    """What one unit of a line is, and what it costs."""

    id: str
    title: str
    price: Money


@dataclass(frozen=True, slots=True)
class Total:
    """One entry of a breakdown: `subtotal`, `discount`, `items_discount`, `fulfillment`, `tax`, `fee`, `total`, other.

    `amount` is in minor units, and less than 0 for what is taken off.
    """

    type: str
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """So many units of one item."""

    id: str
    item: Item
    quantity: int
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a shop offers at this moment. Made by `read`; nobody's signature has been checked."""

    id: str
    merchant: Merchant | None
    line_items: tuple[Line, ...]
    currency: str
    totals: tuple[Total, ...]
    status: Status
    expires_at: datetime | None

    @classmethod
    def read(cls, value: JsonValue) -> Checkout:
        """The checkout in `value`. Members that are not named here are allowed, and not kept.

        Raises `MalformedError` for anything else than UCP's model; for a currency that is not active; for no line at
        all, two lines of one id, and totals that are not one subtotal and one total that is the sum of all others.
        """
        found = members(value, "checkout")
        currency = text(found.get("currency"), "checkout.currency")
        exponent(currency)
        totals = _totals(found.get("totals"), "checkout.totals")
        _require_sum(totals)
        _require_links(found.get("links"))
        merchant = found.get("merchant")
        return cls(
            text(found.get("id"), "checkout.id"),
            None if merchant is None else Merchant.read(merchant, "checkout.merchant"),
            _lines(found.get("line_items"), currency),
            currency,
            totals,
            _status(found.get("status")),
            _instant(found.get("expires_at")),
        )

    @property
    def total(self) -> Money:
        """What is to be paid."""
        return Money(_only(self.totals, "total").amount, self.currency)

    @property
    def quantities(self) -> dict[str, int]:
        """How many units there are of each item, by the item's id, over all lines."""
        counted: Counter[str] = Counter()
        for line in self.line_items:
            counted[line.item.id] += line.quantity
        return dict(counted)

    def differences(self, live: Checkout) -> tuple[str, ...]:
        """Which terms differ from those of the shop's own checkout, by name; none if it is still what was agreed to.

        Compared are `id`, `merchant`, `line_items`, `currency` and `totals`. Status and expiry move on by themselves.
        """
        return tuple(name for name in _TERMS if getattr(self, name) != getattr(live, name))


def _lines(value: JsonValue, currency: str) -> tuple[Line, ...]:
    lines = tuple(
        _line(each, f"checkout.line_items[{index}]", currency)
        for index, each in enumerate(elements(value, "checkout.line_items", least=1, most=MOST_LINES))
    )
    if len({line.id for line in lines}) != len(lines):
        raise MalformedError("checkout.line_items: two lines have the same id")
    return lines


def _line(value: JsonValue, name: str, currency: str) -> Line:
    found = members(value, name)
    item = members(found.get("item"), f"{name}.item")
    return Line(
        text(found.get("id"), f"{name}.id"),
        Item(
            text(item.get("id"), f"{name}.item.id"),
            text(item.get("title"), f"{name}.item.title"),
            Money(whole(item.get("price"), f"{name}.item.price"), currency),
        ),
        whole(found.get("quantity"), f"{name}.quantity", least=1, most=MOST_QUANTITY),
        _totals(found.get("totals"), f"{name}.totals"),
    )


def _totals(value: JsonValue, name: str) -> tuple[Total, ...]:
    totals: list[Total] = []
    for index, each in enumerate(elements(value, name, most=MOST_TOTALS)):
        found = members(each, f"{name}[{index}]")
        optional_text(found.get("display_text"), f"{name}[{index}].display_text")
        kind = text(found.get("type"), f"{name}[{index}].type")
        least = 0 if kind in {"subtotal", "total"} else -MOST_INTEGER
        totals.append(Total(kind, whole(found.get("amount"), f"{name}[{index}].amount", least=least)))
    return tuple(totals)


def _only(totals: tuple[Total, ...], kind: str) -> Total:
    found = [total for total in totals if total.type == kind]
    if len(found) != 1:
        raise MalformedError(f"checkout.totals: expected one {kind}, got {len(found)}")
    return found[0]


def _require_sum(totals: tuple[Total, ...]) -> None:
    """UCP checkout, totals: one subtotal, one total, and the signed amounts of all others make up the total."""
    _only(totals, "subtotal")
    total = _only(totals, "total").amount
    others = sum(each.amount for each in totals if each.type != "total")
    if others != total:
        raise MalformedError(f"checkout.totals: the total is {total}, and the other entries make {others}")


def _require_links(value: JsonValue) -> None:
    for index, each in enumerate(elements(value, "checkout.links", most=MOST_TOTALS)):
        found = members(each, f"checkout.links[{index}]")
        for name in ("type", "url"):
            text(found.get(name), f"checkout.links[{index}].{name}")


def _status(value: JsonValue) -> Status:
    if not isinstance(value, str) or value not in Status.__members__.values():
        raise MalformedError(f"checkout.status: expected one of {', '.join(Status)}, got {shown(value)}")
    return Status(value)


def _instant(value: JsonValue) -> datetime | None:
    if value is None:
        return None
    found = read_stamp(value)
    if found is None:
        raise MalformedError(f"checkout.expires_at: expected a date and time with a zone, got {shown(value)}")
    return found
