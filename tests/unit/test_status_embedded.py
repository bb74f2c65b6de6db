"""Bitstrings secured by Data Integrity proofs: written, read, and refused, as those in a JWS are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.scene import ALICE, MALLORY, NOW
from tests.unit.status_scene import LEAST, URI, credential

from attorn import Identity, integrity, status
from attorn.errors import (
    CredentialError,
    InputError,
    LimitError,
    MalformedError,
    ProofError,
    SignatureError,
    StatusError,
    VerificationError,
)
from attorn.integrity import Suite
from attorn.keys.signer import P256Signer
from attorn.status import ListKind, Publisher, bitstring
from attorn.status.status_list import MOST_CHARACTERS

AT = datetime.fromtimestamp(NOW, UTC)
P256 = Identity(P256Signer.from_scalar(b"\x07" * 32))


def signed(document: dict[str, Any], by: Identity = ALICE, **asked: Any) -> str:
    return json.dumps(integrity.sign(document, by=by, **{"created": AT, **asked}))


@pytest.mark.parametrize("suite", Suite)
def test_written_and_read(suite: Suite) -> None:
    by = P256 if suite.startswith("ecdsa") else ALICE
    publisher = Publisher(URI, kind="revocation")
    entry = publisher.allocate()
    publisher.revoke(entry.index)
    text = publisher.publish(by, clock=lambda: AT, lifetime=timedelta(hours=1), ttl=timedelta(minutes=5), suite=suite)
    document = json.loads(text)
    assert document["proof"]["cryptosuite"] == suite
    assert document["proof"]["proofPurpose"] == "assertionMethod"
    assert not {"iat", "iss", "exp"} & set(document)
    (found,) = status.verify(text)
    assert (found,) == status.read(text)
    assert (found.uri, found.issuer, found.kind, found.issued) == (URI, by.did, ListKind.REVOCATION, NOW)
    assert (found.expires, found.ttl, found.value(entry.index), found.text) == (NOW + 3600, 300, 1, text)


def test_it_speaks_from_when_it_was_signed_until_its_first_end() -> None:
    ends = AT + timedelta(hours=2)
    document = credential(validFrom="2000-01-01T00:00:00Z", validUntil="2999-01-01T00:00:00Z")
    (found,) = status.verify(signed(document, expires=ends))
    assert (found.issued, found.expires) == (NOW, int(ends.timestamp()))
    (found,) = status.verify(signed(credential(validFrom="2040-01-01T00:00:00Z")))
    assert found.issued == int(datetime(2040, 1, 1, tzinfo=UTC).timestamp())


def test_a_token_list_has_no_such_form() -> None:
    with pytest.raises(InputError):
        Publisher(URI).publish(ALICE, suite=Suite.EDDSA_JCS_2022)


def test_a_suite_of_another_key() -> None:
    with pytest.raises(InputError):
        bitstring.issue(URI, LEAST, by=ALICE, purposes=[ListKind.REVOCATION], issued=NOW, suite=Suite.ECDSA_JCS_2019)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"iat": NOW}, MalformedError),
        ({"exp": NOW + 5}, MalformedError),
        ({"iss": ALICE.did}, MalformedError),
        ({"vc": {}}, VerificationError),
        ({"credentialStatus": {"type": "urn:t:1"}}, MalformedError),
        ({"issuer": ...}, MalformedError),
        ({"issuer": "https://issuer.example"}, MalformedError),
        ({"issuer": MALLORY.did}, SignatureError),
        ({"validFrom": ...}, StatusError),
        ({"validFrom": "yesterday"}, MalformedError),
        ({"validUntil": "2000-01-01T00:00:00Z"}, StatusError),
        ({"type": ["VerifiableCredential"]}, MalformedError),
        ({"id": ...}, MalformedError),
    ],
)
def test_refused(changed: dict[str, Any], error: type[VerificationError]) -> None:
    document = {**credential(), **changed}
    document = {name: value for name, value in document.items() if value is not ...}
    try:
        text = signed(document)
    except CredentialError:
        # Not even to be signed: a term that nothing defines.
        text = json.dumps({**document, "proof": json.loads(signed(credential()))["proof"]})
    with pytest.raises(error):
        status.verify(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("proof"),
        lambda document: document.update(proof=None),
        lambda document: document.update(id=f"{URI}0"),
        lambda document: document["credentialSubject"].update(statusPurpose="suspension"),
        lambda document: document["proof"].update(created="2030-03-17T17:46:41Z"),
        lambda document: document["proof"].update(proofPurpose="authentication"),
        lambda document: document["proof"].update(cryptosuite="eddsa-rdfc-2022"),
        lambda document: document["proof"].pop("verificationMethod"),
    ],
)
def test_changed_after_it_was_signed(change: Any) -> None:
    # attack 51
    document = json.loads(signed(credential()))
    change(document)
    with pytest.raises(ProofError):
        status.verify(json.dumps(document))


def test_a_term_that_nothing_defines() -> None:
    document = json.loads(signed(credential()))
    document["credentialSubject"]["undefinedTerm"] = "x"
    with pytest.raises(CredentialError):
        status.verify(json.dumps(document))


def test_what_nobody_signed_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(signed(credential()))
    document["proof"]["proofValue"] = json.loads(signed(credential(id=f"{URI}0")))["proof"]["proofValue"]
    monkeypatch.setattr(bitstring, "unpack", lambda *_: pytest.fail("inflated"))
    with pytest.raises(ProofError):
        status.verify(json.dumps(document))


@pytest.mark.parametrize("text", ["{", "{}", "{}}", '{"proof": {}}', '{"id": 1, "id": 1}', "{" + " " * MOST_CHARACTERS])
def test_no_document(text: str) -> None:
    with pytest.raises((MalformedError, StatusError, ProofError, LimitError)):
        status.verify(text)
    with pytest.raises((MalformedError, StatusError, ProofError, LimitError)):
        status.read(text)
