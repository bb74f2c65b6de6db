"""Harnesses of checkouts: what shops and processors send and sign, and amounts as decimals."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from typing import Any

from jwcrypto.jwk import JWK
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require, text_of, tried
from tests.unit import checkout_scene as scene
from tests.unit.checkout_scene import CHECKOUT, KID, KNOWN, SHOP

from attorn.canonical import parse
from attorn.checkout import authorization, completion, currency, signed
from attorn.checkout.checkout import Checkout
from attorn.checkout.completion import Completion
from attorn.checkout.known_signer import KnownSigner
from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.errors import InputError, MalformedError, VerificationError
from attorn.keys.ec_key import Curve, EcKey
from attorn.mandate import receipt as receipts
from attorn.mandate.receipt import CheckoutReceipt, Failure, PaymentReceipt, Reference

_REFUSED = (VerificationError,)
_PARTIES: tuple[type[Merchant] | type[Instrument] | type[Pisp], ...] = (Merchant, Instrument, Pisp)
_LEAF = "a.b.c~d1~"
_ISSUER = "https://demo-merchant.example"
_ISSUERS = [KnownSigner.of(_ISSUER, SHOP.public_key)]


def _party(data: bytes) -> bool:
    value = accepted(lambda: parse(data), MalformedError)
    kinds = [kind for kind in _PARTIES if tried(lambda kind=kind: kind.read(value), MalformedError) is not None]  # type: ignore[misc]
    for kind in kinds:
        party: Any = kind.read(value)
        require(isinstance(value, dict) and party.write().items() <= value.items(), "more than was read")
        require(kind.read(party.write()) == party and party.matches(party), "another party")
    return bool(kinds)


def _amount(data: bytes) -> bool:
    """A currency, and an amount of it as text; perhaps the same as a number."""
    parts = parts_of(data, 2)
    code, text = text_of(parts[0]), text_of(parts[-1])
    number = tried(lambda: parse(text), MalformedError)
    money = tried(lambda: currency.from_number(number, code), MalformedError)
    if money is not None:
        digits = json.dumps(number)
        require(Decimal(digits).scaleb(currency.exponent(code)) == money.amount, "another amount", digits)
        require(currency.from_number(currency.to_number(money), code) == money, "another number")
    found = accepted(lambda: currency.from_decimal(text, code), MalformedError)
    written = currency.to_decimal(found)
    require(Decimal(written) == Decimal(text) and currency.from_decimal(written, code) == found, "another amount")
    require(written == text or len(written) > len(text), "another spelling")
    return True


def _checkout(data: bytes) -> bool:
    """Signed in both forms, it is the same checkout."""
    value = accepted(lambda: parse(data), MalformedError)
    found = accepted(lambda: Checkout.read(value), MalformedError)
    require(isinstance(value, dict))
    parts = sum(total.amount for total in found.totals if total.type != "total")
    require(found.total.amount == parts >= 0 and found.total.currency == found.currency, "does not add up")
    require(sum(found.quantities.values()) >= len(found.line_items) > 0, "an empty cart")
    signer = "x" if found.merchant is None else found.merchant.id
    known: dict[str, Any] = {"merchants": [KnownSigner.of(signer, SHOP.public_key)], "now": scene.AT}
    bare = {name: member for name, member in value.items() if name != "ap2"}  # type: ignore[union-attr]
    text = accepted(lambda: signed.sign(bare, by=SHOP, kid=KID), InputError)
    again = tried(lambda: signed.verify(text, **known), *_REFUSED)
    require(again is None or (again.checkout == found and again.text == text), "another checkout")
    require(authorization.attach(authorization.detach(text)) == text, "another text by way of UCP")
    authorized = authorization.authorize(bare, by=SHOP, kid=KID)
    detached = tried(lambda: authorization.verify(json.dumps(authorized), **known), *_REFUSED)
    require(detached is None or (detached.checkout == found and detached.document == bare), "another checkout in UCP")
    require((again is None) == (detached is None), "one form is refused")
    return True


def _checkout_text(data: bytes) -> bool:
    text = text_of(data)
    found = accepted(lambda: signed.read(text), *_REFUSED)
    require(found.text == text, "another text")
    genuine = tried(lambda: signed.verify(found, merchants=[KNOWN], now=scene.AT), *_REFUSED)
    require(genuine is None or text in _SIGNED, "accepted, and nobody signed it")
    detached = tried(lambda: authorization.detach(text), MalformedError)
    require(detached is None or authorization.attach(detached) == text, "another text by way of UCP")
    return True


def _completion(data: bytes) -> bool:
    value = accepted(lambda: parse(data), MalformedError)
    found = accepted(lambda: Completion.read(value), *_REFUSED)
    for mandate in (found.unverified_checkout_mandate, *found.unverified_payment_mandates):
        require(mandate is None or "~" in mandate, "no mandate")
    mandate = found.unverified_checkout_mandate
    bare = None if mandate is None else tried(lambda: completion.for_schema(mandate), InputError)
    require(bare is None or completion.from_schema(bare) == mandate, "another mandate by way of the schema")
    return True


def _receipt(data: bytes) -> bool:
    """Signed, it is the same receipt, for one mandate."""
    value = accepted(lambda: parse(data), MalformedError)
    claims = value if isinstance(value, dict) else {}
    kinds = [kind for kind in (CheckoutReceipt, PaymentReceipt) if _is_receipt(kind, claims)]
    return bool(kinds)


def _is_receipt(kind: Any, claims: dict[str, Any]) -> bool:
    receipt = tried(lambda: kind.read(claims), MalformedError)
    written = None if receipt is None else tried(receipt.write, InputError)
    if receipt is None or written is None:
        return receipt is not None
    require(kind.read(written) == receipt, "another receipt")
    text = receipts.issue(receipt, by=SHOP, kid=KID)
    asked: dict[str, Any] = {"kind": kind, "issuers": _ISSUERS, "now": scene.AT}
    again = tried(lambda: receipts.verify(text, mandate=_LEAF, **asked), *_REFUSED)
    require(again is None or again.receipt == receipt, "another receipt, signed")
    other = tried(lambda: receipts.verify(text, mandate="a.b.d~d1~", **asked), *_REFUSED)
    require(again is None or other is None, "good for another mandate")
    return True


def _ec_key(data: bytes) -> bool:
    value = accepted(lambda: parse(data), MalformedError)
    key = accepted(lambda: EcKey.read(value if isinstance(value, dict) else {}, curves=list(Curve)), MalformedError)
    require(EcKey.read(key.write(), curves=[key.curve]) == key, "another key")
    require(not key.verify(bytes(2 * key.curve.size), b"") and not key.verify(data, b""), "verifies anything")
    return True


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _parties() -> Iterable[bytes]:
    yield _json(scene.MERCHANT)
    yield _json({"id": "pi-1", "type": "card", "description": "Card 4242"})
    yield _json({"legal_name": "Pay Ltd", "brand_name": "Pay", "domain_name": "pay.example"})
    yield _json({"id": "m", "name": "n", "website": None, "type": "card", "more": [1]})


def _amounts() -> Iterable[bytes]:
    for code, text in (
        ("USD", "19.99"),
        ("JPY", "1000"),
        ("KWD", "0.001"),
        ("CLF", "1.5"),
        ("EUR", "90071992547409.91"),
    ):
        yield joined(code.encode(), text.encode())
    yield joined(b"USD", b"1e2")
    yield joined(b"XXX", b"1")


def _checkouts() -> Iterable[bytes]:
    yield _json(CHECKOUT)
    yield _json({name: member for name, member in CHECKOUT.items() if name not in {"merchant", "ucp", "expires_at"}})
    yield _json(scene.changed("currency", to="JPY"))
    yield _json({**CHECKOUT, "more": [0.5, None, {"a": ["b"]}], "status": "canceled"})
    yield _json(scene.changed("expires_at", to="2020-01-01T00:00:00.5+01:00"))


_SIGNED = frozenset((scene.jws(CHECKOUT), scene.jws(parse(_json(CHECKOUT)), typ=..., kid=...)))


def _texts() -> Iterable[bytes]:
    yield from (text.encode() for text in sorted(_SIGNED))
    yield authorization.attach(authorization.authorize(CHECKOUT, by=scene.MALLORY, kid=KID)).encode()


def _completions() -> Iterable[bytes]:
    for mandate in ("a.b.c~d1~~e.f.g~d2~", "a.b.c~d~", "a.b.c~d", None):
        instruments = [{"credential": {"token": token}} for token in ("e.f.g~", "tok", 7)]
        yield _json({"ap2": {"checkout_mandate": mandate}, "payment": {"instruments": instruments}})
    yield _json({})


def _receipts() -> Iterable[bytes]:
    reference, at = Reference.JWT.of(_LEAF), scene.AT.astimezone(UTC)
    failure = Failure("invalid_mandate", "over budget")
    yield _json(CheckoutReceipt(_ISSUER, reference, at, "order-1").write())
    yield _json(CheckoutReceipt(_ISSUER, Reference.SD_JWT.of(_LEAF), at, failure=failure).write())
    yield _json(PaymentReceipt(_ISSUER, reference, at, "p", "s", "n").write())
    yield _json(PaymentReceipt(_ISSUER, reference, at, "p", failure=failure).write())
    yield _json({"iss": _ISSUER, "result": "success", "reference": reference})


def _ec_keys() -> Iterable[bytes]:
    for curve in ("P-256", "P-384", "P-521", "secp256k1"):
        yield JWK.generate(kty="EC", crv=curve, kid="k").export_public().encode()


HARNESSES = (
    Harness("party", "fixpoint", _party, _parties, "attorn.checkout.party:Merchant.read",
            "attorn.checkout.party:Merchant.write", mutators.json_text, size=1024),
    Harness("amount", "fixpoint; the standard library's decimals agree", _amount, _amounts,
            "attorn.checkout.currency:from_decimal", "attorn.checkout.currency:to_decimal", size=64),
    Harness("checkout", "it adds up; signed in both forms, it is the same checkout", _checkout, _checkouts,
            "attorn.checkout.checkout:Checkout.read", None, mutators.json_text),
    Harness("checkout-text", "nothing is accepted but what was signed", _checkout_text, _texts,
            "attorn.checkout.signed:read", None),
    Harness("completion", "fixpoint by way of UCP's schema", _completion, _completions,
            "attorn.checkout.completion:Completion.read", None, mutators.json_text, size=1024),
    Harness("mandate-receipt", "signed; good for one mandate", _receipt, _receipts,
            "attorn.mandate.receipt:CheckoutReceipt.read", "attorn.mandate.receipt:CheckoutReceipt.write",
            mutators.json_text, size=1024),
    Harness("ec-key", "fixpoint", _ec_key, _ec_keys, "attorn.keys.ec_key:EcKey.read", "attorn.keys.ec_key:EcKey.write",
            mutators.json_text, size=1024),
)  # fmt: skip
