"""What the operations about credentials and status refuse to be asked: a misspelt question has no verdict."""

from __future__ import annotations

from typing import Any

import pytest

from attorn import Identity, sdjwt, status
from attorn.caveat.validity import moment
from attorn.conformance.answer import Answer
from attorn.conformance.operations import OPERATIONS, answer
from attorn.credential import issue
from attorn.revocation import revoke

NOW = 1_800_000_000
ALICE, SCOUT = (Identity.from_seed(bytes([number]) * 32, clock=lambda: moment(NOW)) for number in (1, 2))
URI = "https://lists.example/1"
PUBLISHER = status.Publisher(URI)
LIST = PUBLISHER.publish(ALICE, clock=lambda: moment(NOW))
CREDENTIAL = issue(
    {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": ALICE.did,
        "credentialSubject": {"id": SCOUT.did},
    },
    by=ALICE,
    created=moment(NOW),
)
SD_JWT = sdjwt.issue({"vct": "https://a.example/t"}, by=ALICE, typ=sdjwt.SD_JWT_VC)
ENTRY = revoke(b"l" * 16, by=ALICE, clock=lambda: moment(NOW)).encode()
ASKED: dict[str, dict[str, Any]] = {
    "apply-revocations": {"now": NOW, "statement": ENTRY, "links": ["bGxsbGxsbGxsbGxsbGxsbA"]},
    "read-status": {
        "now": NOW,
        "lists": [LIST],
        "issuer": ALICE.did,
        "staleness": 600,
        "reference": {"status_list": {"idx": 1, "uri": URI}},
    },
    "verify-credential": {"now": NOW, "credential": CREDENTIAL, "issuers": [ALICE.did]},
    "verify-sd-jwt": {"now": NOW, "sd_jwt": SD_JWT, "typ": sdjwt.SD_JWT_VC},
}
WRONG: dict[str, tuple[dict[str, Any], ...]] = {
    "apply-revocations": (
        {"statement": 1},
        {"before": [1]},
        {"links": ["b"]},
        {"links": "bGxsbGxsbGxsbGxsbGxsbA"},
        {"principals": ["alice"]},
        {"principals": ["did:key:z6Mk"]},
        {"documents": {"https://a.example/did.json": 1}},
        {"documents": {"https://a.example/did.json": "\ud800"}},
        {"documents": []},
    ),
    "read-status": (
        {"lists": LIST},
        {"issuer": None},
        {"staleness": "600"},
        {"staleness": True},
        {"judge": 1},
        {"reference": []},
    ),
    "verify-credential": (
        {"credential": None},
        {"credential": None, "presentation": None},
        {"presentation": {}},
        {"issuers": ALICE.did},
        {"lists": [LIST]},
        {"accept_v1": "yes"},
        {"cosigners": "all"},
        {"contexts": {"https://a.example/v1": 1}},
        {"contexts": {"https://a.example/v1": "{}"}},
        {"resources": {"https://a.example/r": 1}},
        {"resources": {"https://a.example/r": "\ud800"}},
        {"resources": ["https://a.example/r"]},
        {"audience": "https://a.example"},
        {"challenge": "c"},
    ),
    "verify-sd-jwt": (
        {"sd_jwt": None},
        {"sd_jwt": {}},
        {"typ": None},
        {"audience": "https://a.example"},
        {"nonce": "n"},
        {"audience": "", "nonce": ""},
    ),
}


def asked(operation: str, **changes: Any) -> Answer:
    question = {**ASKED[operation], **changes}
    return answer(OPERATIONS[operation], {name: value for name, value in question.items() if value is not None})


@pytest.mark.parametrize("operation", ASKED)
def test_what_is_asked_properly_is_answered(operation: str) -> None:
    found = asked(operation)
    assert found.code == "ok", found
    assert found.result


@pytest.mark.parametrize(("operation", "changes"), [(name, each) for name, wrong in WRONG.items() for each in wrong])
def test_an_input_of_another_form_is_no_question(operation: str, changes: dict[str, Any]) -> None:
    assert asked(operation, **changes).code == "invalid_input"


@pytest.mark.parametrize("operation", ASKED)
@pytest.mark.parametrize("now", [None, "1800000000", True, -1, 1.5])
def test_there_is_always_a_clock(operation: str, now: object) -> None:
    assert asked(operation, now=now).code == "invalid_input"


@pytest.mark.parametrize("operation", ASKED)
def test_a_member_that_nobody_knows_is_refused(operation: str) -> None:
    assert asked(operation, Now=NOW).code == "invalid_input"
