"""Harness of the four contents of a mandate: JSON, read, judged against a purchase, and written again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, require
from tests.unit import constraint_scene as scene

from attorn.canonical import JsonValue, parse
from attorn.errors import VerificationError
from attorn.mandate import matching
from attorn.mandate.constraint.base import Usage
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.narrowing import widening
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.vct import Vct

_REFUSED = (VerificationError,)
_USAGES = (None, Usage(), Usage(2, 10_000, scene.NOW - 86_400))
_OFFER = scene.offered()
_SHOP = _OFFER.checkout


def _content(data: bytes) -> bool:
    found = accepted(lambda: parse(data), *_REFUSED)
    if not isinstance(found, dict):
        raise Refusal
    match found.get("vct"):
        case Vct.OPEN_CHECKOUT:
            _open_checkout(found)
        case Vct.CHECKOUT:
            order = accepted(lambda: ClosedCheckout.read(found), *_REFUSED)
            require(ClosedCheckout.read(_said(order.write(), found)) == order, "another order")
        case Vct.PAYMENT:
            _payment(found)
        case _:
            _open_payment(found)
    return True


def _said(written: dict[str, JsonValue], found: dict[str, Any]) -> dict[str, JsonValue]:
    """What is written is said by what was read; members of other names apart."""
    require(written.keys() <= found.keys(), "a member from nowhere")
    return written


def _open_payment(found: dict[str, JsonValue]) -> None:
    for unit in Unit:
        mandate = accepted(lambda unit=unit: OpenPayment.read(found, unit=unit), *_REFUSED)
        for again in Unit:
            require(OpenPayment.read(_said(mandate.write(), found), unit=again) == mandate, "another mandate")
        require(widening(mandate, mandate) is None, "wider than itself")
        for usage in _USAGES:
            for each in mandate.violations(scene.asked(usage=usage)):
                require(each.explain().isprintable() and len(each.explain()) <= 4096, "a message", each)


def _open_checkout(found: dict[str, JsonValue]) -> None:
    mandate = accepted(lambda: OpenCheckout.read(found), *_REFUSED)
    require(OpenCheckout.read(_said(mandate.write(), found)) == mandate, "another mandate")
    require(widening(mandate, mandate) is None, "wider than itself")
    for usage in _USAGES:
        for each in mandate.violations(_SHOP, usage):
            require(each.explain().isprintable() and len(each.explain()) <= 4096, "a message", each)


def _payment(found: dict[str, JsonValue]) -> None:
    payment = accepted(lambda: ClosedPayment.read(found), *_REFUSED)
    require(ClosedPayment.read(_said(payment.write(), found)) == payment, "another payment")
    fixed = OpenPayment(scene.opened().constraints, payment.terms)
    require(not fixed.violations(scene.asked(found)), "a preset that was kept is said to have changed")
    matching.mismatches(payment, _OFFER)


def _contents() -> Iterable[bytes]:
    parts = [scene.RANGE, scene.PAYEES, scene.INSTRUMENTS, scene.PISPS, scene.RECURRENCE, scene.BUDGET, scene.WINDOW]
    head = {"vct": "mandate.payment.open.1"}
    full = {**scene.PAYMENT, "pisp": scene.PISP, "execution_date": "2026-11-22", "risk_data": {"a": [1.5, None]}}
    contents: list[Any] = [
        {**head, "constraints": [scene.REFERENCE]},
        {**head, "constraints": [scene.REFERENCE, *parts], "iat": 1, "exp": 2},
        {**head, "constraints": [scene.REFERENCE, {**scene.BUDGET, "max": 19.99, "attorn": {"minor": 1999}}]},
        {**head, "constraints": [scene.REFERENCE], **{name: full[name] for name in full if name.startswith("p")}},
        {"vct": "mandate.checkout.open.1", "constraints": [scene.ITEMS]},
        {"vct": "mandate.checkout.open.1", "constraints": [scene.MERCHANTS, scene.ITEMS]},
        scene.PAYMENT,
        full,
        scene.ORDER,
        {"vct": "mandate.checkout.1", "checkout_hash": "h"},
    ]
    yield from (json.dumps(each).encode() for each in contents)


HARNESSES = (
    Harness("mandate-content", "fixpoint in either unit; as narrow as itself", _content, _contents,
            "attorn.mandate.open_payment:OpenPayment.read", "attorn.mandate.open_payment:OpenPayment.write",
            mutators.json_text),
)  # fmt: skip
