"""AP2 v0.1 between agents: roles that a card names, and mandates in data parts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.mandate_v01_scene import ADDRESS, CART, INTENT, ITEMS, PAYMENT, Deal, altered, forms
from tests.unit.test_mandate_v01_models import RECEIPT

from attorn.credential import Securing
from attorn.errors import InputError, MandateError
from attorn.mandate import vc
from attorn.mandate.vc import (
    CartMandate,
    ContactAddress,
    IntentMandate,
    PaymentMandate,
    PaymentMethodData,
    PaymentReceipt,
    Role,
    data_part,
    extension,
    read_parts,
    read_roles,
)
from attorn.mandate.vc.a2a import MOST_PARTS, SHIPPED, SPECIFIED

KEYS = {
    "ap2.mandates.IntentMandate": INTENT,
    "ap2.mandates.CartMandate": CART,
    "ap2.mandates.PaymentMandate": PAYMENT,
    "payment_request.PaymentMethodData": {"supported_methods": "CARD"},
    "contact_picker.ContactAddress": ADDRESS,
}
CREDENTIAL = Deal().cart


def card(*extensions: Any) -> dict[str, Any]:
    return {"name": "Agent", "capabilities": {"streaming": True, "extensions": list(extensions)}, "skills": []}


def part(**data: Any) -> dict[str, Any]:
    return {"kind": "data", "data": data}


# Roles.


@pytest.mark.parametrize("uri", [SPECIFIED, SHIPPED])
@pytest.mark.parametrize("roles", [[Role.SHOPPER], [Role.MERCHANT, Role.PAYMENT_PROCESSOR], list(Role)])
def test_roles_are_written_and_read_under_both_uris(uri: str, roles: list[Role]) -> None:
    made = extension(roles, uri=uri)
    assert made["uri"] == uri
    assert made["required"] is (Role.MERCHANT in roles)
    assert read_roles(json.loads(json.dumps(card({"uri": "https://other.example"}, made)))) == frozenset(roles)


def test_the_uris_are_those_of_the_reference() -> None:
    assert extension([Role.SHOPPER])["uri"] == "https://github.com/google-agentic-commerce/ap2/tree/v0.1"
    assert SHIPPED == "https://github.com/google-agentic-commerce/ap2/v1"
    assert [role.value for role in Role] == ["merchant", "shopper", "credentials-provider", "payment-processor"]


def test_two_extensions_say_the_same_or_nothing() -> None:
    both = [extension([Role.SHOPPER], uri=uri) for uri in (SPECIFIED, SHIPPED)]
    assert read_roles(card(*both)) == {Role.SHOPPER}
    with pytest.raises(MandateError):
        read_roles(card(both[0], extension([Role.MERCHANT], uri=SHIPPED)))


@pytest.mark.parametrize("found", [card(), {"capabilities": {}}, {}, card({"uri": SPECIFIED + "/"}), card("x", None)])
def test_a_card_without_the_extension_names_no_roles(found: Any) -> None:
    assert read_roles(found) == frozenset()


@pytest.mark.parametrize(
    "found",
    [
        None, [], {"capabilities": None}, {"capabilities": {"extensions": {}}}, card(*[{}] * (MOST_PARTS + 1)),
        *(card({"uri": SPECIFIED, "params": params}) for params in (None, {}, [], {"roles": None})),
        *(
            card({"uri": SHIPPED, "params": {"roles": roles}})
            for roles in ([], ["buyer"], ["merchant", "buyer"], ["merchant"] * 2, "merchant", [None], ["Merchant"])
        ),
    ],
    ids=lambda found: json.dumps(found)[:70],
)  # fmt: skip
def test_roles_that_are_none(found: Any) -> None:
    with pytest.raises(MandateError):
        read_roles(found)


@pytest.mark.parametrize("roles", [[], ["merchant"], "merchant", None, [None]])
def test_whoever_makes_an_extension_is_told_of_a_mistake(roles: Any) -> None:
    with pytest.raises(InputError):
        extension(roles)
    with pytest.raises(InputError):
        extension([Role.SHOPPER], uri="https://github.com/google-agentic-commerce/ap2")


# Data parts.


def test_every_key_is_written_and_read() -> None:
    found = read_parts([{"kind": "text", "text": "hello"}, part(**KEYS, note="x", risk_data={"score": 1})])
    assert [type(each).__name__ for each in found.unverified_objects] == [key.split(".")[-1] for key in KEYS]
    assert found.unverified_risk_data == {"score": 1}
    assert found.unverified(CartMandate) == CartMandate.read(CART)
    assert found.credentials == ()
    made = data_part(*found.unverified_objects, risk_data="eyJ")
    assert made["kind"] == "data"
    assert read_parts(json.loads(json.dumps([made]))).unverified_objects == found.unverified_objects
    assert set(made["data"]) == {*KEYS, "risk_data"}  # type: ignore[arg-type]


@forms
def test_a_mandate_goes_with_its_credential(form: Securing) -> None:
    deal = Deal(form=form)
    made = data_part(CartMandate.read(CART), credentials=[(CartMandate, deal.cart)])
    found = read_parts([made])
    assert found.credential(CartMandate) == deal.cart
    assert (
        read_parts([data_part(credentials=[(PaymentMandate, deal.payment)])]).credential(PaymentMandate) == deal.payment
    )
    with pytest.raises(MandateError):
        found.credential(IntentMandate)
    with pytest.raises(MandateError):
        found.unverified(IntentMandate)


def test_two_readers_take_one_mandate_from_one_part() -> None:
    """Attack 109: the plain mandate is not the signed one."""
    deal = Deal()
    key = "attorn.mandates.CartMandateCredential"
    other = altered(CART, contents__id="cart-2")
    for data in ({"ap2.mandates.CartMandate": other, key: deal.cart}, {key: deal.intent}, {key: "x"}, {key: None}):
        with pytest.raises(MandateError):
            read_parts([part(**data)])
    with pytest.raises(InputError):
        data_part(CartMandate.read(other), credentials=[(CartMandate, deal.cart)])


@pytest.mark.parametrize("key", KEYS)
def test_one_object_of_each_kind(key: str) -> None:
    with pytest.raises(MandateError, match="twice"):
        read_parts([part(**{key: KEYS[key]}), part(**{key: KEYS[key]})])
    for value in (None, [], "x", {"extra": 1}, [KEYS[key]]):
        with pytest.raises(MandateError):
            read_parts([part(**{key: value})])


@pytest.mark.parametrize("parts", [None, {}, "x", part(), [{}] * (MOST_PARTS + 1)], ids=lambda parts: str(parts)[:20])
def test_parts_are_a_short_list(parts: Any) -> None:
    with pytest.raises(MandateError):
        read_parts(parts)


def test_other_parts_are_passed_over() -> None:
    odd: list[Any] = [
        None,
        1,
        "x",
        [],
        {},
        {"kind": "data"},
        {"kind": "data", "data": []},
        {"kind": "file", "data": {"note": "x"}},
        {"data": None},
        {"data": "x"},
        {"data": {"note": {"x": [KEYS["ap2.mandates.CartMandate"]]}}, "metadata": {"risk_data": 1}},
        {"text": "ap2.mandates.CartMandate", "metadata": {"note": "x"}},
        {"raw": "AAAA", "mediaType": "application/json"},
        {"url": "https://shop.example/cart"},
    ]
    found = read_parts(odd)
    assert (found.unverified_objects, found.credentials, found.unverified_risk_data) == ((), (), None)


@pytest.mark.parametrize("version", ["0.3", "1.0"])
def test_a_receipt_goes_under_a_key_of_its_own(version: str) -> None:
    receipt = PaymentReceipt.read(RECEIPT)
    made = data_part(receipt, version=version)
    assert made["data"] == {"ap2.PaymentReceipt": receipt.write()}
    assert read_parts([made]).unverified(PaymentReceipt) == receipt
    for value in ("a.b.c", [RECEIPT], {**RECEIPT, "extra": 1}):
        with pytest.raises(MandateError):
            read_parts([{**made, "data": {"ap2.PaymentReceipt": value}}])


# The two shapes of a part.


@pytest.mark.parametrize(
    "more", [{}, {"mediaType": "application/json"}, {"metadata": {"a": 1}, "filename": "cart.json"}]
)
def test_both_shapes_are_read(more: dict[str, Any]) -> None:
    found = read_parts([{"text": "hello"}, {"data": {**KEYS, "risk_data": {"score": 1.0}}, **more}])
    assert found.unverified_objects == read_parts([part(**KEYS)]).unverified_objects != ()
    assert found.unverified_risk_data == {"score": 1}
    two = read_parts([{"data": {"ap2.mandates.CartMandate": CART}}, part(**{"ap2.mandates.IntentMandate": INTENT})])
    assert [type(each) for each in two.unverified_objects] == [IntentMandate, CartMandate]


def test_each_shape_is_written() -> None:
    deal, cart = Deal(), CartMandate.read(CART)
    older = data_part(cart, credentials=[(CartMandate, deal.cart)], risk_data="x")
    assert older == {"kind": "data", "data": older["data"]}
    assert data_part(cart, credentials=[(CartMandate, deal.cart)], risk_data="x", version="0.3") == older
    assert data_part(cart, credentials=[(CartMandate, deal.cart)], risk_data="x", version="1.0") == {
        "data": older["data"]
    }


@pytest.mark.parametrize("version", ["", "1", "1.0.1", "0.2", "v1.0", 1.0, None, ["1.0"]])
def test_other_versions_are_not_written(version: Any) -> None:
    with pytest.raises(InputError):
        data_part(CartMandate.read(CART), version=version)


@pytest.mark.parametrize("version", ["0.3", "1.0"])
def test_half_a_character_is_not_written(version: str) -> None:
    with pytest.raises(InputError):
        data_part(risk_data="\ud800", version=version)


@pytest.mark.parametrize("key", [*KEYS, "risk_data", "attorn.mandates.CartMandateCredential"])
@pytest.mark.parametrize(
    "beside",
    [
        *({"kind": kind} for kind in ("text", "file", "Data", "", None, ["data"])),
        *({**kind, name: value} for kind in ({}, {"kind": "data"}) for name, value in (
            ("text", "hello"), ("text", None), ("raw", "AAAA"), ("url", "https://a.example"), ("file", {}),
            ("type", "data"),
        )),
    ],
    ids=json.dumps,
)  # fmt: skip
def test_a_part_that_mixes_shapes_is_refused(key: str, beside: dict[str, Any]) -> None:
    data = {key: {**KEYS, "attorn.mandates.CartMandateCredential": CREDENTIAL}.get(key, "x")}
    assert read_parts([{"data": data}]) == read_parts([{"kind": "data", "data": data}])
    with pytest.raises(MandateError):
        read_parts([{"data": data, **beside}])


@pytest.mark.parametrize("key", [*KEYS, "attorn.mandates.CartMandateCredential"])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda data: data,
        lambda data: {"kind": "data", **data},
        lambda data: {"kind": "text", "text": "hello", **data},
        lambda data: {"metadata": data},
        lambda data: {"data": {}, "metadata": data},
        lambda data: {"kind": "data", "metadata": data},
        lambda data: {"data": [data]},
        lambda data: {"kind": "data", "data": ["x", data]},
        lambda data: {"data": {"data": data}},
        lambda data: {"data": {"kind": "data", "data": data}},
        lambda data: {"data": [{"data": data}]},
        lambda data: {"root": {"kind": "data", "data": data}},
        lambda data: {"content": {"data": data}},
        lambda data: {"parts": [{"kind": "data", "data": data}]},
        lambda data: {"data": {"data": [data]}},
        lambda data: {"data": {"data": {"data": data}}},
        lambda data: {"data": {"x": data}},
        lambda data: {"data": {"x": [[data]]}},
        lambda data: {"metadata": {"x": [data]}},
        lambda data: {"parts": [{"data": {"data": data}}]},
        lambda data: {"root": {"root": {"kind": "data", "data": data}}},
        lambda data: [{"data": data}],
        lambda data: [[data]],
    ],
)
def test_a_mandate_in_no_place_of_its_own_does_not_vanish(key: str, wrap: Any) -> None:
    with pytest.raises(MandateError, match="elsewhere"):
        read_parts([wrap({key: "x"})])


@pytest.mark.parametrize("first", [part, lambda **data: {"data": data}])
@pytest.mark.parametrize("second", [part, lambda **data: {"data": data}])
@pytest.mark.parametrize("key", [*KEYS, "risk_data"])
def test_twice_is_refused_whatever_the_shapes(first: Any, second: Any, key: str) -> None:
    data = {key: KEYS.get(key, "x")}
    with pytest.raises(MandateError, match="twice"):
        read_parts([first(**data), second(**data)])


def test_doubles_are_numbers_of_1_0_alone() -> None:
    """Protobuf has no integers in JSON; where there are some, 30.0 is no number of days."""
    doubles = altered(CART, **{f"{ITEMS}__0__refund_period": 30.0})
    key = "ap2.mandates.CartMandate"
    (cart,) = read_parts([{"data": {key: doubles}}]).unverified_objects
    assert cart == CartMandate.read(altered(CART, **{f"{ITEMS}__0__refund_period": 30}))
    with pytest.raises(MandateError):
        read_parts([part(**{key: doubles})])
    for days in (30.5, -1.0, 1e300, float("inf"), float("nan"), "30.0", True):
        with pytest.raises(MandateError):
            read_parts([{"data": {key: altered(CART, **{f"{ITEMS}__0__refund_period": days})}}])


def test_levels_without_end_are_refused() -> None:
    deep: Any = 1.0
    for _ in range(65):
        deep = [deep]
    for risk in (deep, {"a": deep}, {"a": deep[0]}):
        with pytest.raises(MandateError):
            read_parts([{"data": {"risk_data": risk}}])
    assert read_parts([{"data": {"risk_data": deep[0]}}]).unverified_risk_data
    assert read_parts([{"data": {"risk_data": {"a": deep[0][0]}}}]).unverified_risk_data


@pytest.mark.parametrize(
    ("number", "kind"),
    [(2.0**53 - 1, int), (-(2.0**53) + 1, int), (2.0**53, float), (-(2.0**53), float), (1e300, float), (0.5, float)],
)
def test_whole_doubles_are_integers_as_far_as_each_is_one(number: float, kind: type) -> None:
    for risk in (number, [number], {"a": number}):
        found: Any = read_parts([{"data": {"risk_data": risk}}]).unverified_risk_data
        (inner,) = found if isinstance(found, list) else found.values() if isinstance(found, dict) else [found]
        assert (type(inner), inner) == (kind, number)


def test_as_many_parts_as_there_may_be() -> None:
    assert MOST_PARTS == 64
    full = [{}] * (MOST_PARTS - 1) + [{"data": {"risk_data": "x"}}]
    assert read_parts(full).unverified_risk_data == "x"
    with pytest.raises(MandateError):
        read_parts([{}, *full])


def test_whoever_makes_a_part_is_told_of_a_mistake() -> None:
    intent = IntentMandate.read(INTENT)
    for call in (
        lambda: data_part(intent, intent),
        lambda: data_part(CartMandate.read(CART).contents),
        lambda: data_part(intent, credentials=[(IntentMandate, "x")]),
        lambda: data_part(intent, credentials=[(ContactAddress, "x")]),  # type: ignore[list-item]
        lambda: data_part("x"),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError):
            call()
    assert data_part(PaymentMethodData(supported_methods="CARD"))
    assert vc.read_parts([]).unverified_objects == ()
