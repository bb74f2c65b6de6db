"""What is fixed beforehand is of its type, and an error says which of the six was not."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.mandate_scene import CARD, SHOP

from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.errors import InputError, MalformedError
from attorn.mandate.date import Date
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.presets import FIELDS, NONE, Presets
from attorn.request.money import Money

CONTENT: dict[str, Any] = {
    "payee": SHOP,
    "payment_amount": {"amount": 1999, "currency": "USD"},
    "payment_instrument": CARD,
    "pisp": {"legal_name": "P", "brand_name": "P", "domain_name": "p.example"},
    "execution_date": "2030-03-17T12:00:00Z",
    "risk_data": {"a": 1},
}
GIVEN: dict[str, Any] = {
    "payee": Merchant.read(SHOP, "payee"),
    "amount": Money(1999, "USD"),
    "instrument": Instrument.read(CARD, "instrument"),
    "pisp": Pisp.read(CONTENT["pisp"], "pisp"),
    "execution_date": Date("2030-03-17T12:00:00Z"),
    "risk_data": b'{"a":1}',
}
NAMES = {field: name for field, name, _ in FIELDS}


def test_all_six_are_read_and_written() -> None:
    assert Presets.read(CONTENT) == Presets(**GIVEN)
    assert Presets(**GIVEN).write() == CONTENT
    for field, value in GIVEN.items():
        assert Presets(**{field: value}).write() == {NAMES[field]: CONTENT[NAMES[field]]}
    assert Presets.read({"vct": "mandate.payment.open.1"}) is NONE


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize("value", [None, 1, "x", [], True])
def test_a_member_of_another_kind_is_named(name: str, value: Any) -> None:
    with pytest.raises(MalformedError, match=rf"^{name}[.:]"):
        Presets.read({**CONTENT, name: value})


@pytest.mark.parametrize("field", GIVEN)
@pytest.mark.parametrize("value", [1, "x", {}, True])
def test_a_field_of_another_type_is_named(field: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"^{NAMES[field]}: expected"):
        Presets(**{**GIVEN, field: value})
    with pytest.raises(InputError, match=f"^{NAMES[field]}: expected"):
        ClosedPayment(transaction_id="t", **{**GIVEN, field: value})


@pytest.mark.parametrize("content", [None, [], "payee", 1])
def test_no_mapping(content: Any) -> None:
    with pytest.raises(InputError, match=r"^presets: expected a mapping"):
        Presets.read(content)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        *(({"transaction_id": value}, "^transaction_id: expected") for value in ("", None, 1, b"t")),
        *(({field: None}, "^payment: expected payee, amount") for field in ("payee", "amount", "instrument")),
    ],
)
def test_what_a_payment_is_not_without(changed: dict[str, Any], words: str) -> None:
    assert ClosedPayment(transaction_id="t", **{**GIVEN, "pisp": None}).pisp is None
    with pytest.raises(InputError, match=words):
        ClosedPayment(**{"transaction_id": "t", **GIVEN, **changed})


@pytest.mark.parametrize("value", ["", None, 1, ["t"]])
def test_the_transaction_of_a_payment_is_named(value: Any) -> None:
    content = {"vct": "mandate.payment.1", "transaction_id": "t", **CONTENT}
    assert ClosedPayment.read(content).write() == content
    with pytest.raises(MalformedError, match=r"^transaction_id: expected"):
        ClosedPayment.read({**content, "transaction_id": value})
