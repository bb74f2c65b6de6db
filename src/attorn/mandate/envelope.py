"""The JWT of one hop, before anybody has checked its signature (RFC 7515, RFC 7519)."""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

from attorn.canonical import JsonValue, parse_bounded
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import MalformedError

ALGS: Final = ("EdDSA", "Ed25519", "ES256", "ES384", "ES256K")
"""All that some root may be signed with; every other hop is ES256."""
MOST_HEADER: Final = 16_384
"""Longest header, in characters: one of a root may bring a chain of certificates, which nobody reads."""
MOST_DEPTH: Final = 16
_REFUSED: Final = frozenset(("crit", "b64", "jwk", "jku", "x5u"))
"""A critical extension must be understood, and none is. The others say where a key is, and the anchors say that."""
_MOST_SIGNATURE: Final = 128


class Envelope(NamedTuple):
    """Header and claims of a JWT, perhaps forged. `typ` and `kid` are None where it has none. Made by `read`."""

    alg: str
    typ: str | None
    kid: str | None
    brings_certificates: bool
    claims: dict[str, JsonValue]
    signature: bytes
    signing_input: bytes

    def __repr__(self) -> str:
        return f"Envelope(alg={self.alg!r}, typ={shown(self.typ)}, kid={shown(self.kid)})"

    @classmethod
    def read(cls, text: str) -> Envelope:
        """The JWT in `text`, which somebody has split off and bounded. Raises `MalformedError`.

        Refused are other algorithms than `ALGS`, extensions, keys in the header but `x5c`, and duplicate members.
        """
        header, body, signature = text.split(".")
        if len(header) > MOST_HEADER or len(signature) > _MOST_SIGNATURE:
            raise MalformedError(f"JWT: expected at most {MOST_HEADER} characters of header, {_MOST_SIGNATURE} signed")
        members = parse_bounded(base64url_decode(header), 4)
        claims = parse_bounded(base64url_decode(body), MOST_DEPTH)
        if not isinstance(members, dict) or not isinstance(claims, dict):
            raise MalformedError("JWT: expected header and claims as JSON objects")
        if not _REFUSED.isdisjoint(members):
            raise MalformedError(f"JWT: its header holds {', '.join(sorted(_REFUSED.intersection(members)))}")
        alg = members.get("alg")
        if not isinstance(alg, str) or alg not in ALGS:
            raise MalformedError(f"JWT: expected alg as one of {', '.join(ALGS)}, got {shown(alg)}")
        return cls(
            alg,
            _text(members, "typ"),
            _text(members, "kid"),
            "x5c" in members,
            claims,
            base64url_decode(signature),
            f"{header}.{body}".encode("ascii"),
        )


def id_of(jwt: str, disclosure: str | None) -> str:
    """What a mandate is known by, however much of it is disclosed: a SHA-256 in base64url.

    It is over what its signer signed, without the signature, which anybody can turn into a second one that is as good
    (ECDSA); and over the `disclosure` of its content, as one JWT may have several, of which one is shown.
    """
    signed = jwt.rpartition(".")[0]
    named = signed if disclosure is None else f"{signed}~{disclosure}"
    return base64url_encode(hashlib.sha256(named.encode("ascii")).digest())


def _text(members: dict[str, JsonValue], name: str) -> str | None:
    if name not in members:
        return None
    value = members[name]
    if not isinstance(value, str):
        raise MalformedError(f"JWT: expected {name} as text, got {shown(value)}")
    return value
