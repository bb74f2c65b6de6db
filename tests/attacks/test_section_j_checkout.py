"""Attacks 109 to 112, 118 and 119 on what shops sign: checkouts, authorizations and receipts, one case per field."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from tests.unit.checkout_scene import AT, CHECKOUT, KID, KNOWN, MALLORY, NOW, SHOP, b64, changed, checked, jws

from attorn.checkout import KnownSigner, authorization, checkout_hash, sign
from attorn.checkout.problem import authorization_code, ucp_code
from attorn.errors import AttornError
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt, Reference, issue, verify

TEXT = sign(CHECKOUT, by=SHOP, kid=KID)
AUTHORIZED: dict[str, Any] = authorization.authorize(CHECKOUT, by=SHOP, kid=KID)
ISSUER = "https://demo-merchant.example"
ISSUERS = [KnownSigner.of(ISSUER, SHOP.public_key)]
MANDATE = "r.s.t~d0~~a.b.c~d1~"
FIELDS: list[tuple[tuple[Any, ...], Any]] = [
    (("id",), "chk_124"),
    (("merchant", "id"), "merchant_2"),
    (("merchant", "website"), "https://demo-merchant.example.evil.example"),
    (("currency",), "CAD"),
    (("line_items", 0, "item", "id"), "sku-9"),
    (("line_items", 0, "item", "price"), 19901),
    (("line_items", 0, "item", "title"), "Shoe, used"),
    (("line_items", 0, "quantity"), 2),
    (("line_items", 2), ...),
    (("totals", 1, "amount"), -399),
    (("totals", 2, "amount"), 701),
    (("totals", 3, "amount"), 1817),
    (("totals", 0, "amount"), 22401),
    (("expires_at",), "2040-01-01T00:00:00Z"),
]
"""Every term of a checkout, each off by as little as it can be."""
BY_FIELD = pytest.mark.parametrize(("path", "value"), FIELDS, ids=[".".join(map(str, path)) for path, _ in FIELDS])


def verified(checkout: Any, **other: Any) -> Any:
    return authorization.verify(checkout, **{"merchants": [KNOWN], "now": AT, **other})


def refused(call: Any, code: str) -> AttornError:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return caught.value


def adding_up(checkout: dict[str, Any]) -> dict[str, Any]:
    """With the total that its entries make: a fraud that does not show by itself."""
    total = sum(each["amount"] for each in checkout["totals"][:-1])
    return changed("totals", -1, "amount", to=total, of=checkout)  # type: ignore[no-any-return]


def test_without_an_attack_it_holds() -> None:
    assert checked(TEXT).checkout == verified(AUTHORIZED).checkout
    text = issue(CheckoutReceipt(ISSUER, Reference.JWT.of(MANDATE), AT, "order-1"), by=SHOP, kid=KID)
    assert verify(text, kind=CheckoutReceipt, mandate=MANDATE, issuers=ISSUERS, now=AT).receipt.order_id == "order-1"


# attacks 109 and 110: another cart under the same signature


@BY_FIELD
def test_109_a_cart_swapped_under_the_signature(path: tuple[Any, ...], value: Any) -> None:
    header, _, signature = TEXT.split(".")
    fraud = changed(*path, to=value)
    signed = "untrusted_root" if path == ("merchant", "id") else "bad_signature"
    plain = "malformed" if path[0] == "totals" else signed
    for other, code in ((fraud, plain), (adding_up(fraud), signed)):
        body = b64(json.dumps({**other, "jti": checked(TEXT).document["jti"]}, separators=(",", ":")).encode())
        refused(lambda body=body: checked(f"{header}.{body}.{signature}"), code)
        error = refused(lambda other=other: verified({**other, "ap2": AUTHORIZED["ap2"]}), code)
        assert authorization_code(error) == "merchant_authorization_invalid"


@BY_FIELD
def test_109_a_cart_that_the_shop_itself_signed_anew_has_another_hash(path: tuple[Any, ...], value: Any) -> None:
    fraud = adding_up(changed(*path, to=value))
    agreed, live = checked(TEXT), checked(jws(fraud), merchants=[KNOWN, KnownSigner.of("merchant_2", SHOP.public_key)])
    assert live.hash != agreed.hash
    assert agreed.checkout.differences(live.checkout) or path == ("expires_at",)


def test_109_the_hash_is_never_taken_from_anybody() -> None:
    found = checked(TEXT)
    assert found.hash == b64(hashlib.sha256(TEXT.encode()).digest())
    claimed = jws({**CHECKOUT, "checkout_hash": found.hash, "hash": found.hash, "transaction_id": found.hash})
    assert checked(claimed).hash == checkout_hash(claimed) != found.hash


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("by", [-1, 1])
def test_110_a_total_that_does_not_add_up(index: int, by: int) -> None:
    fraud = changed("totals", index, "amount", to=CHECKOUT["totals"][index]["amount"] + by)
    refused(lambda: checked(jws(fraud)), "malformed")
    refused(lambda: sign(fraud, by=SHOP, kid=KID), "invalid_input")
    refused(lambda: authorization.authorize(fraud, by=SHOP, kid=KID), "invalid_input")


def test_110_two_totals_of_which_each_reader_takes_another() -> None:
    two = changed("totals", to=[*CHECKOUT["totals"], {"type": "total", "amount": 1}])
    refused(lambda: checked(jws(two)), "malformed")
    body = json.dumps(CHECKOUT)[:-1] + f',"totals":{json.dumps(two["totals"])}}}'
    refused(lambda: checked(jws(body.encode())), "malformed")
    refused(lambda: verified(json.dumps(AUTHORIZED)[:-1] + ',"id":"chk_124"}'), "malformed")


# attack 111: amounts and currencies


@pytest.mark.parametrize(
    "amount",
    ["Infinity", "-Infinity", "NaN", "1e400", "19900.0", "19900.5", "1.99e4", "-19900", "-0", '"19900"', "true", "null",
     "9007199254740992", "99999999999999999999", "0x4dbc", "019900", "[19900]", '{"amount":19900}'],
)  # fmt: skip
@pytest.mark.parametrize("name", ["price", "total", "subtotal"])
def test_111_amounts(amount: str, name: str) -> None:
    path: Any = {"price": ("line_items", 0, "item", "price"), "total": ("totals", 4, "amount")}
    found = path.get(name, ("totals", 0, "amount"))
    body = json.dumps(changed(*found, to="HERE")).replace('"HERE"', amount)
    refused(lambda: checked(jws(body.encode())), "malformed")


@pytest.mark.parametrize(
    "currency",
    ["usd", "Usd", "US D", "USD ", "USD\u200b", "\u0405\u0421D", "\uff35\uff33\uff24", "U$D", "840", "", "XXX", "XAU"],
)
def test_111_currencies(currency: str) -> None:
    error = refused(lambda: checked(jws(changed("currency", to=currency))), "malformed")
    assert "currency" in str(error)
    assert str(error).isascii()


@pytest.mark.parametrize("quantity", ["0", "-1", "1.0", "1e0", "0.5", '"1"', "true", "1000001", "null"])
def test_111_quantities(quantity: str) -> None:
    body = json.dumps(changed("line_items", 0, "quantity", to="HERE")).replace('"HERE"', quantity)
    refused(lambda: checked(jws(body.encode())), "malformed")


# attack 112: too late, too early


@pytest.mark.parametrize(
    ("member", "value"),
    [("exp", NOW - 300), ("nbf", NOW + 301), ("iat", NOW + 301), ("expires_at", "2030-03-17T17:41:40Z")],
)
def test_112_times(member: str, value: Any) -> None:
    late = {**CHECKOUT, member: value}
    assert ucp_code(refused(lambda: checked(jws(late)), "outside_validity")) == "mandate_expired"
    signed = authorization.authorize(late, by=SHOP, kid=KID)
    refused(lambda: verified(signed), "outside_validity")


# attack 118: a receipt for another mandate, of another kind, by somebody else

ELSEWHERE = ["r.s.t~d0~~a.b.d~d1~", "r.s.t~d0~", f"{MANDATE}~e.f.g~", "r.s.t~d0~~a.b.C~d1~"]


@pytest.mark.parametrize("mandate", ELSEWHERE)
@pytest.mark.parametrize("form", Reference)
def test_118_a_receipt_for_another_mandate(mandate: str, form: Reference) -> None:
    reference = form.of(MANDATE)
    for receipt in (
        CheckoutReceipt(ISSUER, reference, AT, "order-1"),
        PaymentReceipt(ISSUER, reference, AT, "pay-1", "psp-1", "net-1"),
    ):
        text, kind = issue(receipt, by=SHOP, kid=KID), type(receipt)
        assert verify(text, kind=kind, mandate=MANDATE, issuers=ISSUERS, now=AT).matched is form
        refused(
            lambda text=text, kind=kind: verify(text, kind=kind, mandate=mandate, issuers=ISSUERS, now=AT),
            "broken_chain",
        )


def test_118_a_receipt_of_the_other_kind_or_by_somebody_else() -> None:
    text = issue(CheckoutReceipt(ISSUER, Reference.JWT.of(MANDATE), AT, "order-1"), by=SHOP, kid=KID)
    refused(lambda: verify(text, kind=PaymentReceipt, mandate=MANDATE, issuers=ISSUERS, now=AT), "malformed")
    mine = issue(CheckoutReceipt(ISSUER, Reference.JWT.of(MANDATE), AT, "order-1"), by=MALLORY, kid=KID)
    refused(lambda: verify(mine, kind=CheckoutReceipt, mandate=MANDATE, issuers=ISSUERS, now=AT), "bad_signature")
    # A checkout is signed by the same key in the same form, and is no receipt; nor is a receipt a checkout.
    refused(lambda: verify(TEXT, kind=CheckoutReceipt, mandate=MANDATE, issuers=ISSUERS, now=AT), "malformed")
    refused(lambda: checked(text), "malformed")


# attack 119: the key that would be trusted is missing


@pytest.mark.parametrize("merchants", [[], [KnownSigner.of("merchant_2", SHOP.public_key)]])
def test_119_no_trusted_key(merchants: list[KnownSigner]) -> None:
    for call in (lambda: checked(TEXT, merchants=merchants), lambda: verified(AUTHORIZED, merchants=merchants)):
        assert ucp_code(refused(call, "untrusted_root")) == "agent_missing_key"
    text = issue(CheckoutReceipt(ISSUER, Reference.JWT.of(MANDATE), AT, "order-1"), by=SHOP, kid=KID)
    refused(lambda: verify(text, kind=CheckoutReceipt, mandate=MANDATE, issuers=merchants, now=AT), "untrusted_root")


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS256"}, {"alg": "EdDSA"}, {"alg": "ES256K"}, {"typ": "kb+sd-jwt"}],
)
def test_119_what_is_not_supported_is_named(header: dict[str, str]) -> None:
    error = refused(lambda: checked(jws(CHECKOUT, **header)), "malformed")
    assert next(iter(header.values())) in str(error)


def test_119_a_key_in_the_header_is_not_trusted() -> None:
    for name, value in (("jwk", {}), ("jku", "https://evil.example"), ("x5c", ["AA"]), ("x5u", "https://evil.example")):
        refused(lambda name=name, value=value: checked(jws(CHECKOUT, by=MALLORY, **{name: value})), "malformed")
