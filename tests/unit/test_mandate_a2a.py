"""AP2 v0.2 between agents: chains of mandates and receipts in data parts, each of the kind that its key says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.checkout_scene import KID
from tests.unit.checkout_scene import SHOP as PROCESSOR
from tests.unit.checkout_scene import jws as signed
from tests.unit.mandate_scene import (
    AT,
    SUB,
    USER,
    check,
    follow,
    jwt,
    opened,
    ordered,
    paid,
    root,
    shopping,
    unb64,
)

from attorn import mandate
from attorn.errors import InputError, MandateError
from attorn.mandate import data_part, read_parts, vc
from attorn.mandate.a2a import CHECKOUT, PAYMENT, RECEIPT
from attorn.mandate.parts import MOST_PARTS
from attorn.mandate.receipt import CheckoutReceipt, Failure, PaymentReceipt, Reference, issue
from attorn.sdjwt.compact import MOST_CHARACTERS

PAYING = follow(root())
ORDERING = follow(root(shopping()), ordered())
CONFIRMED = PaymentReceipt("https://psp.example", Reference.JWT.of(PAYING), AT, "pay-1", "psp-1", "net-1")
SIGNED = issue(CONFIRMED, by=PROCESSOR, kid=KID)
UNSIGNED = CONFIRMED.write()
TEXTS = {CHECKOUT: ORDERING, PAYMENT: PAYING, RECEIPT: SIGNED}


def older(**data: Any) -> dict[str, Any]:
    return {"kind": "data", "data": data}


def newer(**data: Any) -> dict[str, Any]:
    return {"data": data}


SHAPES = pytest.mark.parametrize("shape", [older, newer])


def refused(parts: Any) -> None:
    with pytest.raises(MandateError) as caught:
        read_parts(parts)
    assert type(caught.value) is MandateError
    assert len(str(caught.value)) < 1024


def test_the_keys_are_those_of_the_reference() -> None:
    assert [*data_part(checkout=ORDERING, payment=PAYING, receipt=SIGNED, risk_data="x")["data"]] == [  # type: ignore[misc]
        "ap2.mandates.CheckoutMandateSdJwt",
        "ap2.mandates.PaymentMandateSdJwt",
        "ap2.PaymentReceipt",
        "risk_data",
    ]


@pytest.mark.parametrize(("version", "shape"), [("0.3", older), ("1.0", newer)])
def test_what_is_written_is_read(version: str, shape: Any) -> None:
    made = data_part(checkout=ORDERING, payment=PAYING, receipt=SIGNED, risk_data="eyJ", version=version)
    assert made == shape(**TEXTS, risk_data="eyJ")
    found = read_parts(json.loads(json.dumps([{"text": "Initiate a payment"}, made])))
    assert found.unverified_checkout == ORDERING
    assert check(found.unverified_payment or "").closed == check(PAYING).closed
    assert (found.unverified_receipt, found.unverified_risk_data) == (SIGNED, "eyJ")
    assert not any(text in repr(found) for text in (*TEXTS.values(), "eyJ"))


def test_parts_are_of_1_0_unless_told_otherwise() -> None:
    assert data_part(payment=PAYING) == newer(**{PAYMENT: PAYING})


@pytest.mark.parametrize(
    "text",
    [
        root(),  # an open one, handed on
        root(paid(iat=1_900_000_000)),  # the human is present
        follow(follow(root(), opened(SUB, exp=1_900_000_060)), by=SUB),
    ],
)
def test_chains_of_any_length(text: str) -> None:
    assert read_parts([data_part(payment=text)]).unverified_payment == text
    refused([newer(**{CHECKOUT: text})])


@pytest.mark.parametrize("receipt", [CONFIRMED, PaymentReceipt("i", "r", AT, "p", failure=Failure("invalid", "no"))])
def test_a_receipt_that_nobody_signed_is_told_apart(receipt: PaymentReceipt) -> None:
    made = data_part(receipt=receipt)
    assert made == newer(**{RECEIPT: receipt.write()})
    assert read_parts([made]).unverified_receipt == receipt
    # As the official programs fill in what is not there, and as protobuf has numbers.
    spelled = {**receipt.write(), "error": receipt.write().get("error"), "iat": float(AT.timestamp())}
    assert read_parts([newer(**{RECEIPT: spelled})]).unverified_receipt == receipt
    refused([older(**{RECEIPT: spelled})])


@SHAPES
@pytest.mark.parametrize("key", TEXTS)
def test_one_of_each(key: str, shape: Any) -> None:
    for other in (older, newer):
        refused([shape(**{key: TEXTS[key]}), other(**{key: TEXTS[key]})])
    refused([shape(risk_data="x"), shape(**{key: TEXTS[key]}, risk_data="x")])


@SHAPES
@pytest.mark.parametrize("key", [CHECKOUT, PAYMENT])
@pytest.mark.parametrize(
    "value",
    [
        None, 1, True, [], {}, [PAYING], {"mandate": PAYING}, "", "~", "x", "a.b.c", "a.b.c~",
        SIGNED, PAYING[:-1], PAYING + "~", "~" + PAYING, PAYING + "x", PAYING.replace("~~", "~~~"), PAYING + " ",
        "\ud800", PAYING.replace("ey", "e\u0443", 1), ORDERING.replace("ey", "e\u0443", 1),
        PAYING.replace("~", "\n~", 1),
        "A" * (MOST_CHARACTERS + 1), "a.b.c~" + "A~" * 513, "~~".join(["a.b.c~A"] * 33) + "~",
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_what_is_no_chain(value: Any, key: str, shape: Any) -> None:
    refused([shape(**{key: value})])


@pytest.mark.parametrize("key", [CHECKOUT, PAYMENT])
@pytest.mark.parametrize(
    "content",
    [
        paid(vct=...), paid(vct="mandate.payment"), paid(vct=1), paid(vct=["mandate.payment.1"]), "paid", [paid()],
        paid(vct="mandate.checkout.2"), paid(vct=None),
    ],
    ids=lambda content: str(content)[:30],
)  # fmt: skip
def test_a_chain_that_ends_in_no_mandate(content: Any, key: str) -> None:
    refused([newer(**{key: follow(root(), content)})])


def test_the_end_says_which_mandate_it_is() -> None:
    """Two readers must not take a payment for a checkout: the key says one, and so does the chain."""
    for key, text in ((CHECKOUT, PAYING), (PAYMENT, ORDERING), (CHECKOUT, root()), (PAYMENT, root(shopping()))):
        for shape in (older, newer):
            refused([shape(**{key: text})])
    with pytest.raises(InputError):
        data_part(checkout=PAYING, payment=ORDERING)


def test_content_that_is_kept_back_or_doubled() -> None:
    header, claims, signature = PAYING.split("~~")[1].split("~")[0].split(".")
    bare = f"{header}.{claims}.{signature}~"
    refused([newer(**{PAYMENT: bare})])
    refused([newer(**{PAYMENT: root()[:-1] + "~~" + bare})])
    both = {"delegate_payload": [paid()], "_delegate_payload": [paid()]}
    refused([newer(**{PAYMENT: jwt(both, by=USER, typ="sd+jwt") + "~"})])
    refused([newer(**{PAYMENT: jwt({"vct": "mandate.payment.1"}, by=USER, typ="sd+jwt") + "~"})])


def test_the_other_name_of_the_claim_is_read() -> None:
    first, *disclosures = root(paid())[:-1].split("~")
    claims = json.loads(unb64(first.split(".")[1]))
    claims["_delegate_payload"] = claims.pop("delegate_payload")
    text = "~".join((jwt(claims, by=USER, typ="example+sd-jwt"), *disclosures, ""))
    assert read_parts([newer(**{PAYMENT: text})]).unverified_payment == text
    refused([newer(**{CHECKOUT: text})])


@SHAPES
@pytest.mark.parametrize(
    "value",
    [
        None, 1, [], [UNSIGNED], "", "x", "a.b.c", PAYING, {}, {"status": "Success"}, {**UNSIGNED, "status": "success"},
        {**UNSIGNED, "result": "success"}, {**UNSIGNED, "order_id": "o-1"}, {**UNSIGNED, "iat": "now"},
        {**UNSIGNED, "iat": 1.5}, {**UNSIGNED, "payment_id": "p" * 10_000}, {**UNSIGNED, "error": "no"},
        issue(CheckoutReceipt("i", "r", AT, order_id="o-1"), by=PROCESSOR, kid=KID), SIGNED + "~", SIGNED + "=",
        signed({"status": "Success"}, by=PROCESSOR), "A" * (MOST_CHARACTERS + 1),
        {"payment_mandate_id": "pm-1", "payment_status": {"merchant_confirmation_id": "m-1"}},
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_what_is_no_receipt(value: Any, shape: Any) -> None:
    refused([shape(**{RECEIPT: value})])


@pytest.mark.parametrize(
    "parts", [None, {}, "x", newer(**TEXTS), [{}] * (MOST_PARTS + 1)], ids=lambda parts: str(parts)[:9]
)
def test_parts_are_a_short_list(parts: Any) -> None:
    refused(parts)


@pytest.mark.parametrize("key", TEXTS)
@pytest.mark.parametrize(
    "make",
    [
        lambda data: {"kind": "text", "data": data},
        lambda data: {"kind": None, "data": data},
        lambda data: {"text": "x", "data": data},
        lambda data: {"kind": "data", "text": "x", "data": data},
        lambda data: {"url": "https://a.example", "data": data},
        lambda data: {"raw": "", "data": data},
        lambda data: {"data": {}, "metadata": data},
        lambda data: {"data": [data]},
        lambda data: {"data": {"data": data}},
        lambda data: {"root": {"data": data}},
        lambda data: data,
        lambda data: {"data": {"data": [data]}},
        lambda data: {"data": {"data": {"data": data}}},
        lambda data: {"data": {"x": data}},
        lambda data: {"data": {"x": [[data]]}},
        lambda data: {"metadata": {"x": [data]}},
        lambda data: {"parts": [{"data": {"data": data}}]},
        lambda data: {"root": {"root": {"kind": "data", "data": data}}},
        lambda data: [{"data": data}],
        lambda data: [[data]],
    ],
)
def test_nothing_vanishes(make: Any, key: str) -> None:
    refused([make({key: TEXTS[key]})])


def test_what_is_not_of_v0_2_is_passed_over() -> None:
    others = {
        "ap2.mandates.CartMandate": {},
        "ap2.checkout": {},
        "ap2.mandates.CheckoutMandate": 1,
        "debug_mode": False,
    }
    found = read_parts([None, "x", {"text": "hello"}, older(**others), newer(**others), {"raw": "AA"}])
    assert found == mandate.UnverifiedParts(None, None, None, None)


def test_each_version_refuses_the_others_receipt() -> None:
    with pytest.raises(MandateError):
        vc.read_parts([newer(**{RECEIPT: SIGNED})])
    with pytest.raises(MandateError):
        vc.read_parts([newer(**{RECEIPT: UNSIGNED})])


@pytest.mark.parametrize(
    "given",
    [
        {}, {"version": "1.0"}, {"payment": PAYING, "version": "0.2"}, {"payment": PAYING, "version": None},
        {"payment": ""}, {"payment": ORDERING}, {"checkout": PAYING}, {"checkout": PAYING.encode()},
        {"payment": [PAYING]}, {"payment": 1}, {"receipt": UNSIGNED}, {"receipt": PAYING}, {"receipt": 1},
        {"receipt": CheckoutReceipt("i", "r", AT, order_id="o")},
        {"receipt": PaymentReceipt("i", "r", AT, "p", "p", "p")}, {"receipt": PaymentReceipt("", "r", None)},
        {"risk_data": {"score": 1}}, {"risk_data": 1}, {"receipt": CONFIRMED, "risk_data": {"score": 1}},
        {"risk_data": "\ud800"}, {"payment": PAYING, "checkout": "x"},
    ],
    ids=lambda given: str(given)[:40],
)  # fmt: skip
def test_whoever_makes_a_part_is_told_of_a_mistake(given: Any) -> None:
    with pytest.raises(InputError):
        data_part(**given)
