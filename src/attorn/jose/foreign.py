"""Compact JWS by servers outside, signed with RSA, ECDSA or Ed25519: evidence, to be read with a key set at hand.

As strict as `attorn.jose.jws` about spelling, headers and types. What is signed here is never a token of attorn, and
nothing in it is authority: a reader of one kind of evidence says what becomes of its claims.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from attorn.canonical import parse
from attorn.display import shown
from attorn.encoding import base64url_decode
from attorn.errors import AudienceError, MalformedError, SignatureError
from attorn.jose.claims import Claims, is_text
from attorn.jose.jws import members_of, parts_of, plain_typ, token_hash
from attorn.jose.key_set import KeySet
from attorn.keys.rsa_key import ALGS as RSA_ALGS

MOST: Final = 16_384
"""Longest text, in characters."""
EC_ALGS: Final = ("ES256", "ES384", "ES512")
ALGS: Final = (*RSA_ALGS, *EC_ALGS, "EdDSA", "Ed25519")
"""All algorithms of evidence. None of them takes a secret that both sides know."""
_MOST_SIGNATURE: Final = 1366


@dataclass(frozen=True, slots=True)
class ForeignJws:
    """A JWS of a type that was asked for, whose signature nobody has checked. Made by `read`."""

    alg: str
    kid: str | None
    claims: Claims
    signature: bytes
    signing_input: bytes
    digest: str
    """`sha-256:` and the digest of the whole text, in base64url."""

    def verify(self, keys: KeySet) -> None:
        """Raises `SignatureError` unless the key that its header can mean signed it, by an algorithm of that key."""
        for key in keys.candidates(self.kid, self.alg):
            if key.verifies(self.signature, self.signing_input, self.alg):
                return
        raise SignatureError("JWS: not signed by a key of its issuer that its header could mean")

    def audiences(self) -> tuple[str, ...]:
        """The claim `aud`: a text, or a list of different ones. Raises `AudienceError`, `MalformedError`."""
        if self.claims.members.get("aud") is None:
            raise AudienceError("JWT: names no audience")
        texts = self.claims.texts("aud", alone=True)
        if len(set(texts)) != len(texts) or not all(map(is_text, texts)):
            raise MalformedError("JWT: expected aud as text, or a list of different texts")
        return texts


def read(text: str, *, typs: Collection[str | None], algs: Collection[str] = ALGS, most: int = MOST) -> ForeignJws:
    """The JWS in `text`, of one of these types (None: without one). Its signature is not checked.

    Raises `MalformedError` for anything but three parts of canonical base64url with JSON objects in the first two, for
    another type or algorithm, and for a header that names extensions or brings its own key.
    """
    header, body, signature = parts_of(text, most)
    members = members_of(header)
    typ = plain_typ(members["typ"]) if "typ" in members else None
    if typ not in typs:
        raise MalformedError(f"JWS: expected another typ than {shown(typ)}")
    alg, kid = members.get("alg"), members.get("kid")
    if not isinstance(alg, str) or alg not in algs:
        raise MalformedError(f"JWS: expected alg as one of {', '.join(algs)}, got {shown(alg)}")
    if "kid" in members and not isinstance(kid, str):
        raise MalformedError("JWS: expected kid as text")
    if not 0 < len(signature) <= _MOST_SIGNATURE:
        raise MalformedError("JWS: expected a signature")
    claims = parse(base64url_decode(body), most=most, depth=16)
    if not isinstance(claims, dict):
        raise MalformedError("JWS: expected the claims as a JSON object")
    return ForeignJws(
        alg=alg,
        kid=kid if isinstance(kid, str) else None,
        claims=Claims(claims),
        signature=base64url_decode(signature),
        signing_input=f"{header}.{body}".encode("ascii"),
        digest=f"sha-256:{token_hash(text)}",
    )
