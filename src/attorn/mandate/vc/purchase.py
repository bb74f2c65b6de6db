"""A purchase: an intent, a cart and a payment that were verified, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from attorn.decision import Decision, Denial
from attorn.errors import ChainError, Denied, ExpiredError, MandateError
from attorn.mandate.vc.cart import CartMandate
from attorn.mandate.vc.fit import Point
from attorn.mandate.vc.intent import IntentMandate
from attorn.mandate.vc.merchant_authorization import MerchantAuthorization
from attorn.mandate.vc.payment import PaymentMandate
from attorn.mandate.vc.signed import SignedMandate
from attorn.mandate.vc.user_authorization import UserAuthorization
from attorn.request.money import Money


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase that may be carried out: genuine, agreed, allowed. Made by `VerifiedPurchase.clear`.

    `user` pays `total` to `merchant`, both DIDs; `agent` acts under an intent, None where there is none.
    `human_present` says whether the user signed this very payment, and not only an intent. `at` is when it was so.
    """

    user: str
    agent: str | None
    merchant: str
    merchant_name: str
    total: Money
    cart_id: str
    payment_id: str
    human_present: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class VerifiedPurchase:
    """Three mandates whose signers are trusted, and what was found. **It need not be allowed**: see `clear`.

    `bound`: each follows the one before. `timely`: none has expired. `agreed`: the payment is for the cart, which adds
    up. `permitted`: the user allowed it. Made by `PurchaseVerifier.verify`.
    """

    intent: SignedMandate[IntentMandate] | None
    cart: SignedMandate[CartMandate]
    payment: SignedMandate[PaymentMandate]
    merchant_authorization: MerchantAuthorization | None
    user_authorization: UserAuthorization | None
    user: str
    human_present: bool
    bound: tuple[Point, ...]
    timely: tuple[Point, ...]
    agreed: tuple[Point, ...]
    permitted: tuple[Point, ...]
    at: datetime

    @property
    def points(self) -> tuple[Point, ...]:
        """Everything that was looked at, in the order in which it decides."""
        return (*self.bound, *self.timely, *self.agreed, *self.permitted)

    @property
    def signers(self) -> tuple[tuple[str, str], ...]:
        """Who signed what: the name of what was signed, in AP2's words, and the DID."""
        return tuple(self._signers())

    def clear(self) -> Purchase:
        """The purchase, if all points hold.

        Raises for the first that does not: `ChainError` (bound), `ExpiredError` (timely), `MandateError` (agreed) or
        `Denied` (permitted). `points` has the others.
        """
        for point in self.bound:
            if not point.holds:
                raise ChainError(_told(point))
        for point in self.timely:
            if not point.holds:
                raise ExpiredError(_told(point))
        for point in self.agreed:
            if not point.holds:
                raise MandateError(_told(point))
        agent = None if self.intent is None else self.intent.agent
        for point in self.permitted:
            if not point.holds:
                denial = Denial(f"IntentMandate ({point.name})", point.expected, point.got)
                raise Denied(Decision(False, 9, link=1, delegator=self.user, delegate=agent, denial=denial))
        contents, payment = self.cart.mandate.contents, self.payment.mandate.payment_mandate_contents
        return Purchase(
            self.user,
            agent,
            self.cart.issuer,
            contents.merchant_name,
            payment.payment_details_total.amount,
            contents.id,
            payment.payment_mandate_id,
            self.human_present,
            self.at,
        )

    def _signers(self) -> Iterator[tuple[str, str]]:
        for signed in (self.intent, self.cart, self.payment):
            if signed is not None:
                yield signed.mandate.NAME, signed.issuer
        if self.merchant_authorization is not None:
            yield "merchant_authorization", self.merchant_authorization.merchant
        if self.user_authorization is not None:
            yield "user_authorization", self.user_authorization.user


def _told(point: Point) -> str:
    return f"{point.name}: expected {point.expected}, got {point.got}"
