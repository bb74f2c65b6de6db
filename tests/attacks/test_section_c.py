"""Attacks 28 to 40: DIDs, verification methods, resolvers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.attacks.scene import REQUEST, accepted, refused, verdict, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, BASE58, MALLORY, PLANNER, SCOUT

from attorn import AttornError, Identity, Verifier, caveat
from attorn.did import key as did_key
from attorn.did.did import parse, parse_url
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import LocalResolver, StaticResolver
from attorn.errors import InputError, MalformedError, ResolutionError, UnavailableError
from attorn.keys import multikey
from attorn.keys.public import Algorithm, PublicKey

UNRESOLVED = ("unresolved_principal", 3)
PLANNER_DID, PLANNER_URL = "did:web:planner.example", "did:web:planner.example#k1"
BOTH = frozenset({Relationship.CAPABILITY_DELEGATION, Relationship.CAPABILITY_INVOCATION})
DELEGATION, INVOCATION = (
    frozenset({each}) for each in (Relationship.CAPABILITY_DELEGATION, Relationship.CAPABILITY_INVOCATION)
)
OTHERS = frozenset(Relationship) - BOTH


def public(key: kit.Key) -> PublicKey:
    return PublicKey((Algorithm.ED25519, Algorithm.P256)[key.algorithm], key.data)


def document(
    key: kit.Key = PLANNER, *, did: str = PLANNER_DID, url: str = PLANNER_URL, may: frozenset[Relationship] = BOTH
) -> DidDocument:
    return DidDocument(did, (VerificationMethod(url, did, public(key), may),))


def knowing(*documents: DidDocument) -> Verifier:
    return verifier(resolver=StaticResolver({each.id: each for each in documents}))


def held(method: str = PLANNER_URL) -> str:
    """Alice's link to the planner under a DID URL, presented by the planner."""
    return wire(kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)], method=method), PLANNER)


def passed_on(method: str = PLANNER_URL) -> str:
    """The same, passed on by the planner and presented by the scout."""
    chain = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)], method=method)
    return wire(kit.extend(chain, PLANNER, SCOUT), SCOUT)


def test_the_twins_are_accepted() -> None:
    assert accepted(held(), by=knowing(document())).holder == PLANNER_DID
    assert accepted(held(), by=knowing(document(may=INVOCATION))).holder == PLANNER_DID
    assert accepted(passed_on(), by=knowing(document(may=DELEGATION))).chain[0].delegate == PLANNER_DID


METHODS = {
    "28-key-of-another-did": (held("did:web:other.example#k1"), knowing(document()), *UNRESOLVED),
    "28-method-of-another-did": (
        held("did:web:other.example#k1"),
        knowing(document(), document(MALLORY, did="did:web:other.example", url="did:web:other.example#k1")),
        *UNRESOLVED,
    ),
    "29-other-fragment": (held(PLANNER_DID + "#k2"), knowing(document()), *UNRESOLVED),
    "29-fragment-in-another-case": (held(PLANNER_DID + "#K1"), knowing(document()), *UNRESOLVED),
    "29-did-in-another-case": (held("did:web:Planner.example#k1"), knowing(document()), *UNRESOLVED),
    "29-fragment-percent-encoded": (held(PLANNER_DID + "#%6b1"), knowing(document()), *UNRESOLVED),
    "29-sql-in-the-fragment": (held(PLANNER_DID + "#k1'--"), knowing(document()), *UNRESOLVED),
    "29-bare-fragment": (held("#k1"), knowing(document()), "malformed", 1),
    "29-bare-did": (held(PLANNER_DID), knowing(document()), "malformed", 1),
    "29-empty-fragment": (held(PLANNER_DID + "#"), knowing(document()), "malformed", 1),
    "29-relative": (held("planner.example#k1"), knowing(document()), "malformed", 1),
    "29-query": (held(PLANNER_DID + "?versionId=1#k1"), knowing(document()), "malformed", 1),
    "29-path": (held(PLANNER_DID + "/../x#k1"), knowing(document()), "malformed", 1),
    "29-two-fragments": (held(PLANNER_URL + "#k1"), knowing(document()), "malformed", 1),
    "29-empty": (held(""), knowing(document()), "malformed", 1),
    "29-upper-case-scheme": (held("DID:web:planner.example#k1"), knowing(document()), "malformed", 1),
    "34-not-ascii": (held("did:web:plänner.example#k1"), knowing(document()), "malformed", 1),
    "34-nul": (held("did:web:planner.example\0#k1"), knowing(document()), "malformed", 1),
    "34-newline-behind": (held(PLANNER_URL + "\n"), knowing(document()), "malformed", 1),
    "4-did-too-long": (held("did:web:" + "a" * 2048 + "#k1"), knowing(document()), "malformed", 1),
    "32-did-key-named-by-url": (held(f"{PLANNER.did}#{PLANNER.did[8:]}"), verifier(), "malformed", 1),
    "32-did-key-named-by-did": (held(PLANNER.did), verifier(), "malformed", 1),
    "30-presents-with-a-key-for-delegation": (held(), knowing(document(may=DELEGATION)), *UNRESOLVED),
    "30-presents-with-a-key-for-other-things": (held(), knowing(document(may=OTHERS)), *UNRESOLVED),
    "30-presents-with-a-key-for-nothing": (held(), knowing(document(may=frozenset())), *UNRESOLVED),
    "78-delegates-with-a-key-for-invocation": (passed_on(), knowing(document(may=INVOCATION)), *UNRESOLVED),
    "78-delegates-with-a-key-for-other-things": (passed_on(), knowing(document(may=OTHERS)), *UNRESOLVED),
    "38-key-rotated": (held(), knowing(document(SCOUT)), *UNRESOLVED),
    "38-key-removed": (held(), knowing(DidDocument(PLANNER_DID, ())), *UNRESOLVED),
    "38-key-of-another-algorithm": (held(), knowing(document(kit.CAROL_P256)), *UNRESOLVED),
    "72-ancestor-key-rotated": (passed_on(), knowing(document(SCOUT)), *UNRESOLVED),
    "39-deactivated": (held(), knowing(replace(document(), deactivated=True)), *UNRESOLVED),
    "39-ancestor-deactivated": (passed_on(), knowing(replace(document(), deactivated=True)), *UNRESOLVED),
    "40-nobody-to-ask": (held(), verifier(), *UNRESOLVED),
    "40-unknown-method": (held("did:plc:abc#k1"), verifier(), *UNRESOLVED),
    "28-did-jwk-of-another-key": (held(MALLORY.did_jwk + "#0"), verifier(), *UNRESOLVED),
    "29-did-jwk-other-fragment": (held(PLANNER.did_jwk + "#1"), verifier(), *UNRESOLVED),
}


@pytest.mark.parametrize(("text", "by", "code", "step"), METHODS.values(), ids=METHODS.keys())
def test_methods(text: str, by: Verifier, code: str, step: int) -> None:
    refused(text, code, step, by=by)


DOCUMENTS: dict[str, Callable[[], DidDocument]] = {
    "31-method-of-another-did": lambda: document(url="did:web:other.example#k1"),
    "31-foreign-controller": lambda: DidDocument(
        PLANNER_DID, (VerificationMethod(PLANNER_URL, "did:web:other.example", public(PLANNER), BOTH),)
    ),
    "31-method-listed-twice": lambda: DidDocument(PLANNER_DID, document().methods * 2),
    "31-relative-method": lambda: document(url="#k1"),
    "31-id-is-a-url": lambda: document(did=PLANNER_URL),
}


@pytest.mark.parametrize("make", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_documents_that_claim_too_much(make: Callable[[], DidDocument]) -> None:
    with pytest.raises(MalformedError):
        make()


def test_31_document_filed_under_another_did() -> None:
    with pytest.raises(InputError):
        StaticResolver({"did:web:other.example": document()})


class Answers:
    """A resolver that gives the same answer to every question, whatever it is."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def resolve(self, did: str) -> DidDocument:
        del did
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[return-value]


ANSWERS = {
    "31-document-of-another-did": (document(did="did:web:other.example", url="did:web:other.example#k1"), *UNRESOLVED),
    "40-nothing": (None, *UNRESOLVED),
    "40-text": ("{}", *UNRESOLVED),
    "40-mapping": ({"id": PLANNER_DID}, *UNRESOLVED),
    "40-does-not-exist": (ResolutionError("gone"), *UNRESOLVED),
    "40-unavailable": (UnavailableError("later"), "unavailable", None),
    "40-timeout": (TimeoutError("slow"), "unavailable", None),
    "40-os-error": (OSError("network"), "unavailable", None),
    "40-value-error": (ValueError("x"), "unavailable", None),
    "40-recursion": (RecursionError("deep"), "unavailable", None),
}


@pytest.mark.parametrize(("answer", "code", "step"), ANSWERS.values(), ids=ANSWERS.keys())
def test_resolvers(answer: object, code: str, step: int | None) -> None:
    for text in (held(), passed_on()):
        refused(text, code, step, by=verifier(resolver=Answers(answer)))


def test_40_an_interrupt_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt):
        verifier(resolver=Answers(KeyboardInterrupt())).authorize(held(), REQUEST)


def test_40_resolution_is_asked_every_time() -> None:
    resolver = Answers(document())
    by = verifier(resolver=resolver)
    accepted(held(), by=by)
    resolver.answer = ResolutionError("removed")
    again = wire(kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)], method=PLANNER_URL), PLANNER, id=bytes(16))
    refused(again, *UNRESOLVED, by=by)
    resolver.answer = document()
    accepted(again, by=by)


ROOT_DID, ROOT_URL = "did:web:alice.example", "did:web:alice.example#k1"


def rooted(url: str = ROOT_URL) -> str:
    return wire(kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)], user=kit.text(url)), PLANNER)


def trusting(document_: DidDocument) -> Verifier:
    return verifier(roots=[ROOT_DID], resolver=StaticResolver({ROOT_DID: document_}))


ALICE_DOCUMENT = document(ALICE, did=ROOT_DID, url=ROOT_URL)
ROOTS = {
    "38-root-key-rotated": (document(MALLORY, did=ROOT_DID, url=ROOT_URL), "bad_signature", 4),
    "38-root-key-removed": (DidDocument(ROOT_DID, ()), *UNRESOLVED),
    "39-root-deactivated": (replace(ALICE_DOCUMENT, deactivated=True), *UNRESOLVED),
    "78-root-key-for-invocation": (document(ALICE, did=ROOT_DID, url=ROOT_URL, may=INVOCATION), *UNRESOLVED),
    "29-root-other-fragment": (document(ALICE, did=ROOT_DID, url=ROOT_DID + "#k2"), *UNRESOLVED),
}


def test_the_twin_of_the_roots_is_accepted() -> None:
    assert accepted(rooted(), by=trusting(ALICE_DOCUMENT)).root == ROOT_DID


@pytest.mark.parametrize(("root", "code", "step"), ROOTS.values(), ids=ROOTS.keys())
def test_roots(root: DidDocument, code: str, step: int) -> None:
    refused(rooted(), code, step, by=trusting(root))


def test_32_a_root_that_is_a_did_key_is_not_named_by_text() -> None:
    refused(rooted(f"{ALICE.did}#{ALICE.did[8:]}"), "malformed", 1)
    refused(rooted(ALICE.did), "malformed", 1)


def test_32_one_key_under_two_dids_is_two_principals() -> None:
    refused(rooted(ALICE.did_jwk + "#0"), "untrusted_root", 2)
    accepted(rooted(ALICE.did_jwk + "#0"), by=verifier(roots=[ALICE.did_jwk]))
    spelled = "did:jwk:" + kit.url64(b'{"kty":"OKP","crv":"Ed25519","x":"' + ALICE.jwk["x"].encode() + b'"}')
    refused(rooted(spelled + "#0"), "untrusted_root", 2, by=verifier(roots=[ALICE.did_jwk]))


MULTIBASE = ALICE.did[8:]
DID_KEYS = {
    "32-wrong-multicodec-x25519": "did:key:z" + kit.base58(b"\xec\x01" + ALICE.data),
    "32-wrong-multicodec-secp256k1": "did:key:z" + kit.base58(b"\xe7\x01\x02" + ALICE.data),
    "32-multicodec-not-shortest": "did:key:z" + kit.base58(b"\xed\x81\x00" + ALICE.data),
    "32-no-multicodec": "did:key:z" + kit.base58(ALICE.data),
    "32-too-short": "did:key:z" + kit.base58(ALICE.multikey[:-1]),
    "32-trailing-byte": "did:key:z" + kit.base58(ALICE.multikey + b"\0"),
    "32-leading-zero": "did:key:z1" + kit.base58(ALICE.multikey),
    "32-leading-ones": "did:key:z" + "1" * 60 + kit.base58(ALICE.multikey),
    "32-bad-character": ALICE.did[:-1] + "0",
    "32-ambiguous-character": ALICE.did[:-1] + "l",
    "32-truncated": ALICE.did[:-1],
    "32-appended": ALICE.did + BASE58[0],
    "32-upper-case": "did:key:" + MULTIBASE.upper(),
    "32-upper-case-method": "did:KEY:" + MULTIBASE,
    "32-multibase-base16": "did:key:f" + ALICE.multikey.hex(),
    "32-multibase-base64url": "did:key:u" + kit.url64(ALICE.multikey),
    "32-no-multibase": "did:key:" + kit.base58(ALICE.multikey),
    "32-with-fragment": ALICE.did + "#" + MULTIBASE,
    "32-with-version": "did:key:1.1:" + MULTIBASE,
    "32-empty": "did:key:",
    "32-only-prefix": "did:key:z",
    "33-low-order": "did:key:z" + kit.base58(b"\xed\x01" + bytes(32)),
    "33-not-a-point": "did:key:z" + kit.base58(b"\xed\x01\x02" + bytes(31)),
    "42-p256-not-on-the-curve": "did:key:z" + kit.base58(b"\x80\x24\x02" + bytes(31) + b"\x07"),
    "42-p256-uncompressed": "did:key:z" + kit.base58(b"\x80\x24\x04" + bytes(64)),
    "45-space": ALICE.did + " ",
    "45-newline": ALICE.did + "\n",
    "52-fullwidth": ALICE.did[:-1] + "\uff11",
}


@pytest.mark.parametrize("did", DID_KEYS.values(), ids=DID_KEYS.keys())
def test_did_keys(did: str) -> None:
    with pytest.raises(AttornError) as caught:
        did_key.parse(did)
    assert verdict(caught.value) == ("malformed", 1)
    with pytest.raises(ResolutionError):
        LocalResolver().resolve(did)
    if "#" in did:  # the DID URL of a key does name a delegate, it is only no DID
        return
    with pytest.raises(AttornError):
        Identity.from_seed(ALICE.seed).mint(to=did, caveats=[caveat.Actions(kit.ACTION)])


def test_the_twins_of_the_did_keys_are_read() -> None:
    assert did_key.parse(ALICE.did).data == ALICE.data
    assert did_key.parse(kit.CAROL_P256.did).data == kit.CAROL_P256.data
    assert multikey.from_multibase(MULTIBASE) == public(ALICE)


@pytest.mark.parametrize(
    "text", ["", "did", "did:", "did:key", "did::x", "did:web:", "did:web:a:", "did:web:%zz", "did:web:ä"]
)
def test_29_texts_that_are_no_did(text: str) -> None:
    for read in (parse, parse_url):
        with pytest.raises(MalformedError):
            read(text)
    with pytest.raises(InputError):
        verifier(roots=[text])
