"""Signing mandates as verifiable credentials: docs/spec/mandate-v01.md, section 2."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from attorn import credential
from attorn.canonical import JsonValue, canonicalise
from attorn.clock import instant
from attorn.credential import Securing, Version
from attorn.did.did import is_did
from attorn.display import shown, stamp
from attorn.errors import CredentialError, InputError, MandateError
from attorn.handed import draw
from attorn.keys.signer import Signatory, require_signatory
from attorn.mandate.vc.cart import CartMandate
from attorn.mandate.vc.context import URL, contexts
from attorn.mandate.vc.intent import IntentMandate
from attorn.mandate.vc.mandate import Mandate
from attorn.mandate.vc.payment import PaymentMandate
from attorn.mandate.vc.signed import read_mandate
from attorn.sdjwt.concealing import Random
from attorn.status import BitstringEntry

_FORMS: Final = (Securing.JOSE, Securing.DATA_INTEGRITY)
_ID_BYTES: Final = 16


def issue_intent(
    intent: IntentMandate,
    *,
    by: Signatory,
    agent: str,
    now: datetime,
    status: BitstringEntry | None = None,
    securing: Securing = Securing.JOSE,
    method: str | None = None,
    random: Random = secrets.token_bytes,
) -> str:
    """The text of a credential by which `by`, the user, lets the DID `agent` buy what `intent` says, until it expires.

    `status` is an entry of a list of the user's. `method` is the DID URL of the signer's key, known by itself for
    did:key and did:jwk. Raises `InputError` for unusable arguments, `UnavailableError` if `random` or the signer fails.
    """
    if not isinstance(intent, IntentMandate):
        raise InputError(f"intent mandate: expected an IntentMandate, got {type(intent).__name__}")
    if not isinstance(agent, str) or not is_did(agent):
        raise InputError(f"intent mandate: expected agent as a DID, got {shown(agent)}")
    subject: dict[str, JsonValue] = {"id": agent}
    signing = _Signing(by, now, status, securing, method, random)
    return signing.text(intent, subject, None, intent.intent_expiry)


def issue_cart(
    cart: CartMandate,
    *,
    by: Signatory,
    intent: str | None,
    now: datetime,
    status: BitstringEntry | None = None,
    securing: Securing = Securing.JOSE,
    method: str | None = None,
    random: Random = secrets.token_bytes,
) -> str:
    """The text of a credential by which `by`, the merchant, stands for `cart` until it expires.

    `intent` is the digest of the intent that it is an answer to (`read_mandate`), None where there is none. Otherwise
    as `issue_intent`.
    """
    if not isinstance(cart, CartMandate):
        raise InputError(f"cart mandate: expected a CartMandate, got {type(cart).__name__}")
    return _Signing(by, now, status, securing, method, random).text(cart, {}, intent, cart.contents.cart_expiry)


def issue_payment(
    payment: PaymentMandate,
    *,
    by: Signatory,
    cart: str,
    until: datetime,
    now: datetime,
    status: BitstringEntry | None = None,
    securing: Securing = Securing.JOSE,
    method: str | None = None,
    random: Random = secrets.token_bytes,
) -> str:
    """The text of a credential by which `by`, the user or the agent, has a cart paid for, good until `until`.

    `cart` is the digest of the cart's credential (`read_mandate`). Otherwise as `issue_intent`.
    """
    if not isinstance(payment, PaymentMandate):
        raise InputError(f"payment mandate: expected a PaymentMandate, got {type(payment).__name__}")
    if not isinstance(cart, str):
        raise InputError(f"payment mandate: expected cart as a digest, got {type(cart).__name__}")
    return _Signing(by, now, status, securing, method, random).text(payment, {}, cart, until)


@dataclass(frozen=True, slots=True)
class _Signing:
    """Who signs, when and how. Raises `InputError`."""

    by: Signatory
    now: datetime
    status: BitstringEntry | None
    securing: Securing
    method: str | None
    random: Random

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", require_signatory(self.by, "mandate"))
        if self.securing not in _FORMS:
            raise InputError("mandate: expected a JWS or a Data Integrity proof")
        if self.status is not None and not isinstance(self.status, BitstringEntry):
            raise InputError(f"mandate: expected status as a BitstringEntry, got {type(self.status).__name__}")

    def text(self, mandate: Mandate, subject: Mapping[str, JsonValue], follows: str | None, until: datetime) -> str:
        """The signed text of `mandate`, bound to what it `follows`."""
        start, end = instant(self.now, "now"), instant(until, "until")
        if start >= end:
            raise InputError(f"mandate: it would end at {stamp(end)}, and it is {stamp(start)}")
        document: dict[str, JsonValue] = {
            "@context": [str(Version.V2), URL],
            "id": f"urn:uuid:{_uuid(self.random)}",
            "type": ["VerifiableCredential", f"{mandate.NAME}Credential"],
            "issuer": self.by.did,
            "validFrom": stamp(start),
            "validUntil": stamp(end),
            "credentialSubject": {
                **subject,
                "type": mandate.NAME,
                "mandate": mandate.write(),
                **({} if follows is None else {"follows": follows}),
            },
        }
        if self.status is not None:
            document["credentialStatus"] = self.status.write()
        try:
            secured = credential.issue(
                document, by=self.by, securing=self.securing, created=start, method=self.method, contexts=contexts()
            )
            text = secured if isinstance(secured, str) else canonicalise(secured).decode()
            # Whoever gets it must be able to read it.
            read_mandate(text, type(mandate))
        except (CredentialError, MandateError) as error:
            raise InputError(str(error)) from None
        return text


def _uuid(random: Random) -> UUID:
    drawn = draw(random, _ID_BYTES)
    return UUID(bytes=drawn, version=4)
