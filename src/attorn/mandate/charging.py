"""Charging a purchase to every open mandate it rests on, all or none, in one step of the verifier's ledger.

A ledger has counters alone. Of one open mandate, named by the hash of what was signed, these are:

    uses      how often it was used
    paid      of an open checkout mandate, at whoever takes payments: how many checkouts under it were paid for
    spent     how many minor units, where it has a budget
    last      the Unix second of the last use, where uses must be apart: each adds what lies between the last and now

`last` may hold at most now. So whoever read a `last` that has been moved since asks for more than there is room for, is
refused by the ledger, and reads again: two uses can never both follow the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from attorn.canonical import MOST_INTEGER
from attorn.checkout.checkout import Checkout
from attorn.errors import InputError, ReplayError, UnavailableError
from attorn.mandate.constraint.base import Asked, Usage, Violation
from attorn.mandate.constraint.budget import Budget
from attorn.mandate.constraint.calendar import Frequency
from attorn.mandate.constraint.kinds import used_up
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.vct import Vct
from attorn.store.counting import charged_by, holdings
from attorn.store.ports import Charge, Ledger

_ATTEMPTS: Final = 16
"""Whoever loses a race learns from the next reading why; more than a few means that the ledger does not say."""


@dataclass(frozen=True, slots=True)
class Held:
    """One open mandate of a verified chain. `hop` is the hash of what was signed: a signature may have two spellings.

    From Unix second `until` on no verifier accepts it, clocks that differ allowed for: its counters may be forgotten.
    Raises `InputError` for fields of other types.
    """

    hop: str
    mandate: OpenPayment | OpenCheckout
    until: int

    def __post_init__(self) -> None:
        if not isinstance(self.hop, str) or not self.hop or type(self.until) is not int or self.until < 0:
            raise InputError("held: expected a hash as text, and a Unix second")
        if not isinstance(self.mandate, OpenPayment | OpenCheckout):
            raise InputError(f"held: expected an open mandate, got {type(self.mandate).__name__}")

    @property
    def is_spaced(self) -> bool:
        """Whether its uses must be apart."""
        return isinstance(self.mandate, OpenPayment) and any(
            each.frequency is not Frequency.ON_DEMAND for each in self.mandate.recurrences
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """What the open mandate at this position, 0 the first, has against the purchase."""

    position: int
    violation: Violation


def charge_payment(
    ledger: Ledger,
    held: Sequence[Held],
    payment: ClosedPayment,
    *,
    open_checkouts: frozenset[str] | None,
    now: int,
    also: Sequence[Charge] = (),
    orders: Sequence[Held] = (),
) -> tuple[Refused, ...]:
    """Charge one payment to every open payment mandate, and make the charges `also`; or nothing, and all that is wrong.

    `also` are counters of things that count once, such as the closed mandate and its nonce. `orders` are the open
    checkout mandates that the order rests on, whose positions follow those of `held`. Raises `ReplayError` where one of
    `also` has no room, `UnavailableError` if the ledger cannot say, `InputError` for other arguments.
    """

    def judge(mandate: OpenPayment | OpenCheckout, usage: Usage) -> tuple[Violation, ...]:
        if not isinstance(mandate, OpenPayment):
            raise InputError("charge: expected open payment mandates for a payment")
        return mandate.violations(Asked(payment=payment, now=now, open_checkouts=open_checkouts, usage=usage))

    payables = _payables(orders, held[0].mandate.most if held else 1)
    return _charge(judge, ledger=ledger, held=held, spent=payment.amount.amount, now=now, also=also, payables=payables)


def charge_checkout(
    ledger: Ledger, held: Sequence[Held], checkout: Checkout, *, now: int, also: Sequence[Charge] = ()
) -> tuple[Refused, ...]:
    """As `charge_payment`, of one checkout and the open checkout mandates it rests on."""

    def judge(mandate: OpenPayment | OpenCheckout, usage: Usage) -> tuple[Violation, ...]:
        if not isinstance(mandate, OpenCheckout):
            raise InputError("charge: expected open checkout mandates for a checkout")
        return mandate.violations(checkout, usage)

    return _charge(judge, ledger=ledger, held=held, spent=0, now=now, also=also)


@dataclass(frozen=True, slots=True)
class _Payable:
    """An open checkout mandate, and how many checkouts under it may be paid for."""

    order: Held
    most: int

    @property
    def charge(self) -> Charge:
        return _one(self.order, "paid", self.most, 1)

    def violations(self, used: Mapping[str, int]) -> tuple[Violation, ...]:
        """What is wrong with paying for one more."""
        return used_up(Vct.OPEN_CHECKOUT, Usage(used.get(_name(self.order, "paid"), 0)), self.most)


def _payables(orders: Sequence[Held], most: int | None) -> list[_Payable]:
    """How often each may be paid for, under a payment mandate that is used `most` times (None: any number)."""
    found, said = [], False
    for order in orders:
        if not isinstance(order.mandate, OpenCheckout):
            raise InputError("charge: expected open checkout mandates for an order")
        said = said or order.mandate.uses is not None
        # A recurrence means that what it refers to is bought as often. Below what speaks of uses, silence is once.
        found.append(_Payable(order, order.mandate.most if said else most or MOST_INTEGER))
    return found


def usages(ledger: Ledger, held: Sequence[Held]) -> tuple[Usage, ...]:
    """What each open mandate was used for so far. Raises `UnavailableError`."""
    used = _used(ledger, held, ())
    return tuple(_usage(each, used) for each in held)


def _charge(
    judge: Callable[[OpenPayment | OpenCheckout, Usage], tuple[Violation, ...]],
    *,
    ledger: Ledger,
    held: Sequence[Held],
    spent: int,
    now: int,
    also: Sequence[Charge],
    payables: Sequence[_Payable] = (),
) -> tuple[Refused, ...]:
    if not isinstance(ledger, Ledger):
        raise InputError(f"charge: expected a Ledger, got {type(ledger).__name__}")
    if len({each.hop for each in held}) != len(held) or len({each.order.hop for each in payables}) != len(payables):
        raise InputError("charge: expected each open mandate once")
    for _ in range(_ATTEMPTS):
        used = _used(ledger, held, [*also, *(each.charge for each in payables)])
        if any(used.get(each.account, 0) + each.amount > each.limit for each in also):
            raise ReplayError("this closed mandate, its nonce or its transaction was used before", step=10)
        found = [(each, _usage(each, used)) for each in held]
        refused = tuple(
            Refused(position, violation)
            for position, (each, usage) in enumerate(found)
            for violation in judge(each.mandate, usage)
        ) + tuple(
            Refused(position, violation)
            for position, each in enumerate(payables, len(held))
            for violation in each.violations(used)
        )
        if refused:
            return refused
        charges = [*also, *(charge for each, usage in found for charge in _of(each, usage, spent, now))]
        charges += [each.charge for each in payables]
        if charged_by(ledger, charges, now=now).refused is None:
            return ()
    raise UnavailableError("the ledger refuses, and does not say that a limit was reached")


def _of(held: Held, usage: Usage, spent: int, now: int) -> list[Charge]:
    """The counters that one use of an open mandate moves. No more is asked of them than the mandate allows."""
    charges = [_one(held, "uses", held.mandate.most or MOST_INTEGER, 1)]
    budgets = [each.most for each in held.mandate.constraints if isinstance(each, Budget)]
    if budgets:
        charges.append(_one(held, "spent", min(budgets), spent))
    if held.is_spaced:
        charges.append(_one(held, "last", now, now - (usage.last or 0)))
    return charges


def _one(held: Held, counter: str, limit: int, amount: int) -> Charge:
    return Charge(_name(held, counter), limit, amount, held.until)


def _name(held: Held, counter: str) -> str:
    return f"mandate {held.hop} {counter}"


def _used(ledger: Ledger, held: Sequence[Held], also: Sequence[Charge]) -> Mapping[str, int]:
    names = [_name(each, counter) for each in held for counter in ("uses", "spent", "last")]
    names += [each.account for each in also]
    return holdings(ledger, names)


def _usage(held: Held, used: Mapping[str, int]) -> Usage:
    uses, spent, last = (used.get(_name(held, counter), 0) for counter in ("uses", "spent", "last"))
    return Usage(uses, spent, last or None) if uses else Usage()
