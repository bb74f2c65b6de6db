"""AP2's own signature of a cart: `merchant_authorization`, a JWT over the hash of its contents.

AP2 v0.1 leaves the scheme open; here `cart_hash` is SHA-256 over canonical JSON (RFC 8785), in base64url.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import instant, written
from attorn.credential.policy import SKEW, Issuers
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown, stamp
from attorn.encoding import base64url_encode
from attorn.errors import (
    AudienceError,
    ChainError,
    CredentialError,
    ExpiredError,
    InputError,
    MandateError,
    UntrustedRootError,
)
from attorn.handed import draw
from attorn.jose import jws
from attorn.jose.kid import kid_of
from attorn.keys.signer import Signatory, require_signatory
from attorn.mandate.vc.cart import CartMandate
from attorn.mandate.vc.digest import hash_of
from attorn.mandate.vc.kinds import MOST_TOKEN
from attorn.mandate.vc.trust import trusts
from attorn.sdjwt.concealing import Random
from attorn.sdjwt.times import second

LONGEST: Final = timedelta(minutes=15)
"""Longest life of one: AP2 asks for 5 to 15 minutes."""
_TYP: Final = "JWT"
_CLAIMS: Final = frozenset(("iss", "sub", "aud", "iat", "exp", "jti", "cart_hash"))
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class MerchantAuthorization:
    """That `merchant`, a DID, stands for `cart` until `expires`. Made by `verify_merchant_authorization`.

    `id` is the JWT's own: whoever takes one only once remembers it.
    """

    cart: CartMandate
    merchant: str
    id: str
    issued: datetime
    expires: datetime


def authorize_cart(
    cart: CartMandate,
    *,
    by: Signatory,
    audience: str | Sequence[str],
    now: datetime,
    lifetime: timedelta = timedelta(minutes=10),
    kid: str | None = None,
    random: Random = secrets.token_bytes,
) -> CartMandate:
    """`cart` with the merchant's JWT, for these audiences, for at most 15 minutes from `now`.

    Raises `InputError` for unusable arguments, `UnavailableError` if `random` or the signer fails.
    """
    if not isinstance(cart, CartMandate) or cart.merchant_authorization is not None:
        raise InputError("authorize_cart: expected a CartMandate that nobody has signed")
    audiences = (
        [audience] if isinstance(audience, str) else list(audience) if isinstance(audience, list | tuple) else []
    )
    if not audiences or not all(isinstance(each, str) and each for each in audiences):
        raise InputError("authorize_cart: expected audience as text, or as a list of texts")
    if not isinstance(lifetime, timedelta) or not timedelta(seconds=1) <= lifetime <= LONGEST:
        raise InputError("authorize_cart: expected a lifetime of a second to 15 minutes")
    start = int(instant(now, "now").timestamp())
    drawn = draw(random, _ID_BYTES)
    by = require_signatory(by, "authorize_cart")
    kid = kid_of(by, kid, "authorize_cart")
    claims: dict[str, JsonValue] = {
        "iss": by.did,
        "sub": by.did,
        "aud": audiences[0] if len(audiences) == 1 else [*audiences],
        "iat": start,
        "exp": start + int(lifetime.total_seconds()),
        "jti": base64url_encode(drawn),
        "cart_hash": hash_of(cart.contents.write()),
    }
    return replace(cart, merchant_authorization=jws.sign(claims, by=by.signer, typ=_TYP, kid=kid))


def verify_merchant_authorization(
    cart: JsonValue,
    *,
    merchants: Issuers,
    audience: str,
    now: datetime,
    resolver: Resolver | None = None,
    skew: int = SKEW,
) -> MerchantAuthorization:
    """What the JWT in the JSON of a CartMandate says, which one of `merchants` signed for this audience, good at `now`.

    The hash is that of the contents as they came. Raises `MandateError` for no CartMandate, one that nobody signed and
    claims of another form, `MalformedError` for what is no such JWT, `UntrustedRootError`, `ResolutionError`,
    `SignatureError`, `ChainError` where it is over another cart, `AudienceError`, `ExpiredError`, `UnavailableError`.
    """
    moment = instant(now, "now")
    if not isinstance(audience, str) or not audience:
        raise InputError("merchant authorization: expected an audience")
    read = CartMandate.read(cart)
    text = read.merchant_authorization
    if text is None:
        raise MandateError("cart mandate: no merchant has signed it")
    found = jws.read(text, typ=_TYP, most=MOST_TOKEN)
    merchant, start, end = _claims(found.claims)
    if not trusts(merchants, merchant, "merchants"):
        raise UntrustedRootError(f"merchant authorization: {shown(merchant)} is no merchant that is trusted here")
    keys = jws.issuer_keys(
        LocalResolver() if resolver is None else resolver, merchant, found.kid, Relationship.ASSERTION_METHOD
    )
    found.verify(keys)
    contents = cart.get("contents") if isinstance(cart, dict) else None
    if found.claims["cart_hash"] != hash_of(contents):
        raise ChainError("merchant authorization: it is over another cart")
    named = found.claims["aud"]
    if audience not in (named if isinstance(named, list) else [named]):
        raise AudienceError(f"merchant authorization: for {shown(named)}, and this is {shown(audience)}")
    if not start - skew <= moment.timestamp() <= end + skew:
        good = f"good from {written(start)} to {written(end)}"
        raise ExpiredError(f"merchant authorization: {good}, and it is {stamp(moment)}")
    at, until = (datetime.fromtimestamp(each, UTC) for each in (start, end))
    return MerchantAuthorization(read, merchant, str(found.claims["jti"]), at, until)


def _claims(claims: dict[str, JsonValue]) -> tuple[str, int, int]:
    """Who signs, from when, until when. Raises `MandateError` unless all claims are there, and of their form."""
    if claims.keys() != _CLAIMS:
        raise MandateError(f"merchant authorization: expected the claims {', '.join(sorted(_CLAIMS))}")
    merchant, named = claims["iss"], claims["aud"]
    if not isinstance(merchant, str) or not is_did(merchant) or claims["sub"] != merchant:
        raise MandateError(f"merchant authorization: expected iss and sub as one DID, got {shown(merchant)}")
    audiences = named if isinstance(named, list) else [named]
    if not audiences or not all(isinstance(each, str) and each for each in audiences):
        raise MandateError(f"merchant authorization: expected aud as text, or as an array of texts, got {shown(named)}")
    if not isinstance(claims["jti"], str) or not claims["jti"]:
        raise MandateError("merchant authorization: expected jti as text that is not empty")
    try:
        start, end = second(claims, "iat"), second(claims, "exp")
    except CredentialError as error:
        raise MandateError(f"merchant authorization: {error}") from None
    if start is None or end is None or not start < end <= start + LONGEST.total_seconds():
        raise MandateError("merchant authorization: expected exp within 15 minutes after iat")
    return merchant, start, end
