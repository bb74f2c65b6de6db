"""DPoP (RFC 9449): a holder's proof for one request, over its method, its URL and the token that it brings.

It covers no query, no header and no body. Source: docs/spec/dpop.md.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import Clock, second_of, system_clock
from attorn.encoding import base64url_encode
from attorn.errors import (
    DelegationError,
    InputError,
    MalformedError,
    PossessionError,
    SignatureError,
    VerificationError,
)
from attorn.holder import check_holder
from attorn.identity import Identity
from attorn.jose import jws
from attorn.jose.claims import Claims
from attorn.jose.jws import UnverifiedJws, token_hash
from attorn.keys.public import PublicKey
from attorn.keys.signer import key_of
from attorn.oauth.nonces import Nonces
from attorn.request.request import Request
from attorn.token.presentation import Presentation
from attorn.token.token import Token
from attorn.verify.possession import Possession
from attorn.web.http import HttpMessage

TYP: Final = "dpop+jwt"
ALGS: Final = "EdDSA Ed25519 ES256"
"""The algorithms of proofs, as a challenge names them."""
WINDOW: Final = timedelta(minutes=5)
"""How far from now a proof may say that it was made."""
MOST_PROOF: Final = 8192
"""Longest proof, in characters."""
_MOST_ID: Final = 256


class DpopError(VerificationError):
    """The DPoP proof is none, or not for this request, or not of now (step 8)."""

    code = "invalid_dpop_proof"
    default_step = 8


class DpopNonceError(DpopError):
    """The server asks for a proof with a nonce of its own, which is `nonce` (step 8)."""

    code = "use_dpop_nonce"

    def __init__(self, message: str, *, step: int | None = None, nonce: str | None = None) -> None:
        super().__init__(message, step=step)
        self.nonce = nonce


def prove(
    token: Token, *, by: Identity, method: str, url: str, nonce: str | None = None, clock: Clock = system_clock
) -> str:
    """A fresh proof by the holder of `token`, for one request with that method to that URL.

    The query of `url` is left out, as the RFC has it. Raises `DelegationError` if `by` does not hold the token,
    `InputError`, or `UnavailableError` if the signer fails.
    """
    check_holder(by, token)
    if token.unverified_links[-1].to.key != key_of(by.signer) or token.holder != by.did:
        raise DelegationError(f"{by.did} does not hold this token; {token.holder} does")
    if not isinstance(url, str) or not (nonce is None or isinstance(nonce, str)):
        raise InputError("expected the URL and the nonce as text")
    bare = url.partition("#")[0].partition("?")[0]
    _target(method, bare)
    claims: dict[str, JsonValue] = {
        "ath": token_hash(token.encode()),
        "htm": method,
        "htu": bare,
        "iat": second_of(clock),
        "jti": base64url_encode(secrets.token_bytes(16)),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return jws.sign(claims, by=by.signer, typ=TYP, jwk=True)


@dataclass(frozen=True, slots=True)
class DpopProof(Possession):
    """A token with a proof that was found to be for this request. Made by `read`; who signed it the verifier asks."""

    token: str
    jws: UnverifiedJws
    key: PublicKey
    made: Presentation

    def presentation(self) -> Presentation:
        """For whom and for what the proof was made, from when to when."""
        return self.made

    def verify(self, holder: PublicKey) -> None:
        """Raises `PossessionError` for a proof by another key, `DpopError` for one that its own key did not sign."""
        if self.key != holder:
            raise PossessionError("the DPoP proof is by another key than the holder's")
        try:
            self.jws.verify((holder,))
        except SignatureError:
            raise DpopError("DPoP: the proof is not signed by the key that it brings", step=4) from None


def read(
    proof: str,
    *,
    token: str,
    message: HttpMessage,
    request: Request,
    audience: str,
    now: int,
    window: timedelta = WINDOW,
    nonces: Nonces | None = None,
) -> DpopProof:
    """The proof in the one `DPoP` header of `message`, for `token`; `request` is what the message asks for.

    Checked here is all that RFC 9449, section 4.3, asks but for the signature, the replay and whose key it is: those
    are the verifier's. Raises `DpopError`, `DpopNonceError` where `nonces` does not know the one that it answers,
    `UnavailableError` where their clock fails, and `MalformedError` for a token that is not in ASCII.
    """
    try:
        found = jws.read(proof, typ=TYP, most=MOST_PROOF, jwk=True)
        key, claims = found.own_key(), _Claims.of(Claims(found.claims, "proof"))
    except MalformedError as error:
        raise DpopError(f"DPoP: {error}", step=1) from None
    if claims.method != message.method:
        raise DpopError("DPoP: htm is another method than that of the request")
    if _htu(claims.url) != _target(message.method, message.origin + message.path):
        raise DpopError("DPoP: htu is another URL than that of the request")
    if not hmac.compare_digest(claims.token_hash.encode(), token_hash(token).encode()):
        raise DpopError("DPoP: ath is of another token than the one that came")
    span = int(window.total_seconds())
    if not claims.at - span <= now < claims.at + span:
        raise DpopError(f"DPoP: iat is further than {span} seconds from now")
    asked = None if nonces is None else nonces.in_place_of(claims.nonce)
    if asked is not None:
        # Nobody is asked for a nonce who is given none.
        raise DpopNonceError("DPoP: expected a nonce that this server gave out, not long ago", nonce=asked)
    # Longer than the ids of presentations: neither can use up the other.
    identifier = b"dpop" + hashlib.sha256(claims.id.encode()).digest()
    made = Presentation(audience, request.digest(), identifier, claims.at - span, claims.at + span)
    return DpopProof(token, found, key, made)


@dataclass(frozen=True, slots=True)
class _Claims:
    id: str
    method: str
    url: str
    at: int
    token_hash: str
    nonce: str | None

    @classmethod
    def of(cls, claims: Claims) -> _Claims:
        """The claims of a proof. Raises `MalformedError` for a missing one or one of another type."""
        return cls(
            id=claims.any_text("jti", most=_MOST_ID),
            method=claims.any_text("htm", most=MOST_PROOF),
            url=claims.any_text("htu", most=MOST_PROOF),
            at=claims.second("iat"),
            token_hash=claims.any_text("ath", most=MOST_PROOF),
            nonce=claims.any_text("nonce", least=0, most=MOST_PROOF) if "nonce" in claims else None,
        )


def _htu(url: str) -> tuple[str, bool]:
    try:
        return _target("GET", url)
    except InputError:
        raise DpopError("DPoP: expected htu as an http or https URL without query, fragment and dot segments") from None


def _target(method: str, url: str) -> tuple[str, bool]:
    """The normal form of a URL without query (RFC 3986, section 6.2.2 and 6.2.3), and whether it ends in a slash.

    The normal form of a resource has none; here it makes a difference. Raises `InputError`.
    """
    scheme, _, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    message = HttpMessage(method=method, origin=f"{scheme}://{authority}", path=f"/{path}")
    return message.resource, path.endswith("/")
