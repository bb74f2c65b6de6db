"""What a decision says of a purchase that is not allowed: that it is not, at which step, and between whom."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import (
    AGENT,
    AUDIENCE,
    NOW,
    OTHER,
    PAYEES,
    SHOP,
    SUB,
    USER,
    follow,
    hashed,
    opened,
    paid,
    root,
)
from tests.unit.test_mandate_verifier import ORDER, TOTAL, checkout, limits, money, payment, released, verifier

from attorn.checkout.party import Merchant
from attorn.checkout.signed import SignedCheckout
from attorn.mandate.constraint.base import Code
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.matching import mismatches, not_payees
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.prohibited import Prohibited

KEYS = {"holder": "the key in cnf", "before": "the holder before it"}
CONTENT: dict[str, Any] = {"transaction_id": hashed(ORDER), "payee": shop.MERCHANT}


def prohibited(call: Any) -> Prohibited:
    with pytest.raises(Prohibited) as caught:
        call()
    assert not caught.value.decision.allowed
    return caught.value


def told(found: Prohibited) -> tuple[Any, ...]:
    decision = found.decision
    return decision.step, decision.link, decision.delegator, decision.delegate


@pytest.mark.parametrize("dids", [False, True], ids=["by key", "by DID"])
def test_the_mandate_that_has_something_against_it(dids: bool) -> None:
    """The open mandate of the agent allows less than the user's: it is the second link, from the agent to the next."""
    cnf = [{**each.cnf, "did": each.did} if dids else each.cnf for each in (AGENT, SUB)]
    named = (USER.did, AGENT.did, SUB.did) if dids else ("an anchor", KEYS["before"], KEYS["holder"])
    door = verifier(anchors=[USER.did if dids else USER.jwk])
    above = root(opened(constraints=limits(), attorn={"redelegations": 1}, cnf=cnf[0]))
    below = follow(above, opened(constraints=limits(max=TOTAL - 1), cnf=cnf[1]))
    text = follow(below, paid(payment_amount=money(), **CONTENT), by=SUB)
    found = prohibited(lambda: released(text, door))
    assert found.codes == (Code.AMOUNT_TOO_HIGH,)
    assert told(found) == (9, 2, named[1], named[2])
    whole = root(opened(constraints=limits(max=TOTAL - 1), cnf=cnf[0]))
    again = prohibited(lambda: released(payment(whole), door))
    assert told(again) == (9, 1, named[0], AGENT.did if dids else KEYS["holder"])


def test_a_closed_mandate_that_is_not_for_this_checkout() -> None:
    before = root(opened(constraints=limits(), cnf={**AGENT.cnf, "did": AGENT.did}))
    for text, by in (
        (payment(payment_amount=money(TOTAL + 1)), KEYS["before"]),
        (payment(before, payment_amount=money(TOTAL + 1)), AGENT.did),
    ):
        found = prohibited(lambda text=text: released(text))
        assert found.codes == (Code.WRONG_TOTAL,)
        assert told(found) == (9, 2, by, AUDIENCE)
    direct = root(paid(iat=NOW, payment_amount=money(TOTAL + 1), **CONTENT))
    found = prohibited(lambda: released(direct, verifier(unbound=True)))
    assert told(found) == (9, 1, "an anchor", "whoever it is shown to")


def test_what_was_used_is_said_at_the_last_step() -> None:
    before, door = root(opened(constraints=limits())), verifier()
    released(payment(before), door)
    order = shop.jws(shop.changed("jti", to="another", of={**shop.CHECKOUT, "id": "chk_9"}))
    content = {**CONTENT, "transaction_id": hashed(order), "payment_amount": money()}
    again = follow(before, paid(**content), nonce="2")
    found = prohibited(lambda: released(again, door, nonce="2", checkout=checkout(order=order)))
    assert told(found) == (10, 1, "an anchor", KEYS["holder"])


# whether the payment is the one that the checkout asks for


def offered(checkout: Any = shop.CHECKOUT) -> SignedCheckout:
    return shop.checked(shop.jws(checkout))


def test_what_differs_is_named() -> None:
    content = paid(payee=shop.MERCHANT, payment_amount=money(TOTAL + 1))
    (found,) = mismatches(ClosedPayment.read(content), offered())
    assert (found.code, found.type) == (Code.WRONG_TOTAL, "payment_amount")
    content = paid(payee={**shop.MERCHANT, "id": "m-9"}, payment_amount=money())
    for order in (shop.CHECKOUT, shop.changed("merchant", to=...)):
        (found,) = mismatches(ClosedPayment.read(content), offered(order))
        assert (found.code, found.type) == (Code.WRONG_PAYEE, "payee")
        assert found.explain().count("merchant_1") == 1


def test_a_list_of_payees_is_held_against_the_merchant_of_the_checkout() -> None:
    mandate = OpenPayment.read(opened(), unit=Unit.MINOR)
    mine, other = Merchant.read(SHOP, "payee"), Merchant.read(OTHER, "payee")
    third = Merchant("m-3", "Third")
    assert [each["id"] for each in PAYEES["allowed"]] == ["m-1", "m-2"]  # type: ignore[index]
    assert not_payees(mandate, mine, other) == ()
    assert not_payees(mandate, third, mine) == ()
    (found,) = not_payees(mandate, mine, third)
    assert (found.code, found.type) == (Code.PAYEE_NOT_ALLOWED, "payment.allowed_payees")
    assert not_payees(mandate, mine, None) == ()
    for content in (None, ClosedPayment.read(paid())):
        assert not_payees(content, mine, third) == ()
