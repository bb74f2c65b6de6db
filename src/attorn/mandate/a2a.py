"""AP2 v0.2 between agents: chains of mandates, and receipts, in data parts of A2A.

Nothing here is verified: a part is read so far that each text is what its key says, and not another kind of mandate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue
from attorn.checkout.jwt import UnverifiedJwt
from attorn.display import shown
from attorn.errors import InputError, MandateError, VerificationError
from attorn.mandate import wire
from attorn.mandate.envelope import Envelope
from attorn.mandate.hop import PAYLOAD, PAYLOADS, UnverifiedHop
from attorn.mandate.parts import NEWER, RISK, gathered, part_of
from attorn.mandate.receipt import PaymentReceipt
from attorn.mandate.vct import Vct

CHECKOUT: Final = "ap2.mandates.CheckoutMandateSdJwt"
PAYMENT: Final = "ap2.mandates.PaymentMandateSdJwt"
RECEIPT: Final = "ap2.PaymentReceipt"
_KINDS: Final = {CHECKOUT: (Vct.OPEN_CHECKOUT, Vct.CHECKOUT), PAYMENT: (Vct.OPEN_PAYMENT, Vct.PAYMENT)}
_ALPHABET: Final = re.compile(r"[A-Za-z0-9_.~-]+")
_KEYS: Final = (CHECKOUT, PAYMENT, RECEIPT, RISK)


@dataclass(frozen=True, slots=True)
class UnverifiedParts:
    """What the data parts of a message or an artifact hold, each None if it is not there. Made by `read_parts`.

    Mandates are the texts of chains, for `verify` or a `MandateVerifier`. A receipt is a text for `receipt.verify`, or
    what AP2's own programs send in its place: the claims alone, which nobody has signed.
    """

    unverified_checkout: str | None = field(repr=False)
    unverified_payment: str | None = field(repr=False)
    unverified_receipt: str | PaymentReceipt | None = field(repr=False)
    unverified_risk_data: JsonValue = field(repr=False)


def data_part(
    *,
    checkout: str | None = None,
    payment: str | None = None,
    receipt: str | PaymentReceipt | None = None,
    risk_data: str | None = None,
    version: str = NEWER,
) -> dict[str, JsonValue]:
    """The part that carries these, in the shape of A2A 1.0, or 0.3 if `version` says so.

    `checkout` and `payment` are chains of mandates; `receipt` is signed, or a PaymentReceipt for peers that take its
    claims unsigned. Raises `InputError` for a text that is malformed or of another kind than its name says, for
    `risk_data` that is no text, for another `version`, and for nothing to carry.
    """
    given = {
        CHECKOUT: checkout,
        PAYMENT: payment,
        RECEIPT: receipt.write() if isinstance(receipt, PaymentReceipt) else receipt,
        RISK: risk_data,
    }
    data: dict[str, JsonValue] = {key: value for key, value in given.items() if value is not None}
    if not data:
        raise InputError("data part: expected something to carry")
    for key, value in data.items():
        if not isinstance(value, str) and (key != RECEIPT or not isinstance(receipt, PaymentReceipt)):
            raise InputError(f"data part: expected {key} as text, got {shown(value)}")
    return part_of(data, version, read_parts)


def read_parts(parts: JsonValue) -> UnverifiedParts:
    """What the parts of a message or an artifact hold, in the shape of A2A 0.3 or 1.0.

    Parts and members that are not of AP2 v0.2 are passed over. Raises `MandateError` for a member of it that is
    malformed, too long, there twice, out of its place or another kind of mandate than its key says.
    """
    found = gathered(parts, _KEYS)
    return UnverifiedParts(
        _chain(found[CHECKOUT], CHECKOUT) if CHECKOUT in found else None,
        _chain(found[PAYMENT], PAYMENT) if PAYMENT in found else None,
        _receipt(found[RECEIPT]) if RECEIPT in found else None,
        found.get(RISK),
    )


def _chain(text: JsonValue, key: str) -> str:
    if not isinstance(text, str):
        raise MandateError(f"data parts: expected {key} as text, got {shown(text)}")
    try:
        leaf = wire.split(text)[-1]
        if _ALPHABET.fullmatch(text) is None:
            raise MandateError("expected base64url, dots and ~ alone")
        claims = Envelope.read(leaf.jwt).claims
        claim = next((name for name in PAYLOADS if name in claims), PAYLOAD)
        content = UnverifiedHop.read(leaf, claim=claim).content
    except VerificationError as error:
        raise MandateError(f"data parts: {key}: {error}") from None
    vct = None if content is None else content.get("vct")
    if vct not in _KINDS[key]:
        raise MandateError(f"data parts: {key}: expected {' or '.join(_KINDS[key])} at its end, got {shown(vct)}")
    return text


def _receipt(value: JsonValue) -> str | PaymentReceipt:
    if not isinstance(value, str | dict):
        raise MandateError(f"data parts: expected {RECEIPT} as text or as an object, got {shown(value)}")
    try:
        if isinstance(value, dict):
            return PaymentReceipt.read(value)
        PaymentReceipt.read(UnverifiedJwt.read(value).unverified_claims)
    except VerificationError as error:
        raise MandateError(f"data parts: {RECEIPT}: {error}") from None
    return value
