"""The request of a question."""

from __future__ import annotations

from attorn.conformance.members import Members
from attorn.request.money import Money
from attorn.request.request import Request


def request(members: Members) -> Request:
    """The request that `action`, `resource`, `args` and `cost` make. Raises `InputError`."""
    cost = None
    if members.has("cost"):
        money = members.inner("cost")
        cost = Money(money.integer("amount"), money.text("currency"))
        money.done()
    found = Request(
        action=members.text("action"), resource=members.text("resource"), args=members.object("args"), cost=cost
    )
    members.done()
    return found
