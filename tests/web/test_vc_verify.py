"""POST /credentials/verify and /presentations/verify: what the conformance suites of the W3C ask of a verifier."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.web.vc_scene import (
    BASE,
    DATA_MODEL,
    EC,
    ED,
    HOLDER,
    NOW,
    SECURITY,
    STATUS_LIST,
    V1,
    V2,
    Api,
    ask,
    clock,
    presentation,
    refused,
    unsigned,
    with_proof,
    written,
)

from attorn import Identity, credential, integrity
from attorn.canonical import JsonValue
from attorn.credential import Securing
from attorn.did.document import Relationship
from attorn.encoding import base58_decode, base58_encode
from attorn.errors import UnavailableError
from attorn.integrity import Suite
from attorn.status import ListKind
from attorn.web.vc_api import application
from attorn.web.vc_form import Form
from attorn.web.vc_verifying import Verifying

API = Api()
MALLORY = Identity.from_seed(b"\x54" * 32)
JCS = API.issued()
RDFC = API.issued(cryptosuite="eddsa-rdfc-2022")
JWT = API.issued(cryptosuite="vc+jwt")
OLD: dict[str, Any] = {
    "@context": [V1, "https://w3id.org/security/data-integrity/v2"],
    "type": ["VerifiableCredential"],
    "issuer": ED.did,
    "issuanceDate": "2020-01-01T00:00:00Z",
    "credentialSubject": {"id": HOLDER.did},
}


def signed(document: dict[str, Any], by: Identity = ED, **asked: Any) -> dict[str, JsonValue]:
    """A document with a proof that nobody asked `attorn.credential` about."""
    return integrity.sign(document, by=by, **{"created": NOW, **asked})


def test_what_is_told_of_a_credential() -> None:
    answer = API.verify(JCS)
    assert answer.status == 200
    assert answer.media_type == "application/json"
    told = {"verified": True, "checks": ["proof"], "warnings": [], "errors": [], "issuer": ED.did}
    assert answer.data == told
    assert API.verify(JCS, returnCredential=True).data == {**told, "verifiableCredential": JCS}
    assert API.post("/credentials/verify", {"verifiableCredential": JCS}).data == told


@pytest.mark.parametrize(
    "options",
    [
        {"checks": ["proof"]},
        {"checks": []},
        {"checks": ["proof", "credentialStatus"]},
        {"expectedProofPurpose": "assertionMethod"},
        {"returnProblemDetails": True, "returnResults": False},
    ],
)
def test_options_that_a_credential_meets(options: dict[str, Any]) -> None:
    assert API.verify(JCS, **options).status == 200


@pytest.mark.parametrize("suite", Suite)
def test_version_1_1_is_verified_by_every_suite(suite: Suite) -> None:
    by = EC if suite.startswith("ecdsa") else ED
    assert API.verify(signed({**OLD, "issuer": by.did}, by, suite=suite)).status == 200


def test_a_proof_set_and_a_chain_with_a_first_proof_by_somebody_else() -> None:
    document = written(issuer=ED.did)
    both = signed(signed(document, MALLORY, id="urn:proof:1"), previous="urn:proof:1")
    assert API.verify(both).status == 200
    assert API.verify(signed(signed(document), MALLORY)).status == 200
    other = copy.deepcopy(both)
    other["proof"][1]["previousProof"] = "urn:proof:2"  # type: ignore[index, call-overload]
    refused(API.verify(other), f"{SECURITY}PROOF_VERIFICATION_ERROR")
    renamed = copy.deepcopy(both)
    renamed["proof"][0]["id"] = "urn:proof:2"  # type: ignore[index, call-overload]
    refused(API.verify(renamed), f"{SECURITY}PROOF_VERIFICATION_ERROR")
    second = copy.deepcopy(both)
    second["proof"][1]["id"] = "urn:proof:3"  # type: ignore[index, call-overload]
    refused(API.verify(second), f"{SECURITY}PROOF_VERIFICATION_ERROR")


def longer(value: str) -> str:
    return "z" + base58_encode(base58_decode(value[1:]) + bytes(32))


PROOFS: dict[str, dict[str, Any]] = {
    "no type": {"type": ...},
    "another type": {"type": "UnknownProofType"},
    "null as type": {"type": None},
    "no method": {"verificationMethod": ...},
    "a method that is none": {"verificationMethod": "did:key:invalidVm"},
    "a method without fragment": {"verificationMethod": ED.did},
    "somebody else's method": {"verificationMethod": f"{HOLDER.did}#{HOLDER.did[8:]}"},
    "a method of a method that nobody here resolves": {"verificationMethod": "did:example:a#key"},
    "no purpose": {"proofPurpose": ...},
    "another purpose": {"proofPurpose": "authentication"},
    "a purpose that is none": {"proofPurpose": "invalidPurpose"},
    "no value": {"proofValue": ...},
    "null as value": {"proofValue": None},
    "a value without header": {"proofValue": JCS["proof"]["proofValue"][1:]},
    "a value of another base": {"proofValue": "u" + JCS["proof"]["proofValue"][1:]},
    "a longer value": {"proofValue": longer(JCS["proof"]["proofValue"])},
    "no cryptosuite": {"cryptosuite": ...},
    "another cryptosuite": {"cryptosuite": "UnknownCryptosuite"},
    "a cryptosuite of another form": {"cryptosuite": "eddsa-rdfc-2022"},
    "a cryptosuite of another key": {"cryptosuite": "ecdsa-jcs-2019"},
    "no text as cryptosuite": {"cryptosuite": {"name": "eddsa-jcs-2022"}},
    "created at no time": {"created": "invalidDate"},
    "created at another time": {"created": "2026-11-22T11:00:00Z"},
    "created without an offset": {"created": "2026-11-22T12:00:00"},
    "expires at no time": {"expires": "soon"},
    "a member that nothing defines": {"undefinedTerm": "x"},
    "a previous proof that is not there": {"previousProof": "urn:proof:1"},
    "a previous proof that is no text": {"previousProof": 5},
}


@pytest.mark.parametrize("case", PROOFS)
@pytest.mark.parametrize("form", ["jcs", "rdfc"])
def test_a_proof_is_refused(case: str, form: str) -> None:
    document = JCS if form == "jcs" else RDFC
    if case == "a cryptosuite of another form" and form == "rdfc":
        changed = with_proof(document, cryptosuite="eddsa-jcs-2022")
    else:
        changed = with_proof(document, **PROOFS[case])
    problem = refused(API.verify(changed, checks=["proof"]))
    assert problem["verified"] is False
    assert [each["type"] for each in problem["problemDetails"]] == [problem["type"]]
    assert problem["errors"] == [problem["detail"]]


@pytest.mark.parametrize(
    "document",
    [
        {name: value for name, value in JCS.items() if name != "proof"},
        {**JCS, "proof": None},
        {**JCS, "proof": []},
        {**JCS, "proof": "z"},
        {**JCS, "proof": [JCS["proof"]] * 2 + [None]},
        {**JCS, "proof": [JCS["proof"]] * 17},
        {**JCS, "id": "urn:uuid:another"},
        {**JCS, "issuer": MALLORY.did},
        {**JCS, "@context": [*JCS["@context"], {"name": "https://evil.example/#name"}]},
        {**JCS, "@context": [*JCS["@context"], "https://www.w3.org/ns/credentials/examples/v2"]},
        {**JCS, "type": [*JCS["type"], "UndefinedType"]},
        {**JCS, "undefinedTerm": "IfDroppedWillVerify"},
        {**JCS, "credentialSubject": {**JCS["credentialSubject"], "undefinedTerm": "x"}},
        {**RDFC, "credentialSubject": {**RDFC["credentialSubject"], "undefinedTerm": "x"}},
        {**RDFC, "type": [*RDFC["type"], "UndefinedType"]},
        {"type": ["NonconformingDocument"]},
        {},
    ],
)
def test_a_document_is_refused(document: dict[str, Any]) -> None:
    refused(API.verify(document))


def test_a_genuine_proof_by_somebody_else_than_the_issuer() -> None:
    refused(API.verify(signed(written(issuer=ED.did), MALLORY)), f"{DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR")


def test_another_hash_and_another_canonical_form() -> None:
    # The proof of one suite under the name of the other: both hash with SHA-256, over something else.
    for document, name in ((JCS, "eddsa-rdfc-2022"), (RDFC, "eddsa-jcs-2022")):
        refused(API.verify(with_proof(document, cryptosuite=name)), f"{SECURITY}PROOF_VERIFICATION_ERROR")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"expectedProofPurpose": "authentication"}, "PROOF_VERIFICATION_ERROR"),
        ({"proofPurpose": "capabilityInvocation"}, "PROOF_VERIFICATION_ERROR"),
        ({"domain": "domain.example"}, "INVALID_DOMAIN_ERROR"),
        ({"domain": ["domain.example", "other.example"]}, "INVALID_DOMAIN_ERROR"),
        ({"challenge": "1235abcd6789"}, "INVALID_CHALLENGE_ERROR"),
    ],
)
def test_a_credential_that_is_not_what_the_client_expects(options: dict[str, Any], problem: str) -> None:
    refused(API.verify(JCS, **options), SECURITY + problem)


def test_a_credential_for_a_domain_and_a_challenge() -> None:
    bound = signed(written(issuer=ED.did), domain="domain.example", challenge="c")
    assert API.verify(bound, domain="domain.example", challenge="c").status == 200
    assert API.verify(bound).status == 200
    refused(API.verify(bound, domain="domain.example", challenge="d"), f"{SECURITY}INVALID_CHALLENGE_ERROR")
    refused(API.verify(bound, domain="other.example", challenge="c"), f"{SECURITY}INVALID_DOMAIN_ERROR")
    login = signed(written(issuer=ED.did), purpose=Relationship.AUTHENTICATION, domain="domain.example")
    refused(API.verify(login, domain="domain.example"), f"{SECURITY}PROOF_VERIFICATION_ERROR")
    refused(API.verify(JWT, domain="domain.example"), f"{SECURITY}INVALID_DOMAIN_ERROR")


@pytest.mark.parametrize(
    "options",
    [
        {"checks": "proof"},
        {"checks": ["everything"]},
        {"checks": [None]},
        {"domain": []},
        {"domain": ""},
        {"domain": [5]},
        {"domain": ["d"] * 9},
        {"challenge": 5},
        {"challenge": ""},
        {"challenge": "c" * 3000},
        {"expectedProofPurpose": "anything"},
        {"expectedProofPurpose": None},
        {"expectedProofPurpose": "assertionMethod", "proofPurpose": "authentication"},
        {"returnCredential": 1},
        {"verificationMethod": "did:key:z"},
        {"expectedIssuer": ED.did},
    ],
)
def test_options_that_would_not_be_honoured(options: dict[str, Any]) -> None:
    refused(API.verify(JCS, **options), f"{DATA_MODEL}MALFORMED_VALUE_ERROR")
    refused(API.verify_presentation(unsigned(), **options), f"{DATA_MODEL}MALFORMED_VALUE_ERROR")


@pytest.mark.parametrize("secured", ["eyJhbGciOiJFZERTQSJ9.e30.x", 5, None, [JCS], True])
def test_only_objects_are_verified(secured: Any) -> None:
    refused(API.verify(secured), f"{DATA_MODEL}PARSING_ERROR")
    refused(API.verify_presentation(secured), f"{DATA_MODEL}PARSING_ERROR")


@pytest.mark.parametrize(
    "changed",
    [
        {"@context": []},
        {"@context": "https://www.w3.org/ns/credentials/examples/v2"},
        {"@context": [V2, 5]},
        {"id": JWT["id"].partition(",")[2]},
        {"id": JWT["id"].replace("vc+jwt", "jwt")},
        {"id": JWT["id"].replace("vc+jwt", "vp+jwt")},
        {"id": JWT["id"][:-4]},
        {"id": JWT["id"] + "~"},
        {"id": "data:text/plain,hello"},
        {"id": None},
        {"type": "VerifiableCredential"},
        {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]},
        {"type": "EnvelopedVerifiablePresentation"},
        {"credentialSubject": {"id": "did:example:a"}},
    ],
)
def test_an_envelope_is_refused(changed: dict[str, Any]) -> None:
    assert API.verify(JWT).status == 200
    refused(API.verify({**JWT, **changed}))


@pytest.mark.parametrize("gone", ["@context", "id", "type"])
def test_an_envelope_has_all_its_members(gone: str) -> None:
    refused(API.verify({name: value for name, value in JWT.items() if name != gone}))


def test_a_credential_out_of_its_time() -> None:
    early = API.issued(written(validFrom="2027-01-01T00:00:00Z"))
    late = API.issued(written(validUntil="2026-01-01T00:00:00Z"))
    for document in (early, late):
        assert refused(API.verify(document), "about:blank")["code"] == "outside_validity"


def test_a_status_that_this_server_does_not_have() -> None:
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://elsewhere.example/lists/1",
    }
    elsewhere = API.issued(written(credentialStatus=entry))
    retrieval = f"{STATUS_LIST}STATUS_RETRIEVAL_ERROR"
    refused(API.verify(elsewhere), retrieval, status=422)
    assert API.verify(elsewhere, checks=["proof"]).data["warnings"]
    refused(API.verify(elsewhere, checks=["proof", "credentialStatus"]), retrieval, status=422)
    for uri in (f"{BASE}revocation/1", f"{BASE}revocation/99", f"{BASE}../x"):
        ours = signed(written(issuer=ED.did, credentialStatus={**entry, "statusListCredential": uri}))
        refused(API.verify(ours), retrieval, status=422)
    insecure = signed(written(issuer=ED.did, credentialStatus={**entry, "statusListCredential": "http://a.example/1"}))
    refused(API.verify(insecure), f"{STATUS_LIST}STATUS_VERIFICATION_ERROR")
    unknown = API.issued(written(credentialStatus={"type": "https://issuer.example/terms#Status"}))
    refused(API.verify(unknown), f"{STATUS_LIST}STATUS_VERIFICATION_ERROR")
    without = application(verifying=Verifying(clock=clock))
    body = b'{"verifiableCredential":' + _text(elsewhere) + b"}"
    refused(ask(without, "POST", "/credentials/verify", body), retrieval, status=422)


def test_an_index_beyond_the_list() -> None:
    api = Api(purposes=(ListKind.REVOCATION,))
    document = api.issued()
    entry = {**document["credentialStatus"], "statusListIndex": "131072"}
    entry.pop("id")
    refused(
        api.verify(signed(written(issuer=ED.did, credentialStatus=entry))), f"{STATUS_LIST}STATUS_VERIFICATION_ERROR"
    )


def test_whose_credentials_are_taken_can_be_said() -> None:
    app = application(verifying=Verifying(issuers=[EC.did], clock=clock))
    body = b'{"verifiableCredential":' + _text(JCS) + b"}"
    refused(ask(app, "POST", "/credentials/verify", body), f"{DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR")


def test_a_resolver_that_fails_is_no_yes() -> None:
    class Down:
        def resolve(self, did: str) -> Any:
            raise UnavailableError("the network is down")

    class Faulty:
        def resolve(self, did: str) -> Any:
            raise ValueError("a secret")

    body = b'{"verifiableCredential":' + _text(JCS) + b"}"
    for resolver in (Down(), Faulty()):
        answer = ask(
            application(verifying=Verifying(resolver=resolver, clock=clock)), "POST", "/credentials/verify", body
        )
        refused(answer, status=422)
        assert b"a secret" not in answer.body


class TestPresentations:
    def test_what_is_told(self) -> None:
        answer = API.verify_presentation(presentation(JCS, RDFC))
        assert answer.status == 200
        assert answer.data["holder"] == HOLDER.did
        assert answer.data["issuers"] == [ED.did, ED.did]
        assert answer.data["warnings"] == []
        shown = unsigned()
        told = API.verify_presentation(shown, returnPresentation=True).data
        assert told["verifiablePresentation"] == shown
        assert "holder" not in told
        assert "nobody signed" in told["warnings"][0]

    @pytest.mark.parametrize("suite", Suite)
    def test_every_suite(self, suite: Suite) -> None:
        by = EC if suite.startswith("ecdsa") else HOLDER
        assert API.verify_presentation(presentation(JCS, by=by, suite=suite)).status == 200

    @pytest.mark.parametrize("securing", [Securing.ENVELOPED])
    def test_enveloped(self, securing: Securing) -> None:
        shown = presentation(JWT, securing=securing, challenge="c", domain="d")
        assert API.verify_presentation(shown, challenge="c", domain="d").status == 200
        refused(API.verify_presentation(shown, challenge="x", domain="d"), f"{SECURITY}INVALID_CHALLENGE_ERROR")
        refused(API.verify_presentation(shown, challenge="c", domain="x"), f"{SECURITY}INVALID_DOMAIN_ERROR")
        for changed in ({"@context": []}, {"type": ["VerifiablePresentation"]}, {"id": shown["id"].partition(",")[2]}):
            refused(API.verify_presentation({**shown, **changed}))

    @pytest.mark.parametrize(
        "changed",
        [
            {"id": "urn:uuid:4e1a"},
            {"type": ["VerifiablePresentation", "https://issuer.example/terms#Shown"]},
            {"verifiableCredential": []},
            {"verifiableCredential": ...},
            {"verifiableCredential": JCS},
            {"holder": "https://holder.example/"},
            {"holder": {"id": HOLDER.did}},
            {"context": [V2, "https://www.w3.org/ns/credentials/examples/v2"]},
            {"context": [V2, {"Shown": "urn:terms:Shown"}], "type": ["VerifiablePresentation", "Shown"]},
        ],
    )
    def test_unsigned_ones_that_are_well_formed(self, changed: dict[str, Any]) -> None:
        assert API.verify_presentation(unsigned(JCS, **changed), checks=[]).status == 200
        # attack 51: whoever takes the proof away must not get past a challenge.
        for asked in ({"challenge": "c"}, {"domain": "d"}):
            refused(API.verify_presentation(unsigned(JCS, **changed), **asked))

    @pytest.mark.parametrize(
        "changed",
        [
            {"context": ...},
            {"context": []},
            {"context": V2},
            {"context": ["https://www.w3.org/ns/credentials/examples/v2"]},
            {"context": ["https://www.w3.org/ns/credentials/examples/v2", V2]},
            {"context": [V2, "https://unknown.example"]},
            {"context": [V2, "https ://no.example"]},
            {"context": [V2, 123_192_875]},
            {"id": "no url"},
            {"id": None},
            {"type": ...},
            {"type": []},
            {"type": ["https://issuer.example/terms#Shown"]},
            {"type": ["VerifiablePresentation", "Unmapped"]},
            {"holder": "me"},
            {"holder": {"name": "me"}},
            {"holder": None},
            {"verifiableCredential": "urn:credential:1"},
            {"verifiableCredential": ["urn:credential:1"]},
            {"verifiableCredential": [5]},
            {"verifiableCredential": [[JCS]]},
            {"verifiableCredential": [written()]},
            {"verifiableCredential": [JCS] * 65},
            {"verifiableCredential": [JCS, {**JCS, "id": "urn:uuid:another"}]},
            {"termsOfUse": {"id": "urn:policy:1"}},
            {"undefinedTerm": "x"},
            {"proof": None},
        ],
    )
    def test_refused(self, changed: dict[str, Any]) -> None:
        refused(API.verify_presentation(unsigned(JCS, **changed)))

    def test_challenge_and_domain(self) -> None:
        shown = presentation(JCS, challenge="c", domain="d")
        assert API.verify_presentation(shown, challenge="c", domain="d").status == 200
        assert API.verify_presentation(shown, checks=[]).status == 200
        assert API.verify_presentation(shown, challenge="c", domain=["d"]).status == 200
        refused(API.verify_presentation(shown, challenge="x", domain="d"), f"{SECURITY}INVALID_CHALLENGE_ERROR")
        refused(API.verify_presentation(shown, challenge="c", domain="x"), f"{SECURITY}INVALID_DOMAIN_ERROR")
        refused(API.verify_presentation(shown, challenge="c", domain=["d", "e"]), f"{SECURITY}INVALID_DOMAIN_ERROR")
        plain = presentation(JCS)
        refused(API.verify_presentation(plain, challenge="c"), f"{SECURITY}INVALID_CHALLENGE_ERROR")
        refused(API.verify_presentation(shown, expectedProofPurpose="assertionMethod"))

    def test_a_signed_one_that_was_changed(self) -> None:
        shown = presentation(JCS)
        for changed in (
            {"holder": MALLORY.did},
            {"verifiableCredential": []},
            {"id": "urn:uuid:1"},
            {"@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"]},
        ):
            refused(API.verify_presentation({**shown, **changed}))
        refused(API.verify_presentation(with_proof(shown, proofValue="z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh")))

    def test_the_holder_that_it_names_must_have_signed(self) -> None:
        by_another = integrity.sign(
            unsigned(JCS, holder=HOLDER.did), by=MALLORY, purpose=Relationship.AUTHENTICATION, created=NOW
        )
        refused(API.verify_presentation(by_another), f"{DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR")

    @pytest.mark.parametrize("holder", [..., "did:example:acme", HOLDER.did])
    def test_a_self_asserted_credential_without_a_proof_of_its_own_is_refused(self, holder: Any) -> None:
        # What only the holder's signature covers is the holder's word, and not a credential.
        claimed = written(issuer=HOLDER.did)
        shown = integrity.sign(
            unsigned(claimed, holder=holder), by=HOLDER, purpose=Relationship.AUTHENTICATION, created=NOW
        )
        refused(API.verify_presentation(shown))

    def test_a_revoked_credential_in_one(self) -> None:
        api = Api(purposes=(ListKind.REVOCATION,))
        issued = api.issued()
        shown = presentation(issued)
        assert api.verify_presentation(shown).data["checks"] == ["proof", "credentialStatus"]
        assert api.set(issued["id"]).status == 200
        assert refused(api.verify_presentation(shown))["code"] == "revoked"


def test_a_credential_that_is_not_from_yet() -> None:
    later = credential.issue(written(issuer=ED.did), by=ED, created=NOW + timedelta(hours=1))
    refused(API.verify(later), f"{SECURITY}PROOF_VERIFICATION_ERROR")


def test_every_form_of_the_issuer_is_taken_by_the_verifier() -> None:
    for form in Form:
        assert API.verify(Api(form).issued()).status == 200


def _text(value: object) -> bytes:
    return json.dumps(value).encode()
