"""AP2's mandates in parts of A2A 1.0: what attorn writes is what the SDK takes, keeps and gives back."""

from __future__ import annotations

from typing import Any

import pytest
from a2a.helpers import new_data_part, new_text_part
from a2a.types import Artifact, Message, Part
from google.protobuf.json_format import MessageToDict, MessageToJson, Parse, ParseDict, ParseError
from tests.unit.mandate_scene import follow, ordered, root, shopping
from tests.unit.mandate_v01_scene import ADDRESS, CART, INTENT, ITEMS, PAYMENT, Deal, altered, forms
from tests.unit.test_mandate_receipt import KID, PAID, SHOP, UNPAID

from attorn import mandate
from attorn.canonical import parse
from attorn.credential import Securing
from attorn.errors import MandateError
from attorn.mandate import receipt, vc

CHECKOUT, PAYING = follow(root(shopping()), ordered()), follow(root())
DETAILS = {
    "token": "t-1",
    "attempt": 2,
    "weights": [0.5, 1, -0.0, 9007199254740991],
    "nested": {"none": None, "yes": True},
}
WIDE = altered(PAYMENT, payment_mandate_contents__payment_response__details=DETAILS)
OBJECTS = [
    vc.IntentMandate.read(INTENT),
    vc.CartMandate.read(altered(CART, **{f"{ITEMS}__0__refund_period": 0})),
    vc.PaymentMandate.read(WIDE),
    vc.ContactAddress.read(ADDRESS),
    vc.PaymentMethodData(supported_methods="CARD", data='{"a":1}'),
]


def over_the_wire(*parts: dict[str, Any]) -> list[Any]:
    """The parts of a message that has been protobuf and JSON text in turn, as a server has them."""
    message = Message(message_id="m-1", parts=[ParseDict(part, Part()) for part in parts])
    again = Parse(MessageToJson(message), Message())
    again = Message.FromString(again.SerializeToString())
    assert again == message
    return [MessageToDict(part) for part in again.parts]


@pytest.mark.parametrize("objects", [[each] for each in OBJECTS] + [OBJECTS])
def test_every_object_of_v0_1_comes_back(objects: list[Any]) -> None:
    found = vc.read_parts(over_the_wire({"text": "hello"}, vc.data_part(*objects, risk_data="eyJ", version="1.0")))
    assert sorted(map(repr, found.unverified_objects)) == sorted(map(repr, objects))
    assert found.unverified_risk_data == "eyJ"


@forms
def test_a_credential_comes_back_and_holds(form: Securing) -> None:
    deal = Deal(form=form)
    made = vc.data_part(
        vc.CartMandate.read(CART),
        credentials=[(vc.CartMandate, deal.cart), (vc.PaymentMandate, deal.payment)],
        version="1.0",
    )
    found = vc.read_parts(over_the_wire(made))
    assert (found.credential(vc.CartMandate), found.credential(vc.PaymentMandate)) == (deal.cart, deal.payment)
    assert found.unverified(vc.CartMandate) == vc.CartMandate.read(CART)


def test_text_of_the_message_is_read_alike() -> None:
    """Whoever reads the JSON of a message without protobuf, strictly, finds the same."""
    message = Message(message_id="m-1", parts=[ParseDict(vc.data_part(*OBJECTS, version="1.0"), Part())])
    value: Any = parse(MessageToJson(message))
    assert vc.read_parts(value["parts"]) == vc.read_parts(over_the_wire(vc.data_part(*OBJECTS, version="1.0")))


def test_parts_of_an_artifact_and_of_the_sdks_own_making() -> None:
    data: Any = vc.data_part(OBJECTS[1], version="1.0")["data"]
    artifact = Artifact(artifact_id="a-1", parts=[new_text_part("your cart"), new_data_part(data)])
    found = vc.read_parts(MessageToDict(artifact)["parts"])
    assert found.unverified_objects == (OBJECTS[1],)
    typed = [MessageToDict(new_data_part(data, media_type="application/json"))]
    assert vc.read_parts(typed).unverified_objects == (OBJECTS[1],)


@pytest.mark.parametrize("signed", [receipt.issue(PAID, by=SHOP, kid=KID), PAID, UNPAID])
def test_chains_and_receipts_of_v0_2_come_back(signed: Any) -> None:
    made = mandate.data_part(checkout=CHECKOUT, payment=PAYING, receipt=signed, risk_data="eyJ")
    found = mandate.read_parts(over_the_wire({"text": "pay"}, made))
    assert found == mandate.UnverifiedParts(CHECKOUT, PAYING, signed, "eyJ")


@pytest.mark.parametrize(
    "made", [vc.data_part(OBJECTS[1]), mandate.data_part(payment=PAYING, version="0.3"), vc.data_part(version="0.3")]
)
def test_the_older_shape_is_none_of_the_sdks(made: dict[str, Any]) -> None:
    with pytest.raises(ParseError):
        ParseDict(made, Part())


@pytest.mark.parametrize(
    "more", [{"text": "x"}, {"raw": "AAAA"}, {"url": "https://a.example"}, {"kind": "data"}, {"file": {}}]
)
@pytest.mark.parametrize(
    ("read", "made"),
    [
        (vc.read_parts, vc.data_part(OBJECTS[1], version="1.0")),
        (mandate.read_parts, mandate.data_part(payment=PAYING)),
    ],
)
def test_what_the_sdk_refuses_is_refused(more: dict[str, Any], read: Any, made: dict[str, Any]) -> None:
    assert read([made]) == read(over_the_wire(made))
    with pytest.raises(ParseError):
        ParseDict({**made, **more}, Part())
    if more == {"kind": "data"}:
        assert read([{**made, **more}]) == read([made])  # the older shape
        return
    with pytest.raises(MandateError):
        read([{**made, **more}])


@pytest.mark.parametrize(
    "part",
    [
        ParseDict({"data": {}, "metadata": vc.data_part(OBJECTS[1])["data"]}, Part()),
        ParseDict({"data": [vc.data_part(OBJECTS[1])["data"]]}, Part()),
        ParseDict({"data": vc.data_part(OBJECTS[1])}, Part()),
        ParseDict({"text": "x", "metadata": mandate.data_part(payment=PAYING)["data"]}, Part()),
        ParseDict({"data": [mandate.data_part(payment=PAYING)]}, Part()),
    ],
)
def test_a_mandate_that_the_sdk_takes_elsewhere_does_not_vanish(part: Part) -> None:
    refused = 0
    for read in (vc.read_parts, mandate.read_parts):
        try:
            read([MessageToDict(part)])
        except MandateError:
            refused += 1
    assert refused == 1
