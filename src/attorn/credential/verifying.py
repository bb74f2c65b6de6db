"""Verifying a credential, in whatever form it is secured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attorn import integrity
from attorn.canonical import JsonValue
from attorn.credential import jose, model, resource, selective
from attorn.credential.document import MOST, checked_most
from attorn.credential.jose import Kind, UnverifiedPayload
from attorn.credential.model import UnverifiedCredential
from attorn.credential.opening import Opened, opened
from attorn.credential.policy import NO_RESOURCES, SKEW, Issuers, Policy, Status
from attorn.credential.problem import malformed, unsecured
from attorn.credential.verified import Securing, VerifiedCredential
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import AudienceError, PossessionError
from attorn.integrity.proof import proofs_of
from attorn.jose.jws import issuer_keys
from attorn.jsonld import Contexts, require_known
from attorn.sdjwt.confirmation import Confirmation


def read(
    secured: object, *, contexts: Contexts | None = None, accept_v1: bool = False, most: int = MOST
) -> UnverifiedCredential:
    """The credential in `secured`, in any form that `verify` takes and also in none; **no signature is checked**.

    Raises `CredentialError` for anything that is no credential of the data model.
    """
    found = opened(secured, Kind.CREDENTIAL, most=checked_most(most))
    claimed = _read(found, accept_v1, contexts)
    require_known(found.unverified_document, contexts=contexts)
    return claimed


def verify(
    secured: object,
    *,
    resolver: Resolver,
    now: datetime,
    issuers: Issuers,
    status: Status | None = None,
    skew: int = SKEW,
    resources: Mapping[str, bytes] = NO_RESOURCES,
    contexts: Contexts | None = None,
    audience: str | None = None,
    nonce: str | None = None,
    accept_v1: bool = False,
    cosigners: Issuers | None = None,
    most: int = MOST,
) -> VerifiedCredential:
    """The credential in `secured`, signed by its issuer and good at `now`. It is refused whole or not at all.

    `secured` is a JSON object with `proof` (Data Integrity), its text, a compact JWS of type `vc+jwt`, an SD-JWT of
    type `vc+sd-jwt`, or an EnvelopedVerifiableCredential. `issuers` are the DIDs whose credentials are taken, or a
    callable that returns True for one of them. `status` is called with the verified credential and raises if its status
    is a reason to refuse it (`attorn.status.check_credential`); without it, whatever names a status list is refused.
    `skew` is in seconds. `resources` are the bytes of related resources by URL. `contexts` are known beside the bundled
    ones. With `audience` and `nonce` it must be an SD-JWT that its holder bound to them; without, one that names no
    holder. `accept_v1` takes VC 1.1 too. `cosigners` are those whose proofs may stand beside the issuer's, as `issuers`
    are said; nobody else is resolved. By default anybody: whoever shows a credential may have put them there. `most` is
    in characters.

    Raises `CredentialError`, `ProofError`, `ResolutionError`, `ExpiredError`, what `status` raises, `UnavailableError`
    for what could not be found out, `InputError` for unusable arguments other than `secured`; and for a key binding
    `PossessionError`, `AudienceError` (for a JWS that names an audience, too) and `WrongRequestError`.
    """
    policy = Policy(
        resolver, now, issuers, status, skew, resources, contexts, audience, nonce, accept_v1, most, cosigners
    )
    return verified(opened(secured, Kind.CREDENTIAL, most=policy.most), policy)


def verified(found: Opened, policy: Policy, shown_by: Sequence[str] = ()) -> VerifiedCredential:
    """As `verify`, for what is taken out of its securing already.

    `shown_by` are the keys, as DID URLs, that signed the presentation it came in.
    """
    claimed = _read(found, policy.accept_v1, policy.contexts)
    if found.securing is not Securing.DATA_INTEGRITY:
        # Of a document with proofs, `integrity.verify` asks the same.
        require_known(found.unverified_document, contexts=policy.contexts)
    if found.securing is None:
        raise unsecured("credential: it is not secured: it has no proof and is no JWS")
    issuer = claimed.unverified_issuer
    if not is_did(issuer):
        raise unsecured(f"credential: {shown(issuer)} is no DID, so attorn knows no key of it")
    # Before anybody is asked for the keys of a stranger.
    policy.require_trusted(issuer)
    signers = _signers(found, issuer, policy, shown_by)
    claimed.unverified_period.require(policy.now, policy.skew)
    unchecked = resource.check(claimed.unverified_resources, policy.resources)
    credential = _verified(found, found.securing, claimed, signers, unchecked)
    policy.require_status(credential)
    return credential


def _signers(found: Opened, issuer: str, policy: Policy, shown_by: Sequence[str]) -> tuple[str, ...]:
    """The DIDs of all who signed. Raises unless every signature holds and one of them is the issuer's."""
    payload = found.payload
    if payload is not None and payload.sd_jwt is not None:
        selective.verify(
            payload,
            issuer,
            resolver=policy.resolver,
            now=policy.now,
            skew=policy.skew,
            audience=policy.audience,
            nonce=policy.nonce,
        )
        return (issuer,)
    if policy.audience is not None:
        raise PossessionError("credential: expected an SD-JWT, which alone can be bound by its holder")
    if payload is not None:
        # RFC 7519 section 4.1.3: whoever is not named must refuse it, and a credential is shown to anybody.
        if "aud" in payload.unverified_claims:
            raise AudienceError(f"JWS: the credential is for {shown(payload.unverified_claims['aud'])} alone")
        payload.verify(
            issuer,
            relationship=Relationship.ASSERTION_METHOD,
            resolver=policy.resolver,
            now=policy.now,
            skew=policy.skew,
        )
        _require_confirmed(payload, policy.resolver, shown_by)
        return (issuer,)
    # A forger must not choose whom a verifier asks the network about.
    claimed = [proof.controller for proof in proofs_of(found.unverified_secured)]
    if issuer not in claimed:
        raise unsecured(f"credential: none of its proofs is by its issuer {shown(issuer)}")
    policy.require_cosigners(claimed, issuer)
    proven = integrity.verify(
        found.unverified_secured,
        purpose=Relationship.ASSERTION_METHOD,
        resolver=policy.resolver,
        now=policy.now,
        contexts=policy.contexts,
        first=issuer,
    )
    signers = tuple(dict.fromkeys(proof.controller for proof in proven.proofs))
    require_same(found, proven.document)
    return signers


def _require_confirmed(payload: UnverifiedPayload, resolver: Resolver, shown_by: Sequence[str]) -> None:
    """Raises `PossessionError` for a JWS that names its holder's key (`cnf`), unless that key has shown it."""
    confirmed = Confirmation.read(payload.unverified_claims)
    if confirmed is None or confirmed.method in shown_by:
        return
    keys = confirmed.keys(resolver) if shown_by else ()
    for method in shown_by:
        did = method.partition("#")[0]
        if any(key in keys for key in issuer_keys(resolver, did, method, Relationship.AUTHENTICATION)):
            return
    raise PossessionError(f"JWS: {confirmed.describe()} must have signed the presentation that it comes in")


def require_same(found: Opened, proven: Mapping[str, JsonValue]) -> None:
    """Raises `CredentialError` unless what was proven is all of the document.

    A proof may cover fewer contexts than the document names; the others would give the claims meanings that nobody
    signed.
    """
    if proven != found.unverified_document:
        raise unsecured("the document holds more than its proof covers")


def _read(found: Opened, accept_v1: bool, contexts: Contexts | None) -> UnverifiedCredential:
    claimed = model.read(found.unverified_document, accept_v1=accept_v1, contexts=contexts)
    if found.payload is not None:
        _check_claims(found.payload, claimed)
    return claimed


def _check_claims(payload: UnverifiedPayload, claimed: UnverifiedCredential) -> None:
    jose.check_issuer(payload, claimed.unverified_issuer)
    # A subject without an id is not the one that a null names.
    ids = [subject.id for subject in claimed.unverified_subjects if subject.id is not None]
    claims = payload.unverified_claims
    if "sub" in claims and claims["sub"] not in ids:
        raise malformed("JWS: its sub is no subject of the credential")


def _verified(
    found: Opened,
    securing: Securing,
    claimed: UnverifiedCredential,
    signers: tuple[str, ...],
    unchecked: tuple[str, ...],
) -> VerifiedCredential:
    return VerifiedCredential(
        claimed.unverified_id,
        claimed.unverified_issuer,
        claimed.unverified_types,
        claimed.unverified_subjects,
        claimed.unverified_period.valid_from,
        claimed.unverified_period.valid_until,
        claimed.unverified_status,
        found.payload.unverified_claims.get("status") if found.payload is not None else None,
        claimed.unverified_schemas,
        unchecked,
        claimed.version,
        securing,
        signers,
        found.unverified_document,
    )
