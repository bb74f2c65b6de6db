"""Questions about mandates, checkouts and receipts: what cannot be asked."""

from __future__ import annotations

from typing import Any

import pytest
from vectors import purchase_scene, receipt_cases, receipt_offer_cases
from vectors.mandate_scene import Purchase, Scene, recipe
from vectors.world import World

from attorn.conformance.operations import OPERATIONS, answer


def asked(**changed: Any) -> str:
    """The code of the answer to the usual question with these members; `...` takes one away."""
    question, _ = Purchase(input=changed).question(Scene(World()), "payment")
    return answer(OPERATIONS["verify-mandate"], question).code


def test_the_usual_question() -> None:
    assert asked() == "ok"


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "0.3"},
        {"version": 0.2},
        {"kind": "cart"},
        {"kind": ...},
        {"mandate": ...},
        {"mandate": 5},
        {"nonce": ""},
        {"audience": ...},
        {"now": -1},
        {"now": "1790000000"},
        {"anchors": [5]},
        {"anchors": ["alice"]},
        {"anchors": {}},
        {"anchors": [{"kty": "EC"}]},
        {"merchants": [{"name": "m"}]},
        {"merchants": [{"keys": []}]},
        {"merchants": [{"name": "m", "keys": ["k"]}]},
        {"merchants": [{"name": "m", "did": "did:key:zShop", "kid": "1"}]},
        {"unit": "cent"},
        {"claim": "payload"},
        {"redelegations": 32},
        {"redelegations": 1.0},
        {"skew": 3601},
        {"age": -1},
        {"unbound": 1},
        {"check": "yes"},
        {"required": ["payment.max"]},
        {"status": {"lists": []}},
        {"status": {"lists": [], "staleness": 60, "at": 5}},
        {"before": [5]},
        {"before": [{"kind": "payment"}]},
        {"checkout": ...},
        {"checkout_jwt": "a.b.c"},
        {"surprise": True},
    ],
    ids=str,
)
def test_a_question_that_cannot_be_asked(changed: dict[str, Any]) -> None:
    assert asked(**changed) == "invalid_input"


def test_a_recipe_says_what_comes_out() -> None:
    case = recipe("x", "", None, "", None)(World())
    assert answer(OPERATIONS["verify-mandate"], dict(case.input)).result["hops"] == case.result["hops"]


def deal(**changed: Any) -> str:
    """The same of AP2 v0.1."""
    question = purchase_scene.Deal(asked=changed).question(purchase_scene.Scene(World()))
    return answer(OPERATIONS["verify-mandate"], question).code


@pytest.mark.parametrize(
    "changed",
    [
        {"cart": ...},
        {"payment": {}},
        {"intent": 5},
        {"users": "alice"},
        {"merchants": []},
        {"merchants": {"shop": "Shop"}},
        {"merchants": {"did:key:zShop": 5}},
        {"audience": ""},
        {"wallets": [5]},
        {"now": 1.5},
        {"before": [{"cart": "x"}]},
        {"before": [{"cart": "x", "payment": "x", "now": 1, "at": 1}]},
        {"anchors": []},
    ],
    ids=str,
)
def test_a_purchase_of_v01_that_cannot_be_asked_about(changed: dict[str, Any]) -> None:
    assert deal() == "ok"
    assert deal(**changed) == "invalid_input"


@pytest.mark.parametrize("make", [receipt_cases.RECIPES[0], receipt_offer_cases.RECIPES[0]])
@pytest.mark.parametrize(
    "changed",
    [
        {"now": None},
        {"now": -5},
        {"kind": "order", "form": "order"},
        {"receipt": 5, "checkout": 5},
        {"issuers": "shop", "merchants": "shop"},
        {"issuers": [{"name": "s", "keys": [{"kty": "EC"}]}], "merchants": [{"name": "s", "keys": [{"kty": "EC"}]}]},
        {"issuers": [{"name": "s", "did": "shop"}], "merchants": [{"name": "s", "did": "shop"}]},
        {"issuers": [{"name": "", "keys": []}], "merchants": [{"name": "", "keys": []}]},
        {"surprise": 1},
    ],
    ids=str,
)
def test_a_receipt_or_a_checkout_that_cannot_be_asked_about(make: Any, changed: dict[str, Any]) -> None:
    case = make(World())
    known = {name: value for name, value in changed.items() if name in case.input or name == "surprise"}
    assert answer(OPERATIONS[case.operation], dict(case.input)).code == "ok"
    assert answer(OPERATIONS[case.operation], {**case.input, **known}).code == "invalid_input"
