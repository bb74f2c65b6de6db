"""Readers that are handed what somebody parsed, where that is no object at all."""

from __future__ import annotations

from typing import Any

import pytest

from attorn.checkout import signed
from attorn.errors import InputError
from attorn.mandate import ClosedCheckout, ClosedPayment, OpenCheckout, OpenPayment, vc
from attorn.mandate.constraint import Unit
from attorn.mandate.constraint.kinds import CHECKOUT, PAYMENT
from attorn.mandate.links import Links
from attorn.mandate.presets import Presets
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt

READERS: dict[str, Any] = {
    **{kind.__name__: kind.read for kind in (*PAYMENT.values(), *CHECKOUT.values())},
    **{kind.__name__: kind.read for kind in (ClosedCheckout, ClosedPayment, OpenCheckout)},
    **{kind.__name__: kind.read for kind in (Presets, Links, CheckoutReceipt, PaymentReceipt)},
    "OpenPayment": lambda content: OpenPayment.read(content, unit=Unit.MINOR),
}


@pytest.mark.parametrize("handed", ["x", "attorn", [], None, 5, b"{}", True, {"vct"}], ids=repr)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_mapping(reader: str, handed: Any) -> None:
    with pytest.raises(InputError, match="expected a mapping"):
        READERS[reader](handed)


@pytest.mark.parametrize("algorithm", [True, None, "sha-256", 256])
def test_what_is_no_algorithm(algorithm: Any) -> None:
    with pytest.raises(InputError, match="HashAlgorithm"):
        signed.checkout_hash("a.b.c", algorithm)


@pytest.mark.parametrize(
    "call",
    [
        vc.cart_adds_up,
        lambda odd: vc.cart_fits_intent(odd, odd, merchant="did:key:z"),
        lambda odd: vc.payment_fits_cart(odd, odd, merchant="did:key:z"),
        lambda odd: vc.receipt_fits_payment(odd, odd),
        lambda odd: vc.data_part(credentials=[odd]),
    ],
)
@pytest.mark.parametrize("odd", ["x", "xy", (), ("x", "y", "z"), (None, "x"), ([], "x"), None, 5, {}], ids=repr)
def test_what_no_part_of_a_purchase_is(call: Any, odd: Any) -> None:
    with pytest.raises(InputError):
        call(odd)
