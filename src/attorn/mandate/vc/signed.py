"""Mandates that somebody signed, as verifiable credentials: docs/spec/mandate-v01.md, section 2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from attorn import credential
from attorn.canonical import JsonValue
from attorn.credential.policy import SKEW, Issuers, Status
from attorn.did.did import is_did
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.errors import MandateError
from attorn.mandate.vc.context import contexts
from attorn.mandate.vc.digest import digest_of
from attorn.mandate.vc.exact import require_exact
from attorn.mandate.vc.intent import IntentMandate
from attorn.mandate.vc.mandate import Mandate

MandateT = TypeVar("MandateT", bound=Mandate)
MOST: Final = 131_072
"""Longest text of one credential, in characters."""
_DIGEST: Final = re.compile(r"sha-256:[A-Za-z0-9_-]{43}")
_MEMBERS: Final = {"type", "mandate", "follows"}


@dataclass(frozen=True, slots=True)
class SignedMandate(Generic[MandateT]):
    """A mandate that `issuer` signed, and that was good when it was verified. Made by `verify_mandate`.

    `digest` names it, and `follows` is the digest of the one that it is bound to. `agent` is the DID that an intent
    lets act. `unverified_json` is the mandate as it was signed; AP2's own signatures in it are not verified.
    """

    mandate: MandateT
    issuer: str
    digest: str
    follows: str | None
    agent: str | None
    valid_from: datetime
    valid_until: datetime
    unverified_json: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class UnverifiedMandate(Generic[MandateT]):
    """What somebody claims to have signed. Made by `read_mandate`; no signature was checked."""

    unverified_mandate: MandateT
    unverified_issuer: str
    unverified_digest: str
    unverified_follows: str | None
    unverified_agent: str | None
    unverified_json: dict[str, JsonValue]


def read_mandate(text: str, kind: type[MandateT]) -> UnverifiedMandate[MandateT]:
    """The mandate of this kind in a credential; **no signature is checked**.

    Raises `CredentialError` for what is no credential, and `MandateError` for one that holds no such mandate.
    """
    found = credential.read(_bounded(text), contexts=contexts(), most=MOST)
    require_exact(text)
    held = _held(found.unverified_types, found.unverified_subjects, kind)
    digest = digest_of(found.unverified_document)
    return UnverifiedMandate(held.mandate, found.unverified_issuer, digest, held.follows, held.agent, held.json)


def verify_mandate(
    text: str,
    kind: type[MandateT],
    *,
    issuers: Issuers,
    now: datetime,
    resolver: Resolver | None = None,
    status: Status | None = None,
    skew: int = SKEW,
) -> SignedMandate[MandateT]:
    """The mandate of this kind that one of `issuers` signed, whose credential is good at `now`.

    Whether the mandate itself has expired, and fits another one, is for `verify` to say. The arguments are those of
    `attorn.credential.verify`, and so are the errors; and `MandateError` for what is signed and is no such mandate.
    """
    found = credential.verify(
        _bounded(text),
        resolver=LocalResolver() if resolver is None else resolver,
        now=now,
        issuers=issuers,
        status=status,
        skew=skew,
        contexts=contexts(),
        most=MOST,
    )
    require_exact(text)
    held = _held(found.types, found.subjects, kind)
    if found.valid_from is None or found.valid_until is None:
        raise MandateError(f"{kind.NAME}: expected validFrom and validUntil")
    return SignedMandate(
        held.mandate,
        found.issuer,
        digest_of(found.document),
        held.follows,
        held.agent,
        found.valid_from,
        found.valid_until,
        held.json,
    )


@dataclass(frozen=True, slots=True)
class _Held(Generic[MandateT]):
    mandate: MandateT
    json: dict[str, JsonValue]
    follows: str | None
    agent: str | None


def _held(types: tuple[str, ...], subjects: tuple[credential.Subject, ...], kind: type[MandateT]) -> _Held[MandateT]:
    """What a credential says, all of it understood. Raises `MandateError`."""
    wanted = f"{kind.NAME}Credential"
    if wanted not in types:
        raise MandateError(f"mandate: expected a credential of type {wanted}, got {shown(list(types))}")
    if len(subjects) != 1:
        raise MandateError(f"mandate: expected one subject, got {len(subjects)}")
    claims = subjects[0].claims
    if claims.get("type") not in (kind.NAME, [kind.NAME]):
        raise MandateError(f"mandate: expected a subject of type {kind.NAME}, got type {shown(claims.get('type'))}")
    if not claims.keys() <= _MEMBERS:
        raise MandateError(f"mandate: expected a subject with no more than a mandate, got {shown(list(claims))}")
    agent = subjects[0].id
    if (agent is not None) is not (kind is IntentMandate) or not (agent is None or is_did(agent)):
        raise MandateError(f"mandate: expected the id of an intent's subject as the agent's DID, got {shown(agent)}")
    follows = claims.get("follows")
    if "follows" in claims and (
        kind is IntentMandate or not isinstance(follows, str) or _DIGEST.fullmatch(follows) is None
    ):
        raise MandateError(f"mandate: expected follows as the digest of the mandate before, got {shown(follows)}")
    json = claims.get("mandate")
    if not isinstance(json, dict):
        raise MandateError(f"mandate: expected an object, got {shown(json)}")
    return _Held(kind.read(json), json, follows if isinstance(follows, str) else None, agent)


def _bounded(text: str) -> str:
    if not isinstance(text, str) or len(text) > MOST:
        raise MandateError(f"mandate: expected text of at most {MOST} characters")
    return text
