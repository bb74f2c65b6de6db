"""A verifier of the VC API. All checks are those of `attorn.credential` and `attorn.status`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attorn import credential, integrity, status
from attorn.agent.context import contexts
from attorn.canonical import JsonValue
from attorn.clock import Clock, read, system_clock
from attorn.credential import UnsignedPresentation, VerifiedCredential
from attorn.credential.policy import Issuers
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.errors import ProofError, StaleError
from attorn.transport import Transport
from attorn.web.vc_body import Verify

STALENESS: Final = 86_400
"""How old a status list may be, in seconds, unless the verifier says otherwise."""
_MOST_PRESENTATION: Final = 1 << 20
_INVALID_DOMAIN: Final = "https://w3id.org/security#INVALID_DOMAIN_ERROR"
_UNCHECKED: Final = "the status was not checked, as the client listed the checks and this is none of them"
_UNSIGNED: Final = "nobody signed the presentation: anybody may have put it together"


def unsafe_anybody(issuer: str) -> bool:
    """Yes: whose credential it is stands in the answer, and whether to trust them is the client's question."""
    return True


class Verifying:
    """Verifies for clients. `issuers` are whose credentials are taken, anybody's unless given.

    `transport` gets status lists, over https or with `loopback` over http from this machine; without it, a credential
    that names one is refused. A list must be by the issuer of the credential, and at most `staleness` seconds old.
    `accept_v1` takes credentials of VC 1.1.
    """

    def __init__(
        self,
        *,
        resolver: Resolver | None = None,
        issuers: Issuers = unsafe_anybody,
        transport: Transport | None = None,
        staleness: int = STALENESS,
        loopback: bool = False,
        accept_v1: bool = True,
        clock: Clock = system_clock,
    ) -> None:
        self._resolver = LocalResolver() if resolver is None else resolver
        self._issuers = issuers
        self._transport = transport
        self._staleness = staleness
        self._loopback = loopback
        self._accept_v1 = accept_v1
        self._clock = clock

    def verify(self, asked: Verify) -> dict[str, JsonValue]:
        """What there is to say of a credential that is genuine and good now. Raises as `credential.verify` does."""
        now = read(self._clock)
        _require_purpose(asked, Relationship.ASSERTION_METHOD)
        found = credential.verify(
            asked.unverified_secured,
            resolver=self._resolver,
            now=now,
            issuers=self._issuers,
            status=lambda each: self._check_status(each, now) if asked.checks_status else None,
            contexts=contexts(),
            accept_v1=self._accept_v1,
        )
        if asked.domain is not None or asked.challenge is not None:
            self._require_bound(asked, now)
        answer = _answer((found,), asked, _warnings((found,), asked))
        answer["issuer"] = found.issuer
        if asked.returns:
            answer["verifiableCredential"] = asked.unverified_secured
        return answer

    def verify_presentation(self, asked: Verify) -> dict[str, JsonValue]:
        """What there is to say of a presentation, all whose credentials are genuine and good now. Raises likewise."""
        now = read(self._clock)
        _require_purpose(asked, Relationship.AUTHENTICATION)
        found = credential.verify_presentation(
            asked.unverified_secured,
            resolver=self._resolver,
            now=now,
            issuers=self._issuers,
            challenge=asked.challenge,
            domain=asked.domain,
            status=lambda each: self._check_status(each, now) if asked.checks_status else None,
            unsigned=True,
            contexts=contexts(),
            accept_v1=self._accept_v1,
            most=_MOST_PRESENTATION,
        )
        unsigned = isinstance(found, UnsignedPresentation)
        warnings = [_UNSIGNED] if unsigned else []
        answer = _answer(found.credentials, asked, [*warnings, *_warnings(found.credentials, asked)])
        if not isinstance(found, UnsignedPresentation):
            answer["holder"] = found.holder
        answer["issuers"] = [each.issuer for each in found.credentials]
        if asked.returns:
            answer["verifiablePresentation"] = asked.unverified_secured
        return answer

    def _require_bound(self, asked: Verify, now: datetime) -> None:
        """Raises `ProofError` unless the proof is for the domain and challenge that the client names."""
        if "proof" not in asked.unverified_secured:
            raise ProofError("this credential is bound to no domain or challenge", problem=_INVALID_DOMAIN)
        integrity.verify(
            asked.unverified_secured,
            purpose=Relationship.ASSERTION_METHOD,
            resolver=self._resolver,
            now=now,
            domain=asked.domain,
            challenge=asked.challenge,
            contexts=contexts(),
        )

    def _check_status(self, found: VerifiedCredential, now: datetime) -> None:
        if not _has_status(found):
            return
        if self._transport is None:
            raise StaleError("status list: this server fetches none")
        lists = status.lists_for(found, self._transport, self._resolver, loopback=self._loopback)
        status.check_credential(found, lists, now=int(now.timestamp()), staleness=self._staleness)


def _require_purpose(asked: Verify, purpose: Relationship) -> None:
    if asked.purpose not in (None, purpose):
        raise ProofError(f"expected a proof for {asked.purpose}, which a credential's or presentation's is not")


def _warnings(found: tuple[VerifiedCredential, ...], asked: Verify) -> list[str]:
    warnings = [
        f"relatedResource: the bytes of {url} were not at hand" for each in found for url in each.unchecked_resources
    ]
    if not asked.checks_status and any(map(_has_status, found)):
        warnings.append(_UNCHECKED)
    return warnings


def _answer(found: tuple[VerifiedCredential, ...], asked: Verify, warnings: list[str]) -> dict[str, JsonValue]:
    checks: list[JsonValue] = ["proof"]
    if asked.checks_status and any(map(_has_status, found)):
        checks.append("credentialStatus")
    return {"verified": True, "checks": checks, "warnings": [*warnings], "errors": []}


def _has_status(found: VerifiedCredential) -> bool:
    return bool(found.status) or found.token_status is not None
