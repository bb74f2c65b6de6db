"""Open mandates as they are written, and what they are held against."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.checkout_scene import CHECKOUT
from tests.unit.constraint_scene import BUDGET, HASH, ITEMS, MERCHANTS, NOW, PAYMENT, RANGE, RECURRENCE, opened, ordered

from attorn.checkout.checkout import Checkout
from attorn.errors import InputError
from attorn.mandate.constraint.base import Asked, Code, Usage
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment

CARD = {"id": "i-1", "type": "card"}


def test_what_is_written() -> None:
    payment = opened(RANGE, BUDGET, RECURRENCE, payment_instrument=CARD)
    written = payment.write()
    assert {name: written[name] for name in ("vct", "payment_instrument")} == {
        "vct": "mandate.payment.open.1",
        "payment_instrument": CARD,
    }
    constraints: Any = written["constraints"]
    assert [each["type"] for each in constraints] == [each.type for each in payment.constraints]
    assert OpenPayment.read(written, unit=Unit.MINOR) == payment
    order = ordered(ITEMS, MERCHANTS)
    assert set(order.write()) == {"vct", "constraints"}
    assert order.write()["vct"] == "mandate.checkout.open.1"
    assert OpenCheckout.read(order.write()) == order


@pytest.mark.parametrize("asked", [None, PAYMENT, ClosedPayment.read(PAYMENT), "payment"])
def test_a_payment_is_asked_for(asked: Any) -> None:
    with pytest.raises(InputError, match="expected Asked"):
        opened(RANGE).violations(asked)


@pytest.mark.parametrize(
    ("checkout", "usage"),
    [(None, None), (CHECKOUT, None), ("checkout", None), (Checkout.read(CHECKOUT), 0), (Checkout.read(CHECKOUT), {})],
)
def test_a_checkout_is_asked_for(checkout: Any, usage: Any) -> None:
    with pytest.raises(InputError):
        ordered(ITEMS).violations(checkout, usage)


def test_what_was_fixed_beforehand_is_named() -> None:
    asked = Asked(payment=ClosedPayment.read(PAYMENT), now=NOW, open_checkouts=frozenset({HASH}), usage=Usage())
    (found,) = opened(RANGE, payment_instrument={"id": "another", "type": "card"}).violations(asked)
    assert (found.code, found.type) == (Code.PRESET_CHANGED, "payment_instrument")
    assert "fixed beforehand" in found.explain()
