"""Compact JWS by ECDSA (RFC 7515), as shops sign checkouts and receipts: strict on every part, `typ` may be missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.checkout.known_signer import CURVES, KnownSigner
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError, SignatureError, UntrustedRootError
from attorn.keys.public import Algorithm
from attorn.keys.signer import P256Signer, PinnedSigner, Signer, key_of, signed

MOST_CHARACTERS: Final = 262_144
"""Longest JWS, in characters."""
MOST_DEPTH: Final = 32
_MOST_HEADER: Final = 4096
_MOST_SIGNATURE: Final = 2 * max(curve.size for curve in CURVES)
_ALGS: Final = tuple(curve.alg for curve in CURVES)
# A critical extension must be understood, and none is. The others say where to find a key, and the caller says that.
_REFUSED: Final = ("crit", "b64", "jwk", "jku", "x5c", "x5u")
_PARTS: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class UnverifiedJwt:
    """The parts of a JWS that is well formed, perhaps forged. Made by `read`."""

    text: str = field(repr=False)
    alg: str
    kid: str | None
    unverified_claims: dict[str, JsonValue] = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def read(cls, text: str) -> UnverifiedJwt:
        """The JWS in `text`. Raises `LimitError` if it is too long, and `MalformedError` for any other form.

        Refused are other algorithms than ES256, ES384 and ES512, other types than JWT, extensions, keys in the header,
        duplicate members, and everything that is not canonical base64url.
        """
        if not isinstance(text, str):
            raise InputError(f"JWT: expected str, got {type(text).__name__}")
        if len(text) > MOST_CHARACTERS:
            raise LimitError(f"JWT: expected at most {MOST_CHARACTERS} characters, got {len(text)}")
        match = _PARTS.fullmatch(text)
        if match is None:
            raise MalformedError("JWT: expected three parts of base64url")
        alg, kid = _header(match[1])
        signature = base64url_decode(match[3])
        if len(signature) > _MOST_SIGNATURE:
            raise MalformedError(f"JWT: expected a signature of at most {_MOST_SIGNATURE} bytes")
        claims = parse(base64url_decode(match[2]), most=MOST_CHARACTERS, depth=MOST_DEPTH)
        if not isinstance(claims, dict):
            raise MalformedError("JWT: expected its claims as a JSON object")
        return cls(text, alg, kid, claims, signature)

    def signer_of(self, signers: Iterable[KnownSigner], resolver: Resolver | None) -> KnownSigner:
        """The one of these who signed it. The key decides the algorithm.

        Raises `UntrustedRootError` if its header can mean no key of theirs, `SignatureError` if none that it can mean
        signed it, and `ResolutionError` or `UnavailableError` for a DID.
        """
        signing_input = self.text.rpartition(".")[0].encode("ascii")
        meant = False
        for signer in signers:
            for key in signer.candidates(self.kid, self.alg, resolver):
                meant = True
                if key.verify(self.signature, signing_input):
                    return signer
        if not meant:
            raise UntrustedRootError(f"JWT: no known key is called {shown(self.kid)} and signs by {self.alg}")
        raise SignatureError("JWT: not signed by a known key that its header could mean")


def sign(header: dict[str, JsonValue], payload: bytes, *, by: Signer) -> str:
    """The compact JWS of `payload` by ES256, made with a fresh random number where the key is a `P256Signer`.

    A signature that follows from what is signed would let its hash be found by guessing at that. A signer of another
    kind is asked as it is. Raises `InputError` for a key of another algorithm, `UnavailableError` if the signer fails.
    """
    key = key_of(by)
    if key.algorithm is not Algorithm.P256:
        raise InputError("JWT: expected a P-256 key to sign by ES256")
    text = f"{base64url_encode(canonicalise({'alg': 'ES256', **header}))}.{base64url_encode(payload)}"
    if len(text) > MOST_CHARACTERS - _MOST_SIGNATURE:
        raise InputError(f"JWT: longer than {MOST_CHARACTERS} characters once signed")
    signer = by.unpredictable() if isinstance(by, P256Signer) else by
    return f"{text}.{base64url_encode(signed(PinnedSigner(signer, key), text.encode('ascii')))}"


def _header(part: str) -> tuple[str, str | None]:
    if len(part) > _MOST_HEADER:
        raise MalformedError(f"JWT: expected a header of at most {_MOST_HEADER} characters")
    members = parse(base64url_decode(part), most=_MOST_HEADER, depth=4)
    if not isinstance(members, dict):
        raise MalformedError("JWT: expected its header as a JSON object")
    for name in _REFUSED:
        if name in members:
            raise MalformedError(f"JWT: its header holds {name}")
    alg, kid, typ = members.get("alg"), members.get("kid"), members.get("typ", "JWT")
    if not isinstance(alg, str) or alg not in _ALGS:
        raise MalformedError(f"JWT: expected alg as one of {', '.join(_ALGS)}, got {shown(alg)}")
    if not isinstance(typ, str) or not typ.isascii() or typ.upper() != "JWT":
        raise MalformedError(f"JWT: expected typ as JWT, got {shown(typ)}")
    if not isinstance(kid, str | None):
        raise MalformedError(f"JWT: expected kid as text, got {shown(kid)}")
    return alg, kid
