"""Agent identity credentials as a verifier reads them: docs/spec/agent.md, section 3.

A credential is a compact JWS, an object with a Data Integrity proof as text, or an SD-JWT in which its holder shows no
more than an audience needs. What is said of the agent is the same in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attorn import credential
from attorn.agent.context import contexts
from attorn.agent.profile import AgentProfile
from attorn.agent.workload import WorkloadEvidence, evidence_in
from attorn.canonical import JsonValue
from attorn.credential import StatusEntry, unsafe_ignore_status
from attorn.did.did import is_did
from attorn.did.resolver import LocalResolver, Resolver
from attorn.errors import CredentialError, InputError, MalformedError
from attorn.status import BitstringEntry, ListKind, TokenReference

TYPE: Final = "AgentIdentityCredential"
MOST: Final = 16_384
"""Longest text of one credential, in characters."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a status list by the credential's issuer: `kind` as the caveat `Status` names it."""

    kind: str
    uri: str
    index: int


@dataclass(frozen=True, slots=True)
class UnverifiedAgentIdentity:
    """Who claims to say something of whom. Made by `read`; no signature was checked."""

    unverified_issuer: str
    unverified_id: str


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """What `issuer` says of an agent: signed, and good when it was verified. Made by `verify`.

    `references` are where its status stands, which is for the caller to look up: all of them must be valid.
    `workloads` are those that endorsed the agent, by evidence that the issuer says it checked.
    """

    issuer: str
    profile: AgentProfile
    valid_from: datetime
    valid_until: datetime
    references: tuple[Reference, ...]
    workloads: tuple[WorkloadEvidence, ...] = ()


def read(text: str) -> UnverifiedAgentIdentity:
    """Who claims to say something of whom in `text`; **no signature is checked**.

    Raises `CredentialError`.
    """
    claimed = credential.read(_text(text), contexts=contexts(), most=MOST)
    if len(claimed.unverified_subjects) != 1:
        raise CredentialError("agent identity: expected one subject")
    return UnverifiedAgentIdentity(claimed.unverified_issuer, str(claimed.unverified_subjects[0].id))


def verify(
    text: str,
    *,
    issuers: Sequence[str],
    now: datetime,
    resolver: Resolver | None = None,
    skew: int = 60,
) -> AgentIdentity:
    """What one of `issuers` says of an agent in `text`, good at `now`, with `skew` seconds for clocks that differ.

    Its status is not looked up: see `AgentIdentity.references`. Raises `CredentialError` for anything but an agent
    identity credential by one of them, `ProofError`, `ResolutionError` or `ExpiredError`, `PossessionError` for an
    SD-JWT that names its holder, `UnavailableError`, and `InputError` for unusable arguments other than `text`.
    """
    if not isinstance(issuers, list | tuple) or not all(is_did(did) for did in issuers):
        raise InputError("agent identity: expected issuers as a list of DIDs")
    found = credential.verify(
        _text(text),
        resolver=LocalResolver() if resolver is None else resolver,
        now=now,
        issuers=list(issuers),
        # Whoever has lists looks them up, by the references that are returned.
        status=unsafe_ignore_status,
        skew=skew,
        contexts=contexts(),
        most=MOST,
    )
    if TYPE not in found.types:
        raise CredentialError(f"agent identity: expected a credential of type {TYPE}")
    if len(found.subjects) != 1:
        raise CredentialError("agent identity: expected one subject")
    if found.valid_from is None or found.valid_until is None:
        raise CredentialError("agent identity: expected validFrom and validUntil")
    profile = AgentProfile.read({"id": found.subjects[0].id, **found.subjects[0].claims})
    references = _references(found.status, found.token_status)
    workloads = evidence_in(found.document)
    return AgentIdentity(found.issuer, profile, found.valid_from, found.valid_until, references, workloads)


def is_judged(entry: BitstringEntry) -> bool:
    """Whether an entry is of a kind by which the status of an agent is judged: one bit, revoked or suspended."""
    return entry.purpose in (ListKind.REVOCATION, ListKind.SUSPENSION) and entry.size == 1


def _references(entries: Sequence[StatusEntry], token: JsonValue) -> tuple[Reference, ...]:
    """Where the status stands, all of it. Raises `CredentialError` for a status that nobody here can look up."""
    found: list[Reference] = []
    try:
        for entry in entries:
            read_entry = BitstringEntry.read(entry.members)
            if not is_judged(read_entry):
                raise CredentialError("agent identity: expected a status for revocation or suspension")
            found.append(Reference(read_entry.purpose.value, read_entry.uri, read_entry.index))
        if token is not None:
            if not isinstance(token, dict) or set(token) != {"status_list"}:
                raise CredentialError("agent identity: expected status as an object with status_list alone")
            reference = TokenReference.read({"status": token})
            found.append(Reference(ListKind.TOKEN.value, reference.uri, reference.index))
    except MalformedError as error:
        raise CredentialError(f"agent identity: {error}") from None
    return tuple(found)


def _text(text: str) -> str:
    if not isinstance(text, str):
        raise CredentialError("agent identity: expected text")
    return text
