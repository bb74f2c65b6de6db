"""Issuing an agent identity credential, and showing what an audience needs of one: docs/spec/agent.md, section 2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attorn import credential, sdjwt
from attorn.agent.context import URL, contexts
from attorn.agent.identity import TYPE, is_judged
from attorn.agent.profile import AgentProfile
from attorn.agent.workload import MOST, WorkloadEvidence
from attorn.canonical import JsonValue, canonicalise
from attorn.clock import Clock, read, system_clock
from attorn.credential import Securing, Version
from attorn.display import stamp
from attorn.errors import CredentialError, InputError
from attorn.keys.signer import Signatory, require_signatory
from attorn.status import BitstringEntry, TokenReference

LONGEST: Final = timedelta(days=366)
"""Longest validity of one credential."""
_OPEN: Final = ("id", "type", "kind")


def issue(
    profile: AgentProfile,
    *,
    by: Signatory,
    lifetime: timedelta,
    status: Sequence[BitstringEntry | TokenReference] = (),
    workloads: Sequence[WorkloadEvidence] = (),
    securing: Securing = Securing.JOSE,
    method: str | None = None,
    clock: Clock = system_clock,
) -> str:
    """The text of a credential by `by`, good from now for `lifetime`, at most 366 days.

    `status` are entries of the issuer's own lists: of bitstrings for revocation or suspension, or one of a token list,
    which needs a JWS. `workloads` are those that endorsed the agent, as `attorn.workload` found; an SD-JWT names none,
    since every audience would see them. `method` is the DID URL of the signer's key, known by itself for
    did:key and did:jwk. Raises `InputError` for unusable arguments, and `UnavailableError` if the clock or the signer
    fails.
    """
    if not isinstance(profile, AgentProfile) or not isinstance(securing, Securing):
        raise InputError("agent identity: expected an AgentProfile and a Securing")
    by = require_signatory(by, "agent identity")
    if not isinstance(lifetime, timedelta) or not timedelta(seconds=1) <= lifetime <= LONGEST:
        raise InputError(f"agent identity: expected a lifetime from one second to {LONGEST.days} days")
    if not isinstance(workloads, list | tuple) or not all(isinstance(each, WorkloadEvidence) for each in workloads):
        raise InputError("agent identity: expected workloads as a list of evidence")
    if len(workloads) > (0 if securing is Securing.SD_JWT else MOST):
        raise InputError(f"agent identity: expected at most {MOST} workloads, and none in an SD-JWT")
    now = read(clock).replace(microsecond=0)
    document, token = _document(profile, by.did, now, now + lifetime, status)
    if workloads:
        document["evidence"] = [each.write() for each in workloads]
    if securing is Securing.ENVELOPED:
        raise InputError("agent identity: expected a JWS, a Data Integrity proof or an SD-JWT")
    hidden = [("credentialSubject", name) for name in profile.subject() if name not in _OPEN]
    try:
        secured = credential.issue(
            document,
            by=by,
            securing=securing,
            created=now,
            method=method,
            token_status=None if token is None else token.write(),
            disclosable=hidden if securing is Securing.SD_JWT else (),
            contexts=contexts(),
        )
    except CredentialError as error:
        raise InputError(str(error)) from None
    return secured if isinstance(secured, str) else canonicalise(secured).decode()


def disclose(text: str, *names: str) -> str:
    """The SD-JWT credential `text` as its holder shows it: with these members of the subject, and no others.

    Raises `InputError` for a name that it does not say, and for a credential of another form.
    """
    if not isinstance(text, str) or "~" not in text:
        raise InputError("disclose: expected an agent identity credential in the form of an SD-JWT")
    return sdjwt.present(text, disclose=[("credentialSubject", name) for name in names])


def _document(
    profile: AgentProfile,
    issuer: str,
    now: datetime,
    until: datetime,
    status: Sequence[BitstringEntry | TokenReference],
) -> tuple[dict[str, JsonValue], TokenReference | None]:
    """The credential, unsigned, and the reference that stands beside it and not in it."""
    if not isinstance(status, list | tuple):
        raise InputError("agent identity: expected status as a list")
    tokens = [entry for entry in status if isinstance(entry, TokenReference)]
    entries = [entry for entry in status if isinstance(entry, BitstringEntry)]
    if len(tokens) + len(entries) != len(status) or len(tokens) > 1:
        raise InputError("agent identity: expected status as entries of bitstrings, and at most one of a token list")
    if not all(map(is_judged, entries)):
        raise InputError("agent identity: expected entries for revocation or suspension")
    document: dict[str, JsonValue] = {
        "@context": [str(Version.V2), URL],
        "type": ["VerifiableCredential", TYPE],
        "issuer": issuer,
        "validFrom": stamp(now),
        "validUntil": stamp(until),
        "credentialSubject": profile.subject(),
    }
    if entries:
        document["credentialStatus"] = [entry.write() for entry in entries]
    return document, tokens[0] if tokens else None
