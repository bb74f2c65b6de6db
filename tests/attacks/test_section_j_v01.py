"""Attacks 109 to 119 on AP2 v0.1 mandates. Each is refused whole, with its code; the same purchase unharmed is made."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.mandate_v01_scene import (
    AGENT,
    AUDIENCE,
    CART,
    DETAILS,
    EXPRESS,
    FORMS,
    HOUR,
    INTENT,
    ITEMS,
    MALLORY,
    MERCHANT,
    NONCE,
    NOW,
    OTHER,
    PAID,
    PAYMENT,
    SHOP,
    USER,
    WALLET,
    Deal,
    altered,
    door,
    failed,
    forms,
    money,
    refused,
    wallet,
)

from attorn import credential
from attorn.credential import Securing
from attorn.errors import InputError, MandateError, RevokedError
from attorn.jose import jws
from attorn.mandate import vc
from attorn.mandate.vc import CartMandate, IntentMandate, PaymentMandate, context, read_mandate
from attorn.status import BitstringEntry
from attorn.store import MemoryStore

RESPONSE = f"{PAID}__payment_response"
TOTAL = f"{DETAILS}__total"


def signed(text: str, by: Any, **changes: Any) -> str:
    """A credential of the scene with something in it changed, signed again by whoever has a key."""
    document = altered(credential.read(text, contexts=context.contexts()).unverified_document, **changes)
    return jws.sign(document, by=by.signer, typ="vc+jwt", kid=f"{by.did}#{by.did[8:]}", cty="vc")


@forms
def test_without_an_attack_it_is_bought(form: Securing) -> None:
    assert door().accept(**Deal(form=form)(), ledger=MemoryStore()).total.amount == 12830
    assert door().accept(**Deal(form=form, payer=USER)(), ledger=MemoryStore()).human_present
    deal = Deal()
    deal.cart = signed(deal.cart, MERCHANT)
    assert failed(deal()) == []


# attack 109: the cart, the intent or the payment exchanged after it was bound


@forms
@pytest.mark.parametrize(
    "change",
    [
        {},
        {f"{ITEMS}__0__label": "Boots"},
        {
            f"{ITEMS}__0__amount": money(111),
            TOTAL: {**CART["contents"]["payment_request"]["details"]["total"], "amount": money(129.3)},
        },
        {"contents__id": "cart-2"},
        {"contents__cart_expiry": "2026-11-22T12:30:01Z"},
    ],
    ids=lambda change: "-".join(change) or "the same again",
)
def test_109_another_cart_of_the_same_merchant(form: Securing, change: dict[str, Any]) -> None:
    deal, other = Deal(form=form), Deal(form=form, cart=altered(CART, **change))
    # The merchant answers the same intent twice: both carts are good, and one was paid.
    assert deal.intent is not None
    digest = read_mandate(deal.intent, IntentMandate).unverified_digest
    cart = vc.issue_cart(CartMandate.read(altered(CART, **change)), by=MERCHANT, intent=digest, now=NOW, securing=form)
    assert "payment.follows" in failed(deal(cart=cart))
    refused(deal(cart=cart), "broken_chain")
    refused(deal(cart=other.cart), "broken_chain")
    refused(deal(payment=other.payment), "broken_chain")


@forms
def test_109_another_intent(form: Securing) -> None:
    deal = Deal(form=form)
    wider = Deal(form=form, intent=altered(INTENT, skus=None, merchants=None)).intent
    assert failed(deal(intent=wider)) == ["cart.follows"]
    refused(deal(intent=wider), "broken_chain")
    refused(deal(intent=None), "bad_credential")
    refused(Deal(form=form, payer=USER)(intent=None), "broken_chain")
    unasked = Deal(form=form, intent=None, payer=USER)
    refused(unasked(intent=deal.intent), "broken_chain")


@pytest.mark.parametrize("follows", [..., "sha-256:" + "A" * 43])
def test_109_a_payment_or_a_cart_that_follows_nothing_at_hand(follows: Any) -> None:
    deal = Deal()
    refused(deal(payment=signed(deal.payment, AGENT, credentialSubject__follows=follows)), "broken_chain")
    cart = signed(deal.cart, MERCHANT, credentialSubject__follows=follows)
    deal.cart = cart
    deal.payment = deal.pay(PaymentMandate.read(PAYMENT), AGENT)
    refused(deal(), "broken_chain")


def test_109_changed_after_it_was_signed() -> None:
    deal = Deal(form=Securing.DATA_INTEGRITY)
    for name, path, value in (
        ("intent", "credentialSubject__mandate__skus", ["HAT"]),
        ("intent", "credentialSubject__id", MALLORY.did),
        ("cart", f"credentialSubject__mandate__{ITEMS}__0__amount__value", 1),
        ("cart", "credentialSubject__follows", "sha-256:" + "A" * 43),
        ("payment", f"credentialSubject__mandate__{PAID}__payment_details_total__amount__value", 1),
        ("payment", "validUntil", "2027-01-01T00:00:00Z"),
    ):
        text = json.dumps(altered(json.loads(deal()[name]), **{path: value}))
        refused(deal(**{name: text}), "bad_proof")


# attack 110: off by one: amount, currency, payee, shipping, tax, terms


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({f"{PAID}__payment_details_total__amount": money(128.29)}, ["payment.total"]),
        ({f"{PAID}__payment_details_total__amount": money(128.31)}, ["payment.total"]),
        ({f"{PAID}__payment_details_total__amount": money(128.3, "CAD")}, ["payment.total"]),
        ({f"{PAID}__payment_details_total__amount": money(12830, "JPY")}, ["payment.total"]),
        ({f"{PAID}__payment_details_total__label": "Total "}, ["payment.item"]),
        ({f"{PAID}__payment_details_total__refund_period": 29}, ["payment.item"]),
        ({f"{PAID}__payment_details_total__pending": True}, ["payment.item"]),
        ({f"{PAID}__payment_details_total__sku": "SHOE-1"}, ["payment.item"]),
        ({f"{PAID}__payment_details_id": "order-2"}, ["payment.details"]),
        ({f"{RESPONSE}__request_id": "order-10"}, ["payment.request"]),
        ({f"{PAID}__merchant_agent": "Red Shoes Ltd "}, ["payment.payee"]),
        ({f"{PAID}__merchant_agent": "Red Shoes Ltd".lower()}, ["payment.payee"]),
        ({f"{PAID}__merchant_agent": "Rеd Shoes Ltd"}, ["payment.payee"]),
        ({f"{PAID}__merchant_agent": OTHER.did}, ["payment.payee"]),
        ({f"{RESPONSE}__method_name": "card"}, ["payment.method"]),
        ({f"{RESPONSE}__method_name": "CRYPTO"}, ["payment.method"]),
        ({f"{RESPONSE}__shipping_option": {**EXPRESS, "amount": money(9.51)}}, ["payment.shipping_option"]),
        ({f"{RESPONSE}__shipping_option": {**EXPRESS, "id": "slow"}}, ["payment.shipping_option"]),
        ({f"{RESPONSE}__shipping_address__city": "Elsewhere"}, ["payment.shipping_address"]),
        ({f"{RESPONSE}__shipping_address__address_line": ["1 Main St", "Flat 2"]}, ["payment.shipping_address"]),
    ],
    ids=lambda each: repr(each)[:70],
)
def test_110_a_payment_that_is_off_by_one(change: dict[str, Any], points: list[str]) -> None:
    for payer in (AGENT, USER):
        deal = Deal(payment=altered(PAYMENT, **change), payer=payer)
        assert failed(deal()) == points
        refused(deal(), "bad_mandate")


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({f"{ITEMS}__0__amount": money(109.99)}, ["cart.total"]),
        ({f"{ITEMS}__2__amount": money(8.81)}, ["cart.total"]),
        ({f"{ITEMS}__2__amount": money(8.8, "CAD")}, ["cart.total"]),
        ({f"{ITEMS}__1__amount": money(9.51)}, ["cart.total", "cart.shipping"]),
        ({f"{ITEMS}__2__pending": True}, ["cart.pending"]),
        ({f"{TOTAL}__pending": True}, ["cart.pending"]),
        ({f"{DETAILS}__shipping_options__0__amount": money(9.51)}, ["cart.shipping", "payment.shipping_option"]),
        ({f"{DETAILS}__shipping_options__0__amount": money(9.5, "CAD")}, ["cart.shipping", "payment.shipping_option"]),
        ({f"{DETAILS}__shipping_options__1__selected": True}, ["cart.shipping", "payment.shipping_option"]),
        ({f"{DETAILS}__shipping_options": ...}, ["payment.shipping_option"]),
        ({f"{DETAILS}__modifiers": [{"supported_methods": "CARD", "total": {"label": "x", "amount": money(1)}}]},
         ["payment.method"]),
        ({"contents__merchant_name": "Red Shoes Inc"}, ["cart.merchant_name", "payment.payee", "cart.merchant"]),
    ],
    ids=lambda each: repr(each)[:70],
)  # fmt: skip
def test_110_a_cart_that_is_off_by_one(change: dict[str, Any], points: list[str]) -> None:
    deal = Deal(cart=altered(CART, **change))
    assert failed(deal()) == points
    refused(deal(), "bad_mandate")


def test_110_a_merchant_in_anothers_name() -> None:
    two = {"merchants": {MERCHANT.did: SHOP, OTHER.did: "Blue Shoes Ltd"}}
    deal = Deal(seller=OTHER)
    assert failed(deal(), **two) == ["cart.merchant_name"]
    refused(deal(), "bad_mandate", **two)


# attack 111: amounts that are none


@pytest.mark.parametrize(
    "value",
    [
        "-1", "-0.01", "0.001", "128.305", "1e400", "1e-400", "NaN", "Infinity", "-Infinity", "9007199254740993",
        '"128.3"', "true", "null", "[128.3]", "128.30000000000001", "128.3000000000000000001", "1e2.5",
    ],
)  # fmt: skip
def test_111_amounts_that_are_none_under_the_merchants_signature(value: str) -> None:
    """Whatever a merchant's program writes as a number, byte by byte."""
    deal = Deal()
    body = json.dumps(credential.read(deal.cart, contexts=context.contexts()).unverified_document)
    assert body.count('"value": 128.3') == 1
    header = jws.read(deal.cart, typ="vc+jwt").header
    for find, put in (('"value": 128.3', f'"value": {value}'), ('"value": 110', f'"value": {value}')):
        parts = [json.dumps(header).encode(), body.replace(find, put).encode()]
        text = ".".join(map(vc.merchant_authorization.base64url_encode, parts))
        signature = vc.merchant_authorization.base64url_encode(MERCHANT.signer.sign(text.encode()))
        refused(deal(cart=f"{text}.{signature}"), "bad_mandate" if _is_json(value) else "bad_credential")
        proven = json.loads(Deal(form=Securing.DATA_INTEGRITY).cart)
        spelt = json.dumps({**proven, "id": proven["id"]}).replace(find, put)
        # The proof is over doubles: to it these two are what was signed.
        code = "bad_mandate" if find.endswith("128.3") and value.startswith("128.3000") else "bad_proof"
        refused(deal(cart=spelt), code if _is_json(value) else "bad_credential")


def _is_json(value: str) -> bool:
    return value not in ("1e400", "1e-400", "NaN", "Infinity", "-Infinity", "9007199254740993", "1e2.5")


@pytest.mark.parametrize("currency", ["usd", "Usd", "US", "USDT", "UЅD", "USD ", "XXX", "XAU", "HRK", "", "840"])
def test_111_currencies_that_are_none(currency: str) -> None:
    deal = Deal()
    path = f"credentialSubject__mandate__{TOTAL}__amount__currency"
    refused(deal(cart=signed(deal.cart, MERCHANT, **{path: currency})), "bad_mandate")
    with pytest.raises(MandateError):
        CartMandate.read(altered(CART, **{f"{TOTAL}__amount__currency": currency}))


def test_111_more_digits_than_are_signed() -> None:
    """For a signature over doubles 128.30000000000001 is 128.3; for who reads decimals it is not."""
    deal = Deal(form=Securing.DATA_INTEGRITY)
    assert deal.cart.count('"value":128.3}') == 1
    refused(deal(cart=deal.cart.replace('"value":128.3}', '"value":128.30000000000001}')), "bad_mandate")
    assert failed(deal(cart=deal.cart.replace('"value":128.3}', '"value": 12830e-2}'))) == []


def test_111_a_holder_keeps_nothing_of_a_mandate_back() -> None:
    deal = Deal()
    document = credential.read(deal.cart, contexts=context.contexts()).unverified_document
    hidden: dict[str, Any] = {"disclosable": [("credentialSubject", "follows")], "contexts": context.contexts()}
    text = str(credential.issue(document, by=MERCHANT, securing=Securing.SD_JWT, **hidden))
    refused(deal(cart=text), "bad_mandate")
    refused(deal(cart=text.partition("~")[0] + "~"), "bad_mandate")
    sealed = credential.issue(document, by=MERCHANT, securing=Securing.ENVELOPED, contexts=context.contexts())
    refused(deal(cart=json.dumps(sealed)), "bad_mandate")


# attack 112: early, late, twice


@forms
@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("cart", timedelta(minutes=35, seconds=1)),
        ("payment", timedelta(hours=1, minutes=5, seconds=1)),
        ("intent", timedelta(hours=8, minutes=5, seconds=1)),
        ("early", -timedelta(minutes=5, seconds=1)),
    ],
)
def test_112_early_and_late(form: Securing, name: str, at: timedelta) -> None:
    far = altered(CART, contents__cart_expiry="2027-11-22T12:00:00Z") if name in ("payment", "intent") else CART
    deal = Deal(form=form, cart=far)
    until = NOW + (9 * HOUR if name == "intent" else HOUR)
    deal.payment = deal.pay(PaymentMandate.read(PAYMENT), AGENT, form=form, until=until)
    # A proof that is yet to be made is one that nobody has made.
    unmade = name == "early" and form is Securing.DATA_INTEGRITY
    refused(deal(now=NOW + at), "bad_proof" if unmade else "outside_validity")
    if name != "early":
        assert failed(deal(now=NOW + at - timedelta(seconds=1))) == []


def test_112_a_purchase_in_another_securing_is_the_same_purchase() -> None:
    deal, ledger = Deal(), MemoryStore()
    door().accept(**deal(), ledger=ledger)
    document = credential.read(deal.payment, contexts=context.contexts()).unverified_document
    again = credential.issue(document, by=AGENT, created=NOW, contexts=context.contexts())
    with pytest.raises(Exception, match="PaymentMandate was used before") as caught:
        door().accept(**deal(payment=json.dumps(again)), ledger=ledger)
    assert getattr(caught.value, "code", None) == "replayed"


@pytest.mark.parametrize("form", FORMS)
def test_112_one_intent_two_purchases(form: Securing) -> None:
    first, ledger = Deal(form=form), MemoryStore()
    door().accept(**first(), ledger=ledger)
    assert first.intent is not None
    digest = read_mandate(first.intent, IntentMandate).unverified_digest
    second = Deal(form=form)
    second.cart = vc.issue_cart(CartMandate.read(CART), by=MERCHANT, intent=digest, now=NOW, securing=form)
    second.payment = second.pay(PaymentMandate.read(PAYMENT), AGENT, form=form)
    with pytest.raises(Exception, match="IntentMandate was used before"):
        door().accept(**second(intent=first.intent), ledger=ledger)


# attacks 113 and 114: without the user, or with somebody else's key


def test_113_a_merchants_cart_without_the_user() -> None:
    for payer in (MERCHANT, MALLORY, OTHER):
        refused(Deal(payer=payer)(), "bad_credential")
        refused(Deal(intent=None, payer=payer)(), "bad_credential")
    refused(Deal(by=MALLORY)(), "bad_credential")
    refused(Deal(by=MERCHANT)(), "bad_credential")
    refused(Deal(seller=MALLORY)(), "bad_credential")
    refused(Deal(seller=AGENT)(), "bad_credential")
    # The agent wrote the intent itself.
    refused(Deal(by=AGENT)(), "untrusted_root")


def test_113_the_users_hash_is_over_another_cart() -> None:
    deal = Deal(intent=altered(INTENT, user_cart_confirmation_required=True))
    contents = PaymentMandate.read(PAYMENT)
    asked: dict[str, Any] = {
        "credential": wallet(by=USER),
        "by": USER,
        "audience": AUDIENCE,
        "nonce": NONCE,
        "now": NOW,
    }
    mine = read_mandate(deal.cart, CartMandate).unverified_json
    for cart, code in ((mine, None), (altered(mine, contents__id="cart-2"), "broken_chain")):
        paid = deal.pay(vc.authorize_payment(contents, cart=cart, **asked), AGENT)
        if code is None:
            assert door().accept(**deal(payment=paid, nonce=NONCE), ledger=MemoryStore()).human_present
            refused(deal(payment=paid, nonce="n-2"), "wrong_request")
            refused(deal(payment=paid), "not_holder")
            refused(deal(payment=paid, nonce=NONCE), "wrong_audience", audience="https://other.example")
        else:
            refused(deal(payment=paid, nonce=NONCE), code)


def test_114_the_key_is_not_the_presenters() -> None:
    deal = Deal()
    contents = PaymentMandate.read(PAYMENT)
    cart = read_mandate(deal.cart, CartMandate).unverified_json
    asked: dict[str, Any] = {"cart": cart, "audience": AUDIENCE, "nonce": NONCE, "now": NOW}
    with pytest.raises(InputError):
        vc.authorize_payment(contents, credential=wallet(USER), by=MALLORY, **asked)
    theirs = vc.authorize_payment(contents, credential=wallet(MALLORY, by=MALLORY), by=MALLORY, **asked)
    refused(deal(payment=deal.pay(theirs, AGENT), nonce=NONCE), "untrusted_root")
    # Mallory's binding under the user's credential.
    binding = str(theirs.user_authorization).rpartition("~")[2]
    mixed = PaymentMandate.read({**contents.write(), "user_authorization": wallet(USER) + binding})
    refused(deal(payment=deal.pay(mixed, AGENT), nonce=NONCE), "not_holder", wallets=[WALLET.did])
    # An intent for another agent.
    assert deal.intent is not None
    other = vc.issue_intent(IntentMandate.read(INTENT), by=USER, agent=OTHER.did, now=NOW)
    deal.intent = other
    deal.cart = vc.issue_cart(
        CartMandate.read(CART), by=MERCHANT, intent=read_mandate(other, IntentMandate).unverified_digest, now=NOW
    )
    deal.payment = deal.pay(contents, AGENT)
    refused(deal(), "bad_credential")


# attack 115: a limit that nobody knows, and lists that are empty


@pytest.mark.parametrize(
    "change",
    [
        {"max_price": 100}, {"quantity": 1}, {"max_price": None}, {"constraints": []}, {"merchants": []}, {"skus": []},
        {"merchants": [""]}, {"skus": [None]}, {"requires_refundability": "yes"},
    ],
    ids=repr,
)  # fmt: skip
def test_115_limits_that_nobody_knows(change: dict[str, Any]) -> None:
    deal = Deal()
    mandate = {**INTENT, **change}
    assert deal.intent is not None
    refused(deal(intent=signed(deal.intent, USER, credentialSubject__mandate=mandate)), "bad_mandate")


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({"merchants": ["Red Shoes Ltd "]}, ["cart.merchant"]),
        ({"merchants": ["red shoes ltd"]}, ["cart.merchant"]),
        ({"merchants": [OTHER.did]}, ["cart.merchant"]),
        ({"merchants": [MERCHANT.did]}, []),
        ({"merchants": None}, []),
        ({"skus": ["SHOE-1"]}, ["cart.skus"]),
        ({"skus": ["SHOE-1", "SHIP"]}, ["cart.skus"]),
        ({"skus": ["shoe-1", "SHIP", "TAX"]}, ["cart.skus"]),
        ({"skus": None}, []),
    ],
    ids=repr,
)
def test_115_limits_are_meant_as_they_are_written(change: dict[str, Any], points: list[str]) -> None:
    deal = Deal(intent=altered(INTENT, **change))
    assert failed(deal()) == points
    if points:
        refused(deal(), "denied")


@pytest.mark.parametrize(
    ("change", "point"),
    [
        ({f"{ITEMS}__0__sku": ...}, "cart.skus"),
        ({f"{ITEMS}__2__sku": ...}, "cart.skus"),
        ({f"{ITEMS}__0__sku": "SHOE-10"}, "cart.skus"),
        ({f"{ITEMS}__1__refund_period": 0}, "cart.refundability"),
    ],
)
def test_115_an_item_that_could_be_anything(change: dict[str, Any], point: str) -> None:
    deal = Deal(cart=altered(CART, **change))
    assert failed(deal()) == [point]
    refused(deal(), "denied")


# attack 116: under an intent that was revoked


@forms
def test_116_a_revoked_intent(form: Securing) -> None:
    deal = Deal(form=form)
    entry = BitstringEntry("https://lists.example/1", 7)
    intent = vc.issue_intent(IntentMandate.read(INTENT), by=USER, agent=AGENT.did, now=NOW, status=entry, securing=form)
    digest = read_mandate(intent, IntentMandate).unverified_digest
    deal.intent = intent
    deal.cart = vc.issue_cart(CartMandate.read(CART), by=MERCHANT, intent=digest, now=NOW, securing=form)
    deal.payment = deal.pay(PaymentMandate.read(PAYMENT), AGENT, form=form)

    def revoked(found: credential.VerifiedCredential) -> None:
        if found.status:
            raise RevokedError("it is revoked")

    refused(deal(), "stale_status")
    refused(deal(), "revoked", status=revoked)
    assert failed(deal(), status=credential.unsafe_ignore_status) == []


# attack 117: a human who was not there


@pytest.mark.parametrize("asking", ["intent", "cart", "both"])
def test_117_confirmation_is_the_users_signature_and_nothing_else(asking: str) -> None:
    intent = altered(INTENT, user_cart_confirmation_required=asking != "cart")
    cart = altered(CART, contents__user_cart_confirmation_required=asking != "intent")
    assert failed(Deal(intent=intent, cart=cart)()) == ["confirmation"]
    refused(Deal(intent=intent, cart=cart)(), "denied")
    assert failed(Deal(intent=intent, cart=cart, payer=USER)()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"credentialSubject__id": USER.did},
        {f"credentialSubject__mandate__{PAID}__human_present": True},
        {f"credentialSubject__mandate__{PAID}__user_cart_confirmation_required": False},
        {"credentialSubject__mandate__user_authorization": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_117_a_flag_is_refused(change: dict[str, Any]) -> None:
    deal = Deal()
    refused(deal(payment=signed(deal.payment, AGENT, **change)), "bad_mandate")
    refused(deal(payment=signed(deal.payment, AGENT, credentialSubject__human_present=True)), "bad_credential")


def test_117_in_the_users_name() -> None:
    deal = Deal()
    refused(deal(payment=signed(deal.payment, AGENT, issuer=USER.did)), "bad_credential")


# attack 118 is in tests/unit/test_mandate_v01_models.py. attack 119: nobody is trusted


@forms
def test_119_nobody_is_trusted_unless_named(form: Securing) -> None:
    deal = Deal(form=form)
    refused(deal(), "bad_credential", users=[])
    refused(deal(), "bad_credential", merchants={})
    refused(deal(), "bad_credential", users=lambda did: None)
    refused(Deal(form=form, by=AGENT)(), "untrusted_root", users=[])
