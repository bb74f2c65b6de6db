"""What evidence shows to somebody who was not there: each mandate, receipt and presentation, judged as of its time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Final, TypeVar

from attorn.checkout.known_signer import KnownSigner, require_known
from attorn.clock import Clock, read, seconds_in, system_clock
from attorn.did.resolver import Resolver
from attorn.errors import (
    ChainError,
    Denied,
    ExpiredError,
    InputError,
    PossessionError,
    StaleError,
    UnavailableError,
    UntrustedRootError,
    VerificationError,
    WrongRequestError,
)
from attorn.evidence.archive import Archive, resolver_of
from attorn.evidence.evidence import Evidence, Presented, Shown
from attorn.evidence.finding import Finding, Findings, Point
from attorn.keys.ec_key import EcKey
from attorn.mandate import receipt as receipts
from attorn.mandate.anchor import Trusted, anchors_of
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.hop import PAYLOAD
from attorn.mandate.links import Links
from attorn.mandate.listed import by_lists
from attorn.mandate.purchase import purchase
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt, VerifiedReceipt
from attorn.mandate.times import AGE, SKEW
from attorn.mandate.verified import VerifiedChain, VerifiedHop
from attorn.mandate.verifier import CheckedCheckout, CheckedPayment, MandateVerifier
from attorn.request.request import Request
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier

STALENESS: Final = timedelta(days=1)
"""How much older than the verdict a status list may be, unless the caller says otherwise."""
DELAY: Final = timedelta(minutes=5)
"""How long after the verdict a receipt may have been given, unless the caller says otherwise."""
_Found = TypeVar("_Found")
_Kind = TypeVar("_Kind", CheckoutReceipt, PaymentReceipt)


def verify(
    evidence: Evidence,
    *,
    anchors: Iterable[Trusted],
    merchants: Iterable[KnownSigner],
    processors: Iterable[KnownSigner] = (),
    roots: Sequence[str] = (),
    credentials: Collection[str] = (),
    status_issuers: Mapping[str, str] | None = None,
    unit: Unit = Unit.MINOR,
    claim: str = PAYLOAD,
    redelegations: int = 0,
    age: timedelta = AGE,
    skew: timedelta = SKEW,
    staleness: timedelta = STALENESS,
    delay: timedelta = DELAY,
    resolver: Resolver | None = None,
    trusted_files: Collection[str] = (),
    clock: Clock = system_clock,
) -> Findings:
    """What `evidence` shows as of its time to a caller who trusts these `anchors`, `merchants`, `processors`, `roots`.

    Whom to believe is the caller's to say: evidence that brought its own keys would prove itself. DIDs resolve through
    `resolver`, or else by the files in the evidence: did:webvh as of then, did:web only where the file's URL is among
    `trusted_files`. `processors` sign payment receipts, `roots` are those of the token. The others are as of
    `MandateVerifier`, and `clock` says only that no receipt is from the future. The file says when the verdict was; no
    receipt may be from over `delay` later, so that it is not dated back.

    It cannot show that nothing was used twice, nor what was revoked by entries that are not status lists. Raises
    `InputError`, and `UnavailableError` from the clock; what does not hold is a finding.
    """
    if not isinstance(evidence, Evidence):
        raise InputError(f"evidence: expected Evidence, got {type(evidence).__name__}")
    asked = resolver_of(evidence.files, trusted_files, evidence.at, clock) if resolver is None else resolver
    merchants = require_known(merchants, "merchants")
    judged = _Judged(
        evidence=evidence,
        verifier=partial(
            MandateVerifier,
            anchors=anchors_of(anchors),
            merchants=merchants,
            clock=lambda: evidence.at,
            resolver=asked,
            credentials=credentials,
            status=_status(Archive(evidence.files), asked, status_issuers, staleness, skew),
            unit=unit,
            claim=claim,
            redelegations=redelegations,
            age=age,
            skew=skew,
        ),
        merchants=merchants,
        processors=require_known(processors, "processors"),
        roots=roots,
        asked=asked,
        skew=skew,
        delay=delay,
        now=read(clock),
    )
    return judged.findings()


class _Judged:
    """One piece of evidence while it is judged."""

    __slots__ = (
        "_asked",
        "_delay",
        "_evidence",
        "_merchants",
        "_now",
        "_points",
        "_processors",
        "_roots",
        "_skew",
        "_verifier",
    )

    def __init__(
        self,
        *,
        evidence: Evidence,
        verifier: Callable[..., MandateVerifier],
        merchants: Collection[KnownSigner],
        processors: Collection[KnownSigner],
        roots: Sequence[str],
        asked: Resolver,
        skew: timedelta,
        delay: timedelta,
        now: datetime,
    ) -> None:
        self._evidence, self._verifier = evidence, verifier
        self._merchants, self._processors, self._roots = merchants, processors, roots
        self._asked, self._skew, self._delay, self._now = asked, skew, delay, now
        self._points: list[Finding] = []
        # Misuse of the caller's arguments shall be told before anything is judged.
        seconds_in(delay, "delay")
        verifier(audience="evidence")
        Verifier(audience="evidence", roots=roots)

    def findings(self) -> Findings:
        """Every point, in the order of `Point`."""
        evidence = self._evidence
        checkout = self._found(Point.CHECKOUT, evidence.checkout, self._checkout)
        payment = self._found(Point.PAYMENT, evidence.payment, self._payment)
        sold = None if checkout is None else checkout.chain
        seller = None if checkout is None else checkout.checkout.signer
        paid = None if payment is None else payment.chain
        merchant_said = self._found(
            Point.CHECKOUT_RECEIPT,
            _with_receipt(evidence.checkout),
            lambda part: self._receipt(part, CheckoutReceipt, self._merchants, sold, seller),
        )
        processor_said = self._found(
            Point.PAYMENT_RECEIPT,
            _with_receipt(evidence.payment),
            lambda part: self._receipt(part, PaymentReceipt, self._processors, paid),
        )
        access = self._found(Point.PRESENTATION, evidence.presentation, self._access)
        self._found(
            Point.PURCHASE, evidence.presentation, lambda part: self._same(part.request, checkout, payment, access)
        )
        said = [
            (chain, receipt.receipt.links)
            for chain, receipt in ((sold, merchant_said), (paid, processor_said))
            if receipt is not None and receipt.receipt.links is not None
        ]
        self._found(Point.LINKS, said or None, lambda tied: self._tied(tied, checkout, payment, access))
        return Findings(tuple(self._points), checkout, payment, merchant_said, processor_said, access)

    def _found(self, point: Point, part: object, judge: Callable[..., _Found]) -> _Found | None:
        """What `judge` finds in one part; None if it is not there or does not hold, which becomes a finding."""
        if part is None:
            return None
        try:
            if self._evidence.at - self._now > self._skew:
                raise ExpiredError("evidence: of a verdict in the future")
            found = judge(part)
        except (VerificationError, Denied, UnavailableError) as error:
            self._points.append(Finding(point, error.code, str(error)))
            return None
        self._points.append(Finding(point, None, "holds"))
        return found

    def _checkout(self, part: Shown) -> CheckedCheckout:
        return self._verifier(audience=part.audience).check_checkout(
            part.mandate, nonce=part.nonce, now=self._evidence.at
        )

    def _payment(self, part: Shown) -> CheckedPayment:
        order = self._evidence.checkout_jwt if self._evidence.checkout is None else self._evidence.checkout.mandate
        verifier = self._verifier(audience=part.audience)
        return verifier.check_payment(part.mandate, nonce=part.nonce, checkout=order or "", now=self._evidence.at)

    def _receipt(
        self,
        part: Shown,
        kind: type[_Kind],
        signers: Collection[KnownSigner],
        chain: VerifiedChain | None,
        seller: str | None = None,
    ) -> VerifiedReceipt[_Kind]:
        found = receipts.verify(
            part.receipt or "",
            kind=kind,
            mandate=part.mandate,
            issuers=signers,
            now=self._now,
            resolver=self._asked,
            skew=self._skew,
        )
        if chain is None:
            raise ChainError("evidence: the receipt is for a mandate that does not hold")
        if seller is not None and not _one(self._merchants, seller, found.signer):
            raise UntrustedRootError("evidence: the receipt is by another merchant than signed the checkout")
        made, given = chain.hops[-1].times.issued, found.receipt.issued_at
        if made is not None and given is not None and given < datetime.fromtimestamp(made, UTC) - self._skew:
            raise ExpiredError("evidence: the receipt is older than the mandate that it is for")
        if given is not None and given - self._evidence.at - self._skew > self._delay:
            raise ExpiredError("evidence: the receipt was given long after the verdict that it shows")
        return found

    def _access(self, part: Presented) -> Access:
        verifier = Verifier(
            audience=part.audience, roots=self._roots, clock=lambda: self._evidence.at, resolver=self._asked
        )
        return verifier.authorize(part.wire, part.request)

    def _same(
        self, request: Request, checkout: CheckedCheckout | None, payment: CheckedPayment | None, access: Access | None
    ) -> None:
        """Raises an error unless this request is what the mandates say, both or one, and by who closed them."""
        if payment is None and checkout is None:
            raise ChainError("evidence: no mandate holds that the request could be for")
        for found in (checkout, payment):
            if found is not None and access is not None:
                _require_closer(found.chain, access)
        bought = None if checkout is None else checkout.checkout.checkout
        if bought is None and payment is not None:
            bought = payment.checkout.checkout
        order = payment.checkout_chain if payment is not None else None
        hashes = None if order is None else [hop.sd_hash for hop in order.opens]
        paid = None if payment is None else payment.payment
        parts = [each for each in ((paid, bought), (paid, None), (None, bought)) if each != (None, None)]
        for (one, other), opens, at in product(parts, (hashes, None), self._instants(payment)):
            same = purchase(
                resource=request.resource,
                action=request.action,
                now=at,
                payment=one,
                checkout=other,
                open_checkouts=opens,
            )
            if same == request:
                return
        raise WrongRequestError("evidence: the token's request is for another purchase than the mandates")

    def _tied(
        self,
        said: Iterable[tuple[VerifiedChain | None, Links]],
        checkout: CheckedCheckout | None,
        payment: CheckedPayment | None,
        access: Access | None,
    ) -> None:
        """Raises `ChainError` unless each receipt names exactly what is here."""
        offers = {found.checkout.hash for found in (checkout, payment) if found is not None}
        token, request = ((), None) if access is None else (access.chain, access.request)
        for chain, links in said:
            if chain is None or links.checkout not in offers:
                raise ChainError("evidence: a receipt is for another checkout")
            if links.token and access is None:
                raise ChainError("evidence: a receipt names a token that is not here, or does not hold")
            here = Links.of(chain, links.checkout, token=token, request=request)
            # A receipt need not name the token: whoever took the mandate may not have seen it.
            if links != here and (links.token or replace(here, token=(), request="") != links):
                raise ChainError("evidence: a receipt is for other mandates, or another token")

    def _instants(self, payment: CheckedPayment | None) -> list[datetime]:
        """When a payment without a date counts as made: when it was signed, or judged."""
        issued = None if payment is None else payment.chain.hops[-1].times.issued
        return [self._evidence.at, *([] if issued is None else [datetime.fromtimestamp(issued, UTC)])]


def _with_receipt(part: Shown | None) -> Shown | None:
    return None if part is None or part.receipt is None else part


def _status(
    archive: Archive, asked: Resolver, issuers: Mapping[str, str] | None, staleness: timedelta, skew: timedelta
) -> Callable[[VerifiedHop, int], None]:
    """The status of a hop by the lists in the evidence, as of a second."""

    def check(hop: VerifiedHop, now: int) -> None:
        if hop.status is None:
            return
        found = archive.lists(hop.status.uri, asked)
        if not found:
            raise StaleError(f"evidence: it has no status list for hop {hop.position}")
        by_lists(lambda: found, staleness=staleness, issuers=issuers, skew=skew)(hop, now)

    by_lists(tuple, staleness=staleness, issuers=issuers, skew=skew)
    return check


def _require_closer(chain: VerifiedChain, access: Access) -> None:
    """Raises `PossessionError` if an agent signed the closed mandate, and another asked with the token."""
    if not chain.opens:
        return
    holder = chain.hops[-2].holder
    if holder is None or access.chain[-1].to.key != holder.key.public_key:
        raise PossessionError("evidence: the token was used by another than the agent that signed the mandate")


def _one(merchants: Collection[KnownSigner], name: str, other: str) -> bool:
    """Whether two names are of one merchant: the same name, the same DID, or a key in common."""
    if name == other:
        return True
    mine, theirs = ([each for each in merchants if each.name == said] for said in (name, other))
    return any(
        (one.did is not None and one.did == two.did) or bool(_keys(one) & _keys(two))
        for one, two in product(mine, theirs)
    )


def _keys(merchant: KnownSigner) -> set[EcKey]:
    return {key for _, key in merchant.keys}
