"""What every constraint is: a typed limit of an open mandate that can prohibit a purchase and can never permit one.

AP2 v0.2 constraints. Of what is asked a constraint says every way in which it is not met, none if it is: several stand
side by side and all must be met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from attorn.canonical import JsonValue
from attorn.checkout.checkout import Checkout
from attorn.decision import Denial
from attorn.errors import InputError
from attorn.mandate.payment import ClosedPayment
from attorn.sdjwt.pointer import Path


class Code(StrEnum):
    """Why something is prohibited; stable."""

    WRONG_CURRENCY = "wrong_currency"
    AMOUNT_TOO_LOW = "amount_too_low"
    AMOUNT_TOO_HIGH = "amount_too_high"
    PAYEE_NOT_ALLOWED = "payee_not_allowed"
    INSTRUMENT_NOT_ALLOWED = "instrument_not_allowed"
    PISP_NOT_ALLOWED = "pisp_not_allowed"
    USAGE_UNKNOWN = "usage_unknown"
    TOO_MANY_USES = "too_many_uses"
    TOO_SOON = "too_soon"
    OVER_BUDGET = "over_budget"
    WRONG_CHECKOUT = "wrong_checkout"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    MERCHANT_NOT_ALLOWED = "merchant_not_allowed"
    CART_EMPTY = "cart_empty"
    ITEM_NOT_ALLOWED = "item_not_allowed"
    TOO_FEW_ITEMS = "too_few_items"
    TOO_MANY_ITEMS = "too_many_items"
    ITEMS_DO_NOT_FIT = "items_do_not_fit"
    PRESET_CHANGED = "preset_changed"
    CONSTRAINT_MISSING = "constraint_missing"
    WRONG_TOTAL = "wrong_total"
    WRONG_PAYEE = "wrong_payee"


@dataclass(frozen=True, slots=True)
class Violation:
    """One limit that is not met. `type` is the constraint's, or names the member or the mandate that sets the limit."""

    code: Code
    type: str
    limit: str
    """What the mandate allows, in words."""
    asked: str
    """What was asked for, in words."""

    def denial(self) -> Denial:
        """The same as a denial says it."""
        return Denial(self.type, self.limit, self.asked)

    def explain(self) -> str:
        """One line a person can act on."""
        return self.denial().explain()


@dataclass(frozen=True, slots=True)
class Usage:
    """What one open mandate was used for so far, by whomever it came to: payments, minor units, the last second."""

    uses: int = 0
    spent: int = 0
    last: int | None = None

    def __post_init__(self) -> None:
        for number in (self.uses, self.spent, 0 if self.last is None else self.last):
            if type(number) is not int or number < 0:
                raise InputError("usage: expected whole numbers from 0 on")
        if not self.uses and (self.spent or self.last is not None):
            raise InputError("usage: expected nothing spent and no last use where there was none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One payment, and what the constraints of one open mandate need to know beside it.

    `now` is a Unix second. `open_checkouts` are the hashes, derived by the verifier, of the open checkout mandates that
    the order was presented with; `usage` is that of this open mandate. What is None is not known, so a constraint over
    it is not met. Raises `InputError` for fields of other types.
    """

    payment: ClosedPayment
    now: int
    open_checkouts: frozenset[str] | None
    usage: Usage | None

    def __post_init__(self) -> None:
        if not isinstance(self.payment, ClosedPayment) or type(self.now) is not int:
            raise InputError("asked: expected a ClosedPayment, and now as a Unix second")
        if not (self.open_checkouts is None or isinstance(self.open_checkouts, frozenset)) or not (
            self.usage is None or isinstance(self.usage, Usage)
        ):
            raise InputError("asked: expected open_checkouts as a frozenset or None, and a Usage or None")


class Constraint:
    """One limit. Subclasses are frozen, slotted, compare by value, and define what raises NotImplementedError here."""

    __slots__ = ()

    type: ClassVar[str]
    """What AP2 calls it."""
    redactable: ClassVar[tuple[str | None, ...]] = ()
    """Where its one array stands whose entries a holder may keep back, None for any index; empty if there is none."""

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> Self:
        """The constraint that a member of `constraints` is, `type` apart.

        Raises `MandateError`, `MalformedError` for a member of another form, `InputError` for what is no mapping.
        """
        raise NotImplementedError

    def write(self) -> dict[str, JsonValue]:
        """The member of `constraints` that says this."""
        raise NotImplementedError

    def limit(self) -> str:
        """The limit in words, as a person would finish the sentence "allows ..."."""
        raise NotImplementedError

    def narrower_than(self, other: Constraint) -> bool:
        """Whether everything that meets this meets `other`, as far as that is plain to see; False where it is not."""
        raise NotImplementedError

    @classmethod
    def may_hide(cls, path: Path) -> bool:
        """Whether `path`, within the constraint, is of an array whose entries may be kept back."""
        return (
            bool(cls.redactable)
            and len(path) == len(cls.redactable)
            and all(
                at == step if step is not None else type(at) is int
                for at, step in zip(path, cls.redactable, strict=True)
            )
        )

    def violation(self, code: Code, asked: str) -> Violation:
        """A violation of this constraint."""
        return Violation(code, self.type, self.limit(), asked)


class PaymentConstraint(Constraint):
    """A limit of an open payment mandate."""

    __slots__ = ()

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        """Every way in which this payment does not meet the limit."""
        raise NotImplementedError


class CheckoutConstraint(Constraint):
    """A limit of an open checkout mandate."""

    __slots__ = ()

    def violations(self, checkout: Checkout) -> tuple[Violation, ...]:
        """Every way in which this checkout does not meet the limit."""
        raise NotImplementedError
