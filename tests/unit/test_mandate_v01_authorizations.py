"""AP2's own signatures of v0.1: the merchant's JWT over a cart, and the user's key binding over cart and payment."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from tests.unit.mandate_v01_scene import (
    AGENT,
    AUDIENCE,
    CART,
    HOUR,
    ITEMS,
    MALLORY,
    MERCHANT,
    NONCE,
    NOW,
    OTHER,
    PAID,
    PAYMENT,
    USER,
    WALLET,
    altered,
    wallet,
)
from tests.unit.sdjwt_scene import b64

from attorn import AttornError, Identity, sdjwt
from attorn.errors import ExpiredError, InputError, UnavailableError
from attorn.jose import jws
from attorn.mandate import vc
from attorn.mandate.vc import CartMandate, PaymentMandate, verify_merchant_authorization, verify_user_authorization

SECOND = int(NOW.timestamp())


def hashed(value: Any) -> str:
    return b64(hashlib.sha256(rfc8785.dumps(value)).digest())


# The merchant's.


def claims(**changed: Any) -> dict[str, Any]:
    given = {
        "iss": MERCHANT.did, "sub": MERCHANT.did, "aud": AUDIENCE, "iat": SECOND, "exp": SECOND + 600, "jti": "j-1",
        "cart_hash": hashed(CART["contents"]), **changed,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not ...}


def signed(by: Identity = MERCHANT, typ: str = "JWT", **changed: Any) -> dict[str, Any]:
    """A cart as somebody else's program could have signed it."""
    kid = f"{by.did}#{by.did[8:]}"
    return {**CART, "merchant_authorization": jws.sign(claims(**changed), by=by.signer, typ=typ, kid=kid)}


def sold(cart: Any, **changed: Any) -> vc.MerchantAuthorization:
    return verify_merchant_authorization(
        cart, **{"merchants": [MERCHANT.did], "audience": AUDIENCE, "now": NOW, **changed}
    )


def unsold(cart: Any, *codes: str, **changed: Any) -> None:
    with pytest.raises(AttornError) as caught:
        sold(cart, **changed)
    assert caught.value.code in codes, repr(caught.value)


def test_a_merchant_authorizes_a_cart() -> None:
    cart = vc.authorize_cart(CartMandate.read(CART), by=MERCHANT, audience=[AUDIENCE, "b"], now=NOW)
    for audience in (AUDIENCE, "b"):
        found = sold(cart.write(), audience=audience)
        assert (found.cart, found.merchant) == (cart, MERCHANT.did)
        assert (found.issued, found.expires) == (NOW, NOW + timedelta(minutes=10))
    other = vc.authorize_cart(CartMandate.read(CART), by=MERCHANT, audience=AUDIENCE, now=NOW)
    assert sold(other.write()).id != found.id


def test_one_that_another_program_made_is_taken_with_its_nulls_and_without_defaults() -> None:
    assert sold(signed()).id == "j-1"
    cart = altered(CART, contents__payment_request__details__modifiers=None)
    theirs = {**signed(cart_hash=hashed(cart["contents"])), "contents": cart["contents"]}
    assert sold(theirs).cart.contents == CartMandate.read(CART).contents


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        *(({name: ...}, ("bad_mandate",)) for name in ("iss", "sub", "aud", "iat", "exp", "jti", "cart_hash")),
        ({"nbf": SECOND}, ("bad_mandate",)),
        ({"iss": "shop"}, ("bad_mandate",)),
        ({"iss": "shop", "sub": "shop"}, ("bad_mandate",)),
        ({"sub": USER.did}, ("bad_mandate",)),
        ({"iss": OTHER.did, "sub": OTHER.did}, ("untrusted_root",)),
        *(({"aud": value}, ("bad_mandate",)) for value in ("", [], [1], None, {"a": 1}, [AUDIENCE, 1], [AUDIENCE, ""])),
        ({"aud": "https://bank.example"}, ("wrong_audience",)),
        ({"aud": [AUDIENCE + "/"]}, ("wrong_audience",)),
        *(({"jti": value}, ("bad_mandate",)) for value in ("", 1, None)),
        *(({"exp": value}, ("bad_mandate",)) for value in (SECOND, SECOND - 1, SECOND + 901, "1", 1.5, None)),
        *(({"iat": value}, ("bad_mandate",)) for value in (SECOND - 301, -1, True)),
        ({"iat": SECOND + 301, "exp": SECOND + 900}, ("outside_validity",)),
        ({"iat": SECOND - 902, "exp": SECOND - 301}, ("outside_validity",)),
        *(({"cart_hash": value}, ("broken_chain",)) for value in ("", None, "A" * 43, hashed(CART))),
        ({"typ": "vc+jwt"}, ("malformed",)),
        ({"by": OTHER}, ("unresolved_principal",)),
    ],
    ids=repr,
)
def test_what_is_no_authorization_of_this_merchant(changed: dict[str, Any], codes: tuple[str, ...]) -> None:
    """Attacks 109, 112 and 119."""
    unsold(signed(**changed), *codes)


def test_one_that_is_over_says_dates() -> None:
    told = "good from 2026-11-22T[0-9:]+Z to 2026-11-22T[0-9:]+Z, and it is 2026-11-22T[0-9:]+Z"
    with pytest.raises(ExpiredError, match=told):
        sold(signed(iat=SECOND - 902, exp=SECOND - 301))


@pytest.mark.parametrize(
    "change",
    [
        {f"{ITEMS}__0__amount__value": 109.99},
        {f"{ITEMS}__0__label": "Shoes "},
        {f"{ITEMS}__0__refund_period": 29},
        {"contents__id": "cart-2"},
        {"contents__merchant_name": "Other"},
        {"contents__cart_expiry": "2026-11-22T12:30:01Z"},
        {"contents__user_cart_confirmation_required": True},
        {"contents__payment_request__method_data__0__data__fee": 0.6},
        {"contents__payment_request__shipping_address__city": "Elsewhere"},
    ],
    ids=repr,
)
def test_an_authorization_of_another_cart(change: dict[str, Any]) -> None:
    """Attack 109."""
    unsold({**altered(CART, **change), "merchant_authorization": signed()["merchant_authorization"]}, "broken_chain")


def test_a_forged_authorization() -> None:
    text = signed()["merchant_authorization"]
    head, body, signature = text.split(".")
    unsold({**CART, "merchant_authorization": f"{head}.{body}.{'A' * 86}"}, "bad_signature")
    unsold({**CART, "merchant_authorization": f"{head}.{body}."}, "malformed")
    none = b64(b'{"alg":"none","typ":"JWT"}')
    unsold({**CART, "merchant_authorization": f"{none}.{body}."}, "malformed")
    rs256 = b64(b'{"alg":"RS256","typ":"JWT","kid":"x"}')
    unsold({**CART, "merchant_authorization": f"{rs256}.{body}.{signature}"}, "malformed")
    unsold({**CART, "merchant_authorization": b64(text.encode())}, "malformed")
    unsold(CART, "bad_mandate")
    unsold({**CART, "merchant_authorization": None}, "bad_mandate")
    unsold(None, "bad_mandate")


def test_no_merchant_is_trusted_unless_named() -> None:
    """Attack 119."""
    for merchants in ([], [OTHER.did], lambda did: None, lambda did: 1):
        unsold(signed(), "untrusted_root", merchants=merchants)
    for merchants in ("x", None):
        with pytest.raises(InputError):
            sold(signed(), merchants=merchants)
    with pytest.raises(InputError):
        sold(signed(), audience="")


@pytest.mark.parametrize(
    "change",
    [
        {"audience": ""}, {"audience": []}, {"audience": [1]}, {"audience": None}, {"lifetime": timedelta(0)},
        {"lifetime": timedelta(minutes=16)}, {"lifetime": 60}, {"by": "x"}, {"kid": "did:web:a#k"}, {"now": 5},
    ],
    ids=repr,
)  # fmt: skip
def test_a_merchant_is_told_of_a_mistake(change: dict[str, Any]) -> None:
    given: dict[str, Any] = {"by": MERCHANT, "audience": AUDIENCE, "now": NOW, **change}
    with pytest.raises(InputError):
        vc.authorize_cart(CartMandate.read(CART), **given)


def test_a_cart_is_signed_once_and_with_a_random_source_that_works() -> None:
    cart = vc.authorize_cart(CartMandate.read(CART), by=MERCHANT, audience=AUDIENCE, now=NOW)
    with pytest.raises(InputError):
        vc.authorize_cart(cart, by=MERCHANT, audience=AUDIENCE, now=NOW)
    with pytest.raises(UnavailableError):
        vc.authorize_cart(CartMandate.read(CART), by=MERCHANT, audience=AUDIENCE, now=NOW, random=lambda count: b"")


# The user's.


def authorized(**changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "cart": CART,
        "credential": wallet(),
        "by": USER,
        "audience": AUDIENCE,
        "nonce": NONCE,
        "now": NOW,
    }
    return vc.authorize_payment(PaymentMandate.read(PAYMENT), **{**given, **changed}).write()


def paid(payment: Any, **changed: Any) -> vc.UserAuthorization:
    asked = {
        "cart": CART,
        "users": [USER.did],
        "wallets": [WALLET.did],
        "audience": AUDIENCE,
        "nonce": NONCE,
        "now": NOW,
    }
    return verify_user_authorization(payment, **{**asked, **changed})


def unpaid(payment: Any, *codes: str, **changed: Any) -> None:
    with pytest.raises(AttornError) as caught:
        paid(payment, **changed)
    assert caught.value.code in codes, repr(caught.value)


def test_a_user_authorizes_a_payment() -> None:
    found = paid(authorized())
    assert (found.user, found.issuer) == (USER.did, WALLET.did)
    assert found.cart == CartMandate.read(CART)
    assert found.payment.payment_mandate_contents == PaymentMandate.read(PAYMENT).payment_mandate_contents
    assert paid(authorized(credential=wallet(did=False))).user == USER.did
    assert paid(authorized(credential=wallet(by=USER)), wallets=()).issuer == USER.did


@pytest.mark.parametrize(
    ("given", "asked", "codes"),
    [
        ({}, {"cart": altered(CART, contents__id="cart-2")}, ("broken_chain",)),
        ({}, {"cart": altered(CART, **{f"{ITEMS}__0__amount__value": 110.01})}, ("broken_chain",)),
        ({"cart": altered(CART, contents__id="cart-2")}, {}, ("broken_chain",)),
        ({"audience": "https://bank.example"}, {}, ("wrong_audience",)),
        ({"nonce": "n-2"}, {}, ("wrong_request",)),
        ({"now": NOW - HOUR}, {}, ("outside_validity",)),
        ({"now": NOW + HOUR}, {}, ("outside_validity",)),
        ({"credential": wallet(exp=SECOND - 1)}, {}, ("outside_validity",)),
        ({"credential": wallet(OTHER), "by": OTHER}, {}, ("untrusted_root",)),
        ({"credential": wallet(by=MALLORY)}, {}, ("untrusted_root",)),
        ({"credential": wallet(by=AGENT)}, {"wallets": []}, ("untrusted_root",)),
        ({"credential": wallet(status={"status_list": {"idx": 1, "uri": "https://l.example"}})}, {}, ("stale_status",)),
        ({}, {"users": []}, ("untrusted_root",)),
    ],
    ids=repr,
)  # fmt: skip
def test_what_no_user_authorized(given: dict[str, Any], asked: dict[str, Any], codes: tuple[str, ...]) -> None:
    """Attacks 109, 113, 114 and 119."""
    unpaid(authorized(**given), *codes, **asked)


@pytest.mark.parametrize(
    "change",
    [
        {f"{PAID}__payment_details_total__amount__value": 128.31},
        {f"{PAID}__payment_details_total__amount__currency": "EUR"},
        {f"{PAID}__merchant_agent": "Other"},
        {f"{PAID}__payment_mandate_id": "pm-2"},
        {f"{PAID}__timestamp": "2026-11-22T12:00:00.250001Z"},
        {f"{PAID}__payment_response__details__token": "tok-2"},
    ],
    ids=repr,
)
def test_an_authorization_of_another_payment(change: dict[str, Any]) -> None:
    """Attack 109."""
    unpaid(altered(authorized(), **change), "broken_chain")


def test_a_key_binding_taken_off_or_exchanged() -> None:
    """Attacks 95 and 114."""
    text = authorized()["user_authorization"]
    bare, _, binding = text.rpartition("~")
    unpaid({**PAYMENT, "user_authorization": bare + "~"}, "not_holder")
    unpaid({**PAYMENT, "user_authorization": wallet()}, "not_holder")
    theirs = authorized(credential=wallet(OTHER), by=OTHER)["user_authorization"].rpartition("~")[2]
    unpaid({**PAYMENT, "user_authorization": f"{bare}~{theirs}"}, "not_holder")
    unpaid({**PAYMENT, "user_authorization": f"{wallet(level=2)}{binding}"}, "not_holder")
    unpaid(PAYMENT, "bad_mandate")
    unpaid({**PAYMENT, "user_authorization": "x"}, "malformed")
    with pytest.raises(InputError):
        authorized(by=OTHER)


def test_hashes_in_another_order_or_number_are_others() -> None:
    hashes = [hashed(CART), hashed(PaymentMandate.read(PAYMENT).payment_mandate_contents.write())]
    contents = PaymentMandate.read(PAYMENT).write()

    def bound(said: Any) -> dict[str, Any]:
        also = {} if said is ... else {"transaction_data": said}
        text = sdjwt.present(wallet(), by=USER, audience=AUDIENCE, nonce=NONCE, now=NOW, also=also)
        return {**contents, "user_authorization": text}

    assert paid(bound(hashes)).user == USER.did
    for said in (hashes[::-1], hashes[:1], [*hashes, hashes[0]], [], None, ..., "".join(hashes), {"cart": hashes[0]}):
        unpaid(bound(said), "broken_chain")


SECOND = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("also", "code"),
    [
        ({"transaction_data_hashes_alg": "sha-512"}, "bad_mandate"),
        ({"transaction_data_hashes_alg": ["sha-256"]}, "bad_mandate"),
        ({"transaction_data_hashes_alg": None}, "bad_mandate"),
        ({"exp": 1}, "outside_validity"),
        ({"exp": SECOND}, "outside_validity"),
        ({"nbf": SECOND + 3600}, "outside_validity"),
        ({"exp": "tomorrow"}, "bad_mandate"),
    ],
)
def test_what_else_the_user_said_counts(also: dict[str, Any], code: str) -> None:
    hashes = [hashed(CART), hashed(PaymentMandate.read(PAYMENT).payment_mandate_contents.write())]

    def bound(**more: Any) -> dict[str, Any]:
        said = {"transaction_data": hashes, **more}
        text = sdjwt.present(wallet(), by=USER, audience=AUDIENCE, nonce=NONCE, now=NOW, also=said)
        return {**PaymentMandate.read(PAYMENT).write(), "user_authorization": text}

    kept = {"transaction_data_hashes_alg": "sha-256", "exp": SECOND + 60, "nbf": SECOND - 60}
    assert paid(bound(**kept)).user == USER.did
    unpaid(bound(**also), code)


@pytest.mark.parametrize("change", [{"audience": None}, {"nonce": None}, {"users": "x"}, {"wallets": None}], ids=repr)
def test_a_verifier_is_told_of_a_mistake(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        paid(authorized(credential=wallet()), **change)


@pytest.mark.parametrize("nobody", [None, USER.did, b"did:key:z6Mk", 5])
def test_whom_a_verifier_trusts_is_a_list(nobody: Any) -> None:
    for name in ("users", "wallets"):
        with pytest.raises(InputError, match=f"expected {name} as DIDs"):
            paid(authorized(credential=wallet()), **{name: nobody})
    with pytest.raises(InputError, match="expected merchants as DIDs"):
        sold(signed(), merchants=nobody)
    with pytest.raises(InputError, match=r"^now: "):
        sold(signed(), now=None)
    for audience in ("", None, 5, [AUDIENCE]):
        with pytest.raises(InputError, match="expected an audience"):
            sold(signed(), audience=audience)
    with pytest.raises(InputError, match=r"^authorize_cart: "):
        vc.authorize_cart(CartMandate.read(CART), by=MERCHANT, audience=AUDIENCE, now=NOW, kid="another")
    with pytest.raises(InputError, match=r"^authorize_cart: "):
        vc.authorize_cart(CartMandate.read(CART), by=nobody, audience=AUDIENCE, now=NOW)


def test_a_user_is_told_of_a_mistake() -> None:
    signed_already = PaymentMandate.read(authorized())
    for call in (
        lambda: authorized(cart={}),
        lambda: authorized(audience=""),
        lambda: vc.authorize_payment(
            signed_already, cart=CART, credential=wallet(), by=USER, audience=AUDIENCE, nonce=NONCE, now=NOW
        ),
    ):
        with pytest.raises(InputError):
            call()
