"""The verifier: one presentation and one request in, access or a typed refusal out, offline and in bounded time.

The procedure, whose numbers the code, the errors' `step` and the vectors cite:

0 size limits · 1 strict parse and admission · 2 root is trusted for this resource · 3 resolve each principal's key ·
4 each signature · 5 linkage, depth, no key reuse tricks · 6 validity windows · 7 revocation · 8 audience, holder's
proof, replay · then clear: 9 every caveat of every link, and approvals · 10 charge uses, budgets and approvals, all or
none.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from attorn.clock import Clock, read, second_of, system_clock
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.errors import (
    AudienceError,
    Denied,
    ExpiredError,
    InputError,
    PossessionError,
    UnavailableError,
    UntrustedRootError,
    VerificationError,
    WrongRequestError,
)
from attorn.handed import ask
from attorn.limits import Limits
from attorn.macaroon.issuing import key_of
from attorn.macaroon.key import MacKey
from attorn.macaroon.mac import verify_mac
from attorn.request.facts import Facts
from attorn.request.request import Request
from attorn.store.memory import MemoryStore
from attorn.store.once import require_new
from attorn.store.ports import Ledger, Retry, Store
from attorn.token import presentation as presentations
from attorn.token.carrier import MacaroonCarrier
from attorn.token.chain import UnverifiedChain
from attorn.token.link import Link
from attorn.token.presentation import Presentation
from attorn.token.principal import Principal
from attorn.token.token import Token
from attorn.verify import arguments, joint, later, standing
from attorn.verify import chain as links
from attorn.verify.access import Access, Joint, Verified, key_text
from attorn.verify.approving import Approvals
from attorn.verify.arrival import Arrival, arrive
from attorn.verify.attesting import Attestations
from attorn.verify.cache import ChainCache
from attorn.verify.chain import VerifiedChain
from attorn.verify.clearing import ALLOWED, Use, charge, clear
from attorn.verify.exposure import Exposure, expose
from attorn.verify.policy import Policy, consult
from attorn.verify.possession import Possession
from attorn.verify.rotation import Principals
from attorn.verify.trail import Trail

if TYPE_CHECKING:
    from attorn.audit.ports import Recording

_MOST_REMEMBERED: Final = 4096
"""Longest chain that is remembered, in bytes: read, one takes over four times as much memory, and there are many."""

Roots = Sequence[str] | Callable[[str, Request], bool]


class Verifier:
    """Verifies presentations made for `audience` whose chains lead back to one of `roots`.

    `roots` is a list of DIDs, or a callable that says whether a root DID is trusted for a request. `store` remembers
    presentations, revocations and charges (default: this process's memory), `clock` returns aware UTC instants,
    `resolver` turns DIDs into keys (default: did:key and did:jwk only), `limits` bounds the work, and `cache` is how
    many verified chains are remembered (0: none). `authorities` may suspend and deprovision any principal, not only
    those below them. `retries` is for how long a use that is tried again under its idempotency key is charged once;
    None charges every try. `receipts` records every decision. `macaroon_keys` are those that base macaroons were issued
    with here; without them every Macaroon is refused. `rotated_keys` is for how long a delegator's key still counts for
    links dated before its DID took it out, if `resolver` has a history; by default not at all, since a thief of an old
    key can date links back. The holder's own key must always be current. `policy` is asked once no caveat prohibits,
    and can only refuse. Raises `InputError` for unusable arguments.
    """

    def __init__(
        self,
        *,
        audience: str,
        roots: Roots,
        store: Store | None = None,
        clock: Clock = system_clock,
        resolver: Resolver | None = None,
        limits: Limits | None = None,
        cache: int = 1024,
        authorities: Iterable[str] = (),
        retries: timedelta | None = None,
        receipts: Recording | None = None,
        macaroon_keys: Iterable[MacKey] = (),
        rotated_keys: timedelta | None = None,
        policy: Policy | None = None,
    ) -> None:
        if isinstance(roots, str) or not (callable(roots) or isinstance(roots, Iterable)):
            raise InputError("roots: expected a list of DIDs, or a callable (root, request) -> bool")
        if type(cache) is not int or cache < 0:
            raise InputError(f"cache: expected a number of chains from 0 on, got {shown(cache)}")
        self.audience = presentations.words(audience, "audience")
        if limits is not None and not isinstance(limits, Limits):
            raise InputError(f"limits: expected Limits, got {type(limits).__name__}")
        arguments.require_method(resolver, "resolve", "resolver")
        arguments.require_method(receipts, "record", "receipts")
        arguments.require_method(policy, "permits", "policy")
        self.limits = limits or Limits()
        self.store: Store = MemoryStore() if store is None else store
        self._ledger = self.store if isinstance(self.store, Ledger) else None
        self._trusts = roots if callable(roots) else None
        self._roots = frozenset[Principal | str]()
        if not callable(roots):
            # To go through them is the caller's code.
            self._roots = frozenset(map(arguments.trusted_root, ask("list of roots", lambda: tuple(roots))))
        self.clock = clock
        resolver = LocalResolver() if resolver is None else resolver
        self._principals = Principals(resolver, clock, rotated_keys)
        self._cache = ChainCache(cache) if cache else None
        skew, staleness = (int(span.total_seconds()) for span in (self.limits.skew, self.limits.staleness))
        self._rules = standing.Rules(arguments.dids(authorities, "authorities"), staleness, skew)
        self._lists = standing.Lists()
        self._attestations = Attestations(resolver, self.store, self._rules, self._lists)
        self._approvals = Approvals(resolver, self.store, self._rules)
        self._retries = arguments.seconds(retries)
        self._receipts = receipts
        self._policy = policy
        self._keys = arguments.keys_by_name(macaroon_keys)

    def authorize(self, wire: str | Possession, request: Request, *, challenge: str | None = None) -> Access:
        """Access for this request, if the presentation permits it: steps 0 to 10 in one call.

        An adapter may hand in a token in transit with another proof by its holder. Raises `VerificationError` (not
        genuine, or not valid now), `Denied` (a caveat prohibits it) or `UnavailableError` (it could not be decided).
        """
        trail = Trail()
        with self._recorded(request, trail):
            chain, presentation, at = self._verify(wire, request, challenge, trail)
            return self._clear(chain, presentation, request, at, trail)

    def authorize_all(
        self,
        wires: Iterable[str],
        request: Request,
        *,
        challenge: str | None = None,
        audience_of: Iterable[str] | None = None,
    ) -> Joint:
        """Access for this request if every one of several users permits it, each by a presentation of its own.

        The presentations, 1 to 64, are by one holder and lead back to different users; all are charged, or none.
        `audience_of` are the DIDs of those who will read the answer, each of whom must be one of these users: what a
        channel is shown, everybody in it could have seen. Raises as `authorize`; `error.presentation` and `error.root`
        say whose chain refused.
        """
        return joint.authorize(self._steps(), wires, request, challenge, audience_of)

    def verify(self, wire: str | Possession, request: Request, *, challenge: str | None = None) -> Verified:
        """The genuine presentation in `wire`, made for this very request: steps 0 to 8. It uses up the presentation.

        `challenge` is the text this verifier asked to be answered, if it did. Raises `VerificationError` or
        `UnavailableError`.
        """
        trail = Trail()
        with self._recorded(request, trail, decides=False):
            found = self._verify(wire, request, challenge, trail)
        return later.verified(self._steps(), request, *found)

    def exposure(self, token: Token) -> Exposure:
        """The worst that can happen through this token, and all delegated from it, after it is revoked now.

        The token is verified as a chain (steps 3 to 5); who its root is does not matter. Raises `VerificationError`,
        `UnavailableError`, or `InputError` for anything but a Token.
        """
        arguments.require_token(token, "exposure")
        return expose(self._join(token.unverified), self._ledger, self._rules, second_of(self.clock))

    def verify_token(self, token: Token) -> tuple[Link, ...]:
        """The links of a token in transit, if a presentation of it could be accepted here now: steps 2 to 7.

        For whoever is handed one. It says nothing about any request, and permits nothing. A Macaroon's MAC is verified
        too, but of its third parties nobody is asked. Raises `VerificationError`, `UnavailableError`, or `InputError`
        for anything but a Token, and where `roots` is a callable: it is asked about requests, and there is none.
        """
        arguments.require_token(token, "verify_token")
        if self._trusts is not None:
            raise InputError("verify_token: a policy says who is trusted for a request, and here is none")
        now = second_of(self.clock)
        if isinstance(token.carrier, MacaroonCarrier):
            macaroon = token.carrier.macaroon
            verify_mac(macaroon, key_of(macaroon.identifier, self._keys))
        self._trust(token.unverified.links[0].by)
        chain = self._join(token.unverified)
        self._check_window(chain, now)
        self._check_standing(chain, now)
        return chain.links

    def _steps(self) -> joint.Steps:
        return joint.Steps(
            audience=self.audience,
            clock=self.clock,
            ledger=self._ledger,
            recorded=self._recorded,
            genuine=self._genuine,
            remember=self._check_replay,
            again=self._check_again,
            use=self._use,
            clear=self._clear,
            caveats=self._check_caveats,
        )

    def _join(self, chain: UnverifiedChain) -> VerifiedChain:
        """(3) (4) (5) The links alone, verified."""
        links.verify_signatures(chain, self._principals.delegator_key(chain.links[0]))
        links.confirm_principals(self._principals, chain.links)
        return links.join(chain, self.limits.skew)

    def _verify(
        self, wire: str | Possession, request: Request, challenge: str | None, trail: Trail
    ) -> tuple[VerifiedChain, Presentation, datetime]:
        """Steps 0 to 8, in their order."""
        found = self._genuine(wire, request, challenge, trail)
        self._check_replay(*found)
        return found

    def _genuine(
        self, wire: str | Possession, request: Request, challenge: str | None, trail: Trail
    ) -> tuple[VerifiedChain, Presentation, datetime]:
        """Steps 0 to 8, but for the question whether this was used before."""
        if not isinstance(request, Request):
            raise InputError(f"request: expected a Request, got {type(request).__name__}")
        if challenge is not None:
            # An unset value must not turn the question off.
            presentations.words(challenge, "challenge")
        at = trail.at = read(self.clock)
        now = int(at.timestamp())
        # (0) size limits, (1) strict parse and admission
        arrival = arrive(wire, self.limits, self._keys)
        chain = self._cache.get(arrival.digest) if self._cache is not None else None
        unverified = chain or arrival.read_chain(self.limits)
        presentation = arrival.read_presentation(unverified.symbols, self.limits)
        # (2) root is trusted for this resource
        self._trust(unverified.links[0].by, request)
        # (3) resolve, (4) signatures, (5) linkage
        chain = trail.chain = self._verify_chain(unverified, arrival)
        # (6) validity windows, (7) revocation
        self._check_time(chain, presentation, now)
        self._check_standing(chain, now)
        # (8) audience, holder's proof; then replay
        self._check_binding(presentation, request, challenge)
        return chain, presentation, at

    def _trust(self, root: Principal, request: Request | None = None) -> None:
        """(2) Refuse a root that the verifier does not trust for this resource."""
        trusts = self._trusts
        if trusts is not None and request is not None:
            trusted = ask("roots policy", lambda: trusts(root.did, request)) is True
        else:
            trusted = (root if root.method is None else root.did) in self._roots
        if not trusted:
            resource = "" if request is None else f" for {request.resource}"
            raise UntrustedRootError(f"{root.did} is not a root that this verifier trusts{resource}")

    def _verify_chain(self, chain: UnverifiedChain | VerifiedChain, arrival: Arrival) -> VerifiedChain:
        """(3) (4) (5) The chain verified, its links afresh unless they have been before, and the presentation."""
        if isinstance(chain, VerifiedChain):
            self._verify_presentation(chain, chain.signature, arrival)
            return chain
        links.verify_signatures(chain, self._principals.delegator_key(chain.links[0]))
        self._verify_presentation(chain, chain.blocks[-1].signature, arrival)
        named = links.confirm_principals(self._principals, chain.links)
        verified = links.join(chain, self.limits.skew)
        if self._cache is not None and not named and sum(len(b.payload) for b in chain.blocks) <= _MOST_REMEMBERED:
            # A chain that names a DID which can change its keys is verified afresh every time.
            self._cache.put(arrival.digest, verified)
        return verified

    def _verify_presentation(self, chain: UnverifiedChain | VerifiedChain, previous: bytes, arrival: Arrival) -> None:
        """(4) (5) The holder, and nobody else, bound the chain to what the presentation says."""
        holder = chain.links[-1].to.key
        if holder is None:
            raise PossessionError("the chain does not say who its holder is")
        arrival.verify_presentation(holder, previous, len(chain.links) + 1)

    def _check_time(self, chain: VerifiedChain, presentation: Presentation, now: int) -> None:
        """(6) Now lies in the window of the presentation and of every link."""
        if not presentation.start <= now < presentation.stop:
            raise ExpiredError("now is outside the presentation's validity window")
        if presentation.stop - presentation.start > self.limits.presentation.total_seconds():
            raise ExpiredError(f"a presentation may be valid for at most {self.limits.presentation}")
        self._check_window(chain, now)

    def _check_window(self, chain: VerifiedChain, now: int) -> None:
        """(6) Now lies in the window of every link, and none is from the future."""
        if not chain.start <= now < chain.stop:
            raise ExpiredError("now is outside the validity window of a link of the chain")
        if chain.issued > now + self.limits.skew.total_seconds():
            raise ExpiredError("a link says it was issued in the future")

    def _check_again(self, chain: VerifiedChain, presentation: Presentation, at: datetime) -> None:
        """(6) (7) Refuse what has expired or was taken back since the first look."""
        self._check_time(chain, presentation, int(at.timestamp()))
        self._check_standing(chain, int(at.timestamp()))

    def _check_standing(self, chain: VerifiedChain, now: int) -> None:
        """(7) Nobody entitled to has revoked, ended or suspended anything, and every list that is needed says valid."""
        said = standing.known(self.store, chain.subjects, standing.Entitled(chain, self._rules))
        if said or chain.standing:
            ask("store", lambda: standing.check(chain, said, self._rules, self._lists, now))

    def _check_binding(self, presentation: Presentation, request: Request, challenge: str | None) -> None:
        """(8) The presentation was made for this audience, this request and this challenge."""
        if presentation.audience != self.audience:
            raise AudienceError("the presentation was made for another audience")
        if not hmac.compare_digest(presentation.digest, request.digest()):
            raise WrongRequestError("the presentation was made for another request")
        expected, answered = (challenge or "").encode(), (presentation.challenge or "").encode()
        if not hmac.compare_digest(expected, answered):
            raise WrongRequestError("the presentation does not answer this verifier's challenge")

    def _check_replay(self, chain: VerifiedChain, presentation: Presentation, at: datetime) -> None:
        """(8) The presentation was not used before. Its name holds the holder's key: nobody can use up another's."""
        now = int(at.timestamp())
        name = self._name(chain, presentation.id)
        require_new(self.store, name, "this presentation", expires=presentation.stop, now=now)

    def _name(self, chain: VerifiedChain, *parts: bytes) -> bytes:
        """A name that only this holder can make, here."""
        holder = chain.holder.key
        key = b"" if holder is None else holder.data
        return hashlib.sha256(b"\0".join((self.audience.encode(), key, *parts))).digest()

    def _clear(
        self, chain: VerifiedChain, presentation: Presentation, request: Request, at: datetime, trail: Trail
    ) -> Access:
        """(9) and (10)."""
        use, retry = self._use(chain, presentation, request, at)
        trail.entries, trail.repeated = charge(chain, use.spent, use.facts, self._ledger, retry)
        return Access(
            chain=chain.links,
            request=request,
            audience=self.audience,
            at=at,
            decision=ALLOWED,
            repeated=trail.repeated,
            retry_key=key_text(retry),
        )

    def _use(
        self, chain: VerifiedChain, presentation: Presentation, request: Request, at: datetime
    ) -> tuple[Use, Retry | None]:
        """(9) What is left to charge, as no caveat prohibits it, and under what it is the same when tried again."""
        now = int(at.timestamp())
        facts = Facts(request, audience=self.audience, now=now, depth=len(chain.links) - 1)
        self._check_caveats(chain, presentation, facts, at)
        spent = self._approvals.spend(chain, presentation, facts)
        return Use(chain, spent, facts), self._retry(chain, presentation, now)

    def _check_caveats(self, chain: VerifiedChain, presentation: Presentation, facts: Facts, at: datetime) -> None:
        """(9) No caveat prohibits the request, nor does this verifier's policy. Of approvals nobody is asked yet."""
        clear(chain, presentation.demands, facts)
        self._attestations.clear(chain, presentation, facts)
        consult(self._policy, chain.links, facts.request, facts.audience, at)

    def _retry(self, chain: VerifiedChain, presentation: Presentation, now: int) -> Retry | None:
        """Under what this use is the same one when it is tried again: holder, chain, request and the holder's key."""
        text = presentation.idempotency_key
        if text is None or self._retries is None or self._ledger is None:
            return None
        # The delegators too: they choose ids, and a use of one chain must not pay for another's.
        hops = "/".join(f"{link.by.subject} {link.id.hex()}" for link in chain.links)
        return Retry(self._name(chain, presentation.digest, hops.encode(), text.encode()), now + self._retries)

    @contextmanager
    def _recorded(self, request: Request, trail: Trail, *, decides: bool = True) -> Iterator[None]:
        """Every outcome but a caller's own mistake leaves a receipt, or nothing is allowed.

        What `decides` nothing leaves one only where it fails: that it succeeds permits nothing yet.
        """
        receipts = self._receipts
        if receipts is None:
            yield
            return
        try:
            yield
        except (VerificationError, Denied, UnavailableError) as error:
            trail.record(receipts, self.audience, request, error)
            raise
        if decides:
            trail.record(receipts, self.audience, request, None)
