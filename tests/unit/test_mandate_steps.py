"""The step that an error of a mandate names is the one in the table of docs/spec/mandate.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import AUDIENCE, MALLORY, NONCE, SUB, USER, check, follow, opened, paid, root
from tests.unit.test_mandate_verifier import MERCHANT, ORDER, checkout, payment, verifier

from attorn.errors import VerificationError


def refused(call: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(VerificationError) as caught:
        call()
    return caught.value.code, caught.value.step


def test_the_root_by_another_and_a_hop_by_another() -> None:
    assert refused(lambda: check(follow(root(by=MALLORY)))) == ("bad_signature", 3)
    assert refused(lambda: check(follow(root(), by=SUB))) == ("bad_signature", 4)


def test_a_hop_that_names_two_before_it() -> None:
    assert refused(lambda: check(follow(root(), issuer_jwt_hash="x"))) == ("bad_mandate", 5)


def test_a_did_that_does_not_list_the_key() -> None:
    cnf = {**opened()["cnf"], "did": SUB.did}
    assert refused(lambda: check(follow(root(opened(cnf=cnf))))) == ("unresolved_principal", 7)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (shop.jws(shop.changed("jti", to="x"), by=shop.MALLORY), "bad_signature"),
        (shop.jws(shop.changed("id", to=...)), "malformed"),
        (shop.jws(shop.changed("merchant", "id", to="m-9")), "untrusted_root"),
        (shop.jws(shop.changed("status", to="canceled")), "outside_validity"),
    ],
)
def test_whatever_is_wrong_with_the_checkout(order: str, code: str) -> None:
    assert refused(lambda: _ordered(checkout(order=order))) == (code, 9)
    assert refused(lambda: _paid(payment(order=order), checkout(order=order))) == (code, 9)


def test_another_checkout_and_another_kind() -> None:
    assert refused(lambda: _ordered(payment(aud=MERCHANT))) == ("wrong_audience", 8)
    assert refused(lambda: _paid(checkout(aud=AUDIENCE, nonce=NONCE), checkout())) == ("bad_mandate", 9)
    assert refused(lambda: _paid(payment(), checkout(by=SUB))) == ("bad_signature", 9)
    assert refused(lambda: _paid(follow(root(), paid()), ORDER)) == ("broken_chain", 9)


def test_what_was_used_before() -> None:
    door: Any = verifier()
    door.accept_payment(payment(), nonce=NONCE, checkout=checkout())
    again = refused(lambda: door.accept_payment(payment(), nonce=NONCE, checkout=checkout()))
    assert again == ("replayed", 10)


def _ordered(text: str) -> object:
    return verifier(MERCHANT).accept_checkout(text, nonce="m-1")


def _paid(text: str, order: str) -> object:
    return verifier(anchors=[USER.jwk]).accept_payment(text, nonce=NONCE, checkout=order)
