"""Accepting mandates: the chain, the checkout it is for, every constraint of every hop, and each of them once.

For a merchant, `accept_checkout`; for whoever releases a credential or processes a payment, `accept_payment`. In order:
steps 0 to 8 of `verify`, the checkout and its hash, step 9, what is prohibited, and step 10, in one step of the ledger:
that nothing was used before, and that every open mandate has enough left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from attorn.canonical import canonicalise
from attorn.checkout.known_signer import KnownSigner, require_known
from attorn.checkout.signed import SignedCheckout, checkout_hash
from attorn.checkout.signed import verify as verify_checkout
from attorn.clock import Clock, second_of, system_clock
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.encoding import base64url_encode
from attorn.errors import ChainError, InputError, MalformedError, MandateError, VerificationError
from attorn.mandate.anchor import Trusted
from attorn.mandate.charging import Held, Refused, charge_checkout, charge_payment
from attorn.mandate.constraint.base import Asked, Usage
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.constraint.kinds import CHECKOUT, PAYMENT, missing
from attorn.mandate.content import Open
from attorn.mandate.head import Heads
from attorn.mandate.hop import PAYLOAD
from attorn.mandate.matching import mismatches, not_payees
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.policy import Policy, Status
from attorn.mandate.prohibited import Prohibition, require_none
from attorn.mandate.times import AGE, LATE, SKEW
from attorn.mandate.verified import VerifiedChain
from attorn.mandate.verifying import closed_chain, require_bound
from attorn.sdjwt.binding import require_text
from attorn.sdjwt.compact import SEPARATOR
from attorn.sdjwt.times import unix
from attorn.store.memory import MemoryStore
from attorn.store.ports import Charge, Ledger


@dataclass(frozen=True, slots=True)
class CheckedCheckout:
    """A checkout mandate that holds, and the checkout that it is for. `at` is the Unix second of the verdict."""

    chain: VerifiedChain
    checkout: SignedCheckout
    at: int


@dataclass(frozen=True, slots=True)
class CheckedPayment:
    """A payment mandate that holds, and the checkout that it pays for. `at` is the Unix second of the verdict.

    `checkout_chain` is the checkout mandate, None where the user signed the payment and only the checkout was shown.
    """

    chain: VerifiedChain
    payment: ClosedPayment
    checkout: SignedCheckout
    checkout_chain: VerifiedChain | None
    at: int


class MandateVerifier:
    """One audience, the anchors that it trusts, the merchants whose checkouts it believes, and a ledger.

    `merchants` are those whose signature under a checkout counts; none at all refuse everything. `store` is a ledger,
    by default one in memory. `required` are the types of constraints that a user must have set, of payments and of
    checkouts: a limit that is not there limits nothing. `cache` is of how many open mandates it remembers that their
    signatures held (0: none). The agents' keys read last are kept, as a `KnownKeys`. The others are as of `Policy.of`.
    It may be called from several threads at once.
    """

    def __init__(
        self,
        *,
        audience: str,
        anchors: Iterable[Trusted],
        merchants: Iterable[KnownSigner],
        store: Ledger | None = None,
        clock: Clock = system_clock,
        resolver: Resolver | None = None,
        credentials: Collection[str] = (),
        status: Status | None = None,
        unit: Unit = Unit.MINOR,
        claim: str = PAYLOAD,
        redelegations: int = 0,
        required: Collection[str] = (),
        unbound: bool = False,
        age: timedelta = AGE,
        skew: timedelta = SKEW,
        cache: int = 256,
    ) -> None:
        """Raises `InputError`."""
        if type(cache) is not int or cache < 0:
            raise InputError(f"mandate: expected cache as a number of mandates from 0 on, got {shown(cache)}")
        require_text(audience, "audience")
        self._audience = audience
        self._merchants = require_known(merchants, "merchants")
        self._store: Ledger = MemoryStore() if store is None else store
        if not isinstance(self._store, Ledger):
            raise InputError(f"mandate: expected a store that is a ledger, got {type(store).__name__}")
        self._required = _types(required)
        self._clock = clock
        self._resolver: Resolver = LocalResolver() if resolver is None else resolver
        self._policy = Policy.of(
            anchors=anchors,
            resolver=resolver,
            credentials=credentials,
            status=status,
            unit=unit,
            claim=claim,
            redelegations=redelegations,
            unbound=unbound,
            age=age,
            skew=skew,
        )
        self._heads = Heads(cache) if cache else None

    def verify(self, text: str, *, nonce: str, now: datetime) -> VerifiedChain:
        """The chain, as `attorn.mandate.verify` has it at `now`. No constraint is evaluated, and nothing consumed."""
        return self._verified(text, nonce, unix(now))

    def check_checkout(
        self, text: str, *, nonce: str, now: datetime, checkout_jwt: str | None = None
    ) -> CheckedCheckout:
        """As `accept_checkout` at `now`, but nothing is consumed: every mandate counts as never used.

        To look at a mandate before its time, or at a dispute after it. It says nothing about a second use.
        """
        found = self._checkout(text, nonce, checkout_jwt, unix(now))
        _require_allowed(found)
        return found

    def check_payment(self, text: str, *, nonce: str, checkout: str, now: datetime) -> CheckedPayment:
        """As `accept_payment` at `now`, but nothing is consumed, as of `check_checkout`."""
        found = self._payment(text, nonce, checkout, unix(now))
        require_none(found.chain, _limits(found))
        return found

    def accept_checkout(self, text: str, *, nonce: str, checkout_jwt: str | None = None) -> CheckedCheckout:
        """The checkout mandate in `text`, whose checkout a merchant may now complete: this once.

        `nonce` is the one that it was asked for. Its checkout must be disclosed, have the hash that the mandate says,
        be signed by a known merchant and still be open, and meet every constraint of every open mandate; and be
        `checkout_jwt`, what the merchant offered last, where the caller says which that is.

        Raises as `verify`; `ChainError` for another hash or checkout; what `attorn.checkout.signed.verify` raises;
        `Prohibited` with every constraint that is not met; `ReplayError` for a mandate, a nonce or a checkout that was
        used before; and `UnavailableError`.
        """
        found = self._checkout(text, nonce, checkout_jwt, second_of(self._clock))
        refused = charge_checkout(
            self._store,
            self._held(found.chain),
            found.checkout.checkout,
            now=found.at,
            also=self._once(found.chain, "checkout", found.checkout.id, nonce),
        )
        _require_charged(found.chain, refused)
        return found

    def accept_payment(self, text: str, *, nonce: str, checkout: str) -> CheckedPayment:
        """The payment mandate in `text`, for which a credential may now be released, or a payment made: this once.

        `checkout` is the checkout mandate as the merchant gets it: it is verified too, but for its audience and nonce.
        For the merchant it is not used up, but each of its open mandates counts one more checkout that is paid for.
        Where the user signed the payment, a `checkout_jwt` alone will do. The payment must be for exactly this
        checkout, by its hash, total, currency and merchant.

        Raises as `accept_checkout`.
        """
        found = self._payment(text, nonce, checkout, second_of(self._clock))
        refused = charge_payment(
            self._store,
            self._held(found.chain),
            found.payment,
            open_checkouts=_open_checkouts(found),
            now=found.at,
            also=self._once(found.chain, "payment", found.checkout.id, nonce),
            orders=[] if found.checkout_chain is None else self._held(found.checkout_chain),
        )
        paying = len(found.chain.opens)
        _require_charged(found.chain, [each for each in refused if each.position < paying])
        if found.checkout_chain is not None:
            orders = [Refused(each.position - paying, each.violation) for each in refused]
            _require_charged(found.checkout_chain, orders)
        return found

    def _verified(self, text: str, nonce: str, now: int) -> VerifiedChain:
        require_text(nonce, "nonce")
        chain = closed_chain(text, self._policy, now, self._heads)
        require_bound(chain, audience=self._audience, nonce=nonce, unbound=self._policy.unbound)
        return chain

    def _checkout(self, text: str, nonce: str, offered: str | None, now: int) -> CheckedCheckout:
        chain = self._verified(text, nonce, now)
        closed = chain.closed
        with _step_9():
            if not isinstance(closed, ClosedCheckout):
                raise MandateError("mandate: expected a checkout mandate, got one for a payment")
            if offered is not None and closed.unverified_jwt != offered:
                raise ChainError("mandate: its checkout_jwt is not the one that was offered last")
            self._require_types(chain)
            return CheckedCheckout(chain, self._offered(chain, closed, now), now)

    def _payment(self, text: str, nonce: str, checkout: str, now: int) -> CheckedPayment:
        chain = self._verified(text, nonce, now)
        with _step_9():
            return self._paying(chain, checkout, now)

    def _paying(self, chain: VerifiedChain, checkout: str, now: int) -> CheckedPayment:
        payment = chain.closed
        if not isinstance(payment, ClosedPayment):
            raise MandateError("mandate: expected a payment mandate, got one for a checkout")
        self._require_types(chain)
        if not isinstance(checkout, str):
            raise InputError(f"checkout: expected a checkout mandate or a checkout_jwt, got {type(checkout).__name__}")
        order = None
        if SEPARATOR in checkout:
            order = closed_chain(checkout, self._policy, now, self._heads)
            if not isinstance(order.closed, ClosedCheckout):
                raise MandateError("mandate: expected a checkout mandate beside that for the payment")
            self._require_types(order)
            signed = self._offered(order, order.closed, now)
            _require_allowed(CheckedCheckout(order, signed, now))
        else:
            signed = self._signed(checkout, now)
        if checkout_hash(signed.text, chain.hops[-1].algorithm) != payment.transaction_id:
            raise ChainError("mandate: its transaction_id is not the hash of this checkout_jwt")
        found = CheckedPayment(chain, payment, signed, order, now)
        self._require_paid(found)
        return found

    def _require_paid(self, found: CheckedPayment) -> None:
        """Raises `Prohibited`, with every reason, unless the payment is the one that the checkout asks for.

        The user's lists of payees are held against the merchant whom the checkout names, too: a payee without a website
        matches both of two that do not match each other.
        """
        last, merchant = found.chain.hops[-1].position, found.checkout.checkout.merchant
        wrong = [Prohibition(last, each) for each in mismatches(found.payment, found.checkout)]
        for hop in found.chain.opens:
            against = not_payees(hop.content, found.payment.payee, merchant)
            wrong += [Prohibition(hop.position, each) for each in against]
        if wrong:
            require_none(found.chain, list(dict.fromkeys([*wrong, *_limits(found)])))

    def _require_types(self, chain: VerifiedChain) -> None:
        """Raises `Prohibited` unless the user set every kind of limit that this verifier asks for.

        What the user set, every mandate below has too.
        """
        kinds = PAYMENT if chain.is_payment else CHECKOUT
        wanted = [name for name in self._required if name in kinds]
        for hop in chain.opens[:1]:
            if isinstance(hop.content, Open):
                lacking = missing(hop.content.constraints, wanted)
                require_none(chain, [Prohibition(hop.position, violation) for violation in lacking])

    def _offered(self, chain: VerifiedChain, closed: ClosedCheckout, now: int) -> SignedCheckout:
        """The checkout of a closed mandate, its hash derived and its merchant known."""
        text = closed.unverified_jwt
        if text is None:
            raise MandateError("mandate: expected checkout_jwt to be disclosed")
        if not text.isascii():
            raise MalformedError("mandate: expected checkout_jwt as ASCII text")
        closed.require_hash(chain.hops[-1].algorithm)
        return self._signed(text, now)

    def _signed(self, text: str, now: int) -> SignedCheckout:
        return verify_checkout(
            text,
            merchants=self._merchants,
            now=datetime.fromtimestamp(now, UTC),
            resolver=self._resolver,
            skew=timedelta(seconds=self._policy.skew),
        )

    def _held(self, chain: VerifiedChain) -> list[Held]:
        found = []
        for hop in chain.opens:
            if isinstance(hop.content, Open) and hop.times.ends is not None:
                # The first second at which no verifier takes it any more, whatever its clock and its skew.
                found.append(Held(hop.id, hop.content, hop.times.ends + LATE))
        return found

    def _once(self, chain: VerifiedChain, kind: str, checkout: str, nonce: str) -> list[Charge]:
        """The counters of what counts once: the nonce, and for good what was bought, so its closed mandate, too."""
        last = chain.hops[-1]
        ends = [last.times.issued + self._policy.age] if last.times.issued is not None else []
        ends += [chain.expires] if chain.expires is not None else []
        until = min(ends) + LATE
        return [
            Charge(f"mandate nonce {kind} {_digest(self._audience, nonce)}", 1, 1, until),
            Charge(f"mandate {kind} {checkout}", 1, 1),
        ]


def _digest(audience: str, nonce: str) -> str:
    """One text for each pair, whatever stands in either."""
    return base64url_encode(hashlib.sha256(canonicalise([audience, nonce])).digest())


@contextmanager
def _step_9() -> Iterator[None]:
    """What is wrong with the checkout is wrong at that step, also where the checkout has steps of its own."""
    try:
        yield
    except VerificationError as error:
        error.step = 9
        raise


def _types(required: Collection[str]) -> tuple[str, ...]:
    if isinstance(required, str) or not isinstance(required, Collection):
        raise InputError("mandate: expected required as a list of types of constraints")
    unknown = [name for name in required if not isinstance(name, str) or name not in {*PAYMENT, *CHECKOUT}]
    if unknown:
        raise InputError(f"mandate: expected types of constraints, got {shown(unknown[0])}")
    return tuple(required)


def _limits(found: CheckedPayment) -> list[Prohibition]:
    """What the open mandates have against the payment, were it the first."""
    asked = Asked(payment=found.payment, now=found.at, open_checkouts=_open_checkouts(found), usage=Usage())
    return [
        Prohibition(hop.position, violation)
        for hop in found.chain.opens
        if isinstance(hop.content, OpenPayment)
        for violation in hop.content.violations(asked)
    ]


def _open_checkouts(found: CheckedPayment) -> frozenset[str] | None:
    if found.checkout_chain is None:
        return None
    return frozenset(hop.sd_hash for hop in found.checkout_chain.opens)


def _require_allowed(found: CheckedCheckout) -> None:
    require_none(
        found.chain,
        [
            Prohibition(hop.position, violation)
            for hop in found.chain.opens
            if isinstance(hop.content, OpenCheckout)
            for violation in hop.content.violations(found.checkout.checkout, Usage())
        ],
    )


def _require_charged(chain: VerifiedChain, refused: Sequence[Refused]) -> None:
    require_none(chain, [Prohibition(chain.opens[each.position].position, each.violation) for each in refused])
