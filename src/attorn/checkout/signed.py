"""`checkout_jwt`: a checkout that its merchant signed, and the hash by which mandates mean this very one (AP2 v0.2).

Whoever sees a payment mandate sees that hash. So the text must not be found by guessing at the cart: signatures here
are random, and 128 random bits stand in the payload as `jti`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.checkout.checkout import Checkout, Status
from attorn.checkout.jwt import UnverifiedJwt
from attorn.checkout.jwt import sign as sign_jwt
from attorn.checkout.known_signer import KnownSigner, require_known
from attorn.checkout.member import whole
from attorn.clock import seconds_in, written
from attorn.did.resolver import Resolver
from attorn.display import shown, stamp
from attorn.encoding import base64url_encode
from attorn.errors import ExpiredError, InputError, MalformedError
from attorn.handed import draw
from attorn.keys.signer import Signer
from attorn.sdjwt.concealing import Random
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.times import TIMES, unix

ENTROPY: Final = 16
"""Random bytes in the `jti` of a checkout."""
SKEW: Final = timedelta(seconds=300)
"""How far the merchant's clock may differ from ours; AP2's own default."""
_OVER: Final = (Status.COMPLETED, Status.CANCELED)


@dataclass(frozen=True, slots=True)
class UnverifiedCheckout:
    """A `checkout_jwt` that is well formed and holds a proper checkout, perhaps forged. Made by `read`."""

    unverified: Checkout
    jwt: UnverifiedJwt = field(repr=False)

    @property
    def text(self) -> str:
        """The compact JWS as it came."""
        return self.jwt.text


@dataclass(frozen=True, slots=True)
class SignedCheckout:
    """A checkout that a known merchant signed. Made by `verify`.

    `signer` is the name of that merchant as the caller knows it, `document` the whole payload, `text` the compact JWS.
    """

    checkout: Checkout
    signer: str
    text: str = field(repr=False)
    document: dict[str, JsonValue] = field(repr=False)

    @property
    def hash(self) -> str:
        """`checkout_hash`, and `transaction_id`, where the SD-JWT of the mandate hashes by SHA-256."""
        return checkout_hash(self.text)

    @property
    def id(self) -> str:
        """What this offer is known by, for counting it once: the SHA-256 of what was signed, in base64url.

        Without the signature, which anybody can turn into a second one that is as good (ECDSA), of another `hash`.
        """
        return checkout_hash(self.text.rpartition(".")[0])


def checkout_hash(text: str, algorithm: HashAlgorithm = HashAlgorithm.SHA_256) -> str:
    """The hash of a `checkout_jwt`, by the algorithm of the SD-JWT of the mandate that names it. Raises `InputError`.

    It is over the text and not over what the text says: another signature of the same cart has another hash.
    """
    if not isinstance(text, str) or not text.isascii():
        raise InputError(f"checkout_jwt: expected ASCII text, got {shown(text)}")
    if not isinstance(algorithm, HashAlgorithm):
        raise InputError(f"checkout_jwt: expected a HashAlgorithm, got {type(algorithm).__name__}")
    return algorithm.digest(text)


def sign(document: Mapping[str, JsonValue], *, by: Signer, kid: str, random: Random = secrets.token_bytes) -> str:
    """The `checkout_jwt` of a UCP checkout, by ES256 and with a `jti` that nobody can guess.

    Raises `InputError` for a document that is no proper checkout, or has a `jti` or times of its own, and for a key
    that is not of P-256; `UnavailableError` if the signer or `random` fails.
    """
    if not isinstance(document, Mapping):
        raise InputError(f"checkout: expected a mapping, got {type(document).__name__}")
    if not isinstance(kid, str) or not kid:
        raise InputError(f"checkout: expected kid as text, got {shown(kid)}")
    for name in ("jti", *TIMES):
        if name in document:
            raise InputError(f"checkout: {name} has no place in it before it is signed")
    try:
        # Before it is canonical: there 24.0 becomes 24, and a shop that means dollars would ask for cents.
        Checkout.read(dict(document))
    except MalformedError as error:
        raise InputError(str(error)) from None
    entropy = draw(random, ENTROPY)
    payload = canonicalise({**document, "jti": base64url_encode(entropy)})
    text = sign_jwt({"typ": "JWT", "kid": kid}, payload, by=by)
    try:
        read(text)
    except MalformedError as error:
        raise InputError(str(error)) from None
    return text


def read(text: str) -> UnverifiedCheckout:
    """The checkout in a `checkout_jwt`; no signature is checked. Raises `LimitError` and `MalformedError`."""
    jwt = UnverifiedJwt.read(text)
    return UnverifiedCheckout(Checkout.read(jwt.unverified_claims), jwt)


def verify(
    text: str | UnverifiedCheckout,
    *,
    merchants: Iterable[KnownSigner],
    now: datetime,
    resolver: Resolver | None = None,
    skew: timedelta = SKEW,
) -> SignedCheckout:
    """The checkout, if one of `merchants` signed it as itself, and it is still open at `now`.

    A checkout that names its merchant must be signed by the one known by that id; one that names none, as UCP's own
    are, by any of them. No merchants at all refuse everything. `skew` is allowed both ways.

    Raises `InputError` for unusable arguments; for the text `LimitError`, `MalformedError`, `UntrustedRootError` if
    nobody known is meant, `SignatureError`, `ExpiredError`, `ResolutionError` or `UnavailableError`.
    """
    known = require_known(merchants, "merchants")
    second, slack = unix(now), seconds_in(skew, "skew")
    found = text if isinstance(text, UnverifiedCheckout) else read(text)
    merchant = found.unverified.merchant
    signer = found.jwt.signer_of((each for each in known if merchant is None or each.name == merchant.id), resolver)
    claims = found.jwt.unverified_claims
    _require_current(found.unverified, claims, second, slack)
    return SignedCheckout(found.unverified, signer.name, found.text, claims)


def _require_current(checkout: Checkout, claims: Mapping[str, JsonValue], now: int, skew: int) -> None:
    """RFC 7519 section 4.1 for the times of the JWT, and UCP's `expires_at`."""
    issued, start, end = times(claims)
    if end is not None and now >= end + skew:
        raise ExpiredError(f"checkout: its exp is {written(end)}, and it is {written(now)}")
    for name, at in (("nbf", start), ("iat", issued)):
        if at is not None and now + skew < at:
            raise ExpiredError(f"checkout: its {name} is {written(at)}, and it is {written(now)}")
    if checkout.status in _OVER:
        raise ExpiredError(f"checkout: it is {checkout.status}, and no longer open")
    if checkout.expires_at is not None and now >= int(checkout.expires_at.timestamp()) + skew:
        raise ExpiredError(f"checkout: open until {stamp(checkout.expires_at)}, and it is {written(now)}")


def times(claims: Mapping[str, JsonValue]) -> tuple[int | None, ...]:
    """The Unix seconds of `TIMES`, None where it has none. Raises `MalformedError` for any that is no such number."""
    return tuple(whole(claims[name], f"checkout.{name}") if name in claims else None for name in TIMES)
