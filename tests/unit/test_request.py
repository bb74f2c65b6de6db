"""Requests: frozen, strict about types, and bound by one digest (attacks 1, 3, 13, 47, 48, 52, 56)."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import pickle
from collections import OrderedDict
from decimal import Decimal
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.errors import InputError
from attorn.request.money import Money
from attorn.request.request import MOST_ACTION, MOST_BYTES, MOST_DEPTH, MOST_NAME, Request

SAFE = 2**53 - 1


class Level(IntEnum):
    ONE = 1


class Text(str):
    """A string that could compare as it likes."""

    __slots__ = ()


def ask(args: Any = None, action: Any = "a:b", resource: Any = "/r", cost: Any = None) -> Request:
    return Request(action=action, resource=resource, args={} if args is None else args, cost=cost)


def nested(depth: int, leaf: Any = 1) -> Any:
    for _ in range(depth):
        leaf = [leaf]
    return leaf


def digest_by_the_book(request: Request, args: Any) -> bytes:
    members: dict[str, Any] = {"action": request.action, "args": args, "resource": request.resource}
    if request.cost is not None:
        members["cost"] = {"amount": request.cost.amount, "currency": request.cost.currency}
    return hashlib.sha256(b"attorn request v1\0" + rfc8785.dumps(members)).digest()


def test_a_request_holds_the_normal_form() -> None:
    request = Request(action="events:read", resource="CAL://Alice/2026-11/", args={"limit": 10.0, "tags": ["a"]})
    assert request.resource == "cal://alice/2026-11"
    assert request.args == {"limit": 10, "tags": ("a",)}
    assert type(request.args["limit"]) is int
    assert request.cost is None


def test_the_digest_of_one_request_is_pinned() -> None:
    request = Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 10}, cost=Money(250, "EUR"))
    text = (
        b'attorn request v1\0{"action":"events:read","args":{"limit":10},'
        b'"cost":{"amount":250,"currency":"EUR"},"resource":"cal://alice/2026-11"}'
    )
    assert request.digest() == hashlib.sha256(text).digest()


@pytest.mark.parametrize("action", ["a", "events:read", "a.b-c_d:1", "A:b:c", "-", "a" * MOST_ACTION])
def test_actions(action: str) -> None:
    assert ask(action=action).action == action


@pytest.mark.parametrize(
    "action",
    [
        "", ":", "a:", ":a", "a::b", "a b", "a\n", "a*", "ns:*", "a/b", 'a"b', "é", "\uff41", "\u212a", "a\u200b",
        "a\0", "a" * (MOST_ACTION + 1), None, 1, True, b"a", ["a"], Text("a"),
    ],
    ids=ascii,
)  # fmt: skip
def test_52_56_no_action(action: Any) -> None:
    with pytest.raises(InputError):
        ask(action=action)


BAD_VALUES = {
    "47-nan": float("nan"),
    "47-infinity": float("inf"),
    "47-minus-infinity": float("-inf"),
    "47-1e999": 1e999,
    "47-large-float": 1e300,
    "47-2**53": 2**53,
    "47-minus-2**53": -(2**53),
    "47-2**53-float": 2.0**53,
    "47-negative-zero": -0.0,
    "3-5000-digits": 10**5000,
    "13-lone-surrogate": "\ud800",
    "13-lone-surrogate-in-list": ["\udfff"],
    "13-lone-surrogate-in-object": {"a": "\ud800"},
    "13-lone-surrogate-name": {"\ud800": 1},
    "47-nan-deep": [{"a": [float("nan")]}],
    "56-bytes": b"a",
    "56-bytearray": bytearray(b"a"),
    "56-decimal": Decimal(1),
    "56-complex": 1j,
    "56-enum": Level.ONE,
    "56-text-subclass": Text("a"),
    "56-set": {1},
    "56-generator": iter([1]),
    "56-object": object(),
    "56-name-integer": {1: 1},
    "56-name-none": {None: 1},
    "1-too-deep": nested(MOST_DEPTH),
    "1-far-too-deep": nested(5000),
    "4-too-long": "a" * MOST_BYTES,
    "4-too-many": [1] * MOST_BYTES,
    "4-escapes": "\0" * (MOST_BYTES // 5),
}


@pytest.mark.parametrize("value", BAD_VALUES.values(), ids=BAD_VALUES.keys())
def test_refused_value(value: Any) -> None:
    with pytest.raises(InputError) as caught:
        ask({"x": value})
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "args",
    [
        None, [], "a", 1, [("a", 1)], {"": 1}, {1: 1}, {None: 1}, {True: 1}, {b"a": 1}, {Text("a"): 1}, {"\ud800": 1},
        {"a" * (MOST_NAME + 1): 1},
    ],
    ids=ascii,
)  # fmt: skip
def test_refused_args(args: Any) -> None:
    with pytest.raises(InputError):
        Request(action="a", resource="/r", args=args)


def test_1_a_list_that_holds_itself() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(InputError):
        ask({"x": loop})


@pytest.mark.parametrize("leaf", ["a" * 60_000, [1] * 100, {"a": "b" * 1000}], ids=["text", "list", "object"])
def test_1_4_one_item_held_many_times_is_refused_before_it_is_written_out(leaf: Any) -> None:
    for _ in range(6):
        leaf = [leaf] * 1000
    with pytest.raises(InputError):
        ask({"x": leaf})


def test_4_many_names_for_one_long_text() -> None:
    text = "a" * 60_000
    with pytest.raises(InputError):
        ask({str(number): text for number in range(50_000)})


@pytest.mark.parametrize("resource", [None, 1, b"/r", "", "/a/../..", "/a?b"], ids=repr)
def test_refused_resource(resource: Any) -> None:
    with pytest.raises(InputError):
        ask(resource=resource)


@pytest.mark.parametrize("cost", [0, 1, "1 EUR", (1, "EUR"), {"amount": 1, "currency": "EUR"}, True], ids=repr)
def test_56_only_money_is_a_cost(cost: Any) -> None:
    with pytest.raises(InputError):
        ask(cost=cost)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (-1, "EUR"), (2**53, "EUR"), (1.0, "EUR"), (True, "EUR"), ("1", "EUR"), (Decimal(1), "EUR"), (None, "EUR"),
        (Level.ONE, "EUR"), (1, "eur"), (1, "EU"), (1, "EURO"), (1, ""), (1, "E R"), (1, "EUR\n"), (1, None),
        (1, b"EUR"), (1, "\uff25\uff35\uff32"), (1, "\u0415UR"), (1, Text("EUR")),
    ],
    ids=ascii,
)  # fmt: skip
def test_56_no_money(amount: Any, currency: Any) -> None:
    with pytest.raises(InputError):
        Money(amount, currency)


def test_sizes_at_the_boundary() -> None:
    assert (MOST_ACTION, MOST_BYTES, MOST_DEPTH, MOST_NAME) == (256, 65_536, 16, 256)
    assert ask({"a" * MOST_NAME: 1})
    assert ask({"x": nested(MOST_DEPTH - 1)})
    assert ask({"x": "a" * (MOST_BYTES - len('{"x":""}'))})
    assert ask({"x": [[]] * ((MOST_BYTES - len('{"x":[]}') + 1) // 3)})
    assert ask({"x": [{"a": 1}] * ((MOST_BYTES - len('{"x":[]}') + 1) // 8)})
    assert ask({"x": SAFE, "y": -SAFE, "z": float(SAFE)}).args["z"] == SAFE
    assert Money(SAFE, "EUR").amount == SAFE
    assert Money(0, "JPY").amount == 0


def test_what_was_handed_in_can_change_without_effect() -> None:
    inner: dict[str, Any] = {"b": [1]}
    args: dict[str, Any] = {"a": inner}
    request = ask(args)
    before = request.digest()
    inner["b"].append(2)
    inner["c"] = 3
    args["d"] = 4
    assert request.digest() == before
    assert request.args == {"a": {"b": (1,)}}


def test_a_request_cannot_be_changed() -> None:
    request = ask({"a": {"b": [1]}})
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.action = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        request.args["a"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        request.args["a"]["b"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        Request("a", "/r")  # type: ignore[call-arg]


def test_mappings_that_are_accepted() -> None:
    assert ask(MappingProxyType({"a": 1})) == ask({"a": 1}) == ask(OrderedDict(a=1))
    request = ask({"a": {"b": [1, {"c": None}]}})
    assert dataclasses.replace(request, args=request.args) == request


SAME = [
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ({"a": 1.0}, {"a": 1}),
    ({"a": 0.0}, {"a": 0}),
    ({"a": [1, 2]}, {"a": (1, 2)}),
    ({"é": {"b": 1, "a": 2}}, {"é": {"a": 2, "b": 1}}),
    ({"a": 1e3}, {"a": 1000}),
]
DIFFERENT = [
    ({"a": 1}, {"a": True}),
    ({"a": 0}, {"a": False}),
    ({"a": 1}, {"a": "1"}),
    ({"a": None}, {}),
    ({"a": None}, {"a": False}),
    ({"a": []}, {"a": {}}),
    ({"a": [1]}, {"a": 1}),
    ({"a": [1, 2]}, {"a": [2, 1]}),
    ({"a": "é"}, {"a": "e\u0301"}),
    ({"a": "a"}, {"A": "a"}),
    ({"a": 1.5}, {"a": 1}),
    ({"a": {"b": 1}}, {"a.b": 1}),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_48_same_meaning_same_digest(left: dict[str, object], right: dict[str, object]) -> None:
    assert ask(left).digest() == ask(right).digest()
    assert ask(left) == ask(right)
    assert hash(ask(left)) == hash(ask(right))


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_48_56_other_meaning_other_digest(left: dict[str, object], right: dict[str, object]) -> None:
    assert ask(left).digest() != ask(right).digest()
    assert ask(left) != ask(right)


def test_every_part_is_in_the_digest() -> None:
    requests = [
        ask(),
        ask(action="a:c"),
        ask(resource="/s"),
        ask({"a": 1}),
        ask(cost=Money(0, "EUR")),
        ask(cost=Money(1, "EUR")),
        ask(cost=Money(0, "USD")),
    ]
    assert len({request.digest() for request in requests}) == len(requests)
    assert ask() != "a"


# U+2028, U+007F, U+FFFF and characters beyond 16 bits are where JSON writers and their sort orders differ.
TEXTS = st.text(
    st.one_of(st.sampled_from('"\\/\b\t\n\x1f\x7f\u2028\ufb01\uffff\U0001f600'), st.characters()), max_size=6
)
NUMBERS = st.one_of(
    st.integers(-SAFE, SAFE),
    st.floats(-float(SAFE), float(SAFE)).filter(lambda number: str(number) != "-0.0"),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
COSTS = st.one_of(st.none(), st.builds(Money, st.integers(0, SAFE), st.sampled_from(["EUR", "USD"])))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.dictionaries(TEXTS.filter(bool), st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), max_size=4), COSTS)
def test_the_fast_digest_is_the_digest_by_the_book(args: dict[str, Any], cost: Money | None) -> None:
    try:
        expected = rfc8785.dumps(args)
    except ValueError:
        with pytest.raises(InputError):
            ask(args)
        return
    request = ask(args, resource='/é"\\'[:-1], cost=cost)
    assert request.digest() == digest_by_the_book(request, args)
    assert len(expected) <= MOST_BYTES


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.dictionaries(TEXTS.filter(bool), VALUES, max_size=3), COSTS)
def test_nested_args_have_the_digest_by_the_book(args: dict[str, Any], cost: Money | None) -> None:
    try:
        rfc8785.dumps(args)
    except ValueError:
        with pytest.raises(InputError):
            ask(args)
        return
    request = ask(args, cost=cost)
    assert request.digest() == digest_by_the_book(request, args)
    assert dataclasses.replace(request, args=request.args) == request


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda request: pickle.loads(pickle.dumps(request))])
@pytest.mark.parametrize("args", [{}, {"a": [1, {"b": (1, 2.5, None)}], "c": {}, "\u00e9": "x"}])
def test_a_request_is_copied_and_pickled(again: Any, args: dict[str, Any]) -> None:
    request = Request(action="pay", resource="shop://a/b/../c", args=args, cost=Money(5, "EUR"))
    copied = again(request)
    assert copied == request
    assert copied.canonical() == request.canonical()
    with pytest.raises(TypeError):
        copied.args["d"] = 1
