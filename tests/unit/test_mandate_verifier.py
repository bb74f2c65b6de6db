"""What a merchant and a credential provider accept: the whole purchase, once, and nothing that differs from it."""

from __future__ import annotations

import copy
import pickle
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import (
    AT,
    AUDIENCE,
    CARD,
    MALLORY,
    NONCE,
    NOW,
    SUB,
    USER,
    follow,
    hashed,
    opened,
    ordered,
    paid,
    root,
    shopping,
)

from attorn.errors import AttornError, RevokedError
from attorn.mandate.constraint.base import Code
from attorn.mandate.prohibited import Prohibited
from attorn.mandate.verifier import CheckedCheckout, CheckedPayment, MandateVerifier
from attorn.store import SQLiteStore

MERCHANT, PROVIDER = "merchant", AUDIENCE
ORDER = shop.jws(shop.changed("jti", to="0123456789abcdef"))
TOTAL = 24516
LINES = {
    "type": "checkout.line_items",
    "items": [
        {"id": "r-1", "acceptable_items": [{"id": "sku-1", "title": "Shoe"}], "quantity": 1},
        {"id": "r-2", "acceptable_items": [{"id": "sku-2", "title": "Sock"}, {"id": "x", "title": "X"}], "quantity": 5},
    ],
}
SHOPS = {"type": "checkout.allowed_merchants", "allowed": [shop.MERCHANT]}
OPEN_CHECKOUT = root(shopping(constraints=[LINES, SHOPS]))


def checkout(before: str = OPEN_CHECKOUT, order: str = ORDER, **claims: Any) -> str:
    return follow(before, ordered(order), **{"aud": MERCHANT, "nonce": "m-1", **claims})


def limits(**changed: Any) -> list[Any]:
    most = {"type": "payment.amount_range", "currency": "USD", "max": 30000, **changed}
    payees = {"type": "payment.allowed_payees", "allowed": [shop.MERCHANT]}
    reference = {"type": "payment.reference", "conditional_transaction_id": hashed(OPEN_CHECKOUT)}
    return [most, payees, reference]


def payment(before: str | None = None, order: str = ORDER, **changed: Any) -> str:
    content = {"payee": shop.MERCHANT, "payment_amount": {"amount": TOTAL, "currency": "USD"}, **changed}
    return follow(
        root(opened(constraints=limits())) if before is None else before, paid(transaction_id=hashed(order), **content)
    )


def verifier(audience: str = PROVIDER, **changed: Any) -> MandateVerifier:
    given: dict[str, Any] = {
        "audience": audience,
        "anchors": [USER.jwk],
        "merchants": [shop.KNOWN],
        "clock": lambda: AT,
        **changed,
    }
    return MandateVerifier(**given)


def sold(text: str, by: MandateVerifier | None = None, **changed: Any) -> CheckedCheckout:
    return (by or verifier(MERCHANT)).accept_checkout(text, **{"nonce": "m-1", **changed})


def released(text: str, by: MandateVerifier | None = None, **changed: Any) -> CheckedPayment:
    return (by or verifier()).accept_payment(text, **{"nonce": NONCE, "checkout": checkout(), **changed})


def refused(code: str, call: Any) -> AttornError:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return caught.value


def prohibited(call: Any, *codes: Code) -> Prohibited:
    with pytest.raises(Prohibited) as caught:
        call()
    assert caught.value.codes == codes, caught.value
    return caught.value


def test_a_purchase() -> None:
    found = sold(checkout(), checkout_jwt=ORDER)
    assert found.checkout.checkout.total.amount == TOTAL
    assert found.at == NOW
    paying = released(payment())
    assert paying.payment.transaction_id == found.checkout.hash == hashed(ORDER)
    assert paying.checkout_chain is not None
    assert not paying.chain.human_present


def test_a_purchase_that_the_user_signed() -> None:
    direct = root(
        paid(
            iat=NOW,
            transaction_id=hashed(ORDER),
            payee=shop.MERCHANT,
            payment_amount={"amount": TOTAL, "currency": "USD"},
        )
    )
    provider, merchant = verifier(unbound=True), verifier(MERCHANT, unbound=True)
    assert provider.check_payment(direct, nonce=NONCE, checkout=ORDER, now=AT).chain.human_present
    assert released(direct, provider, checkout=root(ordered(ORDER, iat=NOW))).checkout_chain is not None
    assert sold(root(ordered(ORDER, iat=NOW)), merchant).chain.human_present


# attack 109: another checkout than was agreed


OTHER_ORDER = shop.jws(shop.changed("jti", to="fedcba9876543210"))
MISNAMED = {**ordered(ORDER), "checkout_hash": hashed(OTHER_ORDER)}
FORGED = shop.jws(shop.CHECKOUT, by=shop.MALLORY)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: sold(follow(OPEN_CHECKOUT, MISNAMED, aud=MERCHANT, nonce="m-1")), "broken_chain"),
        (lambda: sold(checkout(), checkout_jwt=OTHER_ORDER), "broken_chain"),
        (lambda: sold(checkout(order=FORGED)), "bad_signature"),
        (lambda: sold(checkout(), verifier(MERCHANT, merchants=[])), "untrusted_root"),
        (lambda: sold(payment()), "wrong_audience"),
        (lambda: sold(follow(root(opened(constraints=limits())), paid(), aud=MERCHANT, nonce="m-1")), "bad_mandate"),
        (lambda: released(checkout()), "wrong_audience"),
        (lambda: released(follow(OPEN_CHECKOUT, ordered(ORDER))), "bad_mandate"),
        (lambda: released(payment(), checkout=payment()), "bad_mandate"),
        (lambda: released(payment(), checkout=checkout(order=OTHER_ORDER)), "broken_chain"),
        (lambda: released(payment(order=OTHER_ORDER)), "broken_chain"),
        (lambda: released(payment(), checkout=checkout(order=FORGED)), "bad_signature"),
        (lambda: released(payment(), checkout=OTHER_ORDER), "broken_chain"),
        (lambda: released(payment(), checkout=FORGED), "bad_signature"),
        (lambda: released(payment(), checkout=OPEN_CHECKOUT), "bad_mandate"),
        (lambda: released(payment(), checkout=follow(OPEN_CHECKOUT, ordered(ORDER), by=MALLORY)), "bad_signature"),
        (lambda: released(payment(), checkout=None), "invalid_input"),
    ],
    ids=[
        "another hash", "not the one offered", "forged", "by nobody known", "a payment", "a payment for the merchant",
        "a checkout", "a checkout for the provider", "a payment beside it", "another one beside it", "for another one",
        "a forged one beside it", "another one alone", "a forged one alone", "an open one", "a stolen one", "none",
    ],
)  # fmt: skip
def test_109_another_checkout(call: Any, code: str) -> None:
    refused(code, call)


def test_109_a_checkout_that_is_kept_back() -> None:
    whole = checkout()
    *parts, _ = whole.split("~")
    texts = whole.split("~~")[1].split("~")
    less = whole.split("~~")[0] + "~~" + "~".join((texts[0], texts[2], ""))
    assert len(parts) > 3
    refused("bad_mandate", lambda: sold(less))
    refused("bad_mandate", lambda: released(payment(), checkout=less))


# attack 110: off by one


def money(amount: int = TOTAL, currency: str = "USD") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"payment_amount": money(TOTAL + 1)}, [Code.WRONG_TOTAL]),
        ({"payment_amount": money(TOTAL - 1)}, [Code.WRONG_TOTAL]),
        ({"payment_amount": money(currency="EUR")}, [Code.WRONG_TOTAL, Code.WRONG_CURRENCY]),
        ({"payee": {"id": "m-2", "name": "Other"}}, [Code.WRONG_PAYEE, Code.PAYEE_NOT_ALLOWED]),
        (
            {"payee": {"id": "m-2", "name": "Other"}, "payment_amount": money(0)},
            [Code.WRONG_TOTAL, Code.WRONG_PAYEE, Code.PAYEE_NOT_ALLOWED],
        ),
    ],
    ids=["one more", "one less", "another currency", "another payee", "both"],
)
def test_110_off_by_one(changed: dict[str, Any], codes: list[Code]) -> None:
    found = prohibited(lambda: released(payment(**changed)), *codes)
    assert found.decision.link == 2
    assert found.decision.step == 9


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (shop.changed("line_items", 0, "quantity", to=2), Code.TOO_MANY_ITEMS),
        (shop.changed("line_items", 1, "quantity", to=1), Code.TOO_FEW_ITEMS),
        (shop.changed("line_items", 0, "item", "id", to="sku-9"), Code.ITEM_NOT_ALLOWED),
    ],
    ids=["one more", "one less", "another item"],
)
def test_110_another_cart(order: Any, code: Code) -> None:
    text = shop.jws(order)
    with pytest.raises(Prohibited) as caught:
        sold(checkout(order=text))
    assert code in caught.value.codes
    assert caught.value.decision.link == 1
    with pytest.raises(Prohibited) as caught:
        released(payment(order=text), checkout=checkout(order=text))
    assert code in caught.value.codes


def test_every_reason_is_told() -> None:
    before = root(
        opened(
            constraints=[
                *limits(max=100)[:1],
                {"type": "payment.allowed_payees", "allowed": [{"id": "m-9", "name": "N"}]},
                {"type": "payment.reference", "conditional_transaction_id": "x"},
            ],
            payment_instrument={**CARD, "id": "i-9"},
        )
    )
    found = prohibited(
        lambda: released(payment(before)),
        Code.PRESET_CHANGED,
        Code.AMOUNT_TOO_HIGH,
        Code.PAYEE_NOT_ALLOWED,
        Code.WRONG_CHECKOUT,
    )
    assert found.code == "denied"
    assert [each.position for each in found.prohibitions] == [1, 1, 1, 1]
    assert "link 1" in found.decision.explain()
    for again in (pickle.loads(pickle.dumps(found)), copy.copy(found)):
        assert again.prohibitions == found.prohibitions
        assert again.decision == found.decision


def test_a_reference_needs_the_order_it_refers_to() -> None:
    prohibited(lambda: released(payment(), checkout=ORDER), Code.WRONG_CHECKOUT)
    direct = root(ordered(ORDER, iat=NOW))
    prohibited(lambda: released(payment(), checkout=direct), Code.WRONG_CHECKOUT)
    again = root(shopping(constraints=[LINES, SHOPS]))
    prohibited(lambda: released(payment(), checkout=checkout(again)), Code.WRONG_CHECKOUT)


# attack 112: used before


def test_112_a_purchase_happens_once() -> None:
    merchant, provider = verifier(MERCHANT), verifier()
    sale, charge = checkout(), payment()
    sold(sale, merchant)
    released(charge, provider)
    refused("replayed", lambda: sold(sale, merchant))
    refused("replayed", lambda: released(charge, provider))


@pytest.mark.parametrize("present", [False, True], ids=["by an agent", "by the user"])
def test_112_each_of_its_names_counts_once(present: bool) -> None:
    """Another signature, another nonce or another open mandate makes no new purchase of the same checkout."""
    provider = verifier()
    content = {"transaction_id": hashed(ORDER), "payee": shop.MERCHANT, "payment_amount": money()}

    def charge(**claims: Any) -> str:
        if present:
            return root(paid(iat=NOW, **content), **{"aud": AUDIENCE, "nonce": NONCE, **claims})
        return follow(root(opened(constraints=limits())), paid(**content), **claims)

    released(charge(), provider)
    refused("replayed", lambda: released(charge(nonce="another"), provider, nonce="another"))
    other = {**content, "transaction_id": hashed(OTHER_ORDER)}
    bound = {"aud": AUDIENCE, "nonce": NONCE}
    again = (
        root(paid(iat=NOW, **other), **bound) if present else follow(root(opened(constraints=limits())), paid(**other))
    )
    refused("replayed", lambda: released(again, provider, checkout=checkout(order=OTHER_ORDER)))


def test_112_an_open_mandate_is_used_once_unless_it_recurs() -> None:
    provider, before = verifier(), root(opened(constraints=limits()))
    released(payment(before), provider)
    again = follow(
        before, paid(transaction_id=hashed(OTHER_ORDER), payee=shop.MERCHANT, payment_amount=money()), nonce="2"
    )
    found = prohibited(
        lambda: released(again, provider, nonce="2", checkout=checkout(order=OTHER_ORDER)), Code.TOO_MANY_USES
    )
    assert found.decision.step == 10


def test_112_what_was_refused_is_not_used_up() -> None:
    provider, before = verifier(), root(opened(constraints=limits()))
    prohibited(lambda: released(payment(before, payment_amount=money(TOTAL + 1)), provider), Code.WRONG_TOTAL)
    refused("wrong_request", lambda: released(payment(before), provider, nonce="another"))
    assert released(payment(before), provider)


def test_112_after_its_time_it_is_refused_by_its_time() -> None:
    times = [AT]
    provider = verifier(clock=lambda: times[0])
    charge = payment()
    released(charge, provider)
    for minutes in range(0, 240, 7):
        times[0] = AT + timedelta(minutes=minutes)
        with pytest.raises(AttornError) as caught:
            released(charge, provider)
        assert caught.value.code == ("replayed" if minutes <= 65 else "outside_validity")


# attack 116: everybody below one mandate shares it


def branch(before: str, to: Any, nonce: str, order: str, **changed: Any) -> str:
    narrow = opened(to, constraints=changed.pop("constraints", RECURRING), exp=NOW + 600)
    content = {"transaction_id": hashed(order), "payee": shop.MERCHANT, "payment_amount": money()}
    return follow(follow(before, narrow, nonce=nonce), paid(**content), by=to, nonce=nonce)


RECURRING = [
    *limits(),
    {"type": "payment.budget", "currency": "USD", "max": 2 * TOTAL},
    {"type": "payment.agent_recurrence", "frequency": "ON_DEMAND", "max_occurrences": 9},
]


def test_116_a_budget_is_shared_by_all_who_were_handed_a_part(tmp_path: Path) -> None:
    store = SQLiteStore(str(tmp_path / "mandates.db"))
    provider = verifier(store=store)
    before = root(opened(constraints=RECURRING, attorn={"redelegations": 1}))
    orders = [shop.jws(shop.changed("jti", to=f"{number:032}")) for number in range(4)]
    outcomes: list[str] = []

    def buy(number: int) -> None:
        text = branch(before, (SUB, MALLORY)[number % 2], f"n-{number}", orders[number])
        try:
            released(text, provider, nonce=f"n-{number}", checkout=checkout(order=orders[number]))
        except Prohibited as error:
            outcomes.append(",".join(error.codes))
        else:
            outcomes.append("paid")

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["over_budget", "over_budget", "paid", "paid"]


def test_116_a_closed_mandate_meets_every_hop_above_it() -> None:
    wide = limits(max=TOTAL)
    before = root(opened(constraints=wide, attorn={"redelegations": 1}))
    assert released(branch(before, SUB, NONCE, ORDER, constraints=limits(max=TOTAL)))
    narrow = branch(before, SUB, NONCE, ORDER, constraints=limits(max=TOTAL - 1))
    found = prohibited(lambda: released(narrow), Code.AMOUNT_TOO_HIGH)
    assert found.prohibitions[0].position == 2


# what is only looked at


def test_looking_consumes_nothing() -> None:
    merchant, provider = verifier(MERCHANT), verifier()
    for _ in range(2):
        assert merchant.check_checkout(checkout(), nonce="m-1", now=AT, checkout_jwt=ORDER)
        assert provider.check_payment(payment(), nonce=NONCE, checkout=checkout(), now=AT)
        assert provider.verify(payment(), nonce=NONCE, now=AT).is_payment
    sold(checkout(), merchant)
    released(payment(), provider)
    assert merchant.check_checkout(checkout(), nonce="m-1", now=AT)


def test_looking_says_what_is_prohibited() -> None:
    provider = verifier()
    for text, code in (
        (payment(root(opened(constraints=limits(max=1)))), Code.AMOUNT_TOO_HIGH),
        (payment(payment_amount=money(1)), Code.WRONG_TOTAL),
    ):
        prohibited(lambda text=text: provider.check_payment(text, nonce=NONCE, checkout=checkout(), now=AT), code)
    late = AT + timedelta(hours=3)
    refused("outside_validity", lambda: provider.check_payment(payment(), nonce=NONCE, checkout=checkout(), now=late))
    refused("outside_validity", lambda: verifier(MERCHANT).check_checkout(checkout(), nonce="m-1", now=late))
    order = shop.jws(shop.changed("line_items", 0, "quantity", to=2))
    with pytest.raises(Prohibited):
        verifier(MERCHANT).check_checkout(checkout(order=order), nonce="m-1", now=AT)


@pytest.mark.parametrize(
    "changed",
    [
        {"audience": ""},
        {"audience": None},
        {"anchors": USER.did},
        {"anchors": [USER.jwk["x"]]},
        {"anchors": [{**USER.jwk, "d": "x"}]},
        {"anchors": [{**USER.jwk, "y": "x"}]},
        {"anchors": [None]},
        {"merchants": ["did:web:shop.example"]},
        {"merchants": None},
        {"store": object()},
        {"resolver": object()},
        {"credentials": "com.emvco.dpc"},
        {"credentials": [1]},
        {"status": True},
        {"unit": "minor-ish"},
        {"claim": "payload"},
        {"redelegations": -1},
        {"redelegations": True},
        {"age": timedelta(-1)},
        {"skew": 300},
    ],
)
def test_a_verifier_that_says_nothing_of_use(changed: dict[str, Any]) -> None:
    refused("invalid_input", lambda: verifier(**changed))


def test_a_ledger_that_cannot_say_is_closed() -> None:
    class Broken:
        def charge(self, charges: Any, *, now: int, retry: Any = None) -> Any:
            raise OSError("disk")

        def used(self, accounts: Any) -> Any:
            return {}

    refused("unavailable", lambda: released(payment(), verifier(store=Broken())))
    refused("unavailable", lambda: sold(checkout(), verifier(MERCHANT, clock=lambda: None)))


def test_a_status_that_nobody_looks_up_is_no_good_status() -> None:
    """Attack 116: a hop that was revoked takes everything below it with it."""
    status = {"status_list": {"idx": 7, "uri": "https://user.example/status"}}
    asked: list[tuple[int, int]] = []

    def looked_up(hop: Any, now: int) -> None:
        asked.append((hop.position, hop.status.index))
        if hop.position == 1:
            raise RevokedError("as if its list said so")

    listed = payment(root(opened(constraints=limits()), status=status))
    refused("stale_status", lambda: released(listed))
    refused("revoked", lambda: released(listed, verifier(status=looked_up)))
    assert released(payment(), verifier(status=looked_up))
    closed = follow(
        root(opened(constraints=limits())),
        paid(transaction_id=hashed(ORDER), payee=shop.MERCHANT, payment_amount=money()),
        status=status,
    )
    assert released(closed, verifier(status=looked_up))
    assert asked == [(1, 7), (2, 7)]
    for bad in ({}, {"status_list": {}}, {"other": 1}, [], None, {**status, "other": {}}):
        refused("bad_mandate", lambda bad=bad: released(payment(root(opened(constraints=limits()), status=bad))))
