"""Proofs are made, read and held to what is expected of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.unit.integrity_scene import (
    ALICE,
    ASSERTION,
    AUTHENTICATION,
    BOB,
    CAROL,
    CREDENTIAL,
    DAVE,
    EXAMPLES,
    JCS,
    NOW,
    PLAIN,
    RDFC,
    RESOLVER,
    SIGNER,
    WEB,
    Party,
    accepted,
    refused,
    signed,
    web_document,
    with_proof,
)  # fmt: skip

from attorn.did.document import DidDocument
from attorn.did.resolver import StaticResolver
from attorn.encoding import base58_decode, base58_encode
from attorn.errors import AttornError, CredentialError, InputError, ResolutionError, UnavailableError
from attorn.integrity import Suite, sign, verify
from attorn.integrity.proof import MOST_PROOFS, proofs_of
from attorn.integrity.stages import configuration, hash_data, transform
from attorn.jsonld.known import DATA_LOSS
from attorn.jsonld.library import bundled
from attorn.keys import ecdsa
from attorn.keys.signer import Ed25519Signer

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("suite", Suite)
def test_what_is_signed_is_accepted(suite: Suite) -> None:
    document = signed(SIGNER[suite], suite=suite)
    found = accepted(document)
    assert found.document == CREDENTIAL
    (proof,) = found.proofs
    assert (proof.controller, proof.suite, proof.purpose) == (SIGNER[suite].did, suite, ASSERTION)
    assert (proof.created, proof.expires, proof.id, proof.previous) == (NOW, None, None, frozenset())
    assert proof.members == document["proof"]
    assert "proof" not in found.document


@pytest.mark.parametrize("suite", JCS)
def test_plain_json_is_signed_by_the_suites_over_json(suite: Suite) -> None:
    document = signed(SIGNER[suite], PLAIN, suite=suite)
    assert "@context" not in document["proof"]
    assert accepted(document).document == PLAIN
    refused({**document, "b": ["x", True, {"c": 1.5}]})


def test_the_key_chooses_the_suite_unless_it_is_given() -> None:
    assert signed(ALICE)["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert signed(CAROL)["proof"]["cryptosuite"] == "ecdsa-jcs-2019"


@pytest.mark.parametrize(
    ("by", "method"),
    [(ALICE, f"#{ALICE.did[8:]}"), (DAVE, "#0"), (WEB, "#both"), (Party(WEB.did, CAROL.signer), "#ec")],
)
def test_methods_of_several_dids(by: Party, method: str) -> None:
    document = signed(by, method=by.did + method)
    assert accepted(document).proofs[0].method == by.did + method
    if not by.did.startswith("did:web"):
        assert signed(by) == document


def test_every_option_is_written_and_read() -> None:
    options = {
        "id": "urn:uuid:1",
        "expires": NOW + MINUTE,
        "domain": ["b.example", "a.example"],
        "challenge": "c",
        "nonce": "n",
    }
    document = signed(**options, purpose=AUTHENTICATION)
    assert document["proof"]["created"] == "2026-11-22T12:00:00Z"
    assert document["proof"]["expires"] == "2026-11-22T12:01:00Z"
    found = accepted(document, purpose=AUTHENTICATION, domain=["a.example", "b.example"], challenge="c")
    assert (found.proofs[0].id, found.proofs[0].expires) == ("urn:uuid:1", NOW + MINUTE)
    assert accepted(document, purpose=AUTHENTICATION).proofs == found.proofs
    without = sign(CREDENTIAL, by=ALICE)
    assert without["proof"].keys() == {
        "@context", "type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue",
    }  # fmt: skip
    accepted(without)


@pytest.mark.parametrize("expected", ["b.example", ["a.example", "b.example"], ["A.example"], "a.example/", "a"])
def test_another_domain_is_refused(expected: Any) -> None:
    refused(signed(domain="a.example"), "INVALID_DOMAIN_ERROR", domain=expected)  # attack 51
    refused(signed(), "INVALID_DOMAIN_ERROR", domain=expected)


@pytest.mark.parametrize("expected", ["C", "c ", "d"])
def test_another_challenge_is_refused(expected: str) -> None:
    refused(signed(challenge="c"), "INVALID_CHALLENGE_ERROR", challenge=expected)  # attack 51
    refused(signed(), "INVALID_CHALLENGE_ERROR", challenge=expected)


def test_the_same_domain_is_accepted_as_text_and_as_a_set() -> None:
    document = signed(domain="a.example")
    assert document["proof"]["domain"] == "a.example"
    for expected in ("a.example", ["a.example"], ("a.example", "a.example"), {"a.example"}):
        accepted(document, domain=expected)


def test_times() -> None:
    document = signed(created=NOW, expires=NOW + MINUTE)
    accepted(document, now=NOW - 5 * MINUTE)
    accepted(document, now=NOW + timedelta(seconds=59))
    refused(document, now=NOW - 5 * MINUTE - timedelta(seconds=1))
    refused(document, now=NOW + MINUTE)
    refused(signed(created=NOW, expires=NOW), now=NOW - MINUTE)


STAMPS = ["2026-11-22T12:00:00+00:00", "2026-11-22T13:30:00+01:30", "2026-11-22T12:00:00.000000001Z",
          "2026-11-21T22:00:00-14:00", "0001-01-01T00:00:00Z"]  # fmt: skip
BAD_STAMPS = [
    "2026-11-22T12:00:00", "2026-11-22 12:00:00Z", "2026-11-22t12:00:00z", "2026-11-22", "2026-11-22T24:00:00Z",
    "2026-11-22T12:00:60Z", "2026-13-22T12:00:00Z", "2026-02-30T12:00:00Z", "12026-11-22T12:00:00Z", "",
    "2026-11-22T12:00:00+15:00", "2026-11-22T12:00:00+14:01", "2026-11-22T12:00:00+0100", "2026-11-22T12:00Z",
    "-2026-11-22T12:00:00Z", "2026-11-22T12:00:00.Z", " 2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z\n",
    "２026-11-22T12:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", 1763812800, None, [], {},
]  # fmt: skip


def resigned(document: dict[str, Any], by: Party = ALICE, **changes: Any) -> dict[str, Any]:
    """A document whose proof is signed with options that `sign` would not write."""
    proof = {**document["proof"], **changes}
    suite, body = Suite(document["proof"]["cryptosuite"]), {k: v for k, v in document.items() if k != "proof"}
    options = transform(configuration(proof, body, suite), suite, bundled())
    signature = by.signer.sign(hash_data(options, transform(body, suite, bundled())))
    return {**document, "proof": {**proof, "proofValue": "z" + base58_encode(signature)}}


@pytest.mark.parametrize("stamp", STAMPS)
def test_a_time_has_an_offset(stamp: str) -> None:
    accepted(resigned(signed(), created=stamp))


@pytest.mark.parametrize("name", ["created", "expires"])
@pytest.mark.parametrize("stamp", BAD_STAMPS)
def test_what_is_no_time_is_refused(name: str, stamp: Any) -> None:
    refused(resigned(signed(), **{name: stamp}), "PROOF_VERIFICATION_ERROR")  # attack 57


BAD_MEMBERS: dict[str, list[Any]] = {
    "type": [None, "", "dataIntegrityProof", "Ed25519Signature2020", ["DataIntegrityProof"], 1],
    "cryptosuite": [None, "", "EDDSA-JCS-2022", "eddsa-2022", "json-eddsa-2022", "ecdsa-sd-2023", "bbs-2023", 1, []],
    "proofPurpose": [None, "", "authentication", "AssertionMethod", "keyAgreement", 1, [ASSERTION.value]],
    "id": ["", "1", "#1", 1, None, []],
    "nonce": ["", 1, None],
    "challenge": ["", 1, None, [], "x" * 2049],
    "domain": ["", [], [""], ["a", "a"], ["a", 1], 1, None, {}, [str(n) for n in range(17)]],
    "previousProof": ["", [], ["urn:a", "urn:a"], 1, None, "urn:none", ["urn:none"], ALICE.did],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD_MEMBERS for value in BAD_MEMBERS[name]])
def test_what_is_no_proof_is_refused_although_it_is_signed(name: str, value: Any) -> None:
    refused(resigned(signed(document=PLAIN), **{name: value}), "PROOF_VERIFICATION_ERROR")  # attacks 26 and 51


METHODS = {
    "INVALID_VERIFICATION_METHOD_URL": [
        # attack 29
        "#" + ALICE.did[8:], ALICE.did, ALICE.did + "#", ALICE.did[8:], f"{ALICE.did}?x=1#{ALICE.did[8:]}",
        f"{ALICE.did}/path#{ALICE.did[8:]}", f"{ALICE.did}/../#{ALICE.did[8:]}", f"https://a.example/{ALICE.did}#1",
        "did:web:a.example#' OR 1=1 --", "did:web:a.example#a\n", "DID:web:a.example#both", "did:web:á.example#both",
        "did:web:a.example#a#b", " did:web:a.example#both",
    ],
    "INVALID_VERIFICATION_METHOD": [
        # attacks 28 and 32: the fragment of a did:key is its body
        f"{ALICE.did}#{BOB.did[8:]}", f"{ALICE.did}#0", f"{ALICE.did}#key-1", f"{ALICE.did}#{ALICE.did[8:]}%31",
        "did:web:a.example#Both", "did:web:a.example#none",
    ],
    "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD": ["did:web:a.example#login"],  # attack 30
}  # fmt: skip


@pytest.mark.parametrize(("problem", "method"), [(name, each) for name, all_ in METHODS.items() for each in all_])
def test_a_method_is_a_key_of_its_did_for_the_purpose(problem: str, method: str) -> None:
    refused(resigned(signed(), verificationMethod=method), problem)
    by = BOB if method.endswith("#login") else ALICE
    refused(resigned(signed(document=PLAIN), by, verificationMethod=method), problem)


def test_a_method_is_text() -> None:
    for method in (
        None,
        1,
        "",
        "did:web:" + "a" * 2048 + "#b",
        {"id": signed()["proof"]["verificationMethod"]},
        [WEB.did + "#both"],
    ):
        refused(resigned(signed(document=PLAIN), verificationMethod=method), "PROOF_VERIFICATION_ERROR")


def test_the_same_key_for_another_purpose_is_accepted_where_it_may() -> None:
    document = signed(Party(WEB.did, BOB.signer), method=f"{WEB.did}#login", purpose=AUTHENTICATION)
    accepted(document, purpose=AUTHENTICATION)
    refused(document, "PROOF_VERIFICATION_ERROR", purpose=ASSERTION)  # attack 51: purpose confusion


def test_a_key_of_another_kind_than_the_suite_is_refused() -> None:
    for document in (signed(ALICE), signed(CAROL)):
        other = "ecdsa-jcs-2019" if document["proof"]["cryptosuite"].startswith("eddsa") else "eddsa-jcs-2022"
        by = ALICE if other.startswith("ecdsa") else CAROL
        refused(resigned(document, by, cryptosuite=other), "PROOF_VERIFICATION_ERROR")  # attacks 17 and 26
        refused(with_proof(document, cryptosuite=other), "PROOF_VERIFICATION_ERROR")


def test_a_controller_must_resolve() -> None:
    document = signed(WEB, method=f"{WEB.did}#both")
    accepted(document)
    for resolver in (StaticResolver({}), StaticResolver({WEB.did: web_document(deactivated=True)})):
        with pytest.raises(ResolutionError):  # attack 39
            accepted(document, resolver=resolver)

    class Liar:
        def resolve(self, did: str) -> DidDocument:
            return web_document()

    with pytest.raises(ResolutionError):  # attack 31
        accepted(signed(), resolver=Liar())

    class Broken:
        def resolve(self, did: str) -> DidDocument:
            raise OSError("no route")

    with pytest.raises(UnavailableError):  # attack 40
        accepted(document, resolver=Broken())


VALUES = {
    "no multibase": lambda text: text[1:],
    "base64url": lambda text: "u" + text[1:],
    "base16": lambda text: "f" + base58_decode(text[1:]).hex(),
    "upper case prefix": lambda text: "Z" + text[1:],
    "two prefixes": lambda text: "z" + text,
    "a leading zero": lambda text: "z1" + text[1:],
    "a byte less": lambda text: "z" + base58_encode(base58_decode(text[1:])[:-1]),
    "a byte more": lambda text: "z" + base58_encode(base58_decode(text[1:]) + b"\0"),
    "nothing": lambda text: "z",
    "empty": lambda text: "",
    "a character outside": lambda text: text[:-1] + "0",
    "a blank": lambda text: text + " ",
    "very long": lambda text: text * 100_000,
    "zeros": lambda text: "z" + "1" * 64,
    "a list": lambda text: [text],
    "null": lambda text: None,
}


@pytest.mark.parametrize("by", [ALICE, CAROL], ids=["Ed25519", "P-256"])
@pytest.mark.parametrize("change", VALUES.values(), ids=VALUES.keys())
def test_a_value_has_one_spelling(by: Party, change: Any) -> None:
    document = signed(by)
    text = document["proof"]["proofValue"]
    refused({**document, "proof": {**document["proof"], "proofValue": change(text)}}, "PROOF_VERIFICATION_ERROR")  # 46


def test_an_ed25519_signature_has_one_form() -> None:
    document = signed()
    signature = base58_decode(document["proof"]["proofValue"][1:])
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little")
    for changed in (
        signature[:32] + (s + order).to_bytes(32, "little"),  # attack 41
        b"\x01" + bytes(31) + signature[32:],
        b"\xed" + b"\xff" * 30 + b"\x7f" + signature[32:],
        signature[32:] + signature[:32],
        bytes(64),
    ):
        refused(with_proof(document, proofValue="z" + base58_encode(changed)))


def test_a_p256_signature_is_taken_with_either_half_and_nothing_else() -> None:
    document = signed(CAROL)
    signature = base58_decode(document["proof"]["proofValue"][1:])
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    assert ecdsa.is_low_s(signature)

    def value(r: int, s: int) -> str:
        return "z" + base58_encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    twin = with_proof(document, proofValue=value(r, ecdsa.ORDER - s))
    assert accepted(twin).document == accepted(document).document  # attack 43: harmless, nothing is named after it
    for other in ((0, s), (r, 0), (ecdsa.ORDER, s), (r, ecdsa.ORDER), (s, r), (r + 1, s), (2**256 - 1, s)):
        refused(with_proof(document, proofValue=value(*other)))  # attack 42
    der = ecdsa.raw_to_der(signature)
    refused(with_proof(document, proofValue="z" + base58_encode(der)))


# Contexts.


@pytest.mark.parametrize("suite", JCS)
def test_contexts_behind_those_that_were_signed_are_not_returned(suite: Suite) -> None:
    document = signed(SIGNER[suite], suite=suite)
    more = {**document, "@context": [*document["@context"], "https://w3id.org/security/data-integrity/v2"]}
    assert accepted(more).document == CREDENTIAL


@pytest.mark.parametrize("suite", JCS)
def test_contexts_must_begin_with_those_that_were_signed(suite: Suite) -> None:
    document = signed(SIGNER[suite], suite=suite)
    first, second = document["@context"]
    for context in ([second, first], [first], [], first, second, ["https://w3id.org/security/data-integrity/v2"]):
        refused({**document, "@context": context})  # attack 50: context swap
    refused({name: value for name, value in document.items() if name != "@context"})
    # A term that only the further context defines was not signed with a meaning.
    short = signed(SIGNER[suite], {**CREDENTIAL, "@context": [first], "type": ["VerifiableCredential"],
                                   "credentialSubject": {"id": "urn:a"}}, suite=suite)  # fmt: skip
    with pytest.raises(CredentialError):
        accepted({**short, "@context": [first, second], "alumniOf": "x"})


def test_a_proof_over_json_may_leave_its_contexts_to_the_document() -> None:
    document = signed()
    del document["proof"]["@context"]
    accepted(resigned(document))
    refused({**resigned(document), "@context": [*document["@context"], EXAMPLES]})


@pytest.mark.parametrize("suite", RDFC)
def test_a_proof_over_rdf_may_only_repeat_the_contexts(suite: Suite) -> None:
    document = signed(SIGNER[suite], suite=suite)
    assert "@context" not in document["proof"]
    context = document["@context"]
    for other in (context[:1], [*context, context[0]], [], "https://w3id.org/security/data-integrity/v2"):
        refused(with_proof(document, **{"@context": other}))
    accepted(with_proof(document, **{"@context": context}))


@pytest.mark.parametrize("suite", Suite)
def test_undefined_terms_are_refused_at_both_ends(suite: Suite) -> None:
    plain = {**CREDENTIAL, "@context": CREDENTIAL["@context"][:1], "type": ["VerifiableCredential"]}
    for document in (plain, {**plain, "credentialSubject": {"id": "urn:a"}, "extra": None}):
        with pytest.raises(CredentialError) as caught:
            signed(SIGNER[suite], document, suite=suite)
        assert caught.value.problem == DATA_LOSS
    good = signed(SIGNER[suite], {**plain, "credentialSubject": {"id": "urn:a"}}, suite=suite)
    accepted(good)
    for bad in ({**good, "alumniOf": "x"}, {**good, "credentialSubject": {"id": "urn:a", "role": "admin"}},
                with_proof(good, role="admin")):  # fmt: skip
        with pytest.raises(CredentialError) as caught:
            accepted(bad)  # attack 50
        assert caught.value.problem == DATA_LOSS


@pytest.mark.parametrize("suite", Suite)
def test_no_context_is_fetched(suite: Suite) -> None:
    good = signed(SIGNER[suite], suite=suite)
    for context in ("https://evil.example/v1", "http://127.0.0.1/", "file:///etc/passwd"):
        with pytest.raises(CredentialError):
            accepted({**good, "@context": [*good["@context"], context]} if suite in RDFC else
                     resigned({**good, "@context": [*good["@context"], context]}, SIGNER[suite],
                              **{"@context": [*good["@context"], context]}))  # attack 49  # fmt: skip
        with pytest.raises(CredentialError):
            signed(SIGNER[suite], {**CREDENTIAL, "@context": [*CREDENTIAL["@context"], context]}, suite=suite)


# Arguments and documents.


@pytest.mark.parametrize("document", [None, [], "x", 1, b"{}"])
def test_a_document_is_an_object(document: Any) -> None:
    refused(document, "PARSING_ERROR")
    with pytest.raises(InputError):
        sign(document, by=ALICE)


@pytest.mark.parametrize("proof", [None, "x", 1, [[]], [None], ["x"]])
def test_a_proof_is_an_object(proof: Any) -> None:
    refused({**PLAIN, "proof": proof}, "PARSING_ERROR")


def test_there_are_proofs_and_not_too_many() -> None:
    document = signed(document=PLAIN)
    refused(PLAIN)
    refused({**PLAIN, "proof": []})
    refused({**PLAIN, "proof": {}})
    accepted({**document, "proof": [document["proof"]] * MOST_PROOFS})
    refused({**document, "proof": [document["proof"]] * (MOST_PROOFS + 1)})
    with pytest.raises(InputError):
        sign({**document, "proof": [document["proof"]] * MOST_PROOFS}, by=ALICE)


@pytest.mark.parametrize(
    "options",
    [
        {"purpose": "assertionMethod"}, {"purpose": None}, {"now": NOW.replace(tzinfo=None)}, {"now": 0},
        {"domain": []}, {"domain": ""}, {"domain": [1]}, {"challenge": 1}, {"challenge": ""}, {"challenge": b"c"},
        {"domain": 5}, {"contexts": 5}, {"contexts": {}},
    ],
)  # fmt: skip
def test_what_is_expected_must_be_of_use(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        accepted(signed(), **options)


@pytest.mark.parametrize(
    "options",
    [
        {"by": "did:key:z"}, {"by": None}, {"suite": "eddsa-jcs-2022"}, {"suite": Suite.ECDSA_JCS_2019},
        {"by": CAROL, "suite": Suite.EDDSA_JCS_2022}, {"purpose": "assertionMethod"}, {"created": "2026-01-01"},
        {"created": NOW.replace(tzinfo=None)}, {"expires": datetime(1969, 1, 1, tzinfo=UTC)}, {"domain": []},
        {"domain": ["a", "a"]}, {"domain": [1]}, {"domain": ""}, {"challenge": ""}, {"challenge": 1}, {"nonce": ""},
        {"id": "1"}, {"id": 1}, {"previous": "urn:none"}, {"previous": ["urn:none"]}, {"previous": [1]},
        {"previous": 5}, {"domain": 5}, {"contexts": 5}, {"contexts": "x"},
        {"method": ALICE.did}, {"method": f"{BOB.did}#{BOB.did[8:]}"}, {"method": "#1"}, {"method": 1},
        {"method": f"{ALICE.did}#a b"}, {"by": WEB}, {"by": Party("x", ALICE.signer)},
        {"domain": 1}, {"previous": 1}, {"contexts": {}},
    ],
)  # fmt: skip
def test_what_no_proof_has_is_not_signed(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        sign(CREDENTIAL, **{"by": ALICE, **options})


@pytest.mark.parametrize("value", [1 << 60, float("nan"), float("inf"), "\ud800", {1: 2}, {1}, b"x", object()])
def test_what_is_no_json_is_neither_signed_nor_verified(value: Any) -> None:
    for document in ({"a": value}, {"a": [value]}):
        with pytest.raises(InputError):  # attack 47
            sign(document, by=ALICE)
        with pytest.raises(InputError):
            accepted({**signed(document=PLAIN), **document})


def test_deep_documents_are_refused() -> None:
    value: Any = 1
    for _ in range(100_000):
        value = [value]
    with pytest.raises(AttornError):  # attack 1
        sign({"a": value}, by=ALICE)
    with pytest.raises(AttornError):
        verify({**signed(document=PLAIN), "a": value}, purpose=ASSERTION, resolver=RESOLVER, now=NOW)


def test_a_signer_that_signs_with_another_key_is_refused() -> None:
    class Wrong:
        public_key = ALICE.signer.public_key

        def sign(self, message: bytes) -> bytes:
            return Ed25519Signer.from_seed(b"\x09" * 32).sign(message)

    with pytest.raises(UnavailableError):
        sign(CREDENTIAL, by=Party(ALICE.did, Wrong()))


def test_time_zones_do_not_matter() -> None:
    zone = timezone(timedelta(hours=5))
    assert signed(created=NOW.astimezone(zone)) == signed(created=NOW)
    accepted(signed(), now=NOW.astimezone(zone))


def test_members_that_the_proof_format_does_not_name_are_signed_all_the_same() -> None:
    document = resigned(signed(document=PLAIN), extra={"a": 1})
    assert accepted(document).proofs[0].members["extra"] == {"a": 1}
    refused(with_proof(document, extra={"a": 2}))
    refused(with_proof(document, more=1))


def test_proofs_are_read_without_being_verified() -> None:
    document = with_proof(signed(), created="2020-01-01T00:00:00Z")
    (proof,) = proofs_of(document)
    assert proof.method == document["proof"]["verificationMethod"]
    refused(document)
    assert EXAMPLES in document["@context"]
