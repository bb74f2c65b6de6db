"""The presentation that comes with a question, and the request that it must have been made for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from attorn.authzen.evaluation import Evaluation, Members, object_in, text_in
from attorn.errors import InputError, MalformedError
from attorn.request.money import Money
from attorn.request.request import Request
from attorn.token.presentation import words

MEMBER: Final = "attorn"
"""The member of the context that holds it."""
RESOURCE: Final = "resource"
"""The type of a resource that is named as attorn names them."""
_KNOWN: Final = frozenset({"presentation", "challenge", "cost"})


@dataclass(frozen=True, slots=True)
class Carried:
    """What `context.attorn` holds: the text of a presentation, the challenge it answers, and what the act costs."""

    presentation: str = field(repr=False)
    challenge: str | None = field(default=None, repr=False)
    cost: Money | None = None


def read_carried(evaluation: Evaluation) -> Carried | None:
    """The presentation that comes with a question, None without one. Raises `MalformedError`."""
    if MEMBER not in evaluation.context:
        return None
    members = object_in(evaluation.context, MEMBER, required=True)
    if not members.keys() <= _KNOWN:
        raise MalformedError(f"context.{MEMBER}: expected {', '.join(sorted(_KNOWN))} and nothing else")
    challenge = text_in(members, "challenge") if "challenge" in members else None
    try:
        challenge = None if challenge is None else words(challenge, "challenge")
    except InputError as error:
        raise MalformedError(str(error)) from None
    return Carried(text_in(members, "presentation"), challenge, _cost(members) if "cost" in members else None)


def request_of(evaluation: Evaluation, carried: Carried) -> Request:
    """The request that the presentation must have been made for: nothing in it that the proof does not bind.

    The action's name and properties are action and arguments; the resource is of the type `resource`, has no
    properties, and is written in its normal form. Raises `MalformedError`.
    """
    resource = evaluation.resource
    if resource.type != RESOURCE or resource.properties:
        raise MalformedError(
            f"resource: expected the type {RESOURCE!r} and no properties: no presentation binds others"
        )
    try:
        request = Request(
            action=evaluation.action, resource=resource.id, args=dict(evaluation.properties), cost=carried.cost
        )
    except InputError as error:
        raise MalformedError(str(error)) from None
    if request.resource != resource.id:
        raise MalformedError("resource.id: expected it in its normal form")
    return request


def _cost(members: Members) -> Money:
    cost = object_in(members, "cost", required=True)
    amount, currency = cost.get("amount"), cost.get("currency")
    if cost.keys() != {"amount", "currency"} or type(amount) is not int or not isinstance(currency, str):
        raise MalformedError("cost: expected an amount in minor units and a currency")
    try:
        return Money(amount, currency)
    except InputError as error:
        raise MalformedError(str(error)) from None
