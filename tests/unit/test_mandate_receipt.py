"""Receipts: written in one model, read in both, each good for one mandate alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws
from tests.unit.checkout_scene import AT, KID, MALLORY, NOW, SHOP, b64, jws

from attorn.checkout.known_signer import KnownSigner
from attorn.errors import AttornError, InputError, MalformedError
from attorn.keys.jwk import to_jwk
from attorn.mandate.links import Links
from attorn.mandate.receipt import CheckoutReceipt, Failure, PaymentReceipt, Reference, issue, verify

ISSUER = "https://demo-merchant.example"
ISSUERS = [KnownSigner.of(ISSUER, {**to_jwk(SHOP.public_key), "kid": KID})]
LEAF = "a.b.c~d1~d2~"
CHAIN = f"r.s.t~d0~~{LEAF}"
BY_JWT, BY_SD_JWT = (b64(hashlib.sha256(text).digest()) for text in (b"a.b.c", LEAF.encode()))
FAILURE = Failure("invalid_mandate", "over budget")
ORDER = CheckoutReceipt(ISSUER, BY_JWT, AT, order_id="order-1")
NO_ORDER = CheckoutReceipt(ISSUER, BY_JWT, AT, failure=FAILURE)
PAID = PaymentReceipt(ISSUER, BY_JWT, AT, "pay-1", "psp-1", "net-1")
UNPAID = PaymentReceipt(ISSUER, BY_JWT, AT, "pay-1", failure=FAILURE)
ALL = [ORDER, NO_ORDER, PAID, UNPAID]
BASE = {"iss": ISSUER, "reference": BY_JWT}


def checked(text: Any, kind: Any = CheckoutReceipt, **other: Any) -> Any:
    return verify(text, kind=kind, **{"mandate": CHAIN, "issuers": ISSUERS, "now": AT, **other})


def refused(text: Any, code: str, kind: Any = CheckoutReceipt, **other: Any) -> None:
    with pytest.raises(AttornError) as caught:
        checked(text, kind, **other)
    assert caught.value.code == code, caught.value


@pytest.mark.parametrize("receipt", ALL)
@pytest.mark.parametrize("mandate", [LEAF, CHAIN])
def test_what_is_issued_is_verified(receipt: Any, mandate: str) -> None:
    text = issue(receipt, by=SHOP, kid=KID)
    found = checked(text, type(receipt), mandate=mandate)
    assert (found.receipt, found.signer, found.matched, found.text) == (receipt, ISSUER, Reference.JWT, text)
    assert text not in repr(found)


@pytest.mark.parametrize(
    ("receipt", "claims"),
    [
        (ORDER, {"status": "Success", "order_id": "order-1"}),
        (NO_ORDER, {"status": "Error", "error": "invalid_mandate", "error_description": "over budget"}),
        (
            PAID,
            {
                "status": "Success",
                "payment_id": "pay-1",
                "psp_confirmation_id": "psp-1",
                "network_confirmation_id": "net-1",
            },
        ),
        (
            UNPAID,
            {
                "status": "Error",
                "payment_id": "pay-1",
                "error": "invalid_mandate",
                "error_description": "over budget",
            },
        ),
    ],
)
def test_what_is_written_is_the_model_of_the_sdk(receipt: Any, claims: dict[str, Any]) -> None:
    token = jwcrypto_jws.JWS()
    token.deserialize(issue(receipt, by=SHOP, kid=KID), jwcrypto_jwk.JWK(**to_jwk(SHOP.public_key)))
    assert json.loads(token.payload) == {**BASE, "iat": NOW, **claims}
    assert token.jose_header == {"alg": "ES256", "typ": "JWT", "kid": KID}


def test_what_the_sdk_writes_is_read() -> None:
    # It names itself by nobody, gives one id to all, has no kid and no typ, and nulls.
    one = {"status": "Success", "iss": "", "iat": NOW, "reference": BY_JWT, "payment_id": "p"}
    text = jws(
        {**one, "psp_confirmation_id": "p", "network_confirmation_id": "p", "rail_confirmation_verified": None},
        kid=...,
        typ=...,
    )
    found = checked(text, PaymentReceipt).receipt
    assert found.is_self_declared
    assert not PAID.is_self_declared
    with pytest.raises(InputError, match="three different ids"):
        PaymentReceipt(ISSUER, BY_JWT, AT, "p", "p", "n").write()


def test_the_model_of_the_specification_is_read() -> None:
    success = checked(jws({**BASE, "result": "success"}))
    assert success.receipt == CheckoutReceipt(ISSUER, BY_JWT, None)
    failed = checked(jws({**BASE, "result": "error", "error": "invalid_mandate"}), PaymentReceipt)
    assert failed.receipt.failure == Failure("invalid_mandate", "")


def test_both_references_are_known_and_told_apart() -> None:
    assert (Reference.JWT.of(CHAIN), Reference.SD_JWT.of(CHAIN)) == (BY_JWT, BY_SD_JWT)
    assert (Reference.JWT.of(LEAF), Reference.SD_JWT.of(LEAF)) == (BY_JWT, BY_SD_JWT)
    text = issue(CheckoutReceipt(ISSUER, BY_SD_JWT, AT, order_id="order-1"), by=SHOP, kid=KID)
    assert checked(text).matched is Reference.SD_JWT
    # The same JWT with other disclosures is the same mandate for one of them only.
    refused(text, "broken_chain", mandate="a.b.c~d1~")
    assert checked(issue(ORDER, by=SHOP, kid=KID), mandate="a.b.c~d1~").matched is Reference.JWT


# attack 118: a receipt for another mandate
@pytest.mark.parametrize("mandate", ["a.b.d~d1~d2~", "r.s.t~d0~", f"{LEAF}~x.y.z~d~", "A.b.c~d1~d2~"])
@pytest.mark.parametrize("receipt", ALL)
def test_a_receipt_is_for_one_mandate(receipt: Any, mandate: str) -> None:
    refused(issue(receipt, by=SHOP, kid=KID), "broken_chain", type(receipt), mandate=mandate)


@pytest.mark.parametrize("mandate", ["", "a.b.c", "a.b.c~~", "a.b.c~d~e.f.g", "~", "a.b~", "a.b.c~d "])
def test_what_is_no_mandate(mandate: str) -> None:
    refused(issue(ORDER, by=SHOP, kid=KID), "malformed", mandate=mandate)


# attack 119: nobody is trusted
def test_only_known_signers_as_themselves() -> None:
    good = issue(ORDER, by=SHOP, kid=KID)
    refused(good, "untrusted_root", issuers=[])
    refused(good, "untrusted_root", issuers=[KnownSigner.of("https://other.example", SHOP.public_key)])
    refused(good, "bad_signature", issuers=[KnownSigner.of(ISSUER, MALLORY.public_key)])
    refused(issue(ORDER, by=MALLORY, kid=KID), "bad_signature")
    refused(jws({**ORDER.write(), "iss": ""}, by=MALLORY), "bad_signature")


def test_a_changed_claim_is_no_longer_signed() -> None:
    header, _, signature = issue(ORDER, by=SHOP, kid=KID).split(".")
    refused(
        f"{header}.{b64(json.dumps({**ORDER.write(), 'order_id': 'order-2'}).encode())}.{signature}", "bad_signature"
    )


def test_a_receipt_of_one_kind_is_none_of_the_other() -> None:
    refused(issue(PAID, by=SHOP, kid=KID), "malformed", CheckoutReceipt)
    refused(issue(UNPAID, by=SHOP, kid=KID), "malformed", CheckoutReceipt)
    refused(issue(ORDER, by=SHOP, kid=KID), "malformed", PaymentReceipt)
    refused(issue(NO_ORDER, by=SHOP, kid=KID), "malformed", PaymentReceipt)


def test_times() -> None:
    for ahead, good in ((300, True), (301, False)):
        text = issue(CheckoutReceipt(ISSUER, BY_JWT, AT + timedelta(seconds=ahead), "order-1"), by=SHOP, kid=KID)
        if good:
            assert checked(text).receipt.order_id == "order-1"
        else:
            refused(text, "outside_validity")
            assert checked(text, skew=timedelta(seconds=301)).receipt.order_id == "order-1"


@pytest.mark.parametrize(
    "changed",
    [
        {"status": ...},
        {"status": "success"},
        {"status": "Failure"},
        {"status": None},
        {"status": ["Success"]},
        {"result": "success"},
        {"order_id": ...},
        {"order_id": None},
        {"order_id": ""},
        {"order_id": 7},
        {"error": "x"},
        {"error_description": "x"},
        {"status": "Error"},
        {"status": "Error", "error": "x", "error_description": "y"},
        {"status": "Error", "order_id": ..., "error": "x"},
        {"status": "Error", "order_id": ..., "error_description": "x"},
        {"iss": ...},
        {"iss": None},
        {"iss": 7},
        {"iat": ...},
        {"iat": "1900000000"},
        {"iat": 1.9e9},
        {"iat": -1},
        {"iat": 253_402_300_800},
        {"reference": ...},
        {"reference": ""},
        {"reference": None},
        {"payment_id": "p"},
    ],
)
def test_claims_that_are_no_checkout_receipt(changed: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**ORDER.write(), **changed}.items() if value is not ...}
    with pytest.raises(MalformedError, match=r"^receipt"):
        CheckoutReceipt.read(claims)
    refused(jws(claims), "malformed")


@pytest.mark.parametrize(
    ("of", "changed"),
    [
        (PAID, {"payment_id": ...}),
        (PAID, {"psp_confirmation_id": ...}),
        (PAID, {"network_confirmation_id": None}),
        (PAID, {"psp_confirmation_id": ..., "network_confirmation_id": ...}),
        (PAID, {"network_confirmation_id": 3}),
        (PAID, {"status": "Error", "error": "x", "error_description": "y"}),
        (PAID, {"order_id": "o"}),
        (UNPAID, {"payment_id": ...}),
        (UNPAID, {"psp_confirmation_id": "x"}),
        (UNPAID, {"error_description": None}),
        (UNPAID, {"status": ..., "result": "error", "psp_confirmation_id": "x"}),
    ],
)
def test_claims_that_are_no_payment_receipt(of: Any, changed: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**of.write(), **changed}.items() if value is not ...}
    with pytest.raises(MalformedError, match=r"^receipt"):
        PaymentReceipt.read(claims)


@pytest.mark.parametrize("receipt", [*ALL, CheckoutReceipt(ISSUER, BY_JWT, None)])
def test_what_is_written_is_read(receipt: Any) -> None:
    if receipt.issued_at is None:
        with pytest.raises(InputError):
            receipt.write()
        return
    assert type(receipt).read(receipt.write()) == receipt


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (CheckoutReceipt, {"order_id": "o", "failure": FAILURE}),
        (CheckoutReceipt, {"order_id": ""}),
        (CheckoutReceipt, {"order_id": 7}),
        (CheckoutReceipt, {"issuer": None}),
        (CheckoutReceipt, {"reference": ""}),
        (CheckoutReceipt, {"issued_at": datetime(2030, 1, 1)}),
        (CheckoutReceipt, {"failure": "x"}),
        (CheckoutReceipt, {"failure": Failure("", "x")}),
        (CheckoutReceipt, {"failure": Failure("x", None)}),  # type: ignore[arg-type]
        (PaymentReceipt, {"psp_confirmation_id": "x", "failure": FAILURE}),
        (PaymentReceipt, {"payment_id": "x" * 2049}),
    ],
)
def test_what_cannot_be_made(kind: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        kind(**{"issuer": ISSUER, "reference": BY_JWT, "issued_at": AT, **wrong})


@pytest.mark.parametrize(
    "receipt",
    [
        CheckoutReceipt(ISSUER, BY_JWT, AT),
        CheckoutReceipt(ISSUER, BY_JWT, None, "order-1"),
        CheckoutReceipt("", BY_JWT, AT, "order-1"),
        CheckoutReceipt(ISSUER, BY_JWT, AT, failure=Failure("x", "")),
        PaymentReceipt(ISSUER, BY_JWT, AT),
        PaymentReceipt(ISSUER, BY_JWT, AT, "pay-1"),
        PaymentReceipt(ISSUER, BY_JWT, AT, "pay-1", "psp-1"),
        PaymentReceipt(ISSUER, BY_JWT, AT, None, "psp-1", "net-1"),
        PaymentReceipt(ISSUER, BY_JWT, AT, failure=FAILURE),
        PaymentReceipt(ISSUER, BY_JWT, AT, "same", "same", "same"),
        None,
        {"status": "Success"},
    ],
)
def test_what_is_not_issued(receipt: Any) -> None:
    with pytest.raises(InputError):
        issue(receipt, by=SHOP, kid=KID)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": dict}, {"kind": None}, {"mandate": None}, {"issuers": None}, {"now": NOW}, {"skew": 1}],
)
def test_arguments_are_what_they_must_be(wrong: dict[str, Any]) -> None:
    text = issue(ORDER, by=SHOP, kid=KID)
    with pytest.raises(InputError):
        verify(text, **{"kind": CheckoutReceipt, "mandate": CHAIN, "issuers": ISSUERS, "now": AT, **wrong})
    for kid in ("", None):
        with pytest.raises(InputError):
            issue(ORDER, by=SHOP, kid=kid)  # type: ignore[arg-type]


def test_an_instant_is_kept_whatever_its_zone() -> None:
    assert CheckoutReceipt.read(ORDER.write()).issued_at == datetime.fromtimestamp(NOW, UTC)


LINKS = Links(b64(b"c" * 32), (b64(b"m" * 32),))


@pytest.mark.parametrize("receipt", ALL)
def test_what_a_receipt_ties_together(receipt: Any) -> None:
    tied = replace(receipt, links=LINKS)
    assert checked(issue(tied, by=SHOP, kid=KID), type(receipt)).receipt == tied
    assert tied.write() == {**receipt.write(), **LINKS.write()}
    with pytest.raises(InputError, match="expected Links or None"):
        replace(receipt, links=LINKS.write())


@pytest.mark.parametrize("name", ["iss", "iat", "reference", "order_id"])
@pytest.mark.parametrize("value", [7.5, True, ["x"], {}])
def test_a_claim_of_another_kind_is_named(name: str, value: Any) -> None:
    with pytest.raises(MalformedError, match=rf"^receipt\.{name}: expected"):
        CheckoutReceipt.read({**ORDER.write(), name: value})


@pytest.mark.parametrize("name", ["payment_id", "psp_confirmation_id", "network_confirmation_id"])
def test_an_id_of_another_kind_is_named(name: str) -> None:
    with pytest.raises(MalformedError, match=rf"^receipt\.{name}: expected"):
        PaymentReceipt.read({**PAID.write(), name: 7})
    with pytest.raises(InputError, match=f"expected {name} as text"):
        replace(PAID, **{name: 7})


@pytest.mark.parametrize("name", ["issuer", "reference", "order_id"])
def test_a_field_of_another_kind_is_named(name: str) -> None:
    for value in ("x" * 2049, 7):
        with pytest.raises(InputError, match=f"^receipt: expected {name} as text"):
            replace(ORDER, **{name: value})
    assert replace(ORDER, **{name: "x" * 2048})


def test_a_time_in_the_model_of_the_specification() -> None:
    said = {**BASE, "result": "success"}
    assert CheckoutReceipt.read({**said, "iat": NOW}).issued_at == AT
    assert CheckoutReceipt.read({**said, "iat": None}).issued_at is None
    for wrong in ("1900000000", -1, 1.5):
        with pytest.raises(MalformedError, match=r"^receipt\.iat"):
            CheckoutReceipt.read({**said, "iat": wrong})
    refused(jws({**said, "iat": NOW + 301}), "outside_validity")
    assert checked(jws({**said, "iat": NOW + 300}))


def test_what_a_verifier_lacks_is_named() -> None:
    for name, value in (("issuers", None), ("skew", 1), ("now", NOW)):
        with pytest.raises(InputError, match=f"^{name}: "):
            checked(issue(ORDER, by=SHOP, kid=KID), **{name: value})
    with pytest.raises(InputError, match=r"^receipt: expected an aware datetime"):
        replace(ORDER, issued_at=NOW)
    with pytest.raises(InputError, match="expected description as text"):
        replace(NO_ORDER, failure=Failure("x", "y" * 2049))
    assert [str(form) for form in Reference] == ["jwt", "sd-jwt"]
