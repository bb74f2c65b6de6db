"""A shop that takes a payment mandate and a token for it: one ledger, both say the same, and frauds fail in both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.mandate_scene import AGENT as PARTY
from tests.unit.mandate_scene import AT, CARD, NOW, OTHER, USER, opened, root
from tests.unit.test_mandate_verifier import (
    LINES,
    OPEN_CHECKOUT,
    ORDER,
    PROVIDER,
    checkout,
    limits,
    payment,
    released,
    shop,
    sold,
    verifier,
)

from attorn import AttornError, Identity, Request, Token, Verifier
from attorn.checkout.checkout import Checkout
from attorn.errors import InputError
from attorn.keys.signer import P256Signer
from attorn.mandate.capability import mint, purchase, verified_purchase
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.prohibited import Prohibited
from attorn.mandate.verifier import CheckedPayment
from attorn.mandate.verifying import verify_held
from attorn.store import MemoryStore

RESOURCE = "https://demo-merchant.example/checkout"
OPEN_PAYMENT = root(opened(constraints=limits()))


def person(party: Any) -> Identity:
    scalar = party.private.private_numbers().private_value
    return Identity(P256Signer.from_scalar(scalar.to_bytes(32, "big")), clock=lambda: AT)


ALICE, AGENT = person(USER), person(PARTY)


class Shop:
    """It holds a ledger, verifies mandates, and guards its calls with the one verifier that it has for everything."""

    def __init__(self) -> None:
        self.ledger = MemoryStore()
        self.mandates = verifier(store=self.ledger)
        self.by = Verifier(audience=PROVIDER, roots=[ALICE.did], store=self.ledger, clock=lambda: AT)

    def token(self, *mandates: str) -> Token:
        held = [verify_held(text, anchors=[USER.jwk], now=AT) for text in mandates]
        return mint(held, by=ALICE, resource=RESOURCE, ledger=self.ledger, now=AT)

    def buys(self, token: Token, request: Request, found: CheckedPayment) -> str:
        """What it says to the holder's request for what it has checked itself."""
        wire = AGENT.present(token, request, audience=PROVIDER)
        try:
            self.by.authorize(wire, verified_purchase(found, resource=RESOURCE))
        except AttornError as error:
            return error.code
        return "allowed"


def asked(order: str = ORDER, **changed: Any) -> Request:
    """What the agent asks for: it knows its mandates, and when it signed the last of them."""
    content = {
        "vct": "mandate.payment.1",
        "transaction_id": shop.signed.checkout_hash(order),
        "payee": shop.MERCHANT,
        "payment_amount": {"amount": 24_516, "currency": "USD"},
        "payment_instrument": CARD,
        **changed,
    }
    return purchase(
        payment=ClosedPayment.read(content),
        checkout=Checkout.read(shop.CHECKOUT),
        open_checkouts=[shop.signed.checkout_hash(OPEN_CHECKOUT)],
        resource=RESOURCE,
        now=AT,
    )


def test_the_agent_and_the_shop_come_to_the_same_request() -> None:
    found = released(payment(OPEN_PAYMENT))
    request = verified_purchase(found, resource=RESOURCE)
    assert request == asked()
    assert dict(request.args) == dict(asked().args)
    assert (request.args["units"], request.args["first.second"]) == (6, NOW)


def test_the_purchase_is_permitted_once_by_both() -> None:
    there = Shop()
    token = there.token(OPEN_PAYMENT, OPEN_CHECKOUT)
    closed = payment(OPEN_PAYMENT)
    found = released(closed, there.mandates)
    assert there.buys(token, asked(), found) == "allowed"
    assert there.buys(token, asked(), found) == "denied"
    with pytest.raises(AttornError):
        released(closed, there.mandates)


def test_the_merchant_alone_takes_the_checkout() -> None:
    there = Shop()
    token = there.token(OPEN_CHECKOUT)
    request = verified_purchase(sold(checkout()), resource=RESOURCE)
    assert request.cost is None
    wire = AGENT.present(token, request, audience=PROVIDER)
    assert there.by.authorize(wire, request).root == ALICE.did


FRAUDS: dict[str, Callable[[], list[Any]]] = {
    "amount": lambda: limits(max=24_515),
    "currency": lambda: limits(currency="EUR"),
    "payee": lambda: [{**limits()[1], "allowed": [OTHER]}, limits()[2]],
    "checkout": lambda: [*limits()[:2], {**limits()[2], "conditional_transaction_id": "another"}],
    "instrument": lambda: [
        *limits(),
        {"type": "payment.allowed_payment_instruments", "allowed": [{**CARD, "type": "bank"}]},
    ],
    "pisp": lambda: [
        *limits(),
        {
            "type": "payment.allowed_pisps",
            "allowed": [{"legal_name": "L", "brand_name": "B", "domain_name": "p.example"}],
        },
    ],
    "date": lambda: [*limits(), {"type": "payment.execution_date", "not_before": "2030-03-17T17:46:41Z"}],
    "budget": lambda: [*limits(), {"type": "payment.budget", "max": 24_515, "currency": "USD"}],
}


@pytest.mark.parametrize("fraud", FRAUDS)
def test_what_a_mandate_does_not_allow_its_token_does_not(fraud: str) -> None:
    """Attacks 110 to 112 and 115: each is refused by the mandate and, were it asked alone, by the token."""
    there = Shop()
    mandate = root(opened(constraints=FRAUDS[fraud]()))
    with pytest.raises(Prohibited):
        released(payment(mandate), there.mandates)
    genuine = released(payment(OPEN_PAYMENT), there.mandates)
    assert there.buys(there.token(mandate), asked(), genuine) == "denied"


@pytest.mark.parametrize("quantity", [4, 6])
def test_a_cart_that_does_not_fit(quantity: int) -> None:
    """Attack 110: one unit more or less than was wanted."""
    there = Shop()
    items = [LINES["items"][0], {**LINES["items"][1], "quantity": quantity}]  # type: ignore[index]
    other = root({**opened(constraints=[{**LINES, "items": items}]), "vct": "mandate.checkout.open.1"})
    with pytest.raises(Prohibited):
        sold(checkout(other))
    genuine = released(payment(OPEN_PAYMENT), there.mandates)
    assert there.buys(there.token(OPEN_PAYMENT, other), asked(), genuine) == "denied"


@pytest.mark.parametrize(
    "changed",
    [
        {"payment_amount": {"amount": 24_515, "currency": "USD"}},
        {"payee": OTHER},
        {"payment_instrument": {**CARD, "id": "i-2"}},
        {"risk_data": {}},
        {"transaction_id": "another"},
        {"execution_date": "2030-03-17T17:46:40Z"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_the_agent_cannot_ask_for_another_purchase_than_it_showed(changed: Any) -> None:
    """Attack 109: the request is made of what the shop checked; a presentation for any other is for another request."""
    there = Shop()
    token, found = there.token(OPEN_PAYMENT, OPEN_CHECKOUT), released(payment(OPEN_PAYMENT), there.mandates)
    assert there.buys(token, asked(**changed), found) == "wrong_request"
    assert there.buys(token, asked(), found) == "allowed"


@pytest.mark.parametrize("found", [None, "x", ORDER, asked()], ids=["none", "text", "jwt", "request"])
def test_a_purchase_of_what_was_not_checked(found: Any) -> None:
    with pytest.raises(InputError):
        verified_purchase(found, resource=RESOURCE)


def test_a_token_ends_with_its_mandate() -> None:
    there = Shop()
    token = there.token(OPEN_PAYMENT)
    (ends,) = [each.at for each in token.unverified_links[0].caveats if type(each).__name__ == "Expires"]
    assert ends == AT + timedelta(seconds=3_600)
