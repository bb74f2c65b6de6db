"""A purchase as a request: what closed mandates say, as arguments that caveats are over (docs/spec/capability.md).

Each argument follows from the mandate and the checkout alone, by a written rule, so that whoever asks and whoever
verifies come to the same request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.checkout.checkout import Checkout
from attorn.checkout.party import Instrument, Merchant
from attorn.clock import instant
from attorn.encoding import base64url_encode
from attorn.errors import InputError
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.verifier import CheckedCheckout, CheckedPayment
from attorn.request.characters import hidden
from attorn.request.request import Request

ACTION: Final = "purchase"
DIGEST: Final = "sha-256:"
UNITS: Final = "units"
ITEMS: Final = "items"
OPEN_CHECKOUTS: Final = "open_checkouts"
FIRST, LAST = "first", "last"
_LONGEST: Final = 1024
"""Longest JSON that is an argument as it is; of longer, the digest is."""
_LONGEST_ID: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def purchase(
    *,
    resource: str,
    now: datetime,
    payment: ClosedPayment | None = None,
    checkout: Checkout | None = None,
    open_checkouts: Collection[str] | None = None,
    action: str = ACTION,
) -> Request:
    """The request to make this payment, to complete this checkout, or both; its cost is the payment.

    `now` is when a payment without a date is executed: the same for whoever asks and whoever verifies. `open_checkouts`
    are the hashes of the open checkout mandates that the order was presented with, as the verifier derived them; None
    if none was. Nothing here is verified. Raises `InputError`, also where all of it is more than a request holds.
    """
    if payment is None and checkout is None:
        raise InputError("purchase: expected a payment, a checkout, or both")
    if not isinstance(payment, ClosedPayment | None) or not isinstance(checkout, Checkout | None):
        raise InputError("purchase: expected a ClosedPayment, a Checkout, or both")
    args: dict[str, object] = {}
    if payment is not None:
        args |= _payment(payment, instant(now, "now"))
    if checkout is not None:
        args |= _checkout(checkout)
    if open_checkouts is not None:
        several = isinstance(open_checkouts, Collection) and not isinstance(open_checkouts, str)
        if not several or not all(isinstance(each, str) for each in open_checkouts):
            raise InputError("open_checkouts: expected hashes as text")
        args[OPEN_CHECKOUTS] = sorted(set(open_checkouts))
    return Request(action=action, resource=resource, args=args, cost=None if payment is None else payment.amount)


def verified_purchase(found: CheckedPayment | CheckedCheckout, *, resource: str, action: str = ACTION) -> Request:
    """The request for what a `MandateVerifier` has checked or accepted, from nothing else than what it verified.

    *Now* is when the closed mandate was made, which whoever made it knows too. Raises `InputError` as `purchase`, and
    for a mandate that does not say when: the user signed it, and there is no token for it.
    """
    if not isinstance(found, CheckedPayment | CheckedCheckout):
        raise InputError(f"purchase: expected what was checked, got {type(found).__name__}")
    made = found.chain.hops[-1].times.issued
    if made is None:
        raise InputError("purchase: expected a closed mandate that says when it was made")
    order = found.checkout_chain if isinstance(found, CheckedPayment) else found.chain
    return purchase(
        resource=resource,
        now=datetime.fromtimestamp(made, UTC),
        payment=found.payment if isinstance(found, CheckedPayment) else None,
        checkout=found.checkout.checkout,
        open_checkouts=None if order is None else [hop.sd_hash for hop in order.opens],
        action=action,
    )


def _payment(payment: ClosedPayment, now: datetime) -> dict[str, object]:
    args: dict[str, object] = {
        "transaction_id": payment.transaction_id,
        "amount": payment.amount.amount,
        "currency": payment.amount.currency,
        "payee": said(payment.payee.write()),
        "payee.id": payment.payee.id,
        "payee.place": place(payment.payee),
        "instrument": said(payment.instrument.write()),
        "instrument.key": key(payment.instrument),
    }
    if payment.pisp is not None:
        args["pisp"] = said(payment.pisp.write())
    if payment.risk_data is not None:
        args["risk_data"] = short(payment.risk_data)
    date = payment.execution_date
    if date is not None:
        args["execution_date"] = date.text
    # Mandates know whole seconds; a date that was signed is compared as finely as it was.
    at = now.replace(microsecond=0)
    for name, bound in ((FIRST, at if date is None else date.first), (LAST, at if date is None else date.last)):
        args[f"{name}.second"], args[f"{name}.microsecond"] = split(bound)
    return args


def _checkout(checkout: Checkout) -> dict[str, object]:
    quantities = checkout.quantities
    args: dict[str, object] = {
        "checkout": checkout.id,
        ITEMS: sorted(quantities),
        UNITS: sum(quantities.values()),
        **{units(item): quantity for item, quantity in quantities.items()},
    }
    if checkout.merchant is not None:
        args |= {"merchant.id": checkout.merchant.id, "merchant.place": place(checkout.merchant)}
    return args


def said(value: JsonValue) -> str:
    """An object or a list as text, for caveats on text."""
    return short(canonicalise(value))


def place(merchant: Merchant) -> str:
    """Who a merchant is when lists are compared, where both have a website; without one, or with an empty one: ""."""
    return said([merchant.id, merchant.website or ""])


def key(instrument: Instrument) -> str:
    """Which instrument it is when lists are compared."""
    return said([instrument.id, instrument.type])


def units(item: str) -> str:
    """The argument that says how many units of an item there are."""
    plain = len(item) <= _LONGEST_ID and not hidden(item) and not item.startswith(DIGEST)
    return f"{UNITS} {item if plain else _digest(item)}"


def split(at: datetime) -> tuple[int, int]:
    """An instant as the Unix second that it lies in, and the microseconds into it."""
    since = at - _EPOCH
    return since.days * 86_400 + since.seconds, since.microseconds


def _digest(text: str) -> str:
    return DIGEST + base64url_encode(hashlib.sha256(text.encode()).digest())


def short(canonical: bytes) -> str:
    """Canonical JSON as it is, or if that is long, its digest: what begins with that word is no JSON."""
    text = canonical.decode()
    return text if len(text) <= _LONGEST else _digest(text)
