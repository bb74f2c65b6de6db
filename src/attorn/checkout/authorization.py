"""UCP's `ap2.merchant_authorization`: a detached JWS (RFC 7515 appendix F) over the JCS of a checkout without `ap2`.

Put together again with its payload it is a compact JWS, and so the `checkout_jwt` of AP2: `attach` and `detach`.
UCP, extension `dev.ucp.shopping.ap2_mandate`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.checkout import jwt, signed
from attorn.checkout.checkout import Checkout
from attorn.checkout.known_signer import KnownSigner
from attorn.checkout.member import members
from attorn.checkout.signed import SKEW, SignedCheckout
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.keys.signer import Signer

AP2: Final = "ap2"
MEMBER: Final = "merchant_authorization"
_DETACHED: Final = re.compile(r"([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)")


def authorize(checkout: Mapping[str, JsonValue], *, by: Signer, kid: str) -> dict[str, JsonValue]:
    """A copy of a UCP checkout with the merchant's authorization in `ap2`, by ES256; other members of `ap2` stay.

    All of the checkout is signed but `ap2`, members that attorn does not know included. Raises `InputError` for what is
    no proper checkout and for a key that is not of P-256, `UnavailableError` if the signer fails.
    """
    if not isinstance(kid, str) or not kid:
        raise InputError(f"checkout: expected kid as text, got {shown(kid)}")
    if not isinstance(checkout, Mapping):
        raise InputError(f"checkout: expected a mapping, got {type(checkout).__name__}")
    bare = _bare(checkout)
    try:
        # Before it is canonical: there 1990.0 becomes 1990, which `verify` would not take.
        Checkout.read(bare)
        signed.times(bare)
        beside = members(checkout.get(AP2, {}), AP2)
    except MalformedError as error:
        raise InputError(str(error)) from None
    text = jwt.sign({"kid": kid}, canonicalise(bare), by=by)
    header, _, signature = text.split(".")
    authorized = {**checkout, AP2: {**beside, MEMBER: f"{header}..{signature}"}}
    try:
        # What is beside it is not signed, but sent.
        attach(canonicalise(authorized))
    except MalformedError as error:
        raise InputError(str(error)) from None
    return authorized


def verify(
    checkout: Mapping[str, JsonValue] | str | bytes,
    *,
    merchants: Iterable[KnownSigner],
    now: datetime,
    resolver: Resolver | None = None,
    skew: timedelta = SKEW,
) -> SignedCheckout:
    """The checkout, if its `ap2.merchant_authorization` is by one of `merchants`, and it is still open at `now`.

    Hand in the text as it came: two parsers may not agree on what a JSON text says. Raises as `attach` and
    `signed.verify` do.
    """
    return signed.verify(attach(checkout), merchants=merchants, now=now, resolver=resolver, skew=skew)


def is_missing(checkout: Mapping[str, JsonValue] | str | bytes) -> bool:
    """Whether a checkout has no authorization, not even a bad one. Raises `MalformedError` for what is no object."""
    return _detached(_document(checkout)) is None


def attach(checkout: Mapping[str, JsonValue] | str | bytes) -> str:
    """The compact JWS that a checkout and its authorization are together. No signature is checked.

    Raises `MalformedError` for a checkout without authorization, for one that does not name its key, and for what is no
    proper checkout.
    """
    document = _document(checkout)
    detached = _detached(document)
    if detached is None:
        raise MalformedError(f"checkout: expected {AP2}.{MEMBER}, which is missing")
    match = _DETACHED.fullmatch(detached) if isinstance(detached, str) else None
    if match is None or len(match[0]) > jwt.MOST_CHARACTERS:
        raise MalformedError(f"checkout: expected {AP2}.{MEMBER} as a detached JWS, got {shown(detached)}")
    bare = _bare(document)
    # Before it is canonical: there 1990.0 becomes 1990, which is not what was sent.
    Checkout.read(bare)
    try:
        payload = canonicalise(bare)
    except InputError as error:
        raise MalformedError(f"checkout: {error}") from None
    text = f"{match[1]}.{base64url_encode(payload)}.{match[2]}"
    _require_kid(jwt.UnverifiedJwt.read(text))
    return text


def detach(text: str) -> dict[str, JsonValue]:
    """The UCP checkout that a `checkout_jwt` is, its signature as `ap2.merchant_authorization`. None is checked.

    Only a text whose payload is canonical JSON (RFC 8785) without `ap2`, and whose header names a key, has this form:
    `MalformedError` for any other. `attach` gives back the same text.
    """
    found = signed.read(text).jwt
    _require_kid(found)
    header, payload, signature = text.split(".")
    if AP2 in found.unverified_claims or base64url_decode(payload) != canonicalise(found.unverified_claims):
        raise MalformedError(f"checkout_jwt: expected canonical JSON without {AP2}; this one has no detached form")
    return {**found.unverified_claims, AP2: {MEMBER: f"{header}..{signature}"}}


def _document(checkout: Mapping[str, JsonValue] | str | bytes) -> dict[str, JsonValue]:
    if isinstance(checkout, Mapping):
        return dict(checkout)
    return members(parse(checkout, most=jwt.MOST_CHARACTERS, depth=jwt.MOST_DEPTH), "checkout")


def _detached(document: Mapping[str, JsonValue]) -> JsonValue:
    beside = document.get(AP2)
    return beside.get(MEMBER) if isinstance(beside, dict) else None


def _bare(checkout: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: member for name, member in checkout.items() if name != AP2}


def _require_kid(found: jwt.UnverifiedJwt) -> None:
    if found.kid is None:
        raise MalformedError(f"checkout: expected {AP2}.{MEMBER} to name its key, by kid")
