"""`attorn mandate show`: all that a mandate claims, in words; whoever signed it, and whatever it is good for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import AT, NOW, follow, hashed, opened, ordered, paid, root, shopping
from tests.unit.test_cli_world import Outcome, call

Show = Callable[..., Outcome]
PISP = {"legal_name": "Payments Ltd", "brand_name": "Pay", "domain_name": "pay.example"}
PAYEE = {"id": "shop-1", "name": "The Tea Shop", "website": "https://tea.example"}
CARD = {"id": "c-1", "type": "card", "description": "the blue one"}
MORE = {"pisp": PISP, "execution_date": "2030-03-18", "risk_data": {"device": "d-1"}}
REFERENCE = {"type": "payment.reference", "conditional_transaction_id": "c-hash"}


@pytest.fixture
def show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Show:
    def run(text: str, *words: str) -> Outcome:
        path = tmp_path / "mandate"
        path.write_text(text)
        found = call(capsys, "mandate", "show", str(path), *words)
        assert found.code == 0, found.err
        return found

    return run


def said(outcome: Outcome) -> list[str]:
    return [each.strip() for each in outcome.out.splitlines()]


def test_a_payment_is_shown_with_all_that_it_says(show: Show) -> None:
    content = paid(payee=PAYEE, payment_amount={"amount": 2400, "currency": "USD"}, payment_instrument=CARD, **MORE)
    rows = said(show(follow(root(), content)))
    for row in (
        "pay: 24.00 USD to shop-1 (The Tea Shop) at https://tea.example",
        "with: card c-1 (the blue one)",
        "through: Payments Ltd (Pay) at pay.example",
        "on: 2030-03-18",
        'risk data: {"device":"d-1"}',
    ):
        assert row in rows


def test_what_is_fixed_beforehand_is_shown_in_words(show: Show) -> None:
    terms = {"payee": PAYEE, "payment_amount": {"amount": 5, "currency": "JPY"}, "payment_instrument": CARD, **MORE}
    told = show(root(opened(constraints=[REFERENCE], **terms)), "--json").data["hops"][0]
    assert told["limits"][1:] == [
        "payee: fixed to shop-1 (The Tea Shop) at https://tea.example",
        "payment_amount: fixed to 5 JPY",
        "payment_instrument: fixed to card c-1 (the blue one)",
        "pisp: fixed to Payments Ltd (Pay) at pay.example",
        "execution_date: fixed to 2030-03-18",
        'risk_data: fixed to {"device":"d-1"}',
    ]


def test_who_is_allowed_is_shown_by_name(show: Show) -> None:
    constraints = [
        REFERENCE,
        {"type": "payment.allowed_payees", "allowed": [PAYEE] + [{"id": f"p-{at}", "name": "P"} for at in range(9)]},
        {"type": "payment.allowed_payment_instruments", "allowed": [CARD, {"id": "c-2", "type": "card"}]},
        {"type": "payment.allowed_pisps", "allowed": [PISP]},
    ]
    rows = said(show(root(opened(constraints=constraints))))
    payees = "".join(f" or p-{at} (P)" for at in range(9))
    assert f"payment.allowed_payees: shop-1 (The Tea Shop) at https://tea.example{payees}" in rows
    assert "payment.allowed_payment_instruments: card c-1 (the blue one) or card c-2" in rows
    assert "payment.allowed_pisps: Payments Ltd (Pay) at pay.example" in rows


def test_the_times_of_a_mandate_are_shown(show: Show) -> None:
    rows = said(show(root(opened(constraints=[REFERENCE], iat=NOW, nbf=NOW + 60, exp=NOW + 3600))))
    stamps = [f"{AT + timedelta(seconds=later):%Y-%m-%dT%H:%M:%SZ}" for later in (0, 60, 3600)]
    for name, stamp in zip(("made  ", "from  ", "until "), stamps, strict=True):
        assert f"{name} {stamp}" in rows


def test_what_no_verifier_reads_is_shown_as_such(show: Show) -> None:
    found = show(root(opened(constraints=[REFERENCE], prompt_summary="tea", x={"y": 1})))
    assert "passed over: prompt_summary 'tea'" in said(found)
    assert "passed over: x {'y': 1}" in said(found)
    assert found.out.count("passed over") == 2


def test_the_cart_of_an_order_is_shown(show: Show) -> None:
    before, jwt = root(shopping()), shop.jws(shop.CHECKOUT)
    rows = said(show(follow(before, ordered(jwt))))
    start = rows.index("checkout chk_123 of merchant_1 (Demo Merchant) at https://demo-merchant.example")
    assert rows[start + 1 : start + 9] == [
        "1 of sku-1 (Shoe), 199.00 USD each",
        "2 of sku-2 (Sock), 5.00 USD each",
        "3 of sku-2 (Sock), 5.00 USD each",
        "subtotal 224.00 USD",
        "discount -4.00 USD",
        "fulfillment 7.00 USD",
        "tax    18.16 USD",
        "total  245.16 USD",
    ]
    told = show(follow(before, ordered(jwt)), "--json").data["hops"][1]
    assert told["cart"]["total"] == {"amount": 24516, "currency": "USD"}


def test_an_order_of_another_cart_than_it_shows_is_refused_by_all(show: Show) -> None:
    other = ordered(shop.jws(shop.CHECKOUT), checkout_hash=hashed("x"))
    found = show(follow(root(shopping()), other))
    assert "refused by every verifier: mandate: its checkout_hash is not the hash of its checkout_jwt" in said(found)
    assert "refused by every verifier: JWT: " in show(follow(root(shopping()), ordered("x"))).out
