"""`verify-mandate`, version "0.1": an intent, a cart and a payment of AP2 v0.1 as verifiable credentials."""

from __future__ import annotations

from dataclasses import dataclass

from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import AttornError, Denied, InputError, UnavailableError, VerificationError
from attorn.mandate.vc import PurchaseVerifier
from attorn.mandate.vc.purchase import Purchase
from attorn.store import MemoryStore


def verify(members: Members) -> Answer:
    """Who pays how much to whom, if the three mandates hold together; else the points that do not hold."""
    deal = _Deal.read(members)
    before = [Members(each, "before") for each in members.items("before")]
    verifier = PurchaseVerifier(
        users=members.texts("users"),
        merchants=_merchants(members),
        audience=members.text("audience"),
        wallets=members.texts("wallets"),
    )
    members.done()
    store = MemoryStore()
    for each in before:
        earlier = _Deal.read(each)
        each.done()
        _before(earlier, verifier, store)
    points = deal.failing(verifier)
    try:
        return Answer(result=_result(deal.accept(verifier, store)))
    except AttornError as error:
        found = Answer.of(error)
        return Answer(found.code, found.step, {"points": points} if points else {})


@dataclass(frozen=True, slots=True)
class _Deal:
    intent: str | None
    cart: str
    payment: str
    nonce: str | None
    now: int

    @classmethod
    def read(cls, members: Members) -> _Deal:
        return cls(
            members.maybe_text("intent"),
            members.text("cart"),
            members.text("payment"),
            members.maybe_text("nonce"),
            members.second("now"),
        )

    def failing(self, verifier: PurchaseVerifier) -> list[JsonValue]:
        """The names of the points that do not hold; none where it does not come to points."""
        try:
            found = verifier.verify(
                intent=self.intent, cart=self.cart, payment=self.payment, nonce=self.nonce, now=moment(self.now)
            )
        except (VerificationError, UnavailableError):
            # `accept` refuses for the same reason, which is the answer.
            return []
        return [point.name for point in found.points if not point.holds]

    def accept(self, verifier: PurchaseVerifier, store: MemoryStore) -> Purchase:
        return verifier.accept(
            intent=self.intent,
            cart=self.cart,
            payment=self.payment,
            nonce=self.nonce,
            now=moment(self.now),
            ledger=store,
        )


def _before(deal: _Deal, verifier: PurchaseVerifier, store: MemoryStore) -> None:
    try:
        deal.accept(verifier, store)
    except (VerificationError, Denied, UnavailableError):
        # A case may say that a refused purchase came first; its verdict is another case's.
        return


def _merchants(members: Members) -> dict[str, str]:
    found = members.object("merchants")
    named = {did: name for did, name in found.items() if isinstance(name, str)}
    if len(named) != len(found):
        raise InputError("input: merchants: expected names by DID")
    return named


def _result(purchase: Purchase) -> dict[str, JsonValue]:
    return {
        "user": purchase.user,
        "agent": purchase.agent,
        "merchant": purchase.merchant,
        "total": {"amount": purchase.total.amount, "currency": purchase.total.currency},
        "human_present": purchase.human_present,
    }
