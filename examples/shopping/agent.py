"""An agent that shops for the user, and a sub-agent of it: the same program, honest until it is told a trick."""

import secrets
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import terms
import tricks
from service import Service

from attorn import checkout, mandate
from attorn.checkout import Instrument, KnownSigner, Merchant, checkout_hash
from attorn.did.resolver import LocalResolver
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt, verify
from attorn.request.money import Money

agent = Service(sys.argv[1])
Told = dict[str, Any]


def bring(shop: str, item: str) -> Told:
    """Human present: the offer goes to the user, who signs; the agent only carries."""
    offer, paying = agent.ask(shop, "/offer", item=item), agent.ask("provider", "/nonce")["nonce"]
    signed = agent.ask("user", "/sign", offered=offer["offered"], shop=shop, nonce=offer["nonce"], paying=paying)
    return complete(shop, {**signed, "nonce": offer["nonce"], "paying": paying})


def buy(shop: str, item: str, held: Told, trick: str = "") -> Told:
    """Human not present: the agent closes for this one purchase what it holds open."""
    offer, paying = agent.ask(shop, "/offer", item=item), agent.ask("provider", "/nonce")["nonce"]
    offered = tricks.forged(agent, offer["offered"]) if trick == "cart" else offer["offered"]
    cart, digest = checkout.read(offered).unverified, checkout_hash(offered)
    order = mandate.ClosedCheckout(unverified_hash=digest, unverified_jwt=offered)
    payment = mandate.ClosedPayment(
        transaction_id=digest,
        payee=Merchant("mallory", "Mallory") if trick == "payee" else cart.merchant,
        amount=Money(100, "USD") if trick == "amount" else cart.total,
        instrument=Instrument("1", "card"),
    )
    by = {"by": agent.me, "now": datetime.now(UTC)}
    open_payment = tricks.widened(agent, held) if trick == "widen" else held["payment"]
    sent = {
        "order": mandate.close(held["order"], order, audience=shop, nonce=offer["nonce"], **by),
        "payment": mandate.close(open_payment, payment, audience="provider", nonce=paying, **by),
        "nonce": offer["nonce"],
        "paying": paying,
    }
    told = complete(shop, sent)
    return complete(shop, sent) if trick == "replay" else told


def send(to: str, held: Told, most: int, **errand: str) -> Told:
    """Hands on less than it holds to a sub-agent, which buys."""
    now, ready = datetime.now(UTC), agent.ask(to, "/ready")
    given = {"by": agent.me, "to": agent.did(to), "audience": agent.did(to), "nonce": ready["nonce"], "now": now}
    given |= {"expires": now + timedelta(minutes=10), "redelegations": 1}
    order = mandate.delegate(held["order"], terms.order(errand["item"]), **given)
    payment = mandate.delegate(held["payment"], terms.payment(held["reference"], most=most), **given)
    return agent.ask(to, "/buy", **errand, held={**held, "order": order, "payment": payment})


def complete(shop: str, sent: Told) -> Told:
    """The shop's and the provider's receipts, if they are theirs and for these very mandates."""
    got, told = agent.ask(shop, "/complete", **sent), {}
    for name, kind, who in (("order", CheckoutReceipt, shop), ("payment", PaymentReceipt, "provider")):
        at = {"now": datetime.now(UTC), "resolver": LocalResolver(), "issuers": [KnownSigner.of(who, agent.did(who))]}
        told[name] = verify(got[name], kind=kind, mandate=sent[name], **at).signer
    return told


agent.run({"/bring": bring, "/buy": buy, "/send": send, "/ready": lambda: {"nonce": secrets.token_urlsafe(16)}})
