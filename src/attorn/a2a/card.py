"""Agent cards signed by the key of the agent's DID, and verified: who of those whom the caller expects signed one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from a2a.types import AgentCard, AgentCardSignature
from google.protobuf.json_format import MessageToDict

from attorn.a2a.canonical import MOST_CARD, canonical_card, read_card
from attorn.a2a.extension import advertised
from attorn.canonical import JsonValue, canonicalise
from attorn.credential.policy import Issuers, is_named
from attorn.did.did import is_did, parse_url
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError, SignatureError
from attorn.handed import items
from attorn.jose.jws import MOST_HEADER, REFUSED, UnverifiedJws, issuer_keys, members_of
from attorn.jose.kid import kid_of
from attorn.keys.jwk import JWS_NAMES
from attorn.keys.signer import PinnedSigner, Signatory, key_of, require_signatory, signed

MOST_SIGNATURES: Final = 8
_TYP: Final = "JOSE"
_MOST_SIGNATURE: Final = 2048
_PROTECTED: Final = ("alg", "kid", "typ", *REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCard:
    """A card that each of `signers`, DIDs whom the caller expects, signed. `did` is whom chains are presented to.

    `did` is one of the signers, or None where the card does not have the extension. `unchecked` are the `kid` of
    signatures by others, which nobody looked at and which say nothing.
    """

    card: AgentCard
    signers: tuple[str, ...]
    did: str | None
    unchecked: tuple[str, ...]


def sign_card(card: AgentCard, *, by: Signatory, kid: str | None = None) -> AgentCard:
    """A copy of `card` with a signature by `by`, in place of an older one by the same key.

    `kid` is the DID URL of the key, known by itself for did:key and did:jwk. Raises `InputError`, `MalformedError` for
    a card that has no canonical form or a malformed signature already, and `UnavailableError` if the signer fails.
    """
    by = require_signatory(by, "agent card")
    kid = kid_of(by, kid, "agent card")
    if kid is None:
        raise InputError("agent card: expected kid, the DID URL of the key that signs")
    payload, key = canonical_card(card), key_of(by.signer)
    protected = base64url_encode(canonicalise({"alg": JWS_NAMES[key.algorithm][0], "kid": kid, "typ": _TYP}))
    if len(protected) > MOST_HEADER:
        raise InputError("agent card: kid is too long")
    signature = signed(PinnedSigner(by.signer, key), _signing_input(protected, payload))
    made = AgentCard()
    made.CopyFrom(card)
    del made.signatures[:]
    made.signatures.extend(each for each in card.signatures if _kid(_header(each)) != kid)
    made.signatures.append(AgentCardSignature(protected=protected, signature=base64url_encode(signature)))
    return made


def verify_card(
    card: AgentCard | str | bytes, *, signers: Issuers, resolver: Resolver | None = None, most: int = MOST_CARD
) -> VerifiedCard:
    """The card, once it is shown that DIDs whom the caller expects signed it. Give its text where it is at hand.

    `signers` are those DIDs, or who says so of one: only True is a yes. Every signature must be a well-formed JWS.
    Each by a DID in `signers` must hold, and there must be one; others are neither resolved nor counted, and `jku` is
    never fetched. Raises `MalformedError`, `LimitError`, `SignatureError`, `ResolutionError`, `InputError`, and
    `UnavailableError` if it could not be found out.
    """
    expected = _checked_signers(signers)
    read = _copied(card, most) if isinstance(card, AgentCard) else read_card(card, most=most)
    payload, headers = canonical_card(read), [_header(each) for each in read.signatures]
    if len(headers) > MOST_SIGNATURES:
        raise LimitError(f"agent card: expected at most {MOST_SIGNATURES} signatures")
    resolver = LocalResolver() if resolver is None else resolver
    found: list[str] = []
    unchecked: list[str] = []
    for each, header in zip(read.signatures, headers, strict=True):
        kid = _kid(header)
        did = _did(kid)
        if did is None or not is_named(expected, did, "signers"):
            unchecked.append(kid)
            continue
        jws = UnverifiedJws(header, {}, base64url_decode(each.signature), _signing_input(each.protected, payload))
        jws.verify(issuer_keys(resolver, did, kid, Relationship.ASSERTION_METHOD))
        found.append(did)
    if not found:
        raise SignatureError("agent card: not signed by anybody who is expected to")
    agent = advertised(read)
    if agent is not None and agent not in found:
        raise SignatureError("agent card: not signed by the agent whose DID it names")
    return VerifiedCard(card=read, signers=tuple(dict.fromkeys(found)), did=agent, unchecked=tuple(unchecked))


def _copied(card: AgentCard, most: int) -> AgentCard:
    if type(most) is not int or most < 0:
        raise InputError("agent card: expected a whole number from 0 on as the limit")
    if card.ByteSize() > most:
        raise LimitError(f"agent card: expected at most {most} bytes")
    copied = AgentCard()
    copied.CopyFrom(card)
    return copied


def _signing_input(protected: str, payload: bytes) -> bytes:
    return f"{protected}.{base64url_encode(payload)}".encode("ascii")


def _header(signature: AgentCardSignature) -> dict[str, JsonValue]:
    """The members of a protected header that can be decided about. Raises `MalformedError`."""
    if len(signature.signature) > _MOST_SIGNATURE:
        raise MalformedError("agent card: a signature is too long")
    base64url_decode(signature.signature)
    # A2A allows `jku`. The DID in `kid` says which key it is, so it is never fetched.
    members = members_of(signature.protected, jku=True)
    if not isinstance(members.get("alg"), str) or not _kid(members):
        raise MalformedError("agent card: expected a protected header with alg and kid")
    if members.get("typ", _TYP) != _TYP:
        raise MalformedError("agent card: expected a protected header of type JOSE, or of none")
    if any(name in _PROTECTED for name in MessageToDict(signature.header)):
        raise MalformedError("agent card: an unprotected header says what a protected one must say")
    return members


def _kid(header: dict[str, JsonValue]) -> str:
    kid = header.get("kid")
    return kid if isinstance(kid, str) else ""


def _did(kid: str) -> str | None:
    try:
        return parse_url(kid).did.text
    except MalformedError:
        return None


def _checked_signers(signers: Issuers) -> Issuers:
    if callable(signers):
        return signers
    listed = isinstance(signers, Collection) and not isinstance(signers, str | bytes)
    dids = items("list of signers", signers) if listed else ()
    if not dids or not all(isinstance(each, str) and is_did(each) for each in dids):
        raise InputError("signers: expected the DIDs that may sign the card, or a callable that says so")
    return dids
