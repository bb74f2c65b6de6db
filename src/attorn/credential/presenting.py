"""Verifying a presentation: what its holder shows to one verifier, once, and every credential in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, overload

from attorn import integrity
from attorn.canonical import JsonValue
from attorn.credential import jose, presentation
from attorn.credential.document import MOST, checked_most
from attorn.credential.envelope import Enveloped, is_envelope
from attorn.credential.jose import Kind, UnverifiedPayload
from attorn.credential.opening import Opened, opened
from attorn.credential.policy import NO_RESOURCES, SKEW, Issuers, Policy, Status
from attorn.credential.presentation import UnverifiedPresentation
from attorn.credential.problem import malformed, unsecured
from attorn.credential.verified import Securing, UnsignedPresentation, VerifiedCredential, VerifiedPresentation
from attorn.credential.verifying import require_same, verified
from attorn.did.document import Relationship
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import InputError, PossessionError, ProofError
from attorn.integrity.proof import proofs_of
from attorn.jsonld import Contexts, require_known

_INVALID_CHALLENGE: Final = "https://w3id.org/security#INVALID_CHALLENGE_ERROR"
_INVALID_DOMAIN: Final = "https://w3id.org/security#INVALID_DOMAIN_ERROR"


def read_presentation(
    secured: object, *, contexts: Contexts | None = None, accept_v1: bool = False, most: int = MOST
) -> UnverifiedPresentation:
    """The presentation in `secured`, in any form that `verify_presentation` takes; **nothing is verified**.

    Its credentials are objects, each of which `read` takes. Raises `CredentialError` for anything that is no
    presentation of the data model.
    """
    found = opened(secured, Kind.PRESENTATION, most=checked_most(most))
    claimed = presentation.read(found.unverified_document, accept_v1=accept_v1)
    _require_known(claimed, contexts)
    return claimed


@overload
def verify_presentation(
    secured: object,
    *,
    resolver: Resolver,
    now: datetime,
    issuers: Issuers,
    challenge: str | None,
    domain: str | Collection[str] | None,
    status: Status | None = None,
    skew: int = SKEW,
    resources: Mapping[str, bytes] = NO_RESOURCES,
    contexts: Contexts | None = None,
    unsigned: Literal[False] = False,
    holder_is_subject: bool = False,
    accept_v1: bool = False,
    cosigners: Issuers | None = None,
    most: int = MOST,
) -> VerifiedPresentation: ...


@overload
def verify_presentation(
    secured: object,
    *,
    resolver: Resolver,
    now: datetime,
    issuers: Issuers,
    challenge: str | None,
    domain: str | Collection[str] | None,
    status: Status | None = None,
    skew: int = SKEW,
    resources: Mapping[str, bytes] = NO_RESOURCES,
    contexts: Contexts | None = None,
    unsigned: bool,
    holder_is_subject: bool = False,
    accept_v1: bool = False,
    cosigners: Issuers | None = None,
    most: int = MOST,
) -> VerifiedPresentation | UnsignedPresentation: ...


def verify_presentation(
    secured: object,
    *,
    resolver: Resolver,
    now: datetime,
    issuers: Issuers,
    challenge: str | None,
    domain: str | Collection[str] | None,
    status: Status | None = None,
    skew: int = SKEW,
    resources: Mapping[str, bytes] = NO_RESOURCES,
    contexts: Contexts | None = None,
    unsigned: bool = False,
    holder_is_subject: bool = False,
    accept_v1: bool = False,
    cosigners: Issuers | None = None,
    most: int = MOST,
) -> VerifiedPresentation | UnsignedPresentation:
    """The presentation in `secured`, signed by its holder for this `challenge` and `domain`, and all its credentials.

    `challenge` and `domain` are what this verifier asked for; None means that it did not ask, so that a copy of a
    presentation is as good as the first. Several domains must all be named, and no other. With `unsigned`, one that
    nobody signed gives an `UnsignedPresentation`, unless something was asked of the holder. With `holder_is_subject`,
    there must be a credential and every subject of every one must be the holder. The other arguments are those of
    `verify`; `cosigners` are also who may sign beside the holder. `secured` is a JSON object with `proof`, its text, a
    compact JWS of type `vp+jwt`, or an EnvelopedVerifiablePresentation.

    Raises as `verify` does, and `PossessionError` where the holder is not a subject.
    """
    policy = Policy(resolver, now, issuers, status, skew, resources, contexts, None, None, accept_v1, most, cosigners)
    asked = _Asked(challenge, presentation.domains_of(domain), unsigned, holder_is_subject)
    found = opened(secured, Kind.PRESENTATION, most=policy.most)
    claimed = presentation.read(found.unverified_document, accept_v1=policy.accept_v1)
    if found.securing is not Securing.DATA_INTEGRITY:
        # Of a document with proofs, `integrity.verify` asks the same.
        _require_known(claimed, policy.contexts)
    if found.securing is None:
        asked.require_unsigned()
        return UnsignedPresentation(
            _credentials(claimed, found, policy),
            claimed.version,
            claimed.unverified_holder,
            claimed.unverified_document,
        )
    return _verified(found, found.securing, claimed, asked, policy)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the verifier asked the holder for. Raises `InputError`."""

    challenge: str | None
    domains: tuple[str, ...] | None
    unsigned: bool
    holder_is_subject: bool

    def __post_init__(self) -> None:
        # Empty is what a value that was never set is: a copy that answers it would be good for ever.
        if self.challenge is not None and not (isinstance(self.challenge, str) and self.challenge):
            raise InputError(f"presentation: expected challenge as text, got {shown(self.challenge)}")
        if type(self.unsigned) is not bool or type(self.holder_is_subject) is not bool:
            raise InputError("presentation: expected unsigned and holder_is_subject as True or False")

    def require_unsigned(self) -> None:
        """Raises `CredentialError` unless a presentation that nobody signed will do: nothing was asked of a holder."""
        if not self.unsigned or self.holder_is_subject or self.challenge is not None or self.domains is not None:
            raise unsecured("presentation: it is not signed: it has no proof and is no JWS")


def _verified(
    found: Opened, securing: Securing, claimed: UnverifiedPresentation, asked: _Asked, policy: Policy
) -> VerifiedPresentation:
    methods = _methods(found, claimed, asked, policy)
    signers = tuple(dict.fromkeys(method.partition("#")[0] for method in methods))
    holder = _holder(claimed, signers)
    credentials = _credentials(claimed, found, policy, methods)
    if asked.holder_is_subject:
        _require_subject(credentials, holder)
    return VerifiedPresentation(
        claimed.unverified_id,
        claimed.unverified_types,
        holder,
        credentials,
        claimed.version,
        securing,
        signers,
        found.unverified_document,
    )


def _require_known(claimed: UnverifiedPresentation, contexts: Contexts | None) -> None:
    # Credentials are asked about one by one, each with its own contexts, when they are verified.
    document = claimed.unverified_document
    require_known({name: document[name] for name in document if name != "verifiableCredential"}, contexts=contexts)


def _credentials(
    claimed: UnverifiedPresentation, found: Opened, policy: Policy, shown_by: tuple[str, ...] = ()
) -> tuple[VerifiedCredential, ...]:
    credentials = []
    for each in claimed.unverified_credentials:
        # VC-JOSE-COSE 1.0 section 3.1.2. A presentation with a proof may hold both.
        if found.payload is not None and not is_envelope(each, Enveloped.CREDENTIAL):
            raise malformed("presentation: expected enveloped credentials in a JWS, got another object")
        credentials.append(verified(opened(each, Kind.CREDENTIAL, most=policy.most), policy, shown_by))
    return tuple(credentials)


def _methods(found: Opened, claimed: UnverifiedPresentation, asked: _Asked, policy: Policy) -> tuple[str, ...]:
    """The keys that signed, as DID URLs. Raises unless every signature holds, for this challenge and domain."""
    if found.payload is not None:
        return (_jose_method(found.payload, claimed, asked, policy),)
    # Before anybody is asked for the keys of a stranger.
    signers = tuple(dict.fromkeys(proof.controller for proof in proofs_of(found.unverified_secured)))
    holder = _holder(claimed, signers)
    policy.require_cosigners(signers, holder)
    proven = integrity.verify(
        found.unverified_secured,
        purpose=Relationship.AUTHENTICATION,
        resolver=policy.resolver,
        now=policy.now,
        domain=asked.domains,
        challenge=asked.challenge,
        contexts=policy.contexts,
        first=holder,
    )
    require_same(found, proven.document)
    return tuple(proof.method for proof in proven.proofs)


def _jose_method(payload: UnverifiedPayload, claimed: UnverifiedPresentation, asked: _Asked, policy: Policy) -> str:
    signer = claimed.unverified_holder or payload.unverified_signer
    jose.check_issuer(payload, signer)
    payload.verify(
        signer,
        relationship=Relationship.AUTHENTICATION,
        resolver=policy.resolver,
        now=policy.now,
        skew=policy.skew,
    )
    claims = payload.unverified_claims
    if "status" in claims:
        raise malformed("presentation: it has no status of its own")
    if asked.challenge is not None and claims.get("nonce") != asked.challenge:
        raise ProofError("presentation: it answers another challenge than was given", problem=_INVALID_CHALLENGE)
    if asked.domains is not None and not _is_for(claims.get("aud"), asked.domains):
        raise ProofError("presentation: it was made for another domain", problem=_INVALID_DOMAIN)
    return str(payload.jws.kid)


def _is_for(audience: JsonValue, domains: tuple[str, ...]) -> bool:
    """Whether it names all of these and no other, who could show it on."""
    named = audience if isinstance(audience, list) else [audience]
    return all(isinstance(each, str) and each in domains for each in named) and all(each in named for each in domains)


def _holder(claimed: UnverifiedPresentation, signers: tuple[str, ...]) -> str:
    """Who it is by: the holder that it names, who must have signed, or its only signer."""
    holder = claimed.unverified_holder
    if holder is None and len(signers) == 1:
        return signers[0]
    if holder is None or holder not in signers:
        raise unsecured(f"presentation: expected a signature by its holder, got {shown(holder)} as the holder")
    return holder


def _require_subject(credentials: tuple[VerifiedCredential, ...], holder: str) -> None:
    if not credentials:
        # A caller who asked this goes on to read what is said of the holder.
        raise PossessionError("presentation: expected a credential about its holder, got none")
    for subject in (subject for credential in credentials for subject in credential.subjects):
        if subject.id != holder:
            raise PossessionError(f"presentation: {shown(subject.id)} is the subject of a credential, not its holder")
