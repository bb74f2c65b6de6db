"""Questions about mandates, checkouts and receipts: what cannot be asked."""

from __future__ import annotations

from typing import Any

import pytest
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
