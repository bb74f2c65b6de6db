"""`attorn mandate evidence`: a purchase kept in a file, and what the file shows to those who trust others or nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.evidence_scene import (
    ALICE,
    CHECKOUT,
    CONTENT,
    LATER,
    OPEN_PAYMENT,
    PAYMENT,
    PROCESSOR,
    WHOLE,
    settled,
    sold,
)
from tests.unit.mandate_scene import AUDIENCE, MALLORY, NONCE, NOW, USER, follow, opened, paid, root
from tests.unit.test_cli_world import Outcome, call, refused, stdin
from tests.unit.test_mandate_verifier import MERCHANT, ORDER, limits

from attorn.checkout import checkout_hash
from attorn.cli import evidences
from attorn.encoding import base64url_encode
from attorn.evidence import Evidence, Shown, verify
from attorn.keys.jwk import to_jwk
from attorn.mandate.receipt import Failure

POINTS = ["checkout", "payment", "checkout_receipt", "payment_receipt", "presentation", "purchase"]
STATUS = {"status_list": {"uri": "https://user.example/list", "idx": 7}}


class Desk:
    """The commands, with their files, of one test."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def call(self, *words: str) -> Outcome:
        return call(self.capsys, "mandate", "evidence", *words)

    def file(self, name: str, content: Any) -> str:
        path = self.folder / name
        text = content if isinstance(content, bytes) else content if isinstance(content, str) else json.dumps(content)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    def verify(self, evidence: Evidence = WHOLE, *words: str, **changed: Any) -> Outcome:
        trust = {
            "--anchor": self.file("user.jwk", USER.jwk),
            "--merchant": f"merchant_1={self.file('shop.jwk', {**to_jwk(shop.SHOP.public_key)})}",
            "--processor": f"processor={self.file('processor.jwk', {**to_jwk(PROCESSOR.public_key)})}",
            "--root": ALICE.did,
            **{f"--{name}": value for name, value in changed.items()},
        }
        given = [word for name, value in trust.items() if value is not None for word in (name, value)]
        return self.call("verify", self.file("purchase", evidence.encode()), *given, *words)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    # The scene is of a year to come.
    monkeypatch.setattr(evidences, "verify", partial(verify, clock=lambda: LATER))
    return Desk(tmp_path, capsys)


def fails(outcome: Outcome, code: int, **points: str) -> None:
    """These points do not hold, and all others do; the first of them is told as every error is."""
    found = {each["point"]: each["code"] for each in outcome.data["points"] if each["code"] is not None}
    assert (outcome.code, found) == (code, points)
    first = next(iter(points))
    assert outcome.err.startswith(f"attorn: {points[first]}: evidence: {first}: ")
    assert outcome.data["error"]["code"] == points[first]


def test_all_of_it_holds(desk: Desk) -> None:
    told = desk.verify(WHOLE, "--json").data
    assert [each["point"] for each in told["points"]] == POINTS
    assert {each["code"] for each in told["points"]} == {None}
    assert (told["payment"]["human_present"], told["checkout_receipt"]["failure"]) == (False, None)
    lines = desk.verify().out.splitlines()
    assert lines[0] == f"HOLDS evidence of a purchase, as of {told['at']}"
    assert lines[1] == "  checkout          holds"
    assert any("only   payment.amount_range: at most 300.00 USD" in each for each in lines)


def test_what_was_bought_and_what_became_of_it_is_told(desk: Desk) -> None:
    lines = [" ".join(each.split()) for each in desk.verify().out.splitlines()]
    start = lines.index("checkout chk_123 signed by merchant_1")
    assert lines[start + 1] == "1 of sku-1 (Shoe), 199.00 USD each"
    assert lines[start + 8] == "total 245.16 USD"
    assert lines[lines.index("checkout receipt by merchant_1: done") :] == [
        "checkout receipt by merchant_1: done",
        "order id order-1",
        "issued at 2030-03-17T17:46:40Z",
        "payment receipt by processor: done",
        "payment id pay-1",
        "psp confirmation id psp-1",
        "network confirmation id net-1",
        "issued at 2030-03-17T17:46:40Z",
    ]
    told = desk.verify(WHOLE, "--json").data
    cart = told["cart"]
    assert (cart["id"], cart["signer"], cart["hash"]) == ("chk_123", "merchant_1", checkout_hash(ORDER))
    assert cart["total"] == {"amount": 24516, "currency": "USD"}
    assert cart["line_items"][0] == {"id": "sku-1", "title": "Shoe", "quantity": 1, "price": 19900}
    said = {"issued_at": "2030-03-17T17:46:40Z", "failure": None, "failure_description": None}
    assert told["checkout_receipt"] == {**said, "signer": "merchant_1", "order_id": "order-1"}
    ids = {"payment_id": "pay-1", "psp_confirmation_id": "psp-1", "network_confirmation_id": "net-1"}
    assert told["payment_receipt"] == {**said, **ids, "signer": "processor"}


def test_what_a_payment_alone_was_for_is_told(desk: Desk) -> None:
    alone = root(paid(**CONTENT, iat=NOW), aud=AUDIENCE, nonce=NONCE)
    evidence = Evidence(at=WHOLE.at, payment=Shown(alone, AUDIENCE, NONCE), checkout_jwt=ORDER)
    assert "checkout chk_123 signed by merchant_1" in desk.verify(evidence).out


@pytest.mark.parametrize("name", ["checkout", "payment"])
def test_evidence_of_a_purchase_that_failed_says_so_first(desk: Desk, name: str) -> None:
    failure = Failure("out_of_stock", "no more")
    if name == "checkout":
        receipt = sold(order_id=None, failure=failure)
    else:
        receipt = settled(psp_confirmation_id=None, network_confirmation_id=None, failure=failure)
    other = replace(WHOLE, **{name: replace(getattr(WHOLE, name), receipt=receipt)})
    found, told = desk.verify(other), desk.verify(other, "--json").data
    # It holds: that nothing was bought is what it shows.
    assert (found.code, told["purchase_failed"]) == (0, True)
    assert found.out.startswith(f"HOLDS evidence of a purchase that failed, as of {told['at']}\n")
    assert f"{name} receipt by {told[f'{name}_receipt']['signer']}: it failed: out_of_stock (no more)\n" in found.out
    said = told[f"{name}_receipt"]
    assert (said["failure"], said["failure_description"]) == ("out_of_stock", "no more")
    assert desk.verify(WHOLE, "--json").data["purchase_failed"] is False


def test_what_was_kept_is_what_was_shown(desk: Desk) -> None:
    assert WHOLE.checkout is not None
    assert WHOLE.payment is not None
    words = (
        "keep",
        *("--checkout", desk.file("order", CHECKOUT), "--checkout-audience", MERCHANT, "--checkout-nonce", "m-1"),
        *("--checkout-receipt", desk.file("sold", WHOLE.checkout.receipt)),
        *("--payment", desk.file("pay", PAYMENT), "--payment-audience", AUDIENCE, f"--payment-nonce={NONCE}"),
        *("--payment-receipt", desk.file("settled", WHOLE.payment.receipt)),
        *("--fetched", "https://shop.example/list", desk.file("list", "a.b.c")),
        *("--as-of", "2030-03-17T17:46:40Z"),
    )
    kept = desk.call(*words)
    expected = replace(WHOLE, presentation=None, files={"https://shop.example/list": b"a.b.c"})
    assert Evidence.read(kept.out.rstrip("\n").encode()) == expected
    found = desk.call("verify", desk.file("kept", kept.out), "--anchor", desk.file("user.jwk", USER.jwk))
    # Nobody is believed but the user: not the shop's cart, nor any receipt.
    assert found.code == 2
    assert "untrusted_root" in found.err


def test_the_token_of_a_purchase_is_kept_and_verified(desk: Desk) -> None:
    shown, request = WHOLE.presentation, desk.folder / "request"
    assert shown is not None
    assert WHOLE.checkout is not None
    assert WHOLE.payment is not None
    request.write_bytes(shown.request.canonical())
    kept = desk.call(
        "keep",
        *("--checkout", desk.file("order", CHECKOUT), "--checkout-audience", MERCHANT, "--checkout-nonce", "m-1"),
        *("--checkout-receipt", desk.file("sold", WHOLE.checkout.receipt)),
        *("--payment", desk.file("pay", PAYMENT), "--payment-audience", AUDIENCE, f"--payment-nonce={NONCE}"),
        *("--payment-receipt", desk.file("settled", WHOLE.payment.receipt)),
        *("--presentation", desk.file("wire", shown.wire), "--presentation-audience", shown.audience),
        *("--presentation-request", str(request), "--as-of", "2030-03-17T17:46:40Z"),
    )
    evidence = Evidence.read(kept.out.rstrip("\n").encode())
    assert evidence == WHOLE
    told = desk.verify(evidence, "--json").data
    assert [each["point"] for each in told["points"] if each["code"] is None] == POINTS


# What does not hold.


@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({"processor": None}, {"payment_receipt": "untrusted_root"}),
        ({"root": None}, {"presentation": "untrusted_root"}),
        ({"root": MALLORY.did}, {"presentation": "untrusted_root"}),
    ],
)
def test_nobody_is_believed_unasked(desk: Desk, changed: dict[str, Any], points: dict[str, str]) -> None:
    fails(desk.verify(WHOLE, "--json", **changed), 2, **points)


def test_the_option_that_would_say_whom_to_believe_is_named(desk: Desk) -> None:
    found = desk.verify(WHOLE, merchant=None, processor=None, root=None)
    assert found.err.rstrip().endswith(" (no --merchant is given)")
    for point, option in (("checkout", "merchant"), ("payment_receipt", "processor"), ("presentation", "root")):
        (row,) = (each for each in found.out.splitlines() if each.startswith(f"  {point} "))
        assert row.endswith(f" (no --{option} is given)")
    told = desk.verify(WHOLE, "--json", merchant=None).data
    assert told["error"]["message"].endswith(" (no --merchant is given)")
    # Where one is given, it is another's signature.
    assert "is given" not in desk.verify(WHOLE, root=MALLORY.did).out


def test_another_user_and_another_shop(desk: Desk) -> None:
    found = desk.verify(WHOLE, "--json", anchor=desk.file("mallory.jwk", MALLORY.jwk))
    assert (found.code, found.data["error"]["code"]) == (2, "bad_signature")
    found = desk.verify(WHOLE, "--json", merchant=None)
    assert (found.code, found.data["error"]["code"]) == (2, "untrusted_root")
    found = desk.verify(WHOLE, "--json", merchant=f"merchant_2={desk.folder / 'shop.jwk'}")
    assert (found.code, found.data["error"]["code"]) == (2, "untrusted_root")


def test_a_nonce_that_was_not_asked(desk: Desk) -> None:
    assert WHOLE.payment is not None
    other = replace(WHOLE, payment=replace(WHOLE.payment, nonce="n-other", receipt=None), presentation=None)
    fails(desk.verify(other, "--json"), 2, payment="wrong_request")


def test_a_receipt_for_another_mandate(desk: Desk) -> None:
    # attack 118
    assert WHOLE.payment is not None
    other = replace(WHOLE, payment=replace(WHOLE.payment, receipt=settled(CHECKOUT)))
    fails(desk.verify(other, "--json"), 2, payment_receipt="broken_chain")


def test_what_was_prohibited_is_denied(desk: Desk) -> None:
    # attack 112
    pay = follow(OPEN_PAYMENT, paid(**{**CONTENT, "payee": {"id": "mallory", "name": "Mallory"}}))
    other = replace(WHOLE, payment=Shown(pay, AUDIENCE, NONCE), presentation=None)
    found = desk.verify(other, "--json")
    fails(found, 3, payment="denied")
    assert desk.verify(other).out.startswith("DOES NOT HOLD evidence")
    # What is invalid beside it comes first.
    assert desk.verify(replace(other, payment=Shown(pay, AUDIENCE, NONCE, settled())), processor=None).code == 2


def test_a_status_that_is_not_in_it_is_not_known(desk: Desk) -> None:
    listed = root(opened(constraints=limits()), status=STATUS)
    pay = follow(listed, paid(**CONTENT))
    other = replace(WHOLE, payment=Shown(pay, AUDIENCE, NONCE), presentation=None)
    fails(desk.verify(other, "--json"), 4, payment="stale_status")


def test_too_old_for_this_verifier(desk: Desk) -> None:
    assert WHOLE.payment is not None
    bare = replace(WHOLE, payment=replace(WHOLE.payment, receipt=None), presentation=None)
    later = replace(bare, at=WHOLE.at + timedelta(minutes=30))
    assert desk.verify(later).code == 0
    old = {"checkout": "outside_validity", "payment": "outside_validity", "checkout_receipt": "broken_chain"}
    fails(desk.verify(later, "--json", "--age", "10m"), 2, **old)


def test_a_verdict_is_not_dated_back(desk: Desk) -> None:
    assert WHOLE.checkout is not None
    receipt = sold(issued_at=WHOLE.at + timedelta(minutes=30))
    later = replace(WHOLE, checkout=replace(WHOLE.checkout, receipt=receipt), payment=None, presentation=None)
    fails(desk.verify(later, "--json"), 2, checkout_receipt="outside_validity")
    assert desk.verify(later, "--delay", "25m").code == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"format":"attorn evidence v2","at":1}',
        WHOLE.encode()[:-1],
        WHOLE.encode() + b"{}",
    ],
)
def test_what_is_no_evidence_is_malformed(desk: Desk, content: bytes) -> None:
    words = ("--anchor", USER.did)
    refused(desk.call("verify", desk.file("bad", content), *words), 2, "malformed")


def test_a_file_that_was_changed(desk: Desk) -> None:
    # attack 110
    text = WHOLE.encode().decode()
    body = PAYMENT.split(".")[1]
    forged = text.replace(body, base64url_encode(json.dumps({"x": 1}).encode()))
    found = desk.call("verify", desk.file("forged", forged), "--anchor", desk.file("user.jwk", USER.jwk), "--json")
    assert found.code == 2
    assert "payment" not in found.data


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "expected the checkout mandate"),
        (("--checkout-receipt", "x"), "-receipt go with --checkout"),
        (("--payment-receipt", "x"), "-receipt go with --payment"),
        (("--checkout", "-", "--payment", "-"), "- may stand once"),
        (("--checkout", "nowhere", "--checkout-audience", "a", "--checkout-nonce=-n"), "mandate: cannot read"),
        (("--checkout", "a.b", "--checkout-audience", "a"), "--checkout goes with"),
        (("--as-of", "now"), "--as-of: expected a time"),
        (("--presentation", "x"), "go together"),
        (("--presentation-audience", "x", "--presentation-request", "x"), "go together"),
    ],
)
def test_nothing_is_kept_that_is_not_there(desk: Desk, words: tuple[str, ...], told: str) -> None:
    refused(desk.call("keep", *words), 1, "invalid_input", told)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ([], "expected a JSON object"),
        ({"action": "purchase"}, "expected 'resource' as text"),
        ({"action": "purchase", "resource": "shop://x", "args": []}, "args: expected an object"),
        ({"action": "purchase", "resource": "shop://x", "when": 1}, "got 'when'"),
        ({"action": "purchase", "resource": "shop://x", "cost": 5}, "cost: expected an object"),
        ({"action": "purchase", "resource": "shop://x", "cost": {"amount": 1.5, "currency": "USD"}}, "minor units"),
        (
            {"action": "purchase", "resource": "shop://x", "cost": {"amount": 1, "currency": None}},
            "expected 'currency' as text",
        ),
        ({"action": "", "resource": "shop://x"}, "action"),
    ],
)
def test_what_is_no_request_is_not_kept(desk: Desk, request_: Any, told: str) -> None:
    words = ("keep", "--checkout", desk.file("order", CHECKOUT), "--checkout-audience", "a", "--checkout-nonce", "n")
    words += ("--presentation", desk.file("wire", "x"), "--presentation-audience", "a")
    refused(desk.call(*words, "--presentation-request", desk.file("request", request_)), 1, "invalid_input", told)


def test_a_file_of_no_https_url_is_not_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, CHECKOUT)
    words = ("keep", "--checkout", "-", "--checkout-audience", MERCHANT, "--checkout-nonce", "m-1")
    words += ("--fetched", "http://shop.example/list", desk.file("l", "x"))
    refused(desk.call(*words), 1, "invalid_input", "https URL")


@pytest.mark.parametrize(
    "option", ["--anchor", "--merchant", "--processor", "--list-issuer", "--age", "--staleness", "--delay"]
)
def test_an_option_that_says_nothing(desk: Desk, option: str) -> None:
    words = ("--anchor", USER.did) if option != "--anchor" else ()
    found = desk.call("verify", desk.file("purchase", WHOLE.encode()), *words, option, "?")
    refused(found, 1, "invalid_input")
