"""Harnesses of AP2 v0.1: its objects, what is signed of them, what is held against each other, and A2A's parts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, joined, parts_of, require, text_of, tried
from tests.reference import mandate_v01 as reference
from tests.unit import mandate_v01_scene as scene
from tests.unit.mandate_scene import ordered, paid, root
from tests.unit.test_mandate_v01_models import RECEIPT

from attorn import mandate
from attorn.canonical import parse
from attorn.errors import InputError, MalformedError, MandateError, UnavailableError, VerificationError
from attorn.jose import jws
from attorn.mandate import a2a as mandate_a2a
from attorn.mandate import vc
from attorn.mandate.parts import VERSIONS
from attorn.mandate.vc import a2a, fit, signed
from attorn.mandate.vc.cart import CartContents, CartMandate
from attorn.mandate.vc.digest import hash_of
from attorn.mandate.vc.intent import IntentMandate
from attorn.mandate.vc.merchant_authorization import verify_merchant_authorization
from attorn.mandate.vc.payment import PaymentMandate, PaymentMandateContents
from attorn.mandate.vc.receipt import PaymentReceipt
from attorn.mandate.vc.shape import Shape

_KINDS: tuple[type[Shape], ...] = (IntentMandate, CartMandate, PaymentMandate, PaymentReceipt)
_REFUSED = (VerificationError, UnavailableError)


def _object(data: bytes) -> bool:
    value: Any = accepted(lambda: parse(data), MalformedError)
    found: list[Shape] = []
    for kind in _KINDS:
        made = tried(lambda kind=kind: kind.read(value), MandateError)  # type: ignore[misc]
        found += [] if made is None else [made]
    if not found:
        raise Refusal
    require(len(found) == 1, "one text is two mandates")
    again = found[0].write()
    require(type(found[0]).read(again) == found[0], "another object written than read")
    require(type(found[0]).read(again).write() == again, "two spellings")
    require(_exact(again) == _exact(parse(json.dumps(again))), "a number that is not what it says")
    return True


def _exact(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=Decimal)


def _objects() -> Iterable[bytes]:
    for document in (scene.INTENT, scene.CART, scene.PAYMENT, RECEIPT):
        yield json.dumps(document).encode()
    yield json.dumps({**RECEIPT, "payment_status": {"failure_message": "declined"}}).encode()
    modifier = {"supported_methods": "CARD", "additional_display_items": [{"label": "x", "amount": scene.money(1)}]}
    yield json.dumps(scene.altered(scene.CART, **{f"{scene.DETAILS}__modifiers": [modifier]})).encode()
    yield b'{"natural_language_description":"x","intent_expiry":"2026-11-22T20:00:00.5+01:00","skus":null}'


def _credential(data: bytes) -> bool:
    text = text_of(data)
    claimed = accepted(lambda: signed.read_mandate(text, CartMandate), *_REFUSED)
    found = accepted(
        lambda: signed.verify_mandate(text, CartMandate, issuers=[scene.MERCHANT.did], now=scene.NOW), *_REFUSED
    )
    require((found.digest, found.mandate) == (claimed.unverified_digest, claimed.unverified_mandate))
    # Nobody but the merchant has its key, and it offered no more than this.
    require(found.mandate == CartMandate.read(scene.CART), found.mandate)
    return True


def _credentials() -> Iterable[bytes]:
    for form in scene.FORMS:
        yield scene.Deal(form=form, intent=None, payer=scene.USER).cart.encode()
        yield scene.Deal(form=form).cart.encode()


def _purchase(data: bytes) -> bool:
    """An intent, a cart's contents and a payment's, as JSON: whether they agree is what the reference says."""
    parts = parts_of(data, 3)
    if len(parts) != 3:
        raise Refusal
    wanted, offered, paid = (accepted(lambda part=part: parse(part), MalformedError) for part in parts)  # type: ignore[misc]
    intent = accepted(lambda: IntentMandate.read(wanted), MandateError)
    cart = accepted(lambda: CartContents.read(offered), MandateError)
    payment = accepted(lambda: PaymentMandateContents.read(paid), MandateError)
    seller = scene.MERCHANT.did
    plain: list[Any] = [_plain(each.write()) for each in (intent, cart, payment)]
    pairs = (
        (fit.cart_fits_intent(cart, intent, merchant=seller), reference.cart_fits_intent(plain[1], plain[0], seller)),
        (fit.cart_adds_up(cart), reference.cart_adds_up(plain[1])),
        (
            fit.payment_fits_cart(payment, cart, merchant=seller),
            reference.payment_fits_cart(plain[2], plain[1], seller),
        ),
    )
    for points, expected in pairs:
        require(all(point.holds for point in points) == expected, points)
        require(all(len(each.expected + each.got) < 1024 for each in points), "a point as long as its input")
    return True


def _plain(document: Any) -> Any:
    return json.loads(json.dumps(document), parse_float=Decimal)


def _purchases() -> Iterable[bytes]:
    wide = {**scene.INTENT, "merchants": None, "skus": None}
    for intent in (scene.INTENT, wide):
        documents = (intent, scene.CART["contents"], scene.PAYMENT[scene.PAID])
        yield joined(*(json.dumps(each).encode() for each in documents))


def _authorization(data: bytes) -> bool:
    """The claims of a merchant's JWT, which it has signed: either they are all of one, or nothing is."""
    claims: Any = accepted(lambda: parse(data), MalformedError)
    if not isinstance(claims, dict):
        raise Refusal
    key = f"{scene.MERCHANT.did}#{scene.MERCHANT.did[8:]}"
    text = jws.sign(claims, by=scene.MERCHANT.signer, typ="JWT", kid=key)
    cart = {**scene.CART, "merchant_authorization": text}
    found = accepted(
        lambda: verify_merchant_authorization(
            cart, merchants=[scene.MERCHANT.did], audience=scene.AUDIENCE, now=scene.NOW
        ),
        *_REFUSED,
    )
    require(found.merchant == scene.MERCHANT.did and found.issued < found.expires, found)
    require(found.cart.contents == CartContents.read(scene.CART["contents"]))
    return True


def _authorizations() -> Iterable[bytes]:
    for audience in (scene.AUDIENCE, [scene.AUDIENCE, "b"]):
        cart = vc.authorize_cart(CartMandate.read(scene.CART), by=scene.MERCHANT, audience=audience, now=scene.NOW)
        found = jws.read(cart.merchant_authorization or "", typ="JWT")
        yield json.dumps({**found.claims, "cart_hash": hash_of(scene.CART["contents"])}).encode()


def _parts(data: bytes) -> bool:
    value: Any = accepted(lambda: parse(data), MalformedError)
    if isinstance(value, dict):
        roles = accepted(lambda: a2a.read_roles(value), MandateError)
        require(not roles or a2a.read_roles({"capabilities": {"extensions": [a2a.extension(roles)]}}) == roles)
        return True
    chained = tried(lambda: mandate.read_parts(value), MandateError)
    if chained is not None:
        _require_again(chained)
    found = accepted(lambda: a2a.read_parts(value), MandateError)
    for version in VERSIONS:
        again = a2a.data_part(*found.unverified_objects, credentials=found.credentials, version=version)
        require(a2a.read_parts([again]).unverified_objects == found.unverified_objects, "other objects")
        require(a2a.read_parts([again]).credentials == found.credentials, "other credentials")
    return True


def _require_again(found: mandate.UnverifiedParts) -> None:
    """What was read of v0.2 is written and read alike; a receipt that only others would write is left out."""
    told: dict[str, Any] = {"checkout": found.unverified_checkout, "payment": found.unverified_payment}
    receipt = found.unverified_receipt
    if isinstance(receipt, str) or (receipt is not None and tried(receipt.write, InputError) is not None):
        told["receipt"] = receipt
    for version in VERSIONS if any(each is not None for each in told.values()) else ():
        again = mandate.read_parts([mandate.data_part(**told, version=version)])
        same = {"checkout": again.unverified_checkout, "payment": again.unverified_payment}
        require(same == {name: told[name] for name in same}, "another chain")
        require(again.unverified_receipt == told.get("receipt"), "another receipt")


@cache
def _messages() -> tuple[bytes, ...]:
    # Kept: making them reads, too, and tests plant faults in what reads.
    deal, cart = scene.Deal(), CartMandate.read(scene.CART)
    roles = [a2a.Role.SHOPPER, a2a.Role.MERCHANT]
    messages: list[Any] = [
        [a2a.data_part(cart, credentials=[(CartMandate, deal.cart)], risk_data="x")],
        [{"kind": "text"}, a2a.data_part(PaymentMandate.read(scene.PAYMENT))],
        [{"text": "x"}, a2a.data_part(cart, IntentMandate.read(scene.INTENT), version="1.0")],
        [{"data": {mandate_a2a.PAYMENT: root(paid()), mandate_a2a.CHECKOUT: root(ordered())}}],
        [{"kind": "data", "data": {mandate_a2a.PAYMENT: root(paid()), "risk_data": 1}}, {"data": {"risk": 1.0}}],
        *({"capabilities": {"extensions": [a2a.extension(roles, uri=uri)]}} for uri in a2a.URIS),
    ]
    return tuple(json.dumps(each).encode() for each in messages)


HARNESSES = (
    Harness("mandate-v01", "fixpoint; every amount is what its digits say", _object, _objects,
            "attorn.mandate.vc.shape:Shape.read", "attorn.mandate.vc.shape:Shape.write", mutators.json_text),
    Harness("mandate-v01-signed", "signed; what is claimed is what is found", _credential, _credentials,
            "attorn.mandate.vc.signed:verify_mandate", None, mutators.either(mutators.json_text, mutators.plain)),
    Harness("mandate-v01-purchase", "the reference says the same", _purchase, _purchases,
            "attorn.mandate.vc.fit:payment_fits_cart", None, mutators.each_part(mutators.json_text)),
    Harness("mandate-v01-authorization", "signed; all claims, or nothing", _authorization, _authorizations,
            "attorn.mandate.vc.merchant_authorization:_claims", None, mutators.json_text),
    Harness("mandate-v01-parts", "fixpoint; one mandate of a kind", _parts, _messages,
            "attorn.mandate.vc.shape:Shape.read", None, mutators.json_text),
)  # fmt: skip
