"""Attacks 28 to 31 and 38 to 40 on everything that a DID signs: whoever reads it asks the DID, and is refused alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from attorn import AttornError, Identity, credential, sdjwt, status
from attorn.credential import Securing
from attorn.did.caching import CachingResolver
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import Resolver, StaticResolver
from attorn.errors import ResolutionError, UnavailableError
from attorn.status import ListKind, bitstring, token_list

NOW = 1_900_000_000
AT = datetime.fromtimestamp(NOW, UTC)
URI = "https://issuer.example/lists/1"
AUDIENCE, NONCE = "https://verifier.example", "n-1"
DID, OTHER = "did:web:issuer.example", "did:web:other.example"
KEY, OLD, MALLORY, HOLDER = (Identity.from_seed(bytes((number,)) * 32).signer for number in (61, 62, 63, 64))
ALL = frozenset(Relationship)


@dataclass(frozen=True)
class Web:
    """Whoever signs as `did` by `signer`."""

    did: str = DID
    signer: Any = KEY


def document(
    signer: Any = KEY, *, did: str = DID, name: str = "k1", may: frozenset[Relationship] = ALL, dead: bool = False
) -> DidDocument:
    return DidDocument(did, (VerificationMethod(f"{did}#{name}", did, signer.public_key, may),), dead)


def knowing(*documents: DidDocument) -> StaticResolver:
    return StaticResolver({each.id: each for each in documents})


def claims(issuer: str) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": "urn:x:subject"},
    }


def a_credential(securing: Securing) -> Callable[[Web, str], Any]:
    def made(by: Web, kid: str) -> Any:
        return credential.issue(claims(by.did), by=by, securing=securing, created=AT, method=kid)

    return made


def a_presentation(securing: Securing) -> Callable[[Web, str], Any]:
    def made(by: Web, kid: str) -> Any:
        return credential.present([], by=by, challenge=NONCE, domain=AUDIENCE, securing=securing, method=kid)

    return made


def enter_credential(secured: Any, resolver: Resolver) -> Any:
    return credential.verify(secured, resolver=resolver, now=AT, issuers=[DID])


def enter_presentation(secured: Any, resolver: Resolver) -> Any:
    return credential.verify_presentation(
        secured, resolver=resolver, now=AT, issuers=[], challenge=NONCE, domain=AUDIENCE
    )


def an_sd_jwt(by: Web, kid: str) -> str:
    return sdjwt.issue({"vct": "urn:x:member"}, by=by, typ="dc+sd-jwt", kid=kid)


def enter_sd_jwt(text: str, resolver: Resolver) -> Any:
    return sdjwt.verify(text, typ="dc+sd-jwt", audience=None, nonce=None, now=AT, resolver=resolver)


ISSUER = Identity.from_seed(bytes((65,)) * 32)


def a_key_binding(by: Web, kid: str) -> str:
    """The issuer names its holder by the DID URL of a key, and whoever `by` is binds it."""
    held = sdjwt.issue({"vct": "urn:x:member"}, by=ISSUER, typ="dc+sd-jwt", holder=kid)
    return sdjwt.present(held, by=by, audience=AUDIENCE, nonce=NONCE, now=AT)


def enter_key_binding(text: str, resolver: Resolver) -> Any:
    return sdjwt.verify(text, typ="dc+sd-jwt", audience=AUDIENCE, nonce=NONCE, now=AT, resolver=resolver)


def a_token_list(by: Web, kid: str) -> str:
    return token_list.issue(URI, b"\0", by=by, bits=1, issued=NOW, kid=kid)


def a_bitstring(by: Web, kid: str) -> str:
    return bitstring.issue(URI, bytes(131_072 // 8), by=by, purposes=[ListKind.REVOCATION], issued=NOW, kid=kid)


@dataclass(frozen=True)
class Door:
    """Something that a DID signs and somebody reads, what a key must be for there, and the code for a forgery."""

    make: Callable[[Web, str], Any]
    enter: Callable[[Any, Resolver], Any]
    relationship: Relationship
    forged: str
    unfit: str = "unresolved_principal"

    def refuses(self, secured: Any, resolver: Any, *codes: str) -> None:
        with pytest.raises(AttornError) as caught:
            self.enter(secured, resolver)
        assert caught.value.code in codes, caught.value


MADE, SHOWN = Relationship.ASSERTION_METHOD, Relationship.AUTHENTICATION
DOORS = {
    "credential": Door(a_credential(Securing.JOSE), enter_credential, MADE, "bad_credential"),
    "enveloped": Door(a_credential(Securing.ENVELOPED), enter_credential, MADE, "bad_credential"),
    "selective": Door(a_credential(Securing.SD_JWT), enter_credential, MADE, "bad_credential"),
    "proof": Door(a_credential(Securing.DATA_INTEGRITY), enter_credential, MADE, "bad_proof", "bad_proof"),
    "presentation": Door(a_presentation(Securing.JOSE), enter_presentation, SHOWN, "bad_credential"),
    "proven presentation": Door(
        a_presentation(Securing.DATA_INTEGRITY), enter_presentation, SHOWN, "bad_proof", "bad_proof"
    ),
    "SD-JWT": Door(an_sd_jwt, enter_sd_jwt, MADE, "bad_signature"),
    "key binding": Door(a_key_binding, enter_key_binding, SHOWN, "not_holder"),
    "token list": Door(a_token_list, status.verify, MADE, "bad_signature"),
    "bitstring": Door(a_bitstring, status.verify, MADE, "bad_signature"),
}
each_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
K1 = f"{DID}#k1"


@each_door
def test_the_twin_is_let_in(door: Door) -> None:
    door.enter(door.make(Web(), K1), knowing(document()))
    door.enter(door.make(Web(), K1), knowing(document(may=frozenset({door.relationship}))))


@each_door
def test_28_signed_by_another(door: Door) -> None:
    both = knowing(document(), document(MALLORY, did=OTHER))
    door.refuses(door.make(Web(signer=MALLORY), K1), both, door.forged)
    # The other DID holds the same key: it is still another.
    door.refuses(door.make(Web(), K1), knowing(document(MALLORY), document(did=OTHER)), door.forged)


@each_door
@pytest.mark.parametrize("name", ["k2", "K1", "%6b1", "k1'--", "k1/..", "0"])
def test_29_a_key_that_the_did_does_not_have(door: Door, name: str) -> None:
    door.refuses(door.make(Web(), f"{DID}#{name}"), knowing(document()), door.unfit)


@each_door
@pytest.mark.parametrize("other", list(Relationship))
def test_30_a_key_that_is_for_something_else(door: Door, other: Relationship) -> None:
    if other is door.relationship:
        resolver = knowing(document(may=ALL - {other}))
    else:
        resolver = knowing(document(may=frozenset({other})))
    door.refuses(door.make(Web(), K1), resolver, door.unfit)


class Answers:
    """A resolver with one answer to every question about DID, and the usual ones to all others."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def resolve(self, did: str) -> DidDocument:
        if did != DID:
            return knowing().resolve(did)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[return-value]


ANSWERS: dict[str, tuple[Any, str]] = {
    "31-the-document-of-another": (document(did=OTHER), "unresolved_principal"),
    "38-key-rotated": (document(MALLORY, name="k2"), ""),
    "38-key-removed": (DidDocument(DID, ()), ""),
    "39-deactivated": (document(dead=True), "unresolved_principal"),
    "39-deactivated-and-empty": (DidDocument(DID, (), True), "unresolved_principal"),
    "40-gone": (ResolutionError("gone"), "unresolved_principal"),
    "40-nothing": (None, "unresolved_principal"),
    "40-json": ({"id": DID}, "unresolved_principal"),
    "40-later": (UnavailableError("later"), "unavailable"),
    "40-timeout": (TimeoutError("slow"), "unavailable"),
    "40-anything": (KeyError(DID), "unavailable"),
}


@each_door
@pytest.mark.parametrize(("answer", "code"), ANSWERS.values(), ids=ANSWERS.keys())
def test_what_resolvers_answer(door: Door, answer: Any, code: str) -> None:
    door.refuses(door.make(Web(), K1), Answers(answer), code or door.unfit)


@each_door
def test_38_the_key_that_took_its_place_did_not_sign(door: Door) -> None:
    secured = door.make(Web(signer=OLD), K1)
    door.enter(secured, knowing(document(OLD)))
    door.refuses(secured, knowing(document(KEY)), door.forged)


@each_door
def test_40_a_failure_is_not_remembered(door: Door) -> None:
    """Neither a failure that is over, nor a key that has gone, lives on in a cache beyond its lifetime."""
    secured, seconds = door.make(Web(), K1), [NOW]
    asked = Answers(TimeoutError("slow"))
    cached = CachingResolver(asked, clock=lambda: datetime.fromtimestamp(seconds[0], UTC))
    door.refuses(secured, cached, "unavailable")
    asked.answer = document()
    door.enter(secured, cached)
    asked.answer = ResolutionError("gone")
    seconds[0] += 86_400
    door.refuses(secured, cached, "unresolved_principal")


@pytest.mark.parametrize(
    ("method", "code"),
    [
        *((name, "bad_proof") for name in ("#k1", "k1", DID, f"{DID}#", f"{DID}/a#k1", f"{DID}?a=b#k1", "")),
        # A good name, of somebody who is not the issuer: nobody asks that DID.
        (f"{OTHER}#k1", "bad_credential"),
    ],
)
def test_29_names_of_keys_in_a_proof(method: str, code: str) -> None:
    secured = a_credential(Securing.DATA_INTEGRITY)(Web(), K1)
    secured["proof"]["verificationMethod"] = method
    with pytest.raises(AttornError) as caught:
        enter_credential(secured, knowing(document(), document(did=OTHER)))
    assert caught.value.code == code
