"""POST /credentials/issue: what the conformance suites of the W3C ask of an issuer, with credentials of our own."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from tests.web.vc_scene import (
    DATA_MODEL,
    ED,
    EXAMPLES,
    SIGNERS,
    V1,
    V2,
    Api,
    Broken,
    ask,
    clock,
    refused,
    written,
)

from attorn.encoding import base58_decode, base64url_decode, base64url_encode
from attorn.errors import InputError
from attorn.integrity import Suite
from attorn.keys.public import Algorithm
from attorn.status import ListKind
from attorn.web.vc_api import application
from attorn.web.vc_form import Form, chosen
from attorn.web.vc_issuing import Issuing
from attorn.web.vc_lists import Lists

API = Api()
JCS, RDFC = Form.EDDSA_JCS_2022, Form.EDDSA_RDFC_2022
MALFORMED = f"{DATA_MODEL}MALFORMED_VALUE_ERROR"
LANGUAGES = [{"@value": "A name", "@language": "en"}, {"@value": "Ein Name", "@language": "de", "@direction": "ltr"}]
RELATED = {
    "id": V2,
    "mediaType": "application/ld+json",
    "digestSRI": "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU",
}

PICTURE = "u" + base64url_encode(hashlib.sha256(b"a picture").digest())

GOOD: dict[str, dict[str, Any]] = {
    "least": {},
    "no id": {"id": ...},
    "a URL of another kind as id": {"id": "did:example:credential"},
    "two contexts": {"context": [V2, EXAMPLES]},
    "a context in place": {
        "context": [V2, {"Badge": "https://issuer.example/terms#Badge"}],
        "type": ["VerifiableCredential", "Badge"],
    },
    "an agent identity credential": {
        "context": [V2, "https://w3id.org/attorn/agent/v1"],
        "type": ["VerifiableCredential", "AgentIdentityCredential"],
        "credentialSubject": {"id": "did:example:agent", "type": "AgentIdentity", "kind": "agent", "model": "m-1"},
    },
    "a type that is a URL": {"type": ["https://issuer.example/terms#Badge", "VerifiableCredential"]},
    "an issuer with a name": {"issuer": {"id": "https://issuer.example/", "name": "ACME", "description": "All of it"}},
    "an issuer that is a URL": {"issuer": "https://issuer.example/who"},
    "two subjects": {"credentialSubject": [{"id": "did:example:a", "name": "A"}, {"name": "B"}]},
    "a subject without id": {"credentialSubject": {"name": "Nobody"}},
    "times": {"validFrom": "2021-02-03T04:05:06.789Z", "validUntil": "2031-02-03T04:05:06-07:00"},
    "a time in the future": {"validFrom": "2999-01-01T00:00:00Z"},
    "a time in the past": {"validUntil": "2001-01-01T00:00:00Z"},
    "one moment": {"validFrom": "2021-02-03T04:05:06Z", "validUntil": "2021-02-03T05:05:06+01:00"},
    "a name in words": {"name": "Badge", "description": {"@value": "A badge", "@language": "en"}},
    "names in languages": {"name": LANGUAGES},
    "a status of another kind": {"credentialStatus": {"type": "https://issuer.example/terms#Status"}},
    "a schema": {
        "credentialSchema": {"id": "https://issuer.example/schema", "type": "https://issuer.example/terms#Schema"}
    },
    "a way to refresh": {"refreshService": {"type": "https://issuer.example/terms#Refresh", "id": "urn:refresh:1"}},
    "terms of use": {"termsOfUse": [{"type": "https://issuer.example/terms#Policy"}, {"type": "urn:policy:b"}]},
    "evidence": {"evidence": [{"type": "https://issuer.example/terms#Seen", "id": "urn:seen:1"}]},
    "a related resource": {"relatedResource": RELATED},
    "a related resource by its SHA-256": {
        "relatedResource": {"id": V2, "digestMultibase": "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"},
    },
    "another related resource": {
        "relatedResource": [{"id": "https://issuer.example/a.png", "digestMultibase": PICTURE}],
    },
}  # fmt: skip

BAD: dict[str, dict[str, Any]] = {
    # VC Data Model 2.0 section 4.3
    "no context": {"context": ...},
    "an empty context": {"context": []},
    "no base context": {"context": [EXAMPLES]},
    "the base context last": {"context": [EXAMPLES, V2]},
    "the base context alone": {"context": V2},
    "a number as a context": {"context": [V2, 5]},
    "null as a context": {"context": [V2, None]},
    "an array as a context": {"context": [V2, [EXAMPLES]]},
    "a context that nobody knows": {"context": [V2, "https://unknown.example/context"]},
    "no URL as a context": {"context": [V2, "https ://no.example"]},
    "version 1.1": {"context": [V1], "issuanceDate": "2020-01-01T00:00:00Z"},
    "a protected term redefined": {"context": [V2, {"VerifiableCredential": "https://evil.example/#VC"}]},
    "a term redefined that another context protects": {
        "context": [V2, {"@protected": True, "Badge": "urn:terms:Badge"}, {"Badge": "https://evil.example/#Badge"}],
        "type": ["VerifiableCredential", "Badge"],
    },
    # 4.4
    "null as id": {"id": None},
    "two ids": {"id": ["urn:a:1", "urn:a:2"]},
    "no URL as id": {"id": "not a url"},
    "a relative id": {"id": "credentials/1"},
    "an id of a subject that is two": {"credentialSubject": {"id": ["urn:a:1", "urn:a:2"]}},
    "an id of a subject that is none": {"credentialSubject": {"id": "none"}},
    # 4.5
    "no type": {"type": ...},
    "an empty type": {"type": []},
    "another type": {"type": ["https://issuer.example/terms#Badge"]},
    "a type that nothing defines": {"type": ["VerifiableCredential", "Unmapped"]},
    "a type defined as no URL": {"context": [V2, {"Badge": "not a url"}], "type": ["VerifiableCredential", "Badge"]},
    "a number as type": {"type": ["VerifiableCredential", 1]},
    # 4.6
    "a name with another member": {"name": {"@value": "A", "@language": "en", "url": "https://evil.example"}},
    "a number as name": {"name": 5},
    "a description with another member": {"description": {"@value": "A", "more": "B"}},
    "an issuer's name with another member": {"issuer": {"id": "did:example:a", "name": {"@value": "A", "x": "B"}}},
    "an issuer's description as a number": {"issuer": {"id": "did:example:a", "description": 5}},
    # 4.7
    "no issuer": {"issuer": ...},
    "null as issuer": {"issuer": None},
    "an issuer that is no URL": {"issuer": "me"},
    "an issuer without id": {"issuer": {"name": "ACME"}},
    "an issuer whose id is null": {"issuer": {"id": None}},
    "an issuer whose id is no URL": {"issuer": {"id": "me"}},
    "two issuers": {"issuer": ["did:example:a", "did:example:b"]},
    # 4.8
    "no subject": {"credentialSubject": ...},
    "an empty subject": {"credentialSubject": {}},
    "no subjects": {"credentialSubject": []},
    "one of two subjects empty": {"credentialSubject": [{"name": "A"}, {}]},
    "text as subject": {"credentialSubject": "did:example:a"},
    # 4.9
    "validFrom in words": {"validFrom": "yesterday"},
    "validFrom without a time": {"validFrom": "2021-02-03"},
    "validUntil as a number": {"validUntil": 1_600_000_000},
    "validUntil in month 13": {"validUntil": "2021-13-01T00:00:00Z"},
    "until before from": {"validFrom": "2031-01-01T00:00:00Z", "validUntil": "2021-01-01T00:00:00Z"},
    # 4.10
    "a status without type": {"credentialStatus": {"id": "urn:status:1"}},
    "a status with two ids": {"credentialStatus": {"type": "urn:t:1", "id": ["urn:s:1", "urn:s:2"]}},
    "a status whose id is no URL": {"credentialStatus": {"type": "urn:t:1", "id": "status"}},
    "a status whose type nothing defines": {"credentialStatus": {"type": "Unmapped"}},
    "a status entry with an index that is no text": {
        "credentialStatus": {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": True,
            "statusListCredential": "https://elsewhere.example/1",
        }
    },
    "an entry of this server's own list": {
        "credentialStatus": {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": "https://issuer.example/status/revocation/1",
        }
    },
    "a member that nothing defines": {"statusEntry": {"type": "BitstringStatusListEntry", "statusListIndex": "1"}},
    # 4.11, 5.3 to 5.6
    "a schema without id": {"credentialSchema": {"type": "https://issuer.example/terms#Schema"}},
    "a schema without type": {"credentialSchema": {"id": "https://issuer.example/schema"}},
    "a schema whose id is no URL": {"credentialSchema": {"id": "schema", "type": "urn:t:1"}},
    "related resources as texts": {"relatedResource": [V2]},
    "a related resource without id": {"relatedResource": {"digestSRI": RELATED["digestSRI"]}},
    "a related resource twice": {"relatedResource": [RELATED, RELATED]},
    "a related resource without digest": {"relatedResource": {"id": V2}},
    "a related resource with another SHA-256": {"relatedResource": {"id": V2, "digestMultibase": PICTURE}},
    "a related resource with another digest": {"relatedResource": {**RELATED, "digestSRI": "sha384-" + "A" * 64}},
    "refresh without type": {"refreshService": {"id": "urn:refresh:1"}},
    "terms of use without type": {"termsOfUse": {"id": "urn:policy:1"}},
    "evidence without type": {"evidence": [{"id": "urn:seen:1"}]},
    # attack 50
    "a claim that nothing defines": {"credentialSubject": {"id": "did:example:a", "undefinedTerm": "x"}},
    "a nested context": {"credentialSubject": {"@context": {"x": "https://evil.example/#x"}, "x": "y"}},
    "a proof for another issuer": {"proof": {"type": "DataIntegrityProof", "proofValue": "z1"}},
    "null as proof": {"issuer": ED.did, "proof": None},
    "text as proof": {"issuer": ED.did, "proof": "z1"},
    "a proof with a member that nothing defines": {"issuer": ED.did, "proof": {"type": "DataIntegrityProof", "x": "y"}},
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD)
def test_issued(case: str) -> None:
    document = written(**GOOD[case])
    issued = API.issued(document)
    assert issued["issuer"] == (
        {**document["issuer"], "id": ED.did} if isinstance(document["issuer"], dict) else ED.did
    )
    same = {name: value for name, value in issued.items() if name not in ("proof", "issuer")}
    assert same == {name: value for name, value in document.items() if name != "issuer"}
    assert isinstance(issued["@context"], list)
    assert issued["@context"][0] == V2


@pytest.mark.parametrize("case", BAD)
def test_refused(case: str) -> None:
    refused(API.issue(written(**BAD[case])))


@pytest.mark.parametrize("form", Form)
def test_every_form_is_issued_and_verified(form: Form) -> None:
    api = Api(form)
    issued = api.issued()
    assert api.verify(issued).status == 200
    if form is Form.JWT:
        assert issued["type"] == "EnvelopedVerifiableCredential"
        assert issued["id"].startswith("data:application/vc+jwt,")
        return
    proof = issued["proof"]
    assert (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) == (
        "DataIntegrityProof",
        form,
        "assertionMethod",
    )
    did, _, fragment = proof["verificationMethod"].partition("#")
    assert did == SIGNERS[form].did == f"did:key:{fragment}"
    assert re.fullmatch(r"z[1-9A-HJ-NP-Za-km-z]+", proof["proofValue"])
    assert len(base58_decode(proof["proofValue"][1:])) == 64
    assert proof["created"] == "2026-11-22T12:00:00Z"
    assert not {"domain", "challenge", "nonce", "previousProof"} & set(proof)


@pytest.mark.parametrize(("form", "other"), [(JCS, RDFC), (RDFC, JCS)])
def test_a_client_may_choose_among_the_forms_of_the_key(form: Form, other: Form) -> None:
    issued = Api(form).issued(cryptosuite=other)
    assert issued["proof"]["cryptosuite"] == other


@pytest.mark.parametrize("form", [Form.ECDSA_JCS_2019, Form.ECDSA_RDFC_2019])
def test_a_form_of_another_key_is_refused(form: Form) -> None:
    assert "eddsa-jcs-2022" in refused(API.issue(written(), cryptosuite=form), MALFORMED)["detail"]
    with pytest.raises(InputError):
        chosen(Algorithm.ED25519, form)


@pytest.mark.parametrize(
    "options",
    [
        {"cryptosuite": "ecdsa-sd-2023"},
        {"cryptosuite": "Ed25519Signature2020"},
        {"cryptosuite": None},
        {"cryptosuite": ["eddsa-jcs-2022"]},
        {"type": "Ed25519Signature2020"},
        {"mandatoryPointers": ["/issuer"]},
        {"credentialStatus": "revocation"},
        {"credentialStatus": {"type": "BitstringStatusListEntry"}},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "message"}},
        {"credentialStatus": {"type": "StatusList2021Entry", "statusPurpose": "revocation"}},
        {"credentialStatus": [{"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}] * 2},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusSize": 2}},
        {"created": "2020-01-01T00:00:00Z"},
        {"secret": "x"},
    ],
)
def test_an_option_that_would_not_be_honoured_is_refused(options: dict[str, Any]) -> None:
    refused(API.issue(written(), **options), MALFORMED)


@pytest.mark.parametrize("options", [{"type": "DataIntegrityProof"}, {"mandatoryPointers": []}, {}])
def test_options_that_change_nothing(options: dict[str, Any]) -> None:
    API.issued(**options)


def test_no_options_at_all() -> None:
    assert API.post("/credentials/issue", {"credential": written()}).status == 201


def test_a_signer_that_fails_is_not_the_clients_mistake_and_says_nothing() -> None:
    class Faulty:
        did = ED.did
        signer = Broken()

    app = application(issuing=Issuing(Faulty(), clock=clock))
    answer = ask(app, "POST", "/credentials/issue", b'{"credential": %s}' % json.dumps(written()).encode())
    problem = refused(answer, "about:blank", status=503)
    assert "42" not in str(problem)


def test_purposes_need_lists() -> None:
    with pytest.raises(InputError):
        Issuing(ED, purposes=[ListKind.REVOCATION])


def test_a_proof_stays_beside_the_new_one() -> None:
    api = Api(purposes=(ListKind.REVOCATION,))
    once = Api().issued(written())
    twice = api.issued(once)
    assert twice["proof"][0] == once["proof"]
    assert len(twice["proof"]) == 2
    assert "credentialStatus" not in twice
    assert api.verify(twice).status == 200
    status = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    refused(api.issue(once, credentialStatus=status), MALFORMED)


def test_an_enveloped_credential_takes_no_proof_along() -> None:
    refused(Api(Form.JWT).issue(Api().issued()), MALFORMED)


@pytest.mark.parametrize("base", ["https://issuer.example/status", "status/", "ftp://issuer.example/", 5])
def test_lists_need_a_url(base: Any) -> None:
    with pytest.raises(InputError):
        Lists(ED, base=base, suite=Suite.EDDSA_JCS_2022)


def test_an_enveloped_credential_holds_what_was_asked_for() -> None:
    issued = Api(Form.JWT).issued(written(name="Badge"))
    payload = issued["id"].partition(",")[2].split(".")[1]
    assert b'"name":"Badge"' in base64url_decode(payload)
