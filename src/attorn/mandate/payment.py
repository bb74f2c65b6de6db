"""The content of a closed payment mandate: one payment, for one checkout (AP2 v0.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attorn.canonical import JsonValue
from attorn.checkout.member import text
from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.errors import InputError, MandateError
from attorn.mandate import presets
from attorn.mandate.date import Date
from attorn.mandate.presets import Presets
from attorn.mandate.vct import Vct
from attorn.request.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPayment:
    """Who is paid how much by what, for the checkout whose `checkout_jwt` has the hash `transaction_id`.

    Without `execution_date` the payment is immediate. `risk_data` is an object as canonical JSON. What all mandates
    have (`iat`, `exp`, `nbf`) is the chain's. Raises `InputError` for fields of other types.
    """

    transaction_id: str
    payee: Merchant
    amount: Money
    instrument: Instrument
    pisp: Pisp | None = None
    execution_date: Date | None = None
    risk_data: bytes | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.transaction_id, str) or not self.transaction_id:
            raise InputError("transaction_id: expected the hash of a checkout_jwt as text")
        if self.payee is None or self.amount is None or self.instrument is None:
            raise InputError("payment: expected payee, amount and instrument")
        presets.require(self)

    @property
    def terms(self) -> Presets:
        """The same without `transaction_id`: what an open mandate may have fixed beforehand."""
        return Presets(
            payee=self.payee,
            amount=self.amount,
            instrument=self.instrument,
            pisp=self.pisp,
            execution_date=self.execution_date,
            risk_data=self.risk_data,
        )

    @classmethod
    def read(cls, content: Mapping[str, JsonValue]) -> ClosedPayment:
        """The payment that a content says; members of other names are passed over.

        Raises `MandateError` for another `vct` or a member that is not there, `MalformedError` for one of another kind,
        `InputError` for what is no mapping.
        """
        Vct.PAYMENT.require(content)
        found = presets.read(content)
        if not ("payee" in found and "amount" in found and "instrument" in found):
            raise MandateError(f"{Vct.PAYMENT}: expected payee, payment_amount and payment_instrument")
        return cls(transaction_id=text(content.get("transaction_id"), "transaction_id"), **found)

    def write(self) -> dict[str, JsonValue]:
        """The content that says this, without what all mandates have."""
        return {"vct": str(Vct.PAYMENT), "transaction_id": self.transaction_id, **self.terms.write()}
