"""Security events on their way in: verified, and applied to a store once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from enum import StrEnum

from attorn.clock import Clock, second_of, system_clock
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.errors import (
    AudienceError,
    DeprovisionedError,
    ExpiredError,
    InputError,
    RollbackError,
    SignatureError,
    VerificationError,
)
from attorn.events import meaning
from attorn.events.security_event import MOST_CHARACTERS, TYP, SecurityEvent
from attorn.handed import ask
from attorn.jose import jws
from attorn.statement import Kind, Statement
from attorn.store.applying import apply
from attorn.store.ports import Store

Issuers = Iterable[str] | Callable[[str], bool]


class IssuerError(VerificationError):
    """A security event by somebody whose events this receiver does not take (step 7)."""

    code = "untrusted_issuer"
    default_step = 7


class Received(StrEnum):
    """What became of a genuine security event."""

    APPLIED = "applied"
    """The store has it."""
    DUPLICATE = "duplicate"
    """It had been received before."""
    OUTDATED = "outdated"
    """Something newer by the same signer had been applied before, so it changed nothing."""
    IGNORED = "ignored"
    """It says nothing that a verifier acts on."""


class Receiver:
    """Applies security events for `audience` (one name, or several) by trusted `issuers` to `store`.

    `issuers` is a list of DIDs, or a callable that says whether a DID is one. An issuer is trusted to deliver; what it
    says has effect only where the signer of the entry inside, or the issuer itself where there is none, has a say at
    verification. An event may be issued at most `skew` in the future. Raises `InputError` for unusable arguments.
    """

    def __init__(
        self,
        store: Store,
        *,
        audience: str | Iterable[str],
        issuers: Issuers,
        resolver: Resolver | None = None,
        clock: Clock = system_clock,
        skew: timedelta = timedelta(minutes=1),
    ) -> None:
        names = (audience,) if isinstance(audience, str) else audience
        self._audience = frozenset(names) if isinstance(names, Iterable) else frozenset()
        if not self._audience or not all(isinstance(name, str) and name for name in self._audience):
            raise InputError("receiver: expected an audience")
        if isinstance(issuers, str) or not (callable(issuers) or isinstance(issuers, Iterable)):
            raise InputError("receiver: expected issuers as a list of DIDs, or a callable")
        self._policy = issuers if callable(issuers) else None
        self._issuers = frozenset[str]() if callable(issuers) else frozenset(issuers)
        if not all(isinstance(did, str) and is_did(did) for did in self._issuers):
            raise InputError("receiver: expected issuers as DIDs")
        if not isinstance(skew, timedelta) or skew < timedelta(0):
            raise InputError("receiver: expected a skew that is not negative")
        self._store = store
        self._resolver = LocalResolver() if resolver is None else resolver
        self._clock = clock
        self._skew = int(skew.total_seconds())

    def receive(self, text: str) -> Received:
        """Apply the security event in `text`, a compact JWS, and say what became of it. Once per issuer and `jti`.

        Raises `MalformedError` (also for another `typ`), `AudienceError`, `IssuerError`, `ResolutionError`,
        `SignatureError` (of the event, or of the entry in it), `ExpiredError` for one from the future, and
        `UnavailableError`; then nothing was applied.
        """
        event = self._genuine(text)
        seen = Statement(Kind.EVENT, event.jti, event.iss, 0, event.iat)
        known = ask("store", lambda: self._store.statements([(Kind.EVENT, event.jti)]))
        if any(statement.by == event.iss for statement in known):
            return Received.DUPLICATE
        received = self._act(event)
        # Last: what is cut off in between is delivered again, and applying twice is applying once.
        ask("store", lambda: self._store.put([seen]))
        return received

    def _genuine(self, text: str) -> SecurityEvent:
        unverified = jws.read(text, typ=TYP, most=MOST_CHARACTERS)
        event = SecurityEvent.read(unverified.claims)
        if self._audience.isdisjoint(event.aud):
            raise AudienceError("security event: it is for another audience", step=7)
        # Before anything is looked up: a stranger does not choose what this receiver resolves.
        if not self._trusts(event.iss):
            raise IssuerError(f"security event: no events are taken from {shown(event.iss)}")
        keys = jws.issuer_keys(self._resolver, event.iss, unverified.kid, Relationship.ASSERTION_METHOD)
        try:
            unverified.verify(keys)
        except SignatureError:
            raise SignatureError("security event: not signed by its issuer", step=7) from None
        if event.iat > second_of(self._clock) + self._skew:
            raise ExpiredError("security event: it says that it was issued in the future", step=7)
        return event

    def _trusts(self, issuer: str) -> bool:
        policy = self._policy
        if policy is None:
            return issuer in self._issuers
        # Only True itself: an answer that is merely true may be a mistake.
        return is_did(issuer) and ask("issuers policy", lambda: policy(issuer)) is True

    def _act(self, event: SecurityEvent) -> Received:
        entry = meaning.entry_in(event)
        if entry is not None:
            try:
                ask("store", lambda: apply(self._store, entry, self._resolver))
            except (RollbackError, DeprovisionedError):
                return Received.OUTDATED
            return Received.APPLIED
        statements = meaning.statements_in(event)
        if not statements:
            return Received.IGNORED
        newer = ask("store", lambda: self._store.put(statements))
        return Received.APPLIED if newer is None else Received.OUTDATED
