"""What an agent tries that is not honest, beside other sums and names. It has no key but its own."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import terms
from service import Service

from attorn import checkout, mandate


def forged(agent: Service, offered: str) -> str:
    """An offer with another unit for the same price, signed by the agent."""
    document = {name: value for name, value in checkout.read(offered).jwt.unverified_claims.items() if name != "jti"}
    lines = [{**line, "quantity": 2} for line in document["line_items"]]
    return checkout.sign({**document, "line_items": lines}, by=agent.me.signer, kid=agent.kid)


def widened(agent: Service, held: dict[str, Any]) -> str:
    """Handed on once more, to itself, with a higher limit. attorn refuses to sign that; a cheat does not ask it."""
    now, wide = datetime.now(UTC), terms.payment(held["reference"], most=2500)
    given = {"by": agent.me, "to": agent.me.did, "audience": agent.me.did, "nonce": "mine", "now": now}
    with mock.patch("attorn.mandate.narrowing.widening", return_value=None):
        return mandate.delegate(held["payment"], wide, **given, expires=now + timedelta(minutes=9))
