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
from tests.unit.mandate_scene import AUDIENCE, MALLORY, NONCE, USER, follow, opened, paid, root
from tests.unit.test_cli_world import Outcome, call, refused, stdin
from tests.unit.test_mandate_verifier import MERCHANT, limits

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
    assert lines[-1] == "payment receipt by processor: done"
    assert any("only   payment.amount_range" in each for each in lines)


def test_a_receipt_of_a_failure_is_told(desk: Desk) -> None:
    receipt = sold(order_id=None, failure=Failure("invalid_mandate", "no"))
    assert WHOLE.checkout is not None
    found = desk.verify(replace(WHOLE, checkout=replace(WHOLE.checkout, receipt=receipt)))
    assert "checkout receipt by merchant_1: it failed: invalid_mandate" in found.out


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
    ],
)
def test_nothing_is_kept_that_is_not_there(desk: Desk, words: tuple[str, ...], told: str) -> None:
    refused(desk.call("keep", *words), 1, "invalid_input", told)


def test_a_file_of_no_https_url_is_not_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, CHECKOUT)
    words = ("keep", "--checkout", "-", "--checkout-audience", MERCHANT, "--checkout-nonce", "m-1")
    words += ("--fetched", "http://shop.example/list", desk.file("l", "x"))
    refused(desk.call(*words), 1, "invalid_input", "https URL")


@pytest.mark.parametrize("option", ["--anchor", "--merchant", "--processor", "--list-issuer", "--age", "--staleness"])
def test_an_option_that_says_nothing(desk: Desk, option: str) -> None:
    words = ("--anchor", USER.did) if option != "--anchor" else ()
    found = desk.call("verify", desk.file("purchase", WHOLE.encode()), *words, option, "?")
    refused(found, 1, "invalid_input")
