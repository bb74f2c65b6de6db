"""Issuing credentials and presenting them, in every form that attorn writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, overload

from attorn import integrity, sdjwt
from attorn.canonical import JsonValue
from attorn.clock import instant
from attorn.credential import envelope, jose, model, presentation, resource, selective
from attorn.credential.context import Version
from attorn.credential.document import MOST, taken
from attorn.credential.envelope import Enveloped
from attorn.credential.jose import Kind
from attorn.credential.opening import ENVELOPES, opened
from attorn.credential.policy import NO_RESOURCES
from attorn.credential.presentation import domains_of
from attorn.credential.problem import malformed, unsecured
from attorn.credential.verified import Securing
from attorn.did.did import is_method
from attorn.did.document import Relationship
from attorn.display import shown
from attorn.errors import CredentialError, InputError
from attorn.handed import items, members
from attorn.integrity import Suite
from attorn.jose.kid import kid_of
from attorn.jsonld import Contexts, require_known
from attorn.keys.public import PublicKey
from attorn.keys.signer import Signatory, require_signatory
from attorn.sdjwt.pointer import Pointer, matching

Secured: TypeAlias = dict[str, JsonValue] | str
"""A JSON object, or a compact JWS."""
_Object: TypeAlias = Literal[Securing.DATA_INTEGRITY, Securing.ENVELOPED]
_MEDIA_TYPES: Final = {Securing.JOSE: str(Kind.CREDENTIAL), Securing.SD_JWT: sdjwt.W3C_VC}
_PURPOSES: Final = {
    Kind.CREDENTIAL: Relationship.ASSERTION_METHOD,
    Kind.PRESENTATION: Relationship.AUTHENTICATION,
}


@overload
def issue(
    document: Mapping[str, JsonValue],
    *,
    by: Signatory,
    securing: _Object = ...,
    suite: Suite | None = ...,
    created: datetime | None = ...,
    expires: datetime | None = ...,
    method: str | None = ...,
    token_status: Mapping[str, JsonValue] | None = ...,
    resources: Mapping[str, bytes] = ...,
    contexts: Contexts | None = ...,
    disclosable: Iterable[Pointer] = ...,
    holder: PublicKey | str | None = ...,
) -> dict[str, JsonValue]: ...


@overload
def issue(
    document: Mapping[str, JsonValue],
    *,
    by: Signatory,
    securing: Securing,
    suite: Suite | None = ...,
    created: datetime | None = ...,
    expires: datetime | None = ...,
    method: str | None = ...,
    token_status: Mapping[str, JsonValue] | None = ...,
    resources: Mapping[str, bytes] = ...,
    contexts: Contexts | None = ...,
    disclosable: Iterable[Pointer] = ...,
    holder: PublicKey | str | None = ...,
) -> Secured: ...


def issue(
    document: Mapping[str, JsonValue],
    *,
    by: Signatory,
    securing: Securing = Securing.DATA_INTEGRITY,
    suite: Suite | None = None,
    created: datetime | None = None,
    expires: datetime | None = None,
    method: str | None = None,
    token_status: Mapping[str, JsonValue] | None = None,
    resources: Mapping[str, bytes] = NO_RESOURCES,
    contexts: Contexts | None = None,
    disclosable: Iterable[Pointer] = (),
    holder: PublicKey | str | None = None,
) -> Secured:
    """The credential `document` of VC 2.0, secured by its issuer `by`: a JSON object, or for JOSE a compact JWS.

    `suite` is for Data Integrity; without it, the JCS suite of the key. `created` and `expires` are about the proof or
    the signature, and are left out without. `method` is the DID URL of the key, known by itself for did:key and
    did:jwk. `token_status` is the `status` claim of a JWS (`TokenReference.write`). `resources` and `contexts` are as
    for `verify`. `disclosable` and `holder` are for an SD-JWT, as `attorn.sdjwt.issue` has them.

    Raises `CredentialError` for a document that `verify` would refuse, `InputError` for other unusable arguments and
    `UnavailableError` if the signer fails.
    """
    signing = _Signing(by, securing, suite, created, expires, method, contexts, disclosable, holder)
    copied = _taken(document)
    claimed = model.read(copied, contexts=contexts)
    did = signing.by.did
    if claimed.unverified_issuer != did:
        raise malformed(f"credential: expected issuer {shown(did)}, who signs, got {shown(copied['issuer'])}")
    if securing is not Securing.DATA_INTEGRITY:
        # Of a document that gets a proof, `integrity.sign` asks the same.
        require_known(copied, contexts=contexts)
    resource.check(claimed.unverified_resources, resources)
    claims: dict[str, JsonValue] = {}
    if token_status is not None:
        if securing is Securing.DATA_INTEGRITY or not isinstance(token_status, Mapping):
            raise InputError("issue: a token status is a claim of a JWS, and an object")
        claims["status"] = members("token status", token_status)
    return signing.secured(copied, Kind.CREDENTIAL, claims)


@overload
def present(
    credentials: Sequence[Secured],
    *,
    by: Signatory,
    challenge: str | None,
    domain: str | Collection[str] | None,
    securing: _Object = ...,
    suite: Suite | None = ...,
    created: datetime | None = ...,
    expires: datetime | None = ...,
    method: str | None = ...,
    id: str | None = ...,
    contexts: Contexts | None = ...,
) -> dict[str, JsonValue]: ...


@overload
def present(
    credentials: Sequence[Secured],
    *,
    by: Signatory,
    challenge: str | None,
    domain: str | Collection[str] | None,
    securing: Securing,
    suite: Suite | None = ...,
    created: datetime | None = ...,
    expires: datetime | None = ...,
    method: str | None = ...,
    id: str | None = ...,
    contexts: Contexts | None = ...,
) -> Secured: ...


def present(
    credentials: Sequence[Secured],
    *,
    by: Signatory,
    challenge: str | None,
    domain: str | Collection[str] | None,
    securing: Securing = Securing.DATA_INTEGRITY,
    suite: Suite | None = None,
    created: datetime | None = None,
    expires: datetime | None = None,
    method: str | None = None,
    id: str | None = None,
    contexts: Contexts | None = None,
) -> Secured:
    """A presentation of these secured credentials by their holder `by`, for one challenge and domain of a verifier.

    A credential that is a JWS is enveloped; a JWS presents no others. The other arguments are those of `issue`.
    Raises as `issue` does; the credentials are not verified.
    """
    signing = _Signing(by, securing, suite, created, expires, method, contexts)
    if challenge is not None and not isinstance(challenge, str):
        raise InputError(f"present: expected challenge as text, got {type(challenge).__name__}")
    if not isinstance(credentials, list | tuple):
        raise InputError(f"present: expected a list of credentials, got {type(credentials).__name__}")
    document: dict[str, JsonValue] = {
        "@context": [str(Version.V2)],
        "type": [presentation.TYPE],
        "holder": signing.by.did,
        "verifiableCredential": [_presented(each) for each in credentials],
    }
    if id is not None:
        document["id"] = id
    claimed = presentation.read(document)
    for each in claimed.unverified_credentials:
        if securing is not Securing.DATA_INTEGRITY and not envelope.is_envelope(each, Enveloped.CREDENTIAL):
            raise malformed("presentation: expected enveloped credentials in a JWS, got another object")
    domains = domains_of(domain)
    claims: dict[str, JsonValue] = {}
    if challenge is not None:
        claims["nonce"] = challenge
    if domains is not None:
        claims["aud"] = list(domains) if len(domains) > 1 else domains[0]
    return signing.secured(document, Kind.PRESENTATION, claims, challenge, domains)


@dataclass(frozen=True, slots=True)
class _Signing:
    """Who signs and how. Raises `InputError`."""

    by: Signatory
    securing: Securing
    suite: Suite | None
    created: datetime | None
    expires: datetime | None
    method: str | None
    contexts: Contexts | None
    disclosable: Iterable[Pointer] = ()
    holder: PublicKey | str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", require_signatory(self.by, "credential"))
        if not isinstance(self.securing, Securing):
            raise InputError(f"credential: expected a Securing, got {type(self.securing).__name__}")
        if self.suite is not None and not isinstance(self.suite, Suite):
            raise InputError(f"credential: expected a Suite, got {type(self.suite).__name__}")
        if self.suite is not None and self.securing is not Securing.DATA_INTEGRITY:
            raise InputError("credential: a suite is of Data Integrity")
        if self.securing is not Securing.SD_JWT and (self.holder is not None or self.disclosable != ()):
            raise InputError("credential: only an SD-JWT has a holder who may keep claims back")
        if self.method is not None and not _is_own(self.method, self.by.did):
            raise InputError("credential: expected method as a DID URL of whoever signs")

    def secured(
        self,
        document: dict[str, JsonValue],
        kind: Kind,
        claims: dict[str, JsonValue],
        challenge: str | None = None,
        domains: tuple[str, ...] | None = None,
    ) -> Secured:
        """The document, signed; `challenge` and `domains` are for a proof, `claims` for a JWS."""
        if self.securing is Securing.DATA_INTEGRITY:
            return self._proven(document, kind, challenge, domains)
        for name, at in (("iat", self.created), ("exp", self.expires)):
            if at is not None:
                claims[name] = int(instant(at, name).timestamp())
        if "proof" in document:
            raise malformed(f"{kind}: a document with a proof is not signed over again")
        if self.securing is Securing.SD_JWT:
            return self._concealed({**document, **claims}, kind)
        text = jose.sign(document, kind, signer=self.by.signer, kid=self._kid(), claims=claims)
        if self.securing is Securing.JOSE:
            return text
        return envelope.sealed(text, kind, ENVELOPES[kind])

    def _proven(
        self, document: dict[str, JsonValue], kind: Kind, challenge: str | None, domains: tuple[str, ...] | None
    ) -> dict[str, JsonValue]:
        return integrity.sign(
            document,
            by=self.by,
            suite=self.suite,
            purpose=_PURPOSES[kind],
            created=self.created,
            expires=self.expires,
            domain=domains,
            challenge=challenge,
            method=self.method,
            contexts=self.contexts,
        )

    def _concealed(self, claims: dict[str, JsonValue], kind: Kind) -> str:
        if kind is not Kind.CREDENTIAL:
            raise InputError("credential: attorn writes credentials as an SD-JWT, and no presentations")
        disclosable = items("list of paths", self.disclosable) if isinstance(self.disclosable, Iterable) else ()
        try:
            selective.require_hideable(matching(claims, disclosable))
        except CredentialError as error:
            raise InputError(str(error)) from None
        return sdjwt.issue(
            claims,
            by=self.by,
            typ=sdjwt.W3C_VC,
            disclosable=disclosable,
            holder=self.holder,
            kid=self._kid(),
        )

    def _kid(self) -> str:
        kid = kid_of(self.by, self.method, "credential")
        if kid is None:
            raise InputError(f"credential: expected method, the DID URL of the key by which {shown(self.by.did)} signs")
        return kid


def _is_own(method: str, did: str) -> bool:
    return isinstance(method, str) and is_method(method) and method.startswith(f"{did}#")


def _taken(document: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return taken(members("document", document) if isinstance(document, Mapping) else document, most=MOST)


def _presented(secured: Secured) -> dict[str, JsonValue]:
    """A credential as it stands in a presentation. Raises `CredentialError` for one without securing."""
    found = opened(secured, Kind.CREDENTIAL, most=MOST)
    if found.securing is None:
        raise unsecured("presentation: a credential is not secured")
    if found.securing in _MEDIA_TYPES:
        return envelope.sealed(str(secured), _MEDIA_TYPES[found.securing], Enveloped.CREDENTIAL)
    return found.unverified_secured
