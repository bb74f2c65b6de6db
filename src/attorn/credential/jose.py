"""Credentials and presentations as a JWS whose payload they are (VC-JOSE-COSE 1.0, the JOSE part; not COSE).

The payload is the document itself beside registered claims of JWT, which describe the signature and not the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.clock import LATEST
from attorn.credential.part import Period
from attorn.credential.problem import malformed, out_of_range, unparsed, unsecured
from attorn.did.did import is_did, is_method, parse_url
from attorn.did.document import Relationship
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import MalformedError, SignatureError
from attorn.jose import jws
from attorn.keys.signer import Signer

_REFUSED: Final = ("vc", "vp", "proof")
# RFC 7519 section 4.1, RFC 7800, and the status claim of a Token Status List. None is a member of a credential.
_CLAIMS: Final[tuple[str, ...]] = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf", "status")


class Kind(StrEnum):
    """What a JWS holds, named by its type."""

    CREDENTIAL = "vc+jwt"
    PRESENTATION = "vp+jwt"

    @property
    def content_type(self) -> str:
        """What `cty` says of the payload."""
        return self.value.partition("+")[0]


@dataclass(frozen=True, slots=True)
class UnverifiedPayload:
    """What a JWS holds, its signature not checked: the document, and beside it the claims of JWT.

    `sd_jwt` is the whole SD-JWT, where the payload came in one.
    """

    unverified_document: dict[str, JsonValue] = field(repr=False)
    unverified_claims: dict[str, JsonValue]
    jws: jws.UnverifiedJws = field(repr=False)
    sd_jwt: str | None = field(default=None, repr=False)

    @property
    def unverified_signer(self) -> str:
        """The DID that says it signed."""
        return parse_url(self.jws.kid or "").did.text

    def verify(self, signer: str, *, relationship: Relationship, resolver: Resolver, now: datetime, skew: int) -> None:
        """Returns if the key that the header names is one of `signer`, for `relationship`, and signed, for now.

        `now` and `skew` are about the signature; the document has times of its own. Raises `CredentialError`
        (CRYPTOGRAPHIC_SECURITY_ERROR), `ExpiredError`, `ResolutionError` or `UnavailableError`.
        """
        if not is_did(signer):
            raise unsecured(f"{shown(signer)} is no DID, so attorn knows no key of it")
        if self.unverified_signer != signer:
            raise unsecured(f"JWS: {shown(self.jws.kid)} is no key of {shown(signer)}")
        keys = jws.issuer_keys(resolver, signer, self.jws.kid, relationship)
        try:
            self.jws.verify(keys)
        except SignatureError:
            raise unsecured(f"JWS: not signed by the key {shown(self.jws.kid)}") from None
        claims = self.unverified_claims
        starts = [_second(claims[name], name) for name in ("iat", "nbf") if name in claims]
        ends = [_second(claims["exp"], "exp")] if "exp" in claims else []
        Period(max(starts, default=None), min(ends, default=None)).require(now, skew, "JWS")


def read(text: str, kind: Kind, *, most: int) -> UnverifiedPayload:
    """What is in the compact JWS `text` of at most `most` characters. Its signature is not checked.

    Raises `CredentialError`: PARSING_ERROR for what is no JWS of this type and for a header that names extensions or
    brings a key, MALFORMED_VALUE_ERROR for a payload with a claim or a proof that has no place in it.
    """
    try:
        found = jws.read(text, typ=kind, most=most)
    except MalformedError as error:
        raise unparsed(str(error)) from None
    return payload_of(found, found.claims, kind)


def payload_of(found: jws.UnverifiedJws, payload: dict[str, JsonValue], kind: Kind) -> UnverifiedPayload:
    """What a JWS holds whose payload says this. Raises `CredentialError` as `read` does."""
    content_type = found.header.get("cty", kind.content_type)
    if not isinstance(content_type, str) or content_type.lower().removeprefix("application/") != kind.content_type:
        raise unparsed(f"JWS: expected cty {kind.content_type}, got {shown(content_type)}")
    _check_kid(found.kid)
    for name in _REFUSED:
        if name in payload:
            raise malformed(f"JWS: {name} has no place in its payload")
    document = {name: member for name, member in payload.items() if name not in _CLAIMS}
    claims = {name: payload[name] for name in _CLAIMS if name in payload}
    for name in ("iat", "nbf", "exp"):
        if name in claims:
            _second(claims[name], name)
    if not isinstance(claims.get("status", {}), dict):
        raise malformed("JWS: expected status as an object")
    _check_same(document, claims, "jti", "id")
    return UnverifiedPayload(document, claims, found)


def check_issuer(payload: UnverifiedPayload, issuer: str) -> None:
    """Raises `CredentialError` where `iss` says another than `issuer`."""
    if payload.unverified_claims.get("iss", issuer) != issuer:
        raise malformed(f"JWS: expected iss as {shown(issuer)}, got {shown(payload.unverified_claims['iss'])}")


def sign(
    document: Mapping[str, JsonValue],
    kind: Kind,
    *,
    signer: Signer,
    kid: str,
    claims: Mapping[str, JsonValue],
) -> str:
    """The compact JWS of a document with these claims of JWT beside it. Raises `InputError`, `UnavailableError`."""
    return jws.sign({**document, **claims}, by=signer, typ=kind, kid=kid, cty=kind.content_type)


def _check_kid(kid: str | None) -> None:
    """Returns for an absolute DID URL of a key. Raises `CredentialError`."""
    if kid is None or not is_method(kid):
        raise unsecured(f"JWS: expected kid as the absolute DID URL of a key, got {shown(kid)}")


def _check_same(document: dict[str, JsonValue], claims: dict[str, JsonValue], claim: str, member: str) -> None:
    # Two readers of one text must not take two ids from it.
    if claim in claims and member in document and claims[claim] != document[member]:
        raise malformed(f"JWS: {claim} and {member} differ")


def _second(value: JsonValue, name: str) -> datetime:
    if (type(value) is not int and type(value) is not float) or abs(value) > MOST_INTEGER:
        raise malformed(f"JWS: expected {name} as a number of seconds, got {shown(value)}")
    if not 0 <= value <= LATEST:
        raise out_of_range(f"JWS: expected {name} within the years 1970 to 9999, got {shown(value)}")
    return datetime.fromtimestamp(value, UTC)
