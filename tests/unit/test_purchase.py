"""A purchase as a request, at the lengths from which on the digest of something stands for it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import NOW, SUB, follow, hashed, opened, paid, root
from tests.unit.test_mandate_verifier import ORDER, checkout, limits, released, verifier

from attorn.checkout.checkout import Checkout
from attorn.errors import InputError
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.purchase import purchase, units, verified_purchase

AT = datetime.fromtimestamp(NOW, UTC)
PAYMENT = ClosedPayment.read(paid())


def digest(text: str) -> str:
    return "sha-256:" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def asked(**changed: Any) -> Any:
    given: dict[str, Any] = {"resource": "https://shop.example", "now": AT, "payment": PAYMENT, **changed}
    return purchase(**given).args


def test_the_names_of_the_arguments() -> None:
    found = asked(checkout=Checkout.read(shop.CHECKOUT), open_checkouts=["b", "a", "b"])
    assert (found["items"], found["units"], found["open_checkouts"]) == (("sku-1", "sku-2"), 6, ("a", "b"))
    assert (found["units sku-1"], found["units sku-2"]) == (1, 5)
    assert (found["first.second"], found["last.second"]) == (NOW, NOW)


def test_how_long_an_item_stands_for_itself() -> None:
    for item in ("x", "x" * 200):
        assert units(item) == f"units {item}"
    for item in ("x" * 201, "sha-256:x", "a\u200bb"):
        assert units(item) == f"units {digest(item)}"


def test_how_long_risk_data_stands_for_itself() -> None:
    def said(size: int) -> Any:
        return asked(payment=replace(PAYMENT, risk_data=b'{"a":"' + b"x" * (size - 8) + b'"}'))["risk_data"]

    assert said(1024) == '{"a":"' + "x" * 1016 + '"}'
    assert said(1025) == digest('{"a":"' + "x" * 1017 + '"}')


@pytest.mark.parametrize("found", [5, "c-hash", [1], ["a", 1], [1, "a"], iter(["a"]), True])
def test_open_checkouts_are_a_list_of_hashes(found: Any) -> None:
    with pytest.raises(InputError, match=r"^open_checkouts"):
        asked(open_checkouts=found)


@pytest.mark.parametrize("now", [None, NOW, datetime(2030, 1, 1)])
def test_now_is_an_instant(now: Any) -> None:
    with pytest.raises(InputError, match=r"^now: "):
        asked(now=now)


def test_it_is_made_when_the_closed_mandate_was() -> None:
    """Not when an open one above it was handed on."""
    chain = follow(root(opened(constraints=limits(), attorn={"redelegations": 1})), opened(SUB, constraints=limits()))
    content = {"payee": shop.MERCHANT, "payment_amount": {"amount": 24516, "currency": "USD"}}
    found = released(
        follow(chain, paid(transaction_id=hashed(ORDER), **content), by=SUB, iat=NOW + 7), checkout=checkout()
    )
    request = verified_purchase(found, resource="https://shop.example")
    assert (request.args["first.second"], request.args["last.second"]) == (NOW + 7, NOW + 7)


def test_who_does_not_say_when_asks_for_nothing() -> None:
    content = {"payee": shop.MERCHANT, "payment_amount": {"amount": 24516, "currency": "USD"}}
    text = root(paid(transaction_id=hashed(ORDER), exp=NOW + 60, **content))
    found = released(text, verifier(unbound=True), checkout=ORDER)
    with pytest.raises(InputError, match="when it was made"):
        verified_purchase(found, resource="https://shop.example")
