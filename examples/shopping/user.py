"""The user's trusted surface. Nothing else has the user's key, and no agent can reach it but by asking."""

from datetime import UTC, datetime, timedelta
from typing import Any

import terms
from service import Service

from attorn import mandate
from attorn.checkout import Instrument, checkout_hash, read
from attorn.mandate.receipt import Reference
from attorn.status import Publisher

user = Service("user")
lists = Publisher("https://user.example/mandates", kind="token")
published = {"list": lists.publish(user.me)}


def allow(to: str, hours_ago: int = 0) -> dict[str, Any]:
    """The user goes out, and lets an agent buy a drink within the hour: two open mandates, which can be revoked."""
    now = datetime.now(UTC) - timedelta(hours=hours_ago)
    entry = lists.allocate()
    given = {"by": user.me, "to": to, "now": now, "expires": now + timedelta(hours=1), "redelegations": 2}
    order = mandate.issue(terms.order("tea", "coffee", "champagne"), **given, status=entry)
    reference = Reference.SD_JWT.of(order)
    payment = mandate.issue(terms.payment(reference, most=2500), **given, status=entry)
    return {"order": order, "payment": payment, "reference": reference, "entry": entry.index}


def sign(offered: str, shop: str, nonce: str, paying: str) -> dict[str, str]:
    """The user is there, reads what the shop offers, and signs this one purchase."""
    now, cart = datetime.now(UTC), read(offered).unverified
    order = mandate.ClosedCheckout(unverified_hash=checkout_hash(offered), unverified_jwt=offered)
    payment = mandate.ClosedPayment(
        transaction_id=checkout_hash(offered),
        payee=cart.merchant,
        amount=cart.total,
        instrument=Instrument("1", "card"),
    )
    return {
        "order": mandate.issue_closed(order, by=user.me, audience=shop, nonce=nonce, now=now),
        "payment": mandate.issue_closed(payment, by=user.me, audience="provider", nonce=paying, now=now),
    }


def revoke(entry: int) -> dict[str, str]:
    """The user thinks better of it."""
    lists.revoke(entry)
    published["list"] = lists.publish(user.me)
    return published


user.run({"/allow": allow, "/sign": sign, "/revoke": revoke, "/list": lambda: published})
