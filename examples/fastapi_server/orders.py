"""What shop and agent share: which request a call of the shop is. Both read it from the message alone."""

import re

from attorn import Request
from attorn.errors import InputError
from attorn.web.http import HttpMessage

AUDIENCE = "did:web:shop.example"


def route(message: HttpMessage) -> Request:
    """`POST /orders?amount=20` is the action `orders:place` with the argument `amount`."""
    amount = re.fullmatch(r"amount=([1-9][0-9]{0,5})", message.query)
    if (message.method, message.path) != ("POST", "/orders") or amount is None:
        raise InputError("expected POST /orders?amount=...")
    return Request(action="orders:place", resource=message.resource, args={"amount": int(amount[1])})
