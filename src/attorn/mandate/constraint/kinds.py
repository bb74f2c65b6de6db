"""The kinds of constraint there are, in which mandate, and how a list of them is read: what is unknown is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import Final, TypeVar

from attorn.canonical import JsonValue
from attorn.checkout.member import elements, members
from attorn.display import shown
from attorn.errors import InputError, MandateError
from attorn.mandate.constraint.allowed_instruments import AllowedInstruments
from attorn.mandate.constraint.allowed_merchants import AllowedMerchants
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.allowed_pisps import AllowedPisps
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.base import CheckoutConstraint, Code, Constraint, PaymentConstraint, Usage, Violation
from attorn.mandate.constraint.budget import Budget, Unit
from attorn.mandate.constraint.execution_date import ExecutionDate
from attorn.mandate.constraint.line_items import LineItems
from attorn.mandate.constraint.recurrence import Recurrence
from attorn.mandate.constraint.reference import Reference

PAYMENT: Final[Mapping[str, type[PaymentConstraint]]] = {
    kind.type: kind
    for kind in (
        AmountRange,
        AllowedPayees,
        AllowedInstruments,
        AllowedPisps,
        Recurrence,
        Budget,
        Reference,
        ExecutionDate,
    )
}
"""Those of an open payment mandate."""
CHECKOUT: Final[Mapping[str, type[CheckoutConstraint]]] = {kind.type: kind for kind in (AllowedMerchants, LineItems)}
"""Those of an open checkout mandate."""
MOST: Final = 64
"""Most constraints of one mandate."""
MOST_OF_ONE: Final = 16
"""Most of one type: each is compared with each of another mandate."""
_Kind = TypeVar("_Kind", PaymentConstraint, CheckoutConstraint)


def read_payment(value: JsonValue, unit: Unit) -> tuple[PaymentConstraint, ...]:
    """Those of an open payment mandate. Raises `MandateError` for an unknown one, `MalformedError`."""
    if not isinstance(unit, Unit):
        raise InputError(f"unit: expected a Unit, got {shown(unit)}")
    return tuple(
        [Budget.read(found, unit) if kind is Budget else kind.read(found) for kind, found in _each(value, PAYMENT)]
    )


def read_checkout(value: JsonValue) -> tuple[CheckoutConstraint, ...]:
    """Those of an open checkout mandate. Raises `MandateError` for an unknown one, `MalformedError`."""
    return tuple([kind.read(found) for kind, found in _each(value, CHECKOUT)])


def write(constraint: Constraint) -> dict[str, JsonValue]:
    """The member of `constraints` that says this, `type` included."""
    return {"type": constraint.type, **constraint.write()}


def require(constraints: object, kind: type[Constraint], needed: type[Constraint]) -> None:
    """Raises `InputError` unless this is a tuple of 1 to `MOST` constraints of this kind, one of which is `needed`."""
    if not isinstance(constraints, tuple) or not all(map(isinstance, constraints, repeat(kind))):
        raise InputError(f"constraints: expected a tuple, each a {kind.__name__}")
    if not 0 < len(constraints) <= MOST:
        raise InputError(f"constraints: expected 1 to {MOST}, got {len(constraints)}")
    if len(constraints) > MOST_OF_ONE and max(Counter(map(type, constraints)).values()) > MOST_OF_ONE:
        raise InputError(f"constraints: expected at most {MOST_OF_ONE} of one type")
    if not any(map(isinstance, constraints, repeat(needed))):
        raise InputError(f"constraints: expected a {needed.type} among them")


def used_up(vct: str, usage: Usage | None, most: int = 1) -> tuple[Violation, ...]:
    """What is wrong with one more use of a mandate of this type that may be used so often."""
    limit = f"{most} use{'s' if most > 1 else ''}"
    if usage is None:
        return (Violation(Code.USAGE_UNKNOWN, vct, limit, "a use, and nobody knows what was used"),)
    return (Violation(Code.TOO_MANY_USES, vct, limit, f"use {usage.uses + 1}"),) if usage.uses >= most else ()


def missing(constraints: Iterable[Constraint], required: Iterable[str]) -> tuple[Violation, ...]:
    """A violation for each type that a verifier requires and none of these constraints is of."""
    found = {each.type for each in constraints}
    return tuple(
        Violation(Code.CONSTRAINT_MISSING, name, "nothing without it", "a purchase that it does not limit")
        for name in required
        if name not in found
    )


def _each(value: JsonValue, kinds: Mapping[str, type[_Kind]]) -> list[tuple[type[_Kind], dict[str, JsonValue]]]:
    found = [members(each, "constraint") for each in elements(value, "constraints", most=MOST)]
    read = [(_kind(each, kinds), each) for each in found]
    # So few are never too many of one type.
    if len(read) > MOST_OF_ONE:
        _require_few(Counter([kind for kind, _ in read]))
    return read


def _require_few(counts: Mapping[type[Constraint], int]) -> None:
    for kind, count in counts.items():
        if count > MOST_OF_ONE:
            raise MandateError(f"{kind.type}: expected at most {MOST_OF_ONE} in one mandate, got {count}")


def _kind(found: Mapping[str, JsonValue], kinds: Mapping[str, type[_Kind]]) -> type[_Kind]:
    name = found.get("type")
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        raise MandateError(f"constraint: expected a type of {', '.join(kinds)}, got {shown(name)}")
    return kind
