"""Whether the proofs of a document hold (VC Data Integrity 1.0 sections 4.4 to 4.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import instant
from attorn.did.document import Relationship, VerificationMethod
from attorn.did.resolver import Resolver, live_document
from attorn.display import shown, stamp
from attorn.errors import InputError
from attorn.handed import items, members
from attorn.integrity.proof import UnverifiedProof, proofs_of, wrong
from attorn.integrity.stages import configuration, hash_data, transform
from attorn.integrity.suite import Suite
from attorn.jsonld import Contexts, require_known
from attorn.jsonld.library import bundled

SKEW: Final = timedelta(seconds=300)
"""How far the clock of whoever made a proof may be ahead of the verifier's."""
MOST_STATEMENTS: Final = 8192
"""Most statements that are canonicalised for one document: each proof of a chain is over others."""


@dataclass(frozen=True, slots=True)
class VerifiedProof:
    """A proof that holds: the key that `method` names signed the document, for `purpose`. Made by `verify`.

    `controller` is the DID of that key. `members` is the proof itself.
    """

    controller: str
    method: str
    suite: Suite
    purpose: Relationship
    created: datetime | None
    expires: datetime | None
    id: str | None
    previous: frozenset[str]
    members: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class VerifiedDocument:
    """A document without its proofs, and the proofs, all of which hold. Made by `verify`."""

    document: Mapping[str, JsonValue]
    proofs: tuple[VerifiedProof, ...]


def verify(
    document: Mapping[str, JsonValue],
    *,
    purpose: Relationship,
    resolver: Resolver,
    now: datetime,
    domain: str | Iterable[str] | None = None,
    challenge: str | None = None,
    contexts: Contexts | None = None,
    first: str | None = None,
) -> VerifiedDocument:
    """`document` without its proofs, and those, if every one of them holds for `purpose` at `now`.

    Every proof must be for `domain` (as a set) and answer `challenge` where these are given. **Whose** the proofs are
    is for the caller to ask: anybody can sign for a DID of their own. A document with an `@context` must have no term
    that nothing defines, its proofs included. The proofs of the DID `first` are verified before any other DID is
    resolved.

    Raises `ProofError`, with the standard's name as `problem`; `CredentialError` for undefined terms; `ResolutionError`
    if a controller does not resolve; `UnavailableError` if that could not be found out, or a suite that signs RDF came
    without the extra `attorn[rdf]`; `InputError` for what is no JSON.
    """
    expected = _Expected(purpose, instant(now, "now"), _domains(domain), challenge)
    if not isinstance(document, Mapping):
        raise wrong(f"expected a document as an object, got {shown(document)}", "PARSING_ERROR")
    document = members("document", document)
    contexts = bundled() if contexts is None else contexts
    proofs = proofs_of(document)
    _check_chain(proofs)
    body = _body(document, proofs)
    if "@context" in body:
        require_known({**body, "proof": document["proof"]}, contexts=contexts)
    for proof in proofs:
        expected.check(proof)
    transformed: dict[tuple[bool, frozenset[str]], bytes] = {}
    verified: dict[int, VerifiedProof] = {}
    stated = 0
    for proof in sorted(proofs, key=lambda proof: proof.controller != first):
        method = _method(proof, purpose, resolver)
        key = (proof.suite.signs_rdf, proof.previous)
        if key not in transformed:
            transformed[key] = transform(secured(body, proof.previous, proofs), proof.suite, contexts)
            stated += transformed[key].count(b"\n") if proof.suite.signs_rdf else 0
            if stated > MOST_STATEMENTS:
                raise wrong(f"a chain over more than {MOST_STATEMENTS} statements", "PROOF_TRANSFORMATION_ERROR")
        options = transform(configuration(proof.members, body, proof.suite), proof.suite, contexts)
        if not method.key.verify_any_s(proof.signature, hash_data(options, transformed[key])):
            raise wrong(f"{shown(proof.method)} did not sign this")
        verified[id(proof)] = _verified(proof, method, purpose)
    return VerifiedDocument(body, tuple(verified[id(proof)] for proof in proofs))


def secured(
    body: Mapping[str, JsonValue], previous: frozenset[str], proofs: Iterable[UnverifiedProof]
) -> dict[str, JsonValue]:
    """What a proof is over: the document, with the previous proofs if it names some (section 4.6)."""
    named: list[JsonValue] = [dict(proof.members) for proof in proofs if proof.id in previous]
    return {**body, "proof": named} if previous else dict(body)


@dataclass(frozen=True, slots=True)
class _Expected:
    purpose: Relationship
    now: datetime
    domains: frozenset[str] | None
    challenge: str | None

    def __post_init__(self) -> None:
        if not isinstance(self.purpose, Relationship):
            raise InputError(f"purpose: expected a Relationship, got {type(self.purpose).__name__}")
        if self.challenge is not None and not (isinstance(self.challenge, str) and self.challenge):
            raise InputError(f"challenge: expected text, got {shown(self.challenge)}")

    def check(self, proof: UnverifiedProof) -> None:
        """Raises `ProofError` unless the proof is meant for this, and now."""
        if proof.purpose != self.purpose:
            raise wrong(f"expected one for {self.purpose}, got {shown(proof.purpose)}")
        if self.domains is not None and proof.domains != self.domains:
            raise wrong("it was made for another domain", "INVALID_DOMAIN_ERROR")
        if self.challenge is not None and proof.challenge != self.challenge:
            raise wrong("it answers another challenge", "INVALID_CHALLENGE_ERROR")
        if proof.created is not None and proof.created > self.now + SKEW:
            raise wrong(f"it was created at {stamp(proof.created)}, which is yet to come")
        if proof.expires is not None and proof.expires <= self.now:
            raise wrong(f"it expired at {stamp(proof.expires)}")
        if proof.created is not None and proof.expires is not None and proof.expires <= proof.created:
            raise wrong("it expired before it was created")


def _domains(domain: str | Iterable[str] | None) -> frozenset[str] | None:
    if domain is None:
        return None
    found = [domain] if isinstance(domain, str) else items("domain", domain) if isinstance(domain, Iterable) else ()
    if not found or not all(isinstance(each, str) and each for each in found):
        raise InputError("domain: expected text, or several")
    return frozenset(found)


def _body(document: Mapping[str, JsonValue], proofs: tuple[UnverifiedProof, ...]) -> dict[str, JsonValue]:
    """The document that was signed: without its proofs, and with the contexts that they were made in.

    A proof over JSON may name the contexts that the document began with; what was put behind them is not signed.
    """
    body = {name: value for name, value in document.items() if name != "proof"}
    named = [proof.members["@context"] for proof in proofs if "@context" in proof.members]
    if not named:
        return body
    whole = _listed(document.get("@context"))
    first = _listed(named[0])
    if "@context" not in document or whole[: len(first)] != first:
        raise wrong("its contexts are not the first of the document's")
    if any(each != named[0] for each in named):
        raise wrong("the proofs were made in different contexts")
    if len(first) < len(whole) and not all("@context" in proof.members for proof in proofs):
        raise wrong("the proofs were made in different contexts")
    if any(proof.suite.signs_rdf and "@context" in proof.members for proof in proofs) and len(first) != len(whole):
        raise wrong("its contexts are not the document's")
    body["@context"] = named[0]
    return body


def _listed(context: JsonValue) -> list[JsonValue]:
    return context if isinstance(context, list) else [context]


def _check_chain(proofs: tuple[UnverifiedProof, ...]) -> None:
    """Raises `ProofError` unless each previous proof is there, once, and none comes before itself."""
    ids = [proof.id for proof in proofs if proof.id is not None]
    if len(set(ids)) < len(ids):
        raise wrong("two have the same id")
    waiting = {number: proof.previous for number, proof in enumerate(proofs)}
    done: set[str] = set()
    while waiting:
        ready = [number for number, previous in waiting.items() if previous <= done]
        if not ready:
            raise wrong("a previous proof is missing, or they follow each other in a circle")
        for number in ready:
            del waiting[number]
        done |= {name for number in ready if (name := proofs[number].id) is not None}


def _method(proof: UnverifiedProof, purpose: Relationship, resolver: Resolver) -> VerificationMethod:
    """The key that the proof names, if it is for that purpose and of the suite's kind (Controlled Identifiers 3.3)."""
    document = live_document(resolver, proof.controller)
    method = document.method(proof.method)
    if method is None:
        raise wrong(f"{shown(document.id)} has no method {shown(proof.method)}", "INVALID_VERIFICATION_METHOD")
    if purpose not in method.relationships:
        raise wrong(f"{shown(proof.method)} is not for {purpose}", "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD")
    if method.key.algorithm is not proof.suite.algorithm:
        raise wrong(f"{shown(proof.method)} is a key of {method.key.algorithm}, which is none for {proof.suite}")
    return method


def _verified(proof: UnverifiedProof, method: VerificationMethod, purpose: Relationship) -> VerifiedProof:
    return VerifiedProof(
        controller=method.controller,
        method=method.id,
        suite=proof.suite,
        purpose=purpose,
        created=proof.created,
        expires=proof.expires,
        id=proof.id,
        previous=proof.previous,
        members=proof.members,
    )
