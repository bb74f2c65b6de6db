"""The JWT of one hop, before anybody has checked its signature (RFC 7515, RFC 7519)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.display import shown
from attorn.encoding import base64url_decode
from attorn.errors import MalformedError

ALGS: Final = ("EdDSA", "Ed25519", "ES256", "ES384", "ES256K")
"""All that some root may be signed with; every other hop is ES256."""
MOST_HEADER: Final = 16_384
"""Longest header, in characters: one of a root may bring a chain of certificates, which nobody reads."""
MOST_DEPTH: Final = 16
_REFUSED: Final = frozenset(("crit", "b64", "jwk", "jku", "x5u"))
"""A critical extension must be understood, and none is. The others say where a key is, and the anchors say that."""
_MOST_SIGNATURE: Final = 128


@dataclass(frozen=True, slots=True)
class Envelope:
    """Header and claims of a JWT, perhaps forged. `typ` and `kid` are None where it has none. Made by `read`."""

    alg: str
    typ: str | None
    kid: str | None
    brings_certificates: bool
    claims: dict[str, JsonValue] = field(repr=False)
    signature: bytes = field(repr=False)
    signing_input: bytes = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Envelope:
        """The JWT in `text`, which somebody has split off and bounded. Raises `MalformedError`.

        Refused are other algorithms than `ALGS`, extensions, keys in the header but `x5c`, and duplicate members.
        """
        header, body, signature = text.split(".")
        if len(header) > MOST_HEADER or len(signature) > _MOST_SIGNATURE:
            raise MalformedError(f"JWT: expected at most {MOST_HEADER} characters of header, {_MOST_SIGNATURE} signed")
        members = parse(base64url_decode(header), most=MOST_HEADER, depth=4)
        claims = parse(base64url_decode(body), most=len(body), depth=MOST_DEPTH)
        if not isinstance(members, dict) or not isinstance(claims, dict):
            raise MalformedError("JWT: expected header and claims as JSON objects")
        if not _REFUSED.isdisjoint(members):
            raise MalformedError(f"JWT: its header holds {', '.join(sorted(_REFUSED.intersection(members)))}")
        alg = members.get("alg")
        if not isinstance(alg, str) or alg not in ALGS:
            raise MalformedError(f"JWT: expected alg as one of {', '.join(ALGS)}, got {shown(alg)}")
        return cls(
            alg=alg,
            typ=_text(members, "typ"),
            kid=_text(members, "kid"),
            brings_certificates="x5c" in members,
            claims=claims,
            signature=base64url_decode(signature),
            signing_input=f"{header}.{body}".encode("ascii"),
        )


def _text(members: dict[str, JsonValue], name: str) -> str | None:
    value = members.get(name)
    if name in members and not isinstance(value, str):
        raise MalformedError(f"JWT: expected {name} as text, got {shown(value)}")
    return None if value is None else str(value)
