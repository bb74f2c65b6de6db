"""DIDs over HTTP: as DID Resolution 1.0 has it, and as the conformance suite of did:key reads older drafts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.web.vc_scene import ED, HOLDER, Answer, Api, ask

from attorn import Identity
from attorn.did.document import DidDocument
from attorn.did.resolver import StaticResolver
from attorn.encoding import base58_encode
from attorn.errors import InputError, UnavailableError
from attorn.keys.x25519 import derive, to_multibase
from attorn.web.did_api import DidApi
from attorn.web.vc_api import application

OLD = 'application/ld+json;profile="https://w3id.org/did-resolution"'
API = Api()
DID = HOLDER.did
KEY = DID.removeprefix("did:key:")
SHORT = f"did:key:z{base58_encode(bytes((0xED, 1)) + bytes(31))}"
AGREEMENT = f"{DID}#{to_multibase(derive(HOLDER.signer.public_key))}"


def old(did: str, query: str = "", path: str = "/did-key/identifiers") -> Answer:
    return API.get(f"{path}/{did}", headers={"accept": OLD}, query=query, raw_path=f"{path}/{quote(did, safe='')}")


def error_of(answer: Answer, name: str) -> str:
    assert answer.media_type == OLD
    assert answer.data["didDocument"] == {}
    assert answer.data["didDocumentMetadata"] == {}
    assert answer.data["@context"]
    return answer.data[name]["error"]


@pytest.mark.parametrize("path", ["/identifiers", "/did-key/identifiers"])
def test_resolved(path: str) -> None:
    answer = old(DID, path=path)
    assert answer.status == 200
    document = answer.data["didDocument"]
    assert document["id"] == DID
    assert document["verificationMethod"][0]["type"] == "Multikey"
    assert document["verificationMethod"][0]["publicKeyMultibase"] == KEY
    for name in ("authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"):
        assert document[name] == [f"{DID}#{KEY}"]
    assert set(answer.data) == {"@context", "didDocument", "didDocumentMetadata", "didResolutionMetadata"}


def test_a_part_of_the_document() -> None:
    answer = old(f"{DID}#{KEY}")
    assert answer.status == 200
    assert answer.data["didDocument"]["controller"] == DID
    assert "didDereferencingMetadata" in answer.data


@pytest.mark.parametrize(
    ("did", "error"),
    [
        (f"notDid:key:{KEY}", "invalidDid"),
        (f"key:{KEY}", "invalidDid"),
        (f"did:other:{KEY}", "invalidDid"),
        (f"did:{KEY}", "invalidDid"),
        ("did:web:issuer.example", "invalidDid"),
        (f"did:key:-4:{KEY}", "invalidDid"),
        (f"did:key:0:{KEY}", "invalidDid"),
        (f"did:key:one:{KEY}", "invalidDid"),
        (f"did:key:{KEY[1:]}", "invalidDid"),
        ("did:key:@", "invalidDid"),
        ("did:key:", "invalidDid"),
        ("did:key:z6Mk0", "invalidDid"),
        (SHORT, "invalidPublicKeyLength"),
        ("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "unsupportedPublicKeyType"),
    ],
)
def test_a_did_that_is_none(did: str, error: str) -> None:
    answer = old(did)
    assert answer.status == 400
    assert error_of(answer, "didResolutionMetadata") == error


@pytest.mark.parametrize(
    ("url", "query", "error"),
    [
        (f"{DID}/^bar^/?query=`#{KEY}", "", "invalidDidUrl"),
        (f"{DID}#a b", "", "invalidDidUrl"),
        (f"{DID}#{KEY}", "publicKeyFormat=Ed25519VerificationKey2018&enableExperimentalPublicKeyTypes=false",
         "invalidPublicKeyType"),
        (AGREEMENT, "publicKeyFormat=Ed25519VerificationKey2018&enableExperimentalPublicKeyTypes=false",
         "invalidPublicKeyType"),
        (AGREEMENT, "publicKeyFormat=unknown", "unsupportedPublicKeyType"),
        (f"{DID}#nothing", "", "notFound"),
        (f"{DID}?service=files", "", "notFound"),
        (f"{DID}?unknown=1", "", "featureNotSupported"),
        (f"notDid:key:{KEY}#{KEY}", "", "invalidDidUrl"),
    ],
)  # fmt: skip
def test_a_url_that_leads_nowhere(url: str, query: str, error: str) -> None:
    answer = old(url, query)
    assert 400 <= answer.status < 500 or answer.status == 501
    assert error_of(answer, "didDereferencingMetadata") == error


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("publicKeyFormat=unknown", "unsupportedPublicKeyType"),
        ("publicKeyFormat=JsonWebKey&enableExperimentalPublicKeyTypes=false", "invalidPublicKeyType"),
        ("publicKeyFormat=Multikey&publicKeyFormat=Multikey", "invalidOptions"),
        ("enableExperimentalPublicKeyTypes=perhaps", "invalidOptions"),
        ("unknown=1", "invalidOptions"),
        ("versionTime=yesterday", "invalidOptions"),
        ("accept=text/html", "representationNotSupported"),
    ],
)
def test_options_that_are_none(query: str, error: str) -> None:
    answer = old(DID, query)
    assert 400 <= answer.status < 500
    assert error_of(answer, "didResolutionMetadata") == error


def test_an_option_that_is_one() -> None:
    members = old(DID, "enableEncryptionKeyDerivation=true").data["didDocument"]
    assert members["keyAgreement"] == [AGREEMENT]


@pytest.mark.parametrize("method", ["key", "jwk"])
def test_in_the_form_of_the_standard(method: str) -> None:
    did = Identity.from_seed(b"\x55" * 32, method=method).did
    answer = API.get(f"/identifiers/{did}", headers={"accept": "application/did-resolution"})
    assert (answer.status, answer.media_type) == (200, "application/did-resolution")
    assert answer.data["didDocument"]["id"] == did
    assert answer.data["didResolutionMetadata"] == {"contentType": "application/did"}
    assert API.get(f"/identifiers/{did}").media_type == "application/json"
    document = API.get(f"/identifiers/{did}", headers={"accept": "application/did"})
    assert document.media_type == "application/did"
    assert document.data == answer.data["didDocument"]


@pytest.mark.parametrize(
    ("did", "status", "name"),
    [
        ("no did", 400, "INVALID_DID"),
        ("did:key:@", 400, "INVALID_DID"),
        ("did:web:issuer.example", 501, "METHOD_NOT_SUPPORTED"),
        (SHORT, 400, "INVALID_PUBLIC_KEY_LENGTH"),
    ],
)
def test_errors_are_problems(did: str, status: int, name: str) -> None:
    answer = API.get(f"/identifiers/{did}", headers={"accept": "application/did"})
    assert answer.status == status
    assert answer.data["didDocument"] is None
    assert answer.data["didResolutionMetadata"]["error"]["type"] == f"https://www.w3.org/ns/did#{name}"


def test_a_did_that_is_deactivated_is_gone() -> None:
    gone = DidDocument("did:example:gone", (), deactivated=True)
    app = application(dids=DidApi(StaticResolver({gone.id: gone})))
    assert ask(app, "GET", f"/identifiers/{gone.id}").status == 410


@pytest.mark.parametrize("error", [UnavailableError("down"), ValueError("a secret"), RecursionError()])
def test_a_resolver_that_fails(error: Exception) -> None:
    class Faulty:
        def resolve(self, did: str) -> Any:
            raise error

        def look_up(self, did: str, options: Any) -> Any:
            raise error

    app = application(dids=DidApi(Faulty()))
    for url in (ED.did, f"{ED.did}#x"):
        answer = ask(app, "GET", f"/identifiers/{url}")
        assert answer.status == 503
        assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("1", "no-store")
        assert b"secret" not in answer.body


@pytest.mark.parametrize("resolver", [5, "did:key:z", {}, DidDocument])
def test_what_is_no_resolver(resolver: Any) -> None:
    with pytest.raises(InputError):
        DidApi(resolver)
