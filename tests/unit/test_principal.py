"""Principals as tokens name them: what is read, what is asked of a resolver, and which answers are none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from attorn.datalog import BYTES, INTEGER, STRING, VARIABLE, octets, string
from attorn.did import key as did_key
from attorn.did.document import DELEGATE, DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import LocalResolver, live_document
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.keys import multikey
from attorn.keys.public import PublicKey
from attorn.keys.signer import Ed25519Signer
from attorn.token.principal import (
    Principal,
    confirm,
    named,
    own,
    read_root,
    resolve,
    root_term,
)

KEY, OTHER, THIRD = (Ed25519Signer.from_seed(bytes((number,)) * 32).public_key for number in (1, 2, 3))
ALICE = did_key.encode(KEY)
DID = "did:web:alice.example"
DELEGATION, INVOCATION = Relationship.CAPABILITY_DELEGATION, Relationship.CAPABILITY_INVOCATION


def document(
    did: str, *keys: PublicKey, relationships: Iterable[Relationship] = DELEGATE, deactivated: bool = False
) -> DidDocument:
    methods = [VerificationMethod(f"{did}#{n}", did, key, frozenset(relationships)) for n, key in enumerate(keys)]
    return DidDocument(did, tuple(methods), deactivated)


class Answering:
    """A resolver that returns what it is told to."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def resolve(self, did: str) -> Any:
        del did
        return self.answer


RESOLVER = Answering(document(DID, KEY, OTHER))


def test_the_did_of_a_principal() -> None:
    assert Principal(KEY).did == ALICE
    assert Principal(None, f"{DID}#0").did == Principal(OTHER, f"{DID}#0").did == DID
    with pytest.raises(InputError, match="needs a key"):
        _ = Principal(None).did


@pytest.mark.parametrize("url", [f"{DID}#0", f"{DID}#a/b?c", "did:jwk:e30#0"])
def test_urls_that_name_a_principal(url: str) -> None:
    assert named(url) == url
    assert read_root(string(url)) == Principal(None, url)


@pytest.mark.parametrize(
    "url",
    [
        DID,
        f"{DID}#",
        f"{DID}/path#0",
        f"{DID}/#0",
        f"{DID}?query#0",
        f"{DID}?#0",
        ALICE,
        f"{ALICE}#{ALICE.removeprefix('did:key:')}",
        "did:key:x#0",
        "alice",
        "",
        "#0",
    ],
)
def test_urls_that_name_none(url: str) -> None:
    for name in (named, lambda text: read_root(string(text))):
        with pytest.raises(MalformedError) as caught:
            name(url)
        assert (caught.value.code, caught.value.step) == ("malformed", 1)


def test_the_root_as_a_term() -> None:
    for root, term in (
        (Principal(KEY), octets(multikey.encode(KEY))),
        (Principal(None, f"{DID}#0"), string(f"{DID}#0")),
    ):
        assert root_term(root) == term
        assert read_root(term) == root
    assert root_term(Principal(KEY, f"{DID}#0")) == string(f"{DID}#0")
    with pytest.raises(InputError, match="needs a key"):
        root_term(Principal(None))


@pytest.mark.parametrize(
    "term",
    [
        (INTEGER, 1),
        (INTEGER, multikey.encode(KEY)),
        (STRING, multikey.encode(KEY)),
        (BYTES, f"{DID}#0"),
        (VARIABLE, f"{DID}#0"),
        (BYTES, b""),
        (BYTES, KEY.data),
        (BYTES, multikey.encode(KEY)[:-1]),
    ],
    ids=str,
)
def test_terms_that_are_no_root(term: Any) -> None:
    with pytest.raises(MalformedError) as caught:
        read_root(term)
    assert (caught.value.code, caught.value.step) == ("malformed", 1)


def unresolved(error: pytest.ExceptionInfo[ResolutionError], why: str) -> None:
    assert (error.value.code, error.value.step) == ("unresolved_principal", 3)
    assert why in str(error.value)


def test_whom_a_did_resolves_to() -> None:
    assert resolve(RESOLVER, DID, DELEGATE) == Principal(KEY, f"{DID}#0")
    assert resolve(RESOLVER, f"{DID}#0", DELEGATE) == Principal(KEY, f"{DID}#0")
    assert resolve(RESOLVER, f"{DID}#1", DELEGATE) == Principal(OTHER, f"{DID}#1")
    assert resolve(RESOLVER, DID, frozenset({DELEGATION})) == Principal(KEY, f"{DID}#0")
    assert resolve(LocalResolver(), ALICE, DELEGATE) == Principal(KEY)
    for did in (f"{DID}#2", f"{DID}#", f"{DID}#0#0"):
        with pytest.raises(ResolutionError) as caught:
            resolve(RESOLVER, did, DELEGATE)
        unresolved(caught, "has no key for capabilityDelegation, capabilityInvocation")


def test_who_a_signer_is_of_a_did() -> None:
    for did, key, expected in ((DID, OTHER, "1"), (f"{DID}#1", OTHER, "1"), (DID, KEY, "0"), (f"{DID}#0", KEY, "0")):
        assert own(RESOLVER, did, key, DELEGATE) == Principal(key, f"{DID}#{expected}")
    assert own(LocalResolver(), ALICE, KEY, DELEGATE) == Principal(KEY)
    for did, key in ((DID, THIRD), (f"{DID}#0", OTHER), (f"{DID}#1", KEY), (f"{DID}#2", KEY)):
        with pytest.raises(InputError, match="does not list this signer's key"):
            own(RESOLVER, did, key, DELEGATE)


@pytest.mark.parametrize("did", [None, 5, b"did:web:x", [DID]], ids=["none", "number", "bytes", "list"])
def test_dids_that_are_none(did: Any) -> None:
    with pytest.raises(InputError, match="expected a DID"):
        resolve(RESOLVER, did, DELEGATE)
    with pytest.raises(InputError, match="expected a DID"):
        own(RESOLVER, did, KEY, DELEGATE)


@pytest.mark.parametrize("has", [[], [DELEGATION], [INVOCATION], [Relationship.AUTHENTICATION]], ids=str)
def test_keys_that_may_not_do_it_all(has: list[Relationship]) -> None:
    some = Answering(document(DID, KEY, relationships=has))
    with pytest.raises(ResolutionError) as caught:
        resolve(some, DID, DELEGATE)
    unresolved(caught, "has no key for")
    with pytest.raises(ResolutionError) as caught:
        own(some, DID, KEY, DELEGATE)
    unresolved(caught, "has no key for")


@pytest.mark.parametrize(
    "answer",
    [None, "did", {"id": DID}, document("did:web:other.example", KEY), document(DID, KEY, deactivated=True)],
    ids=["none", "text", "dict", "another", "deactivated"],
)
def test_answers_that_are_no_document(answer: Any) -> None:
    asked = Answering(answer)
    for question in (
        lambda: live_document(asked, DID),
        lambda: resolve(asked, DID, DELEGATE),
        lambda: own(asked, DID, KEY, DELEGATE),
        lambda: confirm(asked, Principal(KEY, f"{DID}#0"), DELEGATION),
    ):
        with pytest.raises(ResolutionError) as caught:
            question()
        unresolved(caught, f"the resolver returned no live document of '{DID}'")


def test_a_principal_that_is_its_key_is_asked_of_nobody() -> None:
    assert confirm(Answering(None), Principal(KEY), DELEGATION) == KEY
    with pytest.raises(ResolutionError) as caught:
        confirm(RESOLVER, Principal(None), DELEGATION)
    unresolved(caught, "a principal without a key")


def test_a_principal_is_confirmed_by_its_document() -> None:
    assert confirm(RESOLVER, Principal(OTHER, f"{DID}#1"), DELEGATION) == OTHER
    assert confirm(RESOLVER, Principal(None, f"{DID}#1"), INVOCATION) == OTHER
    for principal, relationship, why in (
        (Principal(KEY, f"{DID}#2"), DELEGATION, "is no key of"),
        (Principal(None, f"{DID}#2"), DELEGATION, "is no key of"),
        (Principal(KEY, f"{DID}#0"), Relationship.AUTHENTICATION, "is no key of"),
        (Principal(None, f"{DID}#0"), Relationship.AUTHENTICATION, "is no key of"),
        (Principal(KEY, f"{DID}#1"), DELEGATION, "is another key than the token binds"),
        (Principal(THIRD, f"{DID}#0"), DELEGATION, "is another key than the token binds"),
    ):
        with pytest.raises(ResolutionError) as caught:
            confirm(RESOLVER, principal, relationship)
        unresolved(caught, why)
