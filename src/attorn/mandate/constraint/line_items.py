"""`checkout.line_items`: what must be in the cart, and nothing else: a maximum flow that fills both totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from attorn.canonical import JsonValue
from attorn.checkout.checkout import MOST_QUANTITY, Checkout
from attorn.checkout.member import MOST_TEXT, elements, members, text, whole
from attorn.errors import InputError, MandateError
from attorn.handed import require_mapping
from attorn.mandate.constraint import party
from attorn.mandate.constraint.base import CheckoutConstraint, Code, Constraint, Violation
from attorn.mandate.constraint.flow import fills

MOST: Final = 64
"""Most requirements of one constraint."""


@dataclass(frozen=True, slots=True)
class AcceptableItem:
    """What may be bought. Items are compared by `id` alone; `title` is for people. Raises `InputError` for no text."""

    id: str
    title: str

    def __post_init__(self) -> None:
        if not all(isinstance(each, str) and 0 < len(each) <= MOST_TEXT for each in (self.id, self.title)):
            raise InputError(f"item: expected id and title as text of 1 to {MOST_TEXT} characters")

    @classmethod
    def read(cls, value: JsonValue, name: str) -> AcceptableItem:
        """The item in `value`. Raises `MalformedError`."""
        found = members(value, name)
        return cls(text(found.get("id"), f"{name}.id"), text(found.get("title"), f"{name}.title"))


@dataclass(frozen=True, slots=True)
class Requirement:
    """`quantity` units in all, of any of `acceptable`. Raises `InputError` for no item, or no positive quantity."""

    id: str
    acceptable: tuple[AcceptableItem, ...]
    quantity: int

    def __post_init__(self) -> None:
        party.require(self.acceptable, AcceptableItem, "requirement")
        if not isinstance(self.id, str) or not 0 < len(self.id) <= MOST_TEXT:
            raise InputError(f"requirement: expected id as text of 1 to {MOST_TEXT} characters")
        if type(self.quantity) is not int or not 0 < self.quantity <= MOST_QUANTITY:
            raise InputError(f"requirement: expected a quantity of 1 to {MOST_QUANTITY}")

    @property
    def ids(self) -> frozenset[str]:
        """What may fill it, by item id."""
        return frozenset(each.id for each in self.acceptable)

    @classmethod
    def read(cls, value: JsonValue, name: str) -> Requirement:
        """The requirement in `value`. Raises `MandateError` where no item is disclosed, and `MalformedError`."""
        found = members(value, name)
        items = elements(found.get("acceptable_items"), f"{name}.acceptable_items", most=party.MOST)
        if not items:
            raise MandateError(f"{name}.acceptable_items: expected an item that is disclosed, got none")
        return cls(
            text(found.get("id"), f"{name}.id"),
            tuple(AcceptableItem.read(each, f"{name}.acceptable_items[{at}]") for at, each in enumerate(items)),
            whole(found.get("quantity"), f"{name}.quantity", least=1, most=MOST_QUANTITY),
        )

    def write(self) -> dict[str, JsonValue]:
        """The members of `read`."""
        items: list[JsonValue] = [{"id": each.id, "title": each.title} for each in self.acceptable]
        return {"id": self.id, "acceptable_items": items, "quantity": self.quantity}


@dataclass(frozen=True, slots=True)
class LineItems(CheckoutConstraint):
    """Every requirement filled, and every unit in the cart filling one: no unit missing, and none beside.

    Raises `InputError` for no requirements, and more than `MOST`.
    """

    type: ClassVar[str] = "checkout.line_items"
    redactable: ClassVar[tuple[str | None, ...]] = ("items", None, "acceptable_items")

    items: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        party.require(self.items, Requirement, self.type)
        if len(self.items) > MOST:
            raise InputError(f"{self.type}: expected at most {MOST} requirements, got {len(self.items)}")

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> LineItems:
        require_mapping(members, cls.type)
        items = elements(members.get("items"), f"{cls.type}.items", most=MOST)
        requirements = tuple(Requirement.read(each, f"{cls.type}.items[{at}]") for at, each in enumerate(items))
        try:
            return cls(requirements)
        except InputError as error:
            raise MandateError(str(error)) from None

    def write(self) -> dict[str, JsonValue]:
        return {"items": [each.write() for each in self.items]}

    def limit(self) -> str:
        words = [f"{each.quantity} of {party.listed([item.id for item in each.acceptable])}" for each in self.items[:8]]
        return " and ".join(words) + (" ..." if len(self.items) > len(words) else "")

    def narrower_than(self, other: Constraint) -> bool:
        """Also True only if what fills mine fills theirs: each of mine goes, whole or in parts, into theirs that accept
        all that it accepts."""
        if not isinstance(other, LineItems):
            return False
        allowed = [
            frozenset(at for at, theirs in enumerate(other.items) if mine.ids <= theirs.ids) for mine in self.items
        ]
        return fills([mine.quantity for mine in self.items], [theirs.quantity for theirs in other.items], allowed)

    def violations(self, checkout: Checkout) -> tuple[Violation, ...]:
        cart = checkout.quantities
        if not cart:
            return (self.violation(Code.CART_EMPTY, "an empty cart"),)
        accepted = [each.ids for each in self.items]
        strange = tuple(item for item in cart if not any(item in ids for ids in accepted))
        found = [self.violation(Code.ITEM_NOT_ALLOWED, party.listed(strange))] if strange else []
        asked, required = sum(cart.values()), sum(each.quantity for each in self.items)
        if asked != required:
            code = Code.TOO_FEW_ITEMS if asked < required else Code.TOO_MANY_ITEMS
            found.append(self.violation(code, f"{asked} units instead of {required}"))
        if found:
            return tuple(found)
        allowed = [frozenset(at for at, ids in enumerate(accepted) if item in ids) for item in cart]
        if fills(list(cart.values()), [each.quantity for each in self.items], allowed):
            return ()
        words = party.listed([f"{quantity} of {item}" for item, quantity in cart.items()])
        return (self.violation(Code.ITEMS_DO_NOT_FIT, words.replace(" or ", " and ")),)
