"""What a link is made of and whom it can be given to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    HELPER,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    SCOUT,
    Answering,
    Clock,
    accepted,
    document,
    given,
    passed,
    person,
    refused,
    shown,
    verifier,
)

from attorn import Identity, Token, caveat
from attorn.did.document import Relationship
from attorn.did.resolver import StaticResolver
from attorn.errors import (
    AttornError,
    DelegationError,
    InputError,
    ResolutionError,
    UnavailableError,
)

# --- widening --------------------------------------------------------------------------------------------------------

C = caveat


@pytest.mark.parametrize(
    "caveats",
    [[], (), iter(()), {}, set(), (each for each in ())],
    ids=["list", "tuple", "iterator", "dict", "set", "generator"],
)
def test_a_token_without_caveats_is_not_minted(caveats: Any) -> None:
    with pytest.raises(InputError, match=r"all-powerful|expected a list"):
        ALICE.mint(to=PLANNER.did, caveats=caveats)


def test_a_token_of_words_alone_is_not_minted() -> None:
    """A purpose limits nothing, so it does not keep a token from being all-powerful."""
    with pytest.raises(InputError):
        ALICE.mint(to=PLANNER.did, caveats=[C.Purpose("Plan my November")])


@pytest.mark.parametrize(
    "caveats",
    [None, 5, READ, "abc", b"abc", [None], [READ, "x"], [C.Actions], {"Actions": "a"}],
    ids=["none", "number", "bare", "text", "bytes", "list-of-none", "text-among", "class", "dict"],
)
def test_caveats_that_are_none(caveats: Any) -> None:
    with pytest.raises(InputError):
        ALICE.mint(to=PLANNER.did, caveats=caveats)
    with pytest.raises(InputError):
        PLANNER.delegate(given(READ), to=SCOUT.did, caveats=caveats)


def test_delegating_without_further_caveats() -> None:
    token = passed(given(READ), PLANNER, SCOUT)
    assert token.unverified_links[1].caveats == ()
    assert accepted(shown(token, SCOUT)).holder == SCOUT.did


def test_relative_caveats_become_absolute() -> None:
    clock = Clock(NOW + 0.75)
    alice = person(1, clock)
    token = alice.mint(to=PLANNER.did, caveats=[C.ExpiresIn(minutes=10), C.NoDelegation()])
    (link,) = token.unverified_links
    assert link.second == NOW
    assert link.issued == datetime.fromtimestamp(NOW, UTC)
    assert link.caveats == (C.Expires(datetime.fromtimestamp(NOW + 600, UTC)), C.MaxDepth(0))
    accepted(shown(token, PLANNER), by=verifier(clock=Clock(NOW + 29)))
    late = person(2, Clock(NOW + 599))
    accepted(shown(token, late), by=verifier(clock=Clock(NOW + 599)))
    refused(shown(token, late), "outside_validity", 6, by=verifier(clock=Clock(NOW + 600)))


def test_expires_in_beyond_the_calendar() -> None:
    with pytest.raises(InputError, match="beyond the calendar"):
        ALICE.mint(to=PLANNER.did, caveats=[C.ExpiresIn(days=4_000_000)])


def test_the_purpose_of_each_link() -> None:
    token = passed(given(C.Purpose("Plan my November"), READ), PLANNER, SCOUT)
    token = passed(token, SCOUT, HELPER, C.Purpose("Find a room"))
    access = accepted(shown(token, HELPER))
    assert [link.purpose for link in access.chain] == ["Plan my November", None, "Find a room"]


def test_a_link_has_one_purpose() -> None:
    with pytest.raises(InputError, match="at most one Purpose"):
        given(READ, C.Purpose("this"), C.Purpose("that"))


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "x" * 501,
        "two\nlines",
        "tab\there",
        "\x1b[31mred",
        "\u202eevil",
        "\u2028",
        "\ud800",
        "\0",
        None,
        5,
        b"bytes",
    ],
    ids=[
        "empty",
        "long",
        "newline",
        "tab",
        "escape",
        "bidi",
        "separator",
        "surrogate",
        "nul",
        "none",
        "number",
        "bytes",
    ],
)
def test_purposes_that_are_no_sentence(sentence: Any) -> None:
    with pytest.raises(InputError):
        C.Purpose(sentence)


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("", ResolutionError),
        ("alice", ResolutionError),
        ("did:key:z6MkBroken", ResolutionError),
        ("did:web:unknown.example", ResolutionError),
        (PLANNER.did + "#other", ResolutionError),
        (PLANNER.did + "?x=1", ResolutionError),
        (PLANNER.did + "\n", ResolutionError),
        (None, InputError),
        (5, InputError),
        (b"did:key:x", InputError),
        (PLANNER, InputError),
    ],
    ids=["empty", "name", "broken", "unknown", "fragment", "query", "newline", "none", "number", "bytes", "identity"],
)
def test_delegates_that_are_nobody(to: Any, error: type[AttornError]) -> None:
    with pytest.raises(error):
        ALICE.mint(to=to, caveats=[READ])
    with pytest.raises(error):
        PLANNER.delegate(given(READ), to=to)


WEB = ("did:web:alice.example", "did:web:planner.example", "did:web:scout.example")
KEYS = [identity.signer.public_key for identity in (ALICE, PLANNER, SCOUT)]


def test_principals_of_a_resolver_end_to_end() -> None:
    resolver = StaticResolver({did: document(did, key) for did, key in zip(WEB, KEYS, strict=True)})
    alice, planner, scout = (
        Identity(who.signer, did=did, resolver=resolver, clock=Clock())
        for who, did in zip((ALICE, PLANNER, SCOUT), WEB, strict=True)
    )
    token = planner.delegate(alice.mint(to=planner.did, caveats=[READ]), to=scout.did)
    token = Token.decode(token.encode())
    access = accepted(shown(token, scout), by=verifier(roots=[WEB[0]], resolver=resolver))
    assert (access.root, access.holder) == (WEB[0], WEB[2])
    # The key alone is another principal, and without the resolver nobody knows these.
    with pytest.raises(DelegationError):
        shown(token, SCOUT)
    refused(shown(token, scout), "untrusted_root", 2, by=verifier(roots=[ALICE.did], resolver=resolver))
    refused(shown(token, scout), "unresolved_principal", 3, by=verifier(roots=[WEB[0]]))
    with pytest.raises(ResolutionError):
        ALICE.mint(to=WEB[1], caveats=[READ])
    ALICE.mint(to=WEB[1], caveats=[READ], resolver=resolver)


def test_a_delegate_by_the_url_of_one_key() -> None:
    did = WEB[1]
    resolver = StaticResolver({did: document(did, MALLORY.signer.public_key, KEYS[1])})
    planner = Identity(PLANNER.signer, did=f"{did}#1", resolver=resolver, clock=Clock())
    assert planner.did == did
    token = ALICE.mint(to=f"{did}#1", caveats=[READ], resolver=resolver)
    accepted(shown(token, planner), by=verifier(resolver=resolver))
    # The first key of the document is another one.
    other = ALICE.mint(to=did, caveats=[READ], resolver=resolver)
    with pytest.raises(DelegationError):
        shown(other, planner)
    with pytest.raises(ResolutionError):
        ALICE.mint(to=f"{did}#2", caveats=[READ], resolver=resolver)


@pytest.mark.parametrize(
    "relationships",
    [
        [],
        [Relationship.CAPABILITY_INVOCATION],
        [Relationship.CAPABILITY_DELEGATION],
        [Relationship.AUTHENTICATION, Relationship.ASSERTION_METHOD],
    ],
    ids=["none", "invocation-only", "delegation-only", "authentication"],
)
def test_delegates_whose_key_is_for_something_else(relationships: list[Relationship]) -> None:
    did = WEB[1]
    resolver = StaticResolver({did: document(did, KEYS[1], relationships=relationships)})
    with pytest.raises(ResolutionError, match="no key for"):
        ALICE.mint(to=did, caveats=[READ], resolver=resolver)
    with pytest.raises(ResolutionError):
        Identity(PLANNER.signer, did=did, resolver=resolver)


def test_delegates_that_are_deactivated() -> None:
    did = WEB[1]
    resolver = StaticResolver({did: document(did, KEYS[1], deactivated=True)})
    with pytest.raises(ResolutionError, match="deactivated"):
        ALICE.mint(to=did, caveats=[READ], resolver=resolver)


ANSWERS: dict[str, tuple[object, type[AttornError]]] = {
    "key-error": (KeyError("x"), UnavailableError),
    "os-error": (OSError("down"), UnavailableError),
    "recursion": (RecursionError(), UnavailableError),
    "unavailable": (UnavailableError("later"), UnavailableError),
    "nothing": (None, ResolutionError),
    "text": ("did:web:planner.example", ResolutionError),
    "another": (document(WEB[0], KEYS[0]), ResolutionError),
    "deactivated": (document(WEB[1], KEYS[1], deactivated=True), ResolutionError),
}


@pytest.mark.parametrize(("answer", "error"), ANSWERS.values(), ids=ANSWERS.keys())
def test_resolvers_that_fail_a_delegator(answer: object, error: type[AttornError]) -> None:
    with pytest.raises(error):
        ALICE.mint(to=WEB[1], caveats=[READ], resolver=Answering(answer))


@pytest.mark.parametrize(("answer", "error"), ANSWERS.values(), ids=ANSWERS.keys())
def test_resolvers_that_fail_an_identity(answer: object, error: type[AttornError]) -> None:
    with pytest.raises(error):
        Identity(PLANNER.signer, did=WEB[1], resolver=Answering(answer))


@pytest.mark.parametrize("did", [5, b"did:key:x", ["did:key:x"]], ids=["number", "bytes", "list"])
def test_identities_of_no_did(did: Any) -> None:
    with pytest.raises(InputError):
        Identity(ALICE.signer, did=did)


def test_identities_of_somebody_else() -> None:
    with pytest.raises(InputError, match="does not list this signer's key"):
        Identity(ALICE.signer, did=PLANNER.did)
    with pytest.raises(InputError):
        Identity(ALICE.signer, did=ALICE.did + "#other")
    with pytest.raises(ResolutionError):
        Identity(ALICE.signer, did="did:web:alice.example")
