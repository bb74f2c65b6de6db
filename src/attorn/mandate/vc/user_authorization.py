"""AP2's own signature of a payment: `user_authorization`, an SD-JWT VC that its holder bound to cart and payment.

AP2 v0.1 leaves the hashes open; here they are SHA-256 over canonical JSON (RFC 8785), in base64url: of the CartMandate,
then of the PaymentMandateContents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from attorn import sdjwt
from attorn.canonical import JsonValue
from attorn.credential.policy import SKEW, Issuers
from attorn.did import key as did_key
from attorn.did.did import parse_url
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import ChainError, CredentialError, InputError, MandateError, StaleError, UntrustedRootError
from attorn.keys.signer import Signatory
from attorn.mandate.vc.cart import CartMandate
from attorn.mandate.vc.digest import hash_of
from attorn.mandate.vc.payment import PaymentMandate
from attorn.mandate.vc.trust import trusts
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.pointer import Pointer
from attorn.sdjwt.times import require_current, unix

CLAIM: Final = "transaction_data"
"""The claim of the key binding that has the hashes."""
_ALGORITHM: Final = "transaction_data_hashes_alg"
"""The one that says by which algorithm they are; SHA-256 where it is not there."""


@dataclass(frozen=True, slots=True)
class UserAuthorization:
    """That the DID `user` has `cart` paid by `payment`. Made by `verify_user_authorization`.

    `issuer` is the DID that says whose key it is, perhaps the user's own. A key that no DID was named for is a did:key.
    """

    cart: CartMandate
    payment: PaymentMandate
    user: str
    issuer: str


def authorize_payment(
    payment: PaymentMandate,
    *,
    cart: JsonValue,
    credential: str,
    by: Signatory,
    audience: str,
    nonce: str,
    now: datetime,
    disclose: Iterable[Pointer] = (),
) -> PaymentMandate:
    """`payment` with the user's signature over it and over `cart`, the JSON of a CartMandate as it came.

    `credential` is an SD-JWT VC that names the key of `by` as its holder's, with all its disclosures, of which
    `disclose` are shown. Raises `InputError` for unusable arguments, and as `attorn.sdjwt.present` does.
    """
    if not isinstance(payment, PaymentMandate) or payment.user_authorization is not None:
        raise InputError("authorize_payment: expected a PaymentMandate that nobody has signed")
    try:
        CartMandate.read(cart)
        hashes: list[JsonValue] = [hash_of(cart), hash_of(payment.payment_mandate_contents.write())]
    except MandateError as error:
        raise InputError(str(error)) from None
    text = sdjwt.present(
        credential, disclose=disclose, by=by, audience=audience, nonce=nonce, now=now, also={CLAIM: hashes}
    )
    return replace(payment, user_authorization=text)


def verify_user_authorization(
    payment: JsonValue,
    *,
    cart: JsonValue,
    users: Issuers,
    wallets: Issuers = (),
    audience: str,
    nonce: str,
    now: datetime,
    resolver: Resolver | None = None,
    skew: int = SKEW,
) -> UserAuthorization:
    """Who signed that the CartMandate `cart` is paid by the PaymentMandate `payment`, both as JSON as they came.

    The holder is one of `users`; the issuer is the holder itself or one of `wallets`, whom a verifier believes whose
    keys are whose. Raises `MandateError` for what is no mandate, one that no user has signed, or hashes by another
    algorithm; `ChainError` where the signature is over another cart or payment; `ExpiredError` where it says when it is
    good, and that is not now; `UntrustedRootError`, `StaleError` for a credential that names a status list,
    `InputError` without an audience and a nonce, and as `attorn.sdjwt.verify` does.
    """
    if not isinstance(audience, str) or not isinstance(nonce, str):
        raise InputError("user authorization: expected an audience and a nonce")
    read, offered = PaymentMandate.read(payment), CartMandate.read(cart)
    if read.user_authorization is None:
        raise MandateError("payment mandate: no user has signed it")
    found = sdjwt.verify(
        read.user_authorization,
        typ=sdjwt.SD_JWT_VC,
        audience=audience,
        nonce=nonce,
        now=now,
        resolver=resolver,
        skew=timedelta(seconds=skew),
    )
    user = _holder(found.confirmation)
    if not trusts(users, user, "users"):
        raise UntrustedRootError(f"user authorization: {shown(user)} is no user that is trusted here")
    if found.issuer is None or not (found.issuer == user or trusts(wallets, found.issuer, "wallets")):
        raise UntrustedRootError(f"user authorization: nobody believes {shown(found.issuer)} whose key this is")
    if "status" in found.claims:
        raise StaleError("user authorization: its credential names a status list, and none was handed in")
    _require_said(found.binding_claims, unix(now), skew)
    contents = payment.get("payment_mandate_contents") if isinstance(payment, dict) else None
    if found.binding_claims.get(CLAIM) != [hash_of(cart), hash_of(contents)]:
        raise ChainError("user authorization: it is over another cart or another payment")
    return UserAuthorization(offered, read, user, found.issuer)


def _require_said(claims: Mapping[str, JsonValue], now: int, skew: int) -> None:
    """What a user's signature says beside the hashes: by which algorithm they are, and until when it is good."""
    algorithm = claims.get(_ALGORITHM, HashAlgorithm.SHA_256)
    if algorithm != HashAlgorithm.SHA_256:
        raise MandateError(f"user authorization: expected hashes by sha-256, got {shown(algorithm)}")
    try:
        require_current(claims, now=now, skew=skew)
    except CredentialError as error:
        raise MandateError(f"user authorization: {error}") from None


def _holder(confirmation: sdjwt.Confirmation | None) -> str:
    if confirmation is not None and confirmation.method is not None:
        return parse_url(confirmation.method).did.text
    if confirmation is None or confirmation.key is None:
        raise MandateError("user authorization: it names no holder")
    return did_key.encode(confirmation.key)
