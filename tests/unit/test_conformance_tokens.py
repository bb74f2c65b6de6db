"""What of `verify-token`, `attenuate`, `read-key` and `resolve-did` no vector asks: questions that cannot be asked."""

from __future__ import annotations

import pytest
from vectors import testkit as kit
from vectors.scene import FIXED, in_transit

from attorn.conformance.answer import Answer
from attorn.conformance.operations import OPERATIONS, answer

TOKEN = {"token": in_transit(FIXED.three_links()), "roots": [FIXED.alice.did], "now": FIXED.now}
LINK = {
    "token": in_transit(FIXED.three_links()),
    "seed": kit.url64(FIXED.bob.seed),
    "to": FIXED.scout.did,
    "id": kit.url64(bytes(16)),
    "issued": FIXED.now,
}
KEY = {"multibase": FIXED.alice.did[8:]}
DID = {"did": FIXED.alice.did, "now": FIXED.now}
URL = {"url": f"{FIXED.alice.did}#{FIXED.alice.did[8:]}", "relationship": "authentication", "now": FIXED.now}
GOOD = [("verify-token", TOKEN), ("attenuate", LINK), ("read-key", KEY), ("resolve-did", DID), ("resolve-did", URL)]


@pytest.mark.parametrize(("operation", "asked"), GOOD)
def test_a_question_is_answered_and_one_with_another_member_is_none(operation: str, asked: dict) -> None:
    assert answer(OPERATIONS[operation], asked).code == "ok"
    for wrong in ({**asked, "more": 1}, dict.fromkeys(asked, 7.5), {}):
        assert answer(OPERATIONS[operation], wrong) == Answer("invalid_input", None)


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("verify-token", {**TOKEN, "macaroon_keys": ["AAAA"]}),
        ("verify-token", {**TOKEN, "documents": {"https://a.example/": 1}}),
        ("verify-token", {**TOKEN, "rotated_keys": 0}),
        ("verify-token", {**TOKEN, "rotated_keys": 366 * 86_400 + 1}),
        ("attenuate", {**LINK, "id": kit.url64(bytes(15))}),
        ("attenuate", {**LINK, "seed": kit.url64(bytes(31))}),
        ("attenuate", {**LINK, "caveats": {"MaxUses": 1}}),
        ("attenuate", {**LINK, "caveats": [{"MaxUses": 0}]}),
        ("attenuate", {**LINK, "purpose": ""}),
        ("read-key", {**KEY, "jwk": FIXED.alice.jwk}),
        ("read-key", {"jwk": []}),
        ("resolve-did", {**DID, "url": URL["url"], "relationship": "authentication"}),
        ("resolve-did", {**URL, "relationship": "invoking"}),
    ],
)
def test_a_question_that_cannot_be_asked(operation: str, asked: dict) -> None:
    assert answer(OPERATIONS[operation], asked) == Answer("invalid_input", None)


def test_a_page_that_is_longer_than_its_method_takes_is_unavailable() -> None:
    page = {"https://a.example/.well-known/did.json": " " * 65_537}
    asked = {"did": "did:web:a.example", "documents": page, "now": FIXED.now}
    assert answer(OPERATIONS["resolve-did"], asked) == Answer("unavailable", None)
