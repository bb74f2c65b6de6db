"""What a mandate is counted under, and ledgers that answer what cannot be: closed, and never the caller's fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import (
    AT,
    AUDIENCE,
    NONCE,
    NOW,
    USER,
    follow,
    hashed,
    opened,
    ordered,
    paid,
    root,
    shopping,
)
from tests.unit.mandate_v01_scene import Deal, door
from tests.unit.test_capability import minted, payments
from tests.unit.test_mandate_verifier import (
    LINES,
    MERCHANT,
    ORDER,
    SHOPS,
    checkout,
    limits,
    money,
    payment,
    refused,
    released,
    sold,
    verifier,
)

from attorn import evidence
from attorn.errors import UnavailableError
from attorn.evidence import Evidence, Shown
from attorn.store import Charge, Charged, MemoryStore

NO_HOLDINGS: dict[str, Any] = {
    "nothing": lambda accounts: None,
    "a list": lambda accounts: [],
    "true": lambda accounts: True,
    **{
        f"{amount!r} each": lambda accounts, amount=amount: dict.fromkeys(accounts, amount)
        for amount in (None, "0", [], -1, 0.5, True, False)
    },
}
NO_ANSWERS: dict[str, Any] = {
    **{repr(answer): answer for answer in (None, [], True, False, 5, "ok")},
    "a repetition of what has no key": Charged(repeated=True),
    "something else that was not refused": type("Alien", (), {"refused": None, "repeated": False})(),
}


class Ledger(MemoryStore):
    """One that counts, and says something else."""

    def __init__(self, *, used: Callable[[Any], Any] | None = None, **charged: Any) -> None:
        super().__init__()
        self._said, self._charged = used, charged

    def used(self, accounts: Any) -> Any:
        return super().used(accounts) if self._said is None else self._said(accounts)

    def charge(self, charges: Any, **given: Any) -> Any:
        return self._charged.get("charged", super().charge(charges, **given))


def test_the_twin_of_the_broken_ledgers_is_accepted() -> None:
    assert released(payment(), verifier(store=Ledger()))
    assert door().accept(**Deal()(), ledger=Ledger())


@pytest.mark.parametrize("said", NO_HOLDINGS)
def test_a_ledger_that_cannot_hold_what_it_says(said: str) -> None:
    """Attack 116."""
    refused("unavailable", lambda: released(payment(), verifier(store=Ledger(used=NO_HOLDINGS[said]))))
    refused("unavailable", lambda: sold(checkout(), verifier(MERCHANT, store=Ledger(used=NO_HOLDINGS[said]))))


@pytest.mark.parametrize("said", NO_ANSWERS)
def test_a_ledger_that_does_not_say_what_it_charged(said: str) -> None:
    """Attack 112."""
    refused("unavailable", lambda: released(payment(), verifier(store=Ledger(charged=NO_ANSWERS[said]))))
    refused("unavailable", lambda: sold(checkout(), verifier(MERCHANT, store=Ledger(charged=NO_ANSWERS[said]))))
    with pytest.raises(UnavailableError):
        door().accept(**Deal()(), ledger=Ledger(charged=NO_ANSWERS[said]))


@pytest.mark.parametrize("verdict", [False, True, "revoked", 0, ()])
def test_a_status_that_returns_its_verdict(verdict: Any) -> None:
    """Attack 116: it is raised, or it is none."""
    status = {"status_list": {"idx": 7, "uri": "https://user.example/status"}}
    listed = payment(root(opened(constraints=limits()), status=status))
    refused("unavailable", lambda: released(listed, verifier(status=lambda hop, now: verdict)))
    assert released(listed, verifier(status=lambda hop, now: None))


@pytest.mark.parametrize("said", NO_ANSWERS)
def test_no_token_is_minted_where_the_ledger_does_not_say_so(said: str) -> None:
    """Attack 112."""
    assert minted(payments(), ledger=Ledger())
    with pytest.raises(UnavailableError):
        minted(payments(), ledger=Ledger(charged=NO_ANSWERS[said]))


def test_a_ledger_that_refuses_what_nobody_asked() -> None:
    with pytest.raises(UnavailableError):
        door().accept(**Deal()(), ledger=Ledger(charged=Charged(refused=Charge("another", 1, 1))))
    with pytest.raises(UnavailableError):
        door().accept(**Deal()(), ledger=Ledger(charged=Charged(refused="x")))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second"),
    [(("shop eu", "n"), ("shop", "eu n")), (("shop", " n"), ("shop ", "n")), (("a", "b\0c"), ("a\0b", "c"))],
)
def test_a_nonce_is_that_of_one_audience(first: tuple[str, str], second: tuple[str, str]) -> None:
    store = MemoryStore()
    for number, (audience, nonce) in enumerate((first, second)):
        order = shop.jws(shop.changed("jti", to=f"0123456789abcde{number}"))
        closed = follow(root(shopping(constraints=[LINES, SHOPS])), ordered(order), aud=audience, nonce=nonce)
        assert verifier(audience, store=store).accept_checkout(closed, nonce=nonce)
    again = follow(root(shopping(constraints=[LINES, SHOPS])), ordered(ORDER), aud=second[0], nonce=second[1])
    refused("replayed", lambda: verifier(second[0], store=store).accept_checkout(again, nonce=second[1]))


@pytest.mark.parametrize("odd", ["é", "a.b.é", f"{ORDER}é"])
def test_a_checkout_that_is_no_jwt_at_all_is_the_mandates_fault(odd: str) -> None:
    """Attack 109: whoever signs such a mandate is told, and not the verifier's caller."""
    closed = checkout(order=odd)
    content = paid(transaction_id=hashed(odd), payee=shop.MERCHANT, payment_amount=money())
    user_signed = root(content, aud=AUDIENCE, nonce=NONCE, iat=NOW)
    for call in (
        lambda: sold(closed),
        lambda: verifier(MERCHANT).check_checkout(closed, nonce="m-1", now=AT),
        lambda: released(payment(), checkout=closed),
        lambda: released(user_signed, checkout=odd),
    ):
        assert refused("malformed", call).step in (1, 9)
    assert refused("malformed", lambda: sold(closed)).step == 9


def test_evidence_says_of_such_a_checkout_what_is_wrong() -> None:
    given = Evidence(at=AT, checkout=Shown(checkout(order="é"), MERCHANT, "m-1"))
    found = evidence.verify(given, anchors=[USER.jwk], merchants=[shop.KNOWN], clock=lambda: AT)
    assert [point.code for point in found.failed] == ["malformed"]
