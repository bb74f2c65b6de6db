"""The front door: one credential in every form, who may issue, by which proofs, and what its status says."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.credential_scene import (
    CRYPTOGRAPHIC,
    EXAMPLES,
    FORMS,
    HOLDER,
    ISSUER,
    MALFORMED,
    MALLORY,
    NOW,
    V1,
    V2,
    document,
    issued,
    jws,
    refused,
    verified,
)

from attorn import AttornError, Identity, credential, integrity, status
from attorn.credential import Securing, VerifiedCredential
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver
from attorn.encoding import base64url_decode
from attorn.errors import (
    CredentialError,
    InputError,
    ProofError,
    ResolutionError,
    RevokedError,
    StaleError,
    StatusError,
    SuspendedError,
    UnavailableError,
)
from attorn.integrity import Suite
from attorn.jsonld import Contexts, PinnedContext
from attorn.keys.signer import P256Signer

EVERY = pytest.mark.parametrize("securing", FORMS)
P256 = Identity(P256Signer.from_scalar(b"\x29" * 32))
RICH: dict[str, Any] = {
    "@context": [V2, EXAMPLES],
    "name": "Badge",
    "credentialSubject": {"id": HOLDER.did, "roles": ["a", "b"], "limits": {"depth": 2, "open": False}},
    "credentialSchema": [{"id": "https://a.example/s", "type": "JsonSchema"}],
    "evidence": {"type": "Evidence", "level": 1.5},
}


@EVERY
@pytest.mark.parametrize("by", [ISSUER, P256], ids=["Ed25519", "P-256"])
def test_a_credential_in_every_form(securing: Securing, by: Identity) -> None:
    found = verified(issued(securing, by=by, **RICH), issuers=[by.did])
    assert found.document == document(**{**RICH, "issuer": by.did})
    assert (found.issuer, found.signers, found.securing) == (by.did, (by.did,), securing)
    assert found.subjects[0].id == HOLDER.did
    assert found.subjects[0].claims == {"roles": ["a", "b"], "limits": {"depth": 2, "open": False}}
    assert (found.status, found.token_status, found.unchecked_resources) == ((), None, ())


@EVERY
def test_reading_checks_no_signature(securing: Securing) -> None:
    secured = issued(securing)
    assert credential.read(secured).unverified_issuer == ISSUER.did
    # A reader needs to know whose keys and lists to get; it is not verified for that.
    assert not isinstance(credential.read(secured), VerifiedCredential)


@pytest.mark.parametrize("secured", [document(), document(proof=...), json.dumps(document())])
def test_what_nobody_signed_is_refused(secured: Any) -> None:
    refused(secured, CRYPTOGRAPHIC)


# Whose credentials are taken.


@EVERY
def test_issuers_are_the_callers_to_name(securing: Securing) -> None:
    secured = issued(securing)
    asked: list[str] = []

    def knows(did: str) -> bool:
        asked.append(did)
        return True

    for issuers in ([ISSUER.did], {ISSUER.did, MALLORY.did}, (ISSUER.did,), {ISSUER.did: 1}, knows):
        assert verified(secured, issuers=issuers).issuer == ISSUER.did
    assert asked == [ISSUER.did]
    for strangers in ([], [MALLORY.did], [ISSUER.did + "#a"], [ISSUER.did.upper()]):
        refused(secured, CRYPTOGRAPHIC, issuers=strangers)


@pytest.mark.parametrize("answer", [False, None, 1, "yes", [True], NotImplemented, object()])
def test_only_true_is_a_yes(answer: Any) -> None:
    # attack 131
    refused(issued(), CRYPTOGRAPHIC, issuers=lambda did: answer)


def test_issuers_that_fail() -> None:
    def fails(did: str) -> bool:
        raise LookupError("no database")

    refused(issued(), error=UnavailableError, issuers=fails)


@pytest.mark.parametrize("issuers", [None, ISSUER.did, ISSUER.did.encode(), 5, True])
def test_issuers_must_be_said(issuers: Any) -> None:
    with pytest.raises(InputError):
        verified(issued(), issuers=issuers)
    with pytest.raises(TypeError):
        credential.verify(issued(), resolver=credential, now=NOW)  # type: ignore[call-arg, arg-type]


def test_nobody_is_asked_for_the_keys_of_a_stranger() -> None:
    class Resolver:
        def resolve(self, did: str) -> Any:
            raise AssertionError(did)

    for securing in FORMS:
        refused(issued(securing), CRYPTOGRAPHIC, issuers=[MALLORY.did], resolver=Resolver())


@pytest.mark.parametrize("issuer", ["https://issuer.example/", "urn:uuid:1", f"{ISSUER.did}#{ISSUER.did[8:]}"])
def test_an_issuer_has_a_did(issuer: str) -> None:
    asked: list[str] = []
    refused(jws(document(issuer=issuer)), CRYPTOGRAPHIC, issuers=lambda did: not asked.append(did))
    refused({**proven(), "issuer": issuer}, CRYPTOGRAPHIC, issuers=lambda did: not asked.append(did))
    assert asked == []


# Proofs. # attacks 26, 28, 30, 51


def proven(by: Identity = ISSUER, *, claims: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"by": by, "purpose": Relationship.ASSERTION_METHOD, "created": NOW, **changed}
    return integrity.sign(document() if claims is None else claims, **asked)


def test_every_proof_must_hold_and_one_be_the_issuers() -> None:
    both = proven(MALLORY, claims=proven())
    assert set(verified(both).signers) == {ISSUER.did, MALLORY.did}
    assert set(verified({**both, "proof": both["proof"][::-1]}).signers) == {ISSUER.did, MALLORY.did}
    for place in (0, 1):
        bad = copy.deepcopy(both)
        bad["proof"][place]["proofValue"] = bad["proof"][1 - place]["proofValue"]
        refused(bad, error=ProofError)
    refused(proven(MALLORY), CRYPTOGRAPHIC)
    refused({**both, "proof": both["proof"][1:]}, CRYPTOGRAPHIC)
    refused(proven(MALLORY), CRYPTOGRAPHIC, issuers=[ISSUER.did, MALLORY.did])


def test_nobody_else_is_asked_for_keys_before_the_issuers_proof_holds() -> None:
    # attack 35: whoever forges a credential would choose what a verifier fetches
    class Resolver:
        def resolve(self, did: str) -> Any:
            asked.append(did)
            return LocalResolver().resolve(did)

    both = proven(ISSUER, claims=proven(MALLORY))
    for order in (1, -1):
        asked: list[str] = []
        good = {**both, "proof": both["proof"][::order]}
        assert verified(good, resolver=Resolver()).signers == (MALLORY.did, ISSUER.did)[::order]
        assert asked == [ISSUER.did, MALLORY.did]
        asked = []
        refused({**good, "name": "forged"}, error=ProofError, resolver=Resolver())
        assert asked == [ISSUER.did]
    asked = []
    refused({**both, "proof": both["proof"][0]}, CRYPTOGRAPHIC, resolver=Resolver())
    assert asked == []


@pytest.mark.parametrize("cosigners", [[], {ISSUER.did}, lambda _: False, lambda _: 1], ids=range(4))
def test_proofs_of_others_are_refused_before_anybody_is_asked(cosigners: Any) -> None:
    class Resolver:
        def resolve(self, did: str) -> Any:
            raise AssertionError(did)

    # Whoever shows a credential may have put it there.
    refused(proven(MALLORY, claims=proven()), CRYPTOGRAPHIC, resolver=Resolver(), cosigners=cosigners)
    assert verified(proven(), cosigners=cosigners).signers == (ISSUER.did,)


def test_proofs_of_others_whom_the_caller_takes() -> None:
    both = proven(MALLORY, claims=proven())
    for cosigners in ([MALLORY.did], {MALLORY.did: 1}, lambda did: did == MALLORY.did):
        assert verified(both, cosigners=cosigners).signers == (ISSUER.did, MALLORY.did)
    for odd in (MALLORY.did, 5, b""):
        refused(both, error=InputError, cosigners=odd)


@pytest.mark.parametrize(
    "changed",
    [{"cryptosuite": "ecdsa-jcs-2019"}, {"cryptosuite": "eddsa-2022"}, {"cryptosuite": ...},
     {"type": "Ed25519Signature2020"},
     {"cryptosuite": "EDDSA-JCS-2022"}, {"proofPurpose": "authentication"}, {"proofPurpose": "capabilityDelegation"},
     {"proofPurpose": ...}, {"created": "2026-11-22T12:00:01Z"}, {"created": ...}, {"proofValue": ...},
     {"proofValue": "z"},
     {"verificationMethod": ...}, {"verificationMethod": "#" + ISSUER.did[8:]}, {"domain": "a.example"},
     {"challenge": "c"}, {"expires": "2030-01-01T00:00:00Z"}, {"nonce": "n"}, {"id": "urn:uuid:1"},
     {"previousProof": "urn:uuid:1"}, {"stray": 1},
     {"verificationMethod": f"{MALLORY.did}#{MALLORY.did[8:]}"}],
    ids=repr,
)  # fmt: skip
def test_proofs_that_were_altered(changed: dict[str, Any]) -> None:
    secured = proven()
    proof = {**secured["proof"], **changed}
    with pytest.raises((ProofError, CredentialError, ResolutionError)):
        verified({**secured, "proof": {name: value for name, value in proof.items() if value is not ...}})


@pytest.mark.parametrize("proof", [{}, [], None, 5, "a", [{}], [None], [[]], {"type": "DataIntegrityProof"}], ids=repr)
def test_what_is_no_proof(proof: Any) -> None:
    with pytest.raises((ProofError, CredentialError)):
        verified({**document(), "proof": proof})


@pytest.mark.parametrize("purpose", [each for each in Relationship if each is not Relationship.ASSERTION_METHOD])
def test_proofs_for_another_purpose(purpose: Relationship) -> None:
    # attack 30
    with pytest.raises(AttornError):
        verified(proven(purpose=purpose))


def test_contexts_that_no_proof_covers() -> None:
    # attack 50: a JCS proof holds for a document that names more contexts than it
    secured = proven()
    for more in (EXAMPLES, {"name": "https://evil.example/#n"}, {"@vocab": "https://evil.example/#"}):
        with pytest.raises((CredentialError, ProofError)):
            verified({**secured, "@context": [V2, more]})


def test_an_rdfc_suite() -> None:
    pytest.importorskip("pyoxigraph")
    for by, suite in ((ISSUER, Suite.EDDSA_RDFC_2022), (P256, Suite.ECDSA_RDFC_2019)):
        secured = credential.issue(document(**{**RICH, "issuer": by.did}), by=by, suite=suite, created=NOW)
        assert verified(secured, issuers=[by.did]).document == document(**{**RICH, "issuer": by.did})
        secured["credentialSubject"]["roles"] = ["a"]
        refused(secured, error=ProofError, issuers=[by.did])


# One member more, less or other. # attack 48


def edits(value: Any, trail: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every member and element of a document, each dropped or changed."""
    names = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for name in names:
        for how in ("dropped", "changed", "doubled"):
            yield (*trail, name), how
        yield from edits(value[name], (*trail, name))


def edited(secured: Any, trail: tuple[Any, ...], how: str) -> Any:
    copied = copy.deepcopy(secured)
    holder = copied
    for name in trail[:-1]:
        holder = holder[name]
    name = trail[-1]
    if how == "dropped":
        del holder[name]
    elif how == "changed":
        holder[name] = other(holder[name])
    elif isinstance(holder, list):
        holder.insert(name, copy.deepcopy(holder[name]))
    else:
        holder[f"{name}2"] = copy.deepcopy(holder[name])
    return copied


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("a" if value[-1:] != "a" else "b")
    return [*value, "z"] if isinstance(value, list) else {**value, "name": "a"}


SIGNED = issued(Securing.DATA_INTEGRITY, **RICH)
EDITS = sorted(edits(SIGNED), key=repr)


@given(st.sampled_from(EDITS))
def test_a_credential_with_any_one_member_changed_is_refused(edit: tuple[tuple[Any, ...], str]) -> None:
    changed = edited(SIGNED, *edit)
    assert changed != SIGNED
    with pytest.raises(AttornError) as caught:
        verified(changed, issuers=lambda did: True)
    assert isinstance(caught.value, CredentialError | ProofError | ResolutionError), repr(caught.value)


@pytest.mark.parametrize("edit", [each for each in EDITS if each[1] != "doubled"], ids=repr)
def test_over_statements_too(edit: tuple[tuple[Any, ...], str]) -> None:
    # A value that is there twice is one statement.
    pytest.importorskip("pyoxigraph")
    secured = credential.issue(document(**RICH), by=ISSUER, suite=Suite.EDDSA_RDFC_2022, created=NOW)
    try:
        changed = edited(secured, *edit)
    except KeyError:
        return
    with pytest.raises(AttornError) as caught:
        verified(changed, issuers=lambda did: True)
    assert isinstance(caught.value, CredentialError | ProofError | ResolutionError), repr(caught.value)


@given(st.data())
def test_a_payload_with_any_one_member_changed_is_refused(data: st.DataObject) -> None:
    head, body, signature = issued(Securing.JOSE, **RICH).split(".")
    payload = json.loads(base64url_decode(body))
    changed = edited(payload, *data.draw(st.sampled_from(sorted(edits(payload), key=repr))))
    _, forged, _ = jws(changed).split(".")
    refused(f"{head}.{forged}.{signature}", issuers=lambda did: True)


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
one_level = st.one_of(leaves, st.lists(leaves, max_size=2), st.dictionaries(st.text(max_size=8), leaves, max_size=2))
json_values = st.one_of(one_level, st.lists(one_level, max_size=2))


@given(st.sampled_from(sorted({*document(), "proof", "credentialStatus", "relatedResource", "evidence"})), json_values)
def test_any_value_of_any_member_gives_a_credential_or_a_credential_error(name: str, value: Any) -> None:
    with suppress(CredentialError):
        credential.read({**document(), name: value})


# Status. # attacks 104 to 108

LIST = "https://issuer.example/lists/1"


def entry(**changed: Any) -> dict[str, Any]:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": LIST,
        **changed,
    }


def lists(*revoked: int, kind: str = "revocation", by: Identity = ISSUER, uri: str = LIST) -> Any:
    publisher = status.Publisher(uri, kind=kind, random=lambda bound: 7)
    publisher.allocate()
    for index in revoked:
        publisher.revoke(index) if kind != "suspension" else publisher.suspend(index)
    return status.verify(publisher.publish(by, lifetime=timedelta(hours=1), clock=lambda: NOW))


def checked(*known: Any, **changed: Any) -> Any:
    asked: dict[str, Any] = {"now": int(NOW.timestamp()), "staleness": 600, **changed}
    return partial(status.check_credential, lists=[each for several in known for each in several], **asked)


@EVERY
def test_a_status_is_looked_up(securing: Securing) -> None:
    secured = issued(securing, credentialStatus=entry())
    found = verified(secured, status=checked(lists()))
    assert [each.types for each in found.status] == [("BitstringStatusListEntry",)]
    refused(secured, error=RevokedError, status=checked(lists(7)))
    verified(secured, status=credential.unsafe_ignore_status)


@pytest.mark.parametrize("verdict", [False, True, "revoked", 0, ()])
def test_a_status_that_returns_its_verdict(verdict: Any) -> None:
    # attack 108
    refused(issued(credentialStatus=entry()), error=UnavailableError, status=lambda found: verdict)


@EVERY
def test_a_status_is_never_forgotten(securing: Securing) -> None:
    refused(issued(securing, credentialStatus=entry()), error=StaleError)
    refused(issued(securing, credentialStatus=entry()), error=StaleError, status=checked())


def test_every_entry_must_be_valid() -> None:
    # attack 108
    suspension = entry(statusPurpose="suspension", statusListCredential=LIST + "s")
    both = issued(credentialStatus=[entry(), suspension])
    good, bad = lists(kind="suspension", uri=LIST + "s"), lists(7, kind="suspension", uri=LIST + "s")
    verified(both, status=checked(lists(), good))
    refused(both, error=SuspendedError, status=checked(lists(), bad))
    refused(both, error=RevokedError, status=checked(lists(7), good))
    refused(both, error=StaleError, status=checked(lists()))


def test_a_token_status_beside_the_credential() -> None:
    reference = status.TokenReference(LIST, 7)
    text = credential.issue(document(), by=ISSUER, securing=Securing.JOSE, token_status=reference.write())
    assert verified(text, status=checked(lists(kind="token"))).token_status == reference.write()
    refused(text, error=RevokedError, status=checked(lists(7, kind="token")))
    refused(text, error=StaleError)
    refused(text, error=StaleError, status=checked(lists()))
    for claim in ({}, None, [], "a", {"status_list": {"idx": "7", "uri": LIST}}, {"status_list": {"idx": 7}}):
        with pytest.raises((CredentialError, StaleError)):
            verified(jws({**document(), "status": claim}), status=checked(lists()))
    # attack 107: what nobody looks up would never revoke anything
    both = {**reference.write(), "identifier_list": {"id": "00", "uri": LIST}}
    refused(jws({**document(), "status": both}), MALFORMED, status=checked(lists(kind="token")))
    with pytest.raises(InputError):
        credential.issue(document(), by=ISSUER, token_status=reference.write())


@pytest.mark.parametrize(
    "changed",
    [{"statusListIndex": 7}, {"statusListIndex": "07"}, {"statusListIndex": "-1"}, {"statusListIndex": "7.0"},
     {"statusListIndex": "1e1"}, {"statusListIndex": "9" * 17}, {"statusPurpose": "other"}, {"statusSize": 0},
     {"statusSize": 2}, {"statusListCredential": "https://a.example/#x"}],
    ids=repr,
)  # fmt: skip
def test_entries_that_are_malformed(changed: dict[str, Any]) -> None:
    # attack 104
    inline = {"@context": [V2, EXAMPLES]}
    secured = issued(credentialStatus=entry(**changed), **inline)
    refused(secured, MALFORMED, status=checked(lists()))


def test_entries_that_no_list_answers() -> None:
    # attacks 104, 105, 107
    secured = issued(credentialStatus=entry())
    refused(secured, error=StaleError, status=checked(lists(by=MALLORY)))
    refused(secured, error=StaleError, status=checked(lists(kind="suspension")))
    refused(secured, error=StaleError, status=checked(lists(uri=LIST + "2")))
    refused(secured, error=StaleError, status=checked(lists(), now=int(NOW.timestamp()) + 601))
    verified(secured, status=checked(lists(by=MALLORY), issuer=MALLORY.did))
    far = issued(credentialStatus=entry(statusListIndex="999999999"))
    refused(far, error=StatusError, status=checked(lists()))
    typed = {"id": "https://a.example/1", "type": "https://a.example/#Unknown"}
    refused(issued(credentialStatus=typed), error=StatusError, status=checked(lists()))


def test_a_status_that_fails() -> None:
    def fails(found: VerifiedCredential) -> None:
        raise ConnectionError(found.issuer)

    refused(issued(), error=UnavailableError, status=fails)
    wrong: list[dict[str, Any]] = [{"lists": None}, {"lists": [5]}, {"lists": lists()[0], "now": 0.5}]
    for changed in (*wrong, {"staleness": "600"}, {"skew": None}):
        with pytest.raises(InputError):
            status.check_credential(verified(issued()), **{"lists": [], "now": 0, "staleness": 600, **changed})
    with pytest.raises(InputError):
        status.check_credential(issued(), [], now=0, staleness=600)
    for bad in (True, "yes", [], lists()):
        with pytest.raises(InputError):
            verified(issued(), status=bad)


# Arguments.


@pytest.mark.parametrize(
    "changed",
    [{"now": NOW.replace(tzinfo=None)}, {"now": None}, {"now": 1_900_000_000}, {"now": "2026-11-22T12:00:00Z"},
     {"resolver": None}, {"resolver": {}}, {"resources": None}, {"resources": {"a": "b"}}, {"resources": [b""]},
     {"contexts": {}}, {"contexts": [V2]}, {"most": 0}, {"accept_v1": 1}],
    ids=repr,
)  # fmt: skip
def test_arguments_that_say_nothing(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        verified(issued(), **changed)


@pytest.mark.parametrize(
    "changed",
    [{"by": None}, {"by": ISSUER.did}, {"securing": "jose"}, {"securing": None}, {"method": "#1"},
     {"securing": Securing.JOSE, "suite": Suite.EDDSA_JCS_2022}, {"suite": "eddsa"}, {"token_status": {}},
     {"securing": Securing.JOSE, "token_status": []}, {"securing": Securing.JOSE, "created": NOW.replace(tzinfo=None)},
     {"securing": Securing.JOSE, "expires": "tomorrow"}, {"created": 5}, {"suite": Suite.ECDSA_JCS_2019}],
    ids=repr,
)  # fmt: skip
def test_arguments_that_nobody_can_issue_by(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        credential.issue(document(), **{"by": ISSUER, **changed})


def test_a_credential_of_version_1() -> None:
    old = {
        "@context": [V1, "https://w3id.org/security/data-integrity/v2"], "type": ["VerifiableCredential"],
        "issuer": ISSUER.did, "issuanceDate": "2020-01-01T00:00:00Z", "credentialSubject": {"id": HOLDER.did},
    }  # fmt: skip
    secured = proven(claims=old)
    assert verified(secured, accept_v1=True).version is credential.Version.V1
    refused(secured, MALFORMED)


def test_contexts_that_the_caller_knows() -> None:
    url = "https://context.example/v1"
    text = json.dumps({"@context": {"stray": "https://a.example/#stray"}}).encode()
    known = Contexts({url: PinnedContext(text, hashlib.sha256(text).hexdigest())})
    members = {"@context": [V2, url], "stray": 1}
    for form in FORMS:
        with pytest.raises(CredentialError):
            credential.issue(document(**members), by=ISSUER, securing=form)
        secured = credential.issue(document(**members), by=ISSUER, securing=form, contexts=known)
        assert verified(secured, contexts=known).document["stray"] == 1
        refused(secured)
