"""Compact JWS (RFC 7515) over JSON claims, with the keys of DIDs: EdDSA (RFC 8037, RFC 9864) and ES256 (RFC 7518).

Reading is stricter than the RFC asks: one spelling of every part, no duplicate members, no critical extensions, and no
key in the header unless the reader asks for one. Writing goes through the `Signer` protocol, so the key may live in a
hardware module.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.did.did import parse_url
from attorn.did.document import Relationship
from attorn.did.resolver import Resolver, live_document
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError, ResolutionError, SignatureError
from attorn.keys.jwk import JWS_NAMES, from_jwk, to_jwk
from attorn.keys.public import SIGNATURE_BYTES, PublicKey
from attorn.keys.signer import PinnedSigner, Signer, key_of, signed

MOST_HEADER: Final = 4096
"""Longest header part, in characters of base64url."""
_SIGNATURE_CHARACTERS: Final = 86
# A critical extension must be understood, and none is. The others say where to find a key: the issuer's DID says that.
REFUSED: Final = ("crit", "b64", "jwk", "jku", "x5c", "x5u")
"""What no header may hold, unless its reader asks for it."""
_TYP: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}")
_PREFIX: Final = "application/"


@dataclass(frozen=True, slots=True)
class UnverifiedJws:
    """A JWS whose parts are well formed and whose signature nobody has checked. Made by `read`."""

    header: dict[str, JsonValue]
    claims: dict[str, JsonValue]
    signature: bytes
    signing_input: bytes

    @property
    def alg(self) -> str:
        """The algorithm that the header claims."""
        return str(self.header["alg"])

    @property
    def kid(self) -> str | None:
        """The key that the header claims."""
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None

    def own_key(self) -> PublicKey:
        """The key that the header brings along: proof that its owner signed, and of nothing about who that is.

        Raises `MalformedError` for none, and for one that is not public, not of a known kind or not for signatures.
        """
        jwk = self.header.get("jwk")
        if not isinstance(jwk, dict):
            raise MalformedError("JWS: expected jwk in the header, a JSON object")
        return from_jwk(jwk)

    def verify(self, keys: Iterable[PublicKey]) -> None:
        """Raises `SignatureError` unless one of these keys signed it, by the algorithm that is the key's own."""
        for key in keys:
            # JOSE signers emit either half of s.
            if self.alg in JWS_NAMES[key.algorithm] and key.verify_any_s(self.signature, self.signing_input):
                return
        raise SignatureError("JWS: not signed by a key of its issuer that its header could mean")


def sign(
    claims: Mapping[str, JsonValue],
    *,
    by: Signer,
    typ: str,
    kid: str | None = None,
    alg: str | None = None,
    cty: str | None = None,
    jwk: bool = False,
) -> str:
    """The compact JWS of `claims`, signed and verified once. `alg` is `EdDSA` or `ES256`, as the key is, unless given.

    With `jwk` the header brings the public key along. Raises `InputError` for claims that are no JSON object, a type or
    a content type that is no media type without `application/`, or an algorithm that is not the key's;
    `UnavailableError` if the signer fails.
    """
    if not isinstance(claims, Mapping):
        raise InputError(f"JWS: expected claims as a mapping, got {type(claims).__name__}")
    for name, media_type in (("typ", typ), ("cty", cty)):
        if not (isinstance(media_type, str) and _TYP.fullmatch(media_type)) and (name, media_type) != ("cty", None):
            raise InputError(f"JWS: expected {name} as a media type without application/")
    if kid is not None and not isinstance(kid, str):
        raise InputError(f"JWS: expected kid as text, got {type(kid).__name__}")
    key = key_of(by)
    header: dict[str, JsonValue] = {"alg": JWS_NAMES[key.algorithm][0] if alg is None else alg, "typ": typ}
    if header["alg"] not in JWS_NAMES[key.algorithm]:
        raise InputError(f"JWS: expected alg as one of {', '.join(JWS_NAMES[key.algorithm])} for this key")
    if kid is not None:
        header["kid"] = kid
    if cty is not None:
        header["cty"] = cty
    if jwk:
        header["jwk"] = {**to_jwk(key)}
    parts = (base64url_encode(canonicalise(header)), base64url_encode(canonicalise(dict(claims))))
    if len(parts[0]) > MOST_HEADER:
        raise InputError("JWS: kid is too long")
    text = ".".join(parts)
    signature = signed(PinnedSigner(by, key), text.encode("ascii"))
    return f"{text}.{base64url_encode(signature)}"


def read(text: str, *, typ: str, most: int = 65_536, jwk: bool = False) -> UnverifiedJws:
    """The JWS in `text` of at most `most` characters, which must be of type `typ`. Its signature is not checked.

    Raises `MalformedError` for anything but three parts of canonical base64url with JSON objects in the first two, for
    another type, an algorithm that is not allowed, and a header that names extensions or, unless with `jwk` it is asked
    to, brings its own key.
    """
    header, body, signature = parts_of(text, most)
    members = _header(header, jwk=jwk)
    if plain_typ(members["typ"]) != plain_typ(typ):
        raise MalformedError(f"JWS: expected typ {typ}, got {shown(str(members['typ']))}")
    if len(signature) != _SIGNATURE_CHARACTERS:
        raise MalformedError(f"JWS: expected a signature of {SIGNATURE_BYTES} bytes")
    claims = parse(base64url_decode(body), most=most)
    if not isinstance(claims, dict):
        raise MalformedError("JWS: expected the claims as a JSON object")
    return UnverifiedJws(members, claims, base64url_decode(signature), f"{header}.{body}".encode("ascii"))


def typ_of(text: str, *, most: int = 65_536) -> str:
    """The type that a JWS claims, in lower case, without `application/`: to choose who reads it.

    Raises `MalformedError`.
    """
    if not isinstance(text, str) or len(text) > most:
        raise MalformedError(f"JWS: expected text of at most {most} characters")
    return plain_typ(_header(text[: MOST_HEADER + 1].partition(".")[0])["typ"])


def issuer_keys(resolver: Resolver, issuer: str, kid: str | None, relationship: Relationship) -> tuple[PublicKey, ...]:
    """The keys by which the DID `issuer` may sign: that of `kid`, an absolute DID URL of this DID, or without it all.

    Raises `ResolutionError` if the DID or that key of it does not resolve or is not for `relationship`, and
    `UnavailableError` if it could not be found out.
    """
    try:
        if kid is not None and parse_url(kid).did.text != issuer:
            raise ResolutionError(f"JWS: {shown(kid)} is no key of its issuer")
    except MalformedError as error:
        raise ResolutionError(f"JWS: kid does not resolve: {error}") from None
    document = live_document(resolver, issuer)
    if kid is None:
        keys = document.keys_for(relationship)
    else:
        method = document.method(kid)
        keys = (method.key,) if method is not None and relationship in method.relationships else ()
    if not keys:
        raise ResolutionError(f"{shown(issuer if kid is None else kid)} has no key for {relationship}")
    return keys


def token_hash(text: str) -> str:
    """SHA-256 of the characters of a token, in base64url: how JOSE binds one token to another (`ath`, `wth`).

    Raises `MalformedError` for text that is not ASCII, which no token is.
    """
    if not text.isascii():
        raise MalformedError("expected a token in ASCII")
    return base64url_encode(hashlib.sha256(text.encode("ascii")).digest())


def parts_of(text: str, most: int) -> tuple[str, str, str]:
    """The three parts of a JWS of at most `most` characters, as they stand there. Raises `MalformedError`."""
    if not isinstance(text, str) or len(text) > most:
        raise MalformedError(f"JWS: expected text of at most {most} characters")
    parts = text.split(".", 3)
    if len(parts) != 3:
        raise MalformedError("JWS: expected three parts")
    return parts[0], parts[1], parts[2]


def members_of(part: str, *, jwk: bool = False, jku: bool = False) -> dict[str, JsonValue]:
    """The members of a header in which nothing is critical and no key. Raises `MalformedError`.

    With `jwk` it may bring a key, and with `jku` say where one is to be had, which nobody here fetches.
    """
    if len(part) > MOST_HEADER:
        raise MalformedError(f"JWS: expected a header of at most {MOST_HEADER} characters")
    members = parse(base64url_decode(part), most=MOST_HEADER, depth=4)
    if not isinstance(members, dict):
        raise MalformedError("JWS: expected the header as a JSON object")
    allowed = {"jwk": jwk, "jku": jku}
    for name in REFUSED:
        if name in members and not allowed.get(name, False):
            raise MalformedError(f"JWS: the header holds {name}")
    return members


def _header(part: str, *, jwk: bool = False) -> dict[str, JsonValue]:
    """The members of a header, with `alg` and `typ` of use."""
    members = members_of(part, jwk=jwk)
    if not any(members.get("alg") in names for names in JWS_NAMES.values()):
        raise MalformedError(f"JWS: expected alg as EdDSA, Ed25519 or ES256, got {shown(members.get('alg'))}")
    if not isinstance(members.get("typ"), str):
        raise MalformedError(f"JWS: expected typ as text, got typ {shown(members.get('typ'))}")
    if not isinstance(members.get("kid", ""), str):
        raise MalformedError("JWS: expected kid as text, where it is there")
    return members


def plain_typ(typ: JsonValue) -> str:
    """A type in lower case and without `application/`; empty for what is no ASCII text."""
    # RFC 7515 section 4.1.9: `application/` may be left out. ASCII only, so that no other letter folds into one.
    lower = typ.lower() if isinstance(typ, str) and typ.isascii() else ""
    return lower.removeprefix(_PREFIX)
