"""A purchase under AP2 v0.1: who signed what, whether a human was there, and every point that must hold."""

from __future__ import annotations

from collections import UserDict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.mandate_v01_scene import (
    AGENT,
    AUDIENCE,
    CART,
    HOUR,
    INTENT,
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
    refused,
    wallet,
)

from attorn import Denied, Identity, credential
from attorn.credential import Securing
from attorn.errors import InputError, ReplayError, UnavailableError
from attorn.mandate import vc
from attorn.mandate.vc import CartMandate, PaymentMandate, Purchase, PurchaseVerifier, context
from attorn.request.money import Money
from attorn.store import Charge, MemoryStore

CONFIRMED = altered(INTENT, user_cart_confirmation_required=True)
ASKING = altered(CART, contents__user_cart_confirmation_required=True)


def cart_of(deal: Deal) -> Any:
    return vc.read_mandate(deal.cart, CartMandate).unverified_json


def authorized(deal: Deal, payer: Any = AGENT, **changed: Any) -> dict[str, Any]:
    """The deal with the user's own signature in AP2's form."""
    given = {"by": USER, "credential": wallet(USER, by=USER), "cart": cart_of(deal), **changed}
    paid = vc.authorize_payment(PaymentMandate.read(PAYMENT), audience=AUDIENCE, nonce=NONCE, now=NOW, **given)
    return deal(payment=deal.pay(paid, payer), nonce=NONCE)


@forms
def test_an_agent_buys_within_an_intent(form: Securing) -> None:
    deal = Deal(form=form)
    found = door().verify(**deal())
    assert [point.name for point in found.points if not point.holds] == []
    assert len({point.name for point in found.points}) == len(found.points) == 23
    assert not found.human_present
    assert found.signers == (
        ("IntentMandate", USER.did),
        ("CartMandate", MERCHANT.did),
        ("PaymentMandate", AGENT.did),
    )
    purchase = door().accept(**deal(), ledger=MemoryStore())
    assert purchase == found.clear()
    assert purchase == Purchase(
        USER.did, AGENT.did, MERCHANT.did, SHOP, Money(12830, "USD"), "cart-1", "pm-1", human_present=False, at=NOW
    )


@forms
def test_a_user_buys_without_an_intent(form: Securing) -> None:
    deal = Deal(intent=None, cart=ASKING, payer=USER, form=form)
    purchase = door().accept(**deal(), ledger=MemoryStore())
    assert purchase.human_present
    assert (purchase.user, purchase.agent) == (USER.did, None)


def test_a_user_confirms_what_the_agent_found() -> None:
    for intent in (INTENT, CONFIRMED):
        found = door().verify(**Deal(intent=intent, cart=ASKING, payer=USER)())
        assert found.human_present
        assert found.clear().agent == AGENT.did


def test_a_user_confirms_in_ap2s_own_form() -> None:
    deal = Deal(intent=CONFIRMED, cart=ASKING)
    found = door(wallets=[]).verify(**authorized(deal))
    assert found.human_present
    assert found.signers[-1] == ("user_authorization", USER.did)
    assert found.clear().human_present


def test_a_wallet_says_whose_key_it_is() -> None:
    deal = Deal(intent=CONFIRMED)
    for did in (True, False):
        made = authorized(deal, credential=wallet(USER, did=did))
        assert door(wallets=[WALLET.did]).verify(**made).clear().human_present
        refused(made, "untrusted_root")
        refused(made, "untrusted_root", wallets=[OTHER.did])
        alone = authorized(Deal(intent=None, payer=OTHER), payer=OTHER, credential=wallet(USER, did=did))
        refused(alone, "untrusted_root", users=[OTHER.did], wallets=[WALLET.did])


def test_an_agent_may_put_down_what_it_was_told_and_then_the_user_confirms() -> None:
    deal = Deal(intent=CONFIRMED, by=AGENT, payer=USER)
    assert door().verify(**deal()).clear().human_present
    # The intent alone, whoever carries it out, allows nothing.
    assert failed(Deal(intent=INTENT, by=AGENT, payer=USER)()) == ["intent.signer"]
    refused(Deal(intent=INTENT, by=AGENT)(), "untrusted_root")
    refused(Deal(intent=CONFIRMED, by=AGENT)(), "untrusted_root")
    refused(Deal(intent=CONFIRMED, by=MALLORY, payer=USER)(), "bad_credential")


def test_presence_is_derived_and_never_told() -> None:
    """Attack 117: nothing that an agent can write makes a human of it."""
    assert failed(Deal(intent=CONFIRMED)()) == ["confirmation"]
    assert failed(Deal(cart=ASKING)()) == ["confirmation"]
    refused(Deal(cart=ASKING)(), "denied")
    paid = altered(PAYMENT, payment_mandate_contents__payment_response__details={"human_present": True})
    assert not door().verify(**Deal(payment=paid)()).human_present
    refused(Deal(intent=None)(), "bad_credential")


def test_where_anybody_may_be_a_user_an_agent_still_is_one() -> None:
    anybody = {"users": lambda did: did.startswith("did:key:")}
    assert not door(**anybody).verify(**Deal()()).human_present
    assert failed(Deal(cart=ASKING)(), **anybody) == ["confirmation"]
    assert door(**anybody).verify(**Deal(cart=ASKING, payer=USER)()).human_present


def test_what_another_user_signed_is_not_this_users() -> None:
    two = {"users": [USER.did, OTHER.did]}
    assert failed(Deal(payer=OTHER)(), **two) == ["user"]
    refused(Deal(payer=OTHER)(), "bad_mandate", **two)
    made = authorized(Deal(intent=None, payer=OTHER), payer=OTHER)
    assert failed(made, **two) == ["user"]


def test_points_are_told_all_at_once() -> None:
    intent = altered(INTENT, merchants=["Blue Shoes Ltd"], skus=["SHOE-2"])
    cart = altered(CART, contents__payment_request__details__display_items__0__refund_period=0)
    deal = Deal(intent=intent, cart=cart, payment=altered(PAYMENT, **{f"{PAID}__merchant_agent": "Blue Shoes Ltd"}))
    assert failed(deal()) == ["payment.payee", "cart.merchant", "cart.skus", "cart.refundability"]
    found = {point.name: point for point in door().verify(**deal()).points}
    assert found["cart.skus"].expected == "items of ['SHOE-2']"
    assert found["cart.skus"].got == "['SHOE-1', 'SHIP', 'TAX']"
    assert "Red Shoes Ltd" in found["payment.payee"].expected


def test_a_denial_says_whose_limit_it_was() -> None:
    error = refused(Deal(intent=altered(INTENT, skus=["SHOE-2"]))(), "denied")
    assert isinstance(error, Denied)
    decision = error.decision
    assert (decision.allowed, decision.link, decision.delegator, decision.delegate) == (False, 1, USER.did, AGENT.did)
    assert decision.denial is not None
    assert decision.denial.caveat == "IntentMandate (cart.skus)"
    assert "SHOE-2" in decision.explain()


def test_a_merchant_signs_in_ap2s_own_form_too() -> None:
    cart = vc.authorize_cart(CartMandate.read(CART), by=MERCHANT, audience=AUDIENCE, now=NOW).write()
    found = door().verify(**Deal(cart=cart)())
    assert found.signers[-1] == ("merchant_authorization", MERCHANT.did)
    assert found.merchant_authorization is not None
    assert found.clear()
    refused(Deal(cart=cart)(), "wrong_audience", audience="https://bank.example")
    theirs = vc.authorize_cart(CartMandate.read(CART), by=OTHER, audience=AUDIENCE, now=NOW).write()
    two = {"merchants": {MERCHANT.did: SHOP, OTHER.did: "Other"}}
    refused(Deal(cart=theirs)(), "untrusted_root", **two)


def test_a_signature_of_ap2s_that_is_there_is_never_passed_over() -> None:
    refused(Deal(cart={**CART, "merchant_authorization": "e30.e30.x"})(), "malformed")
    deal = Deal(intent=None, payer=USER)
    forged = deal.pay(PaymentMandate.read({**PAYMENT, "user_authorization": "a.b.c~"}), USER)
    refused(deal(payment=forged), "not_holder")
    refused(deal(payment=forged, nonce=NONCE), "malformed")


# What is used up.


@forms
def test_a_purchase_is_made_once(form: Securing) -> None:
    """Attack 112."""
    deal, ledger = Deal(form=form), MemoryStore()
    door().accept(**deal(), ledger=ledger)
    for _ in range(2):
        with pytest.raises(Exception, match="PaymentMandate was used") as caught:
            door().accept(**deal(), ledger=ledger)
        assert getattr(caught.value, "code", None) == "replayed"
    door().verify(**deal())


def again(deal: Deal, ledger: MemoryStore, **changed: Any) -> str:
    with pytest.raises(Exception, match="was used before") as caught:
        door().accept(**deal(**changed), ledger=ledger)
    return str(caught.value)


def test_a_cart_is_paid_once_and_an_intent_without_anybody_present_is_for_one_purchase() -> None:
    deal, ledger = Deal(), MemoryStore()
    door().accept(**deal(), ledger=ledger)
    other = deal.pay(PaymentMandate.read(altered(PAYMENT, **{f"{PAID}__payment_mandate_id": "pm-2"})), AGENT)
    assert "CartMandate" in again(deal, ledger, payment=other)
    assert deal.intent is not None
    digest = vc.read_mandate(deal.intent, vc.IntentMandate).unverified_digest
    later = Deal()
    later.intent = deal.intent
    later.cart = vc.issue_cart(CartMandate.read(CART), by=MERCHANT, intent=digest, now=NOW)
    later.payment = later.pay(PaymentMandate.read(PAYMENT), AGENT)
    assert "IntentMandate" in again(later, ledger)
    # The attempt used up nothing: with the user there, the same cart is bought.
    later.payment = later.pay(PaymentMandate.read(PAYMENT), USER)
    assert door().accept(**later(), ledger=ledger).human_present


def test_112_one_confirmation_of_the_user_is_one_purchase() -> None:
    """The shop may issue its cart anew, and the agent the payment: what the user signed is the same."""
    deal, ledger = Deal(intent=CONFIRMED, cart=ASKING), MemoryStore()
    first = authorized(deal)
    assert door().accept(**first, ledger=ledger).human_present
    assert deal.intent is not None
    digest = vc.read_mandate(deal.intent, vc.IntentMandate).unverified_digest
    deal.cart = vc.issue_cart(CartMandate.read(ASKING), by=MERCHANT, intent=digest, now=NOW)
    paid = vc.read_mandate(first["payment"], PaymentMandate).unverified_mandate
    again_ = deal(payment=deal.pay(paid, AGENT), nonce=NONCE)
    assert door().accept(**again_, ledger=MemoryStore()).human_present
    with pytest.raises(ReplayError):
        door().accept(**again_, ledger=ledger)


@pytest.mark.parametrize("skew", [600, 3600])
def test_112_a_larger_skew_makes_no_second_purchase(skew: int) -> None:
    deal, ledger = Deal(payment=PAYMENT), MemoryStore()
    door(skew=60).accept(**deal(), ledger=ledger)
    late = NOW + timedelta(minutes=30, seconds=skew)
    assert door(skew=skew).accept(**deal(now=late), ledger=MemoryStore())
    for number in range(2):
        # So that the ledger forgets what it may.
        ledger.charge([Charge(f"other {number}", 1, 1)], now=int(late.timestamp()))
    with pytest.raises(ReplayError):
        door(skew=skew).accept(**deal(now=late), ledger=ledger)


@pytest.mark.parametrize("skew", [-1, 3601, 1.5, True, None])
def test_clocks_differ_by_an_hour_at_most(skew: Any) -> None:
    with pytest.raises(InputError):
        door(skew=skew)


def test_what_is_refused_is_not_used_up() -> None:
    ledger = MemoryStore()
    deal = Deal(intent=altered(INTENT, skus=["SHOE-2"]))
    with pytest.raises(Denied):
        door().accept(**deal(), ledger=ledger)
    assert not any(ledger.used([f"mandate v0.1 {door().verify(**deal()).cart.digest}"]).values())


def test_a_ledger_that_fails_allows_nothing() -> None:
    class Broken:
        def charge(self, *_: object, **__: object) -> None:
            raise OSError("disk")

        def used(self, *_: object) -> None:
            raise OSError("disk")

    with pytest.raises(UnavailableError):
        door().accept(**Deal()(), ledger=Broken())  # type: ignore[arg-type]


def test_many_at_once_make_one_purchase() -> None:
    deal, ledger = Deal(), MemoryStore()

    def attempt(_: int) -> bool:
        try:
            return bool(door().accept(**deal(), ledger=ledger))
        except ReplayError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 1


# Whom a verifier trusts.


@pytest.mark.parametrize(
    "change",
    [
        {"users": []},
        {"users": [OTHER.did]},
        {"users": lambda did: 1},
        {"merchants": {}},
        {"merchants": {OTHER.did: SHOP}},
    ],
)
def test_without_a_trusted_key_nothing_is_accepted(change: dict[str, Any]) -> None:
    """Attack 119."""
    refused(Deal()(), "bad_credential", **change)
    refused(Deal(intent=None, payer=USER)(), "bad_credential", **change)


def test_a_merchant_sells_under_the_name_that_the_verifier_knows() -> None:
    """Attack 110."""
    deal = Deal()
    known = {"merchants": {MERCHANT.did: "Red Shoes Inc"}}
    assert failed(deal(), **known) == ["cart.merchant_name"]
    refused(deal(), "bad_mandate", **known)


def test_a_resolver_that_cannot_be_asked_decides_nothing() -> None:
    class Silent:
        def resolve(self, did: str) -> Any:
            raise UnavailableError("no answer")

    refused(Deal()(), "unavailable", resolver=Silent())


@pytest.mark.parametrize(
    "change",
    [
        {"users": "did:web:a.example"},
        {"users": None},
        {"wallets": "did:web:a.example"},
        {"merchants": [MERCHANT.did]},
        {"merchants": {"shop": SHOP}},
        {"merchants": {MERCHANT.did: None}},
        {"audience": ""},
        {"audience": None},
    ],
    ids=repr,
)
def test_unusable_arguments(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        PurchaseVerifier(**{"users": [USER.did], "merchants": {MERCHANT.did: SHOP}, "audience": AUDIENCE, **change})


@pytest.mark.parametrize("change", [{"now": NOW.replace(tzinfo=None)}, {"now": 5}])
def test_unusable_times(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        door().verify(**Deal()(**change))


def test_as_of_a_time_in_the_past() -> None:
    deal = Deal(made=NOW - 2000 * HOUR, cart=CART)
    assert failed(deal()) == []
    assert door().verify(**deal()).at == NOW


@pytest.mark.parametrize(
    ("path", "value", "now", "points"),
    [
        ("cart", "2026-11-22T12:30:00Z", NOW + timedelta(minutes=35), []),
        ("cart", "2026-11-22T12:30:00Z", NOW + timedelta(minutes=35, seconds=1), None),
        ("payment", "2026-11-22T12:05:00Z", NOW, []),
        ("payment", "2026-11-22T12:05:00.000001Z", NOW, ["payment.timestamp"]),
        ("payment", "2026-11-22T11:55:00Z", NOW, []),
        ("payment", "2026-11-22T11:54:59.999999Z", NOW, ["payment.timestamp"]),
        ("payment", "2026-11-22T12:30:00Z", NOW + timedelta(minutes=30), []),
        ("payment", "2026-11-22T12:30:00.000001Z", NOW + timedelta(minutes=30), ["payment.timestamp"]),
        ("payment", "9999-12-31T23:59:59Z", NOW, ["payment.timestamp"]),
        ("payment", "0001-01-01T00:00:00Z", NOW, ["payment.timestamp"]),
    ],
)
def test_times_to_the_microsecond(path: str, value: str, now: Any, points: list[str] | None) -> None:
    """Attack 112: early, late, and at the edge; clocks may differ by five minutes."""
    if path == "cart":
        deal = Deal(cart=altered(CART, contents__cart_expiry=value))
    else:
        deal = Deal(payment=altered(PAYMENT, **{f"{PAID}__timestamp": value}))
    if points is None:
        refused(deal(now=now), "outside_validity")
    else:
        assert failed(deal(now=now)) == points
    if points:
        refused(deal(now=now), "outside_validity")


def test_a_mandate_expires_even_if_its_credential_does_not() -> None:
    """Attack 112: both are the signer's word, and the earlier end counts."""

    def longer(text: str | None, by: Identity) -> str:
        document = credential.read(text, contexts=context.contexts()).unverified_document
        later = altered(document, validUntil="2027-01-01T00:00:00Z")
        return str(credential.issue(later, by=by, securing=Securing.JOSE, created=NOW, contexts=context.contexts()))

    deal = Deal()
    deal.intent = longer(deal.intent, USER)
    digest = vc.read_mandate(deal.intent, vc.IntentMandate).unverified_digest
    far = CartMandate.read(altered(CART, contents__cart_expiry="2027-01-01T00:00:00Z"))
    for cart, late, point in (
        (CartMandate.read(CART), timedelta(minutes=35), "cart.expiry"),
        (far, timedelta(hours=8, minutes=5), "intent.expiry"),
    ):
        deal.cart = longer(vc.issue_cart(cart, by=MERCHANT, intent=digest, now=NOW), MERCHANT)
        deal.payment = deal.pay(PaymentMandate.read(PAYMENT), AGENT, until=NOW + 9 * HOUR)
        assert failed(deal(now=NOW + late)) == []
        assert failed(deal(now=NOW + late + timedelta(seconds=1))) == [point]
        refused(deal(now=NOW + late + timedelta(seconds=1)), "outside_validity")


def test_what_a_verifier_was_told_of_merchants_is_settled_once() -> None:
    told = {MERCHANT.did: SHOP}
    verifier = door(merchants=told)
    told[MERCHANT.did] = "Blue Shoes Ltd"
    assert verifier.accept(**Deal()(), ledger=MemoryStore()).merchant_name == SHOP

    class Broken(UserDict[str, str]):
        def __iter__(self) -> Any:
            raise OSError("directory")

    with pytest.raises(UnavailableError):
        door(merchants=Broken({MERCHANT.did: SHOP}))


def test_a_list_of_users_that_cannot_be_asked_decides_nothing() -> None:
    class Broken(list[str]):
        def __contains__(self, did: object) -> bool:
            raise OSError("directory")

    for users in (Broken(), lambda did: 1 // 0):
        refused(Deal()(), "unavailable", users=users)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        *(("audience", value, "an audience") for value in ("", None, 5, b"x")),
        *(("skew", value, "skew as 0 to 3600 seconds") for value in (-1, 3601, 1.0, True, None)),
        *(("wallets", value, "wallets as DIDs") for value in (None, USER.did, 5)),
        *(("users", value, "users as DIDs") for value in (None, USER.did, 5)),
    ],
)
def test_what_a_verifier_lacks_is_named(name: str, value: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        door(**{name: value})


def test_how_far_clocks_may_differ() -> None:
    for skew in (0, 3600):
        assert door(skew=skew).skew == skew
    with pytest.raises(InputError, match=r"^now: "):
        door().verify(**Deal()(now=None))
