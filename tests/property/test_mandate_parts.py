"""AP2 in parts of A2A: what is written is read, in either shape and however it is spread, and from one place alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.mandate_scene import AT, follow, ordered, paid, root, shopping
from tests.unit.mandate_v01_scene import ADDRESS, CART, INTENT, ITEMS, PAYMENT, Deal, altered, money

from attorn.errors import MandateError
from attorn.mandate import UnverifiedParts, a2a, data_part, read_parts, vc
from attorn.mandate.receipt import Failure, PaymentReceipt

DEAL = Deal()
VERSIONS = st.sampled_from(["0.3", "1.0"])
AMOUNTS = st.builds(money, st.sampled_from([0, 0.01, 8.8, 128.3, 1e3, 9_999_999_999_999.99]))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e9, 1e9)
    | st.text("a\u20ac ", max_size=3)
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
)
OBJECTS: dict[type[Any], st.SearchStrategy[Any]] = {
    vc.IntentMandate: st.builds(
        lambda skus, refund: altered(INTENT, skus=skus, requires_refundability=refund),
        st.none() | st.just(["SHOE-1"]), st.none() | st.booleans(),
    ),
    vc.CartMandate: st.builds(
        lambda days, amount: altered(CART, **{f"{ITEMS}__0__refund_period": days, f"{ITEMS}__0__amount": amount}),
        st.integers(0, 36_500), AMOUNTS,
    ),
    vc.PaymentMandate: st.builds(
        lambda details: altered(PAYMENT, payment_mandate_contents__payment_response__details={"a": details}), JSON
    ),
    vc.ContactAddress: st.just(ADDRESS),
}  # fmt: skip
SETS = st.fixed_dictionaries({}, optional=OBJECTS).map(lambda found: [kind.read(each) for kind, each in found.items()])
TEXT = st.text("a\u20ac", min_size=1, max_size=5)
RECEIPTS = st.builds(PaymentReceipt, TEXT, TEXT, st.just(AT), st.just("1"), st.just("2"), st.just("3")) | st.builds(
    PaymentReceipt, TEXT, TEXT, st.just(AT), TEXT, failure=st.builds(Failure, TEXT, TEXT)
)
CHECKOUTS = [root(shopping()), follow(root(shopping()), ordered()), root(ordered())]
PAYMENTS = [root(), follow(root()), root(paid())]
CHAINS = st.fixed_dictionaries(
    {},
    optional={
        "checkout": st.sampled_from(CHECKOUTS),
        "payment": st.sampled_from(PAYMENTS),
        "receipt": RECEIPTS,
        "risk_data": TEXT,
    },
).filter(bool)
KEYS = st.sampled_from([*vc.a2a._KEYS, *vc.a2a._CREDENTIALS])


def sent(part: Any, version: str) -> Any:
    """As it arrives: in 1.0 every number is a double."""
    return json.loads(json.dumps(part), parse_int=float if version == "1.0" else int)


@given(SETS, VERSIONS, st.data())
def test_what_is_written_of_v0_1_is_read(objects: list[Any], version: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(objects)))
    made = [vc.data_part(*objects[:cut], risk_data="x", version=version), vc.data_part(*objects[cut:], version=version)]
    others = data.draw(st.lists(JSON.map(lambda value: {"data": value}) | JSON, max_size=3))
    found = vc.read_parts(data.draw(st.permutations([*(sent(each, version) for each in made), *others])))
    assert {type(each): each for each in found.unverified_objects} == {type(each): each for each in objects}
    assert found.unverified_risk_data == "x"


@given(CHAINS, VERSIONS, st.lists(JSON, max_size=3))
def test_what_is_written_of_v0_2_is_read(given_: dict[str, Any], version: str, others: list[Any]) -> None:
    made = sent(data_part(**given_, version=version), version)
    found = read_parts([*others, made, *others])
    assert found == UnverifiedParts(*(given_.get(name) for name in ("checkout", "payment", "receipt", "risk_data")))
    with pytest.raises(MandateError):
        read_parts([made, *others, made])


@given(CHAINS, VERSIONS, st.sampled_from(["text", "raw", "url", "file", "type"]), JSON)
def test_a_part_says_one_thing(given_: dict[str, Any], version: str, other: str, value: Any) -> None:
    made = data_part(**given_, version=version)
    with pytest.raises(MandateError):
        read_parts([{**made, other: value}])
    if value != "data":
        with pytest.raises(MandateError):
            read_parts([{**made, "kind": value}])


@given(KEYS, SCALARS | st.lists(JSON), st.lists(st.sampled_from(["data", "metadata", "x", "list"]), max_size=2))
def test_a_key_is_read_or_refused_where_parts_could_hold_it(key: str, value: Any, path: list[str]) -> None:
    """Never passed over: at the top of a part, under any of its members, or under another `data` in there."""
    inner: Any = {key: value}
    for step in path[1:]:
        inner = {"data": inner} if step == "data" else inner
    for step in path[:1]:
        inner = {"x": [inner]} if step == "list" else {step: inner}
    with pytest.raises(MandateError):
        vc.read_parts([inner])
    with pytest.raises(MandateError):
        vc.read_parts([{"kind": "data", **inner}])


@given(st.lists(JSON | st.dictionaries(KEYS | st.sampled_from(["data", "kind", "metadata"]), JSON), max_size=3))
def test_no_other_error_leaves_a_reader(parts: list[Any]) -> None:
    for read in (vc.read_parts, read_parts):
        told = ""
        try:
            read(parts)
        except MandateError as error:
            told = str(error)
        assert len(told) < 1024


@given(st.sampled_from(CHECKOUTS + PAYMENTS), VERSIONS)
def test_a_chain_goes_under_one_key(text: str, version: str) -> None:
    read = []
    for key in (a2a.CHECKOUT, a2a.PAYMENT):
        part = {"data": {key: text}} if version == "1.0" else {"kind": "data", "data": {key: text}}
        try:
            read.append(read_parts([part]))
        except MandateError:
            continue
    assert len(read) == 1
