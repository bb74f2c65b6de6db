"""The Token Status List of the IETF (draft-ietf-oauth-status-list-20) as a JWT of type `statuslist+jwt`.

Entries of 1, 2, 4 or 8 bits, the least significant bits of each byte first, compressed with zlib. Not the CWT form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.did.resolver import Resolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError, StatusError
from attorn.jose import jws
from attorn.jose.kid import kid_of
from attorn.keys.signer import Signatory, require_signatory
from attorn.status.bits import MOST_BYTES, Packing, pack, unpack
from attorn.status.status_list import (
    MOST_CHARACTERS,
    ListKind,
    StatusList,
    checked_uri,
    issuer_of,
    own_uri,
    second,
    seconds_of,
    times,
    verify_by,
)

TYP: Final = "statuslist+jwt"
WIDTHS: Final = (1, 2, 4, 8)
VALID: Final = 0
INVALID: Final = 1
SUSPENDED: Final = 2


@dataclass(frozen=True, slots=True)
class TokenReference:
    """Where a token says its status stands: entry `index` of the list at `uri`. Raises `InputError`."""

    uri: str
    index: int

    def __post_init__(self) -> None:
        own_uri(self.uri)
        if type(self.index) is not int or not 0 <= self.index <= MOST_INTEGER:
            raise InputError("token reference: expected an index from 0 to 2**53 - 1")

    @classmethod
    def read(cls, claims: Mapping[str, JsonValue]) -> TokenReference:
        """The reference in the `status` claim of a token's claims. Raises `MalformedError`."""
        status = claims.get("status") if isinstance(claims, Mapping) else None
        entry = status.get("status_list") if isinstance(status, Mapping) else None
        if not isinstance(entry, Mapping):
            raise MalformedError("token reference: expected status.status_list as an object")
        index = entry.get("idx")
        if type(index) is not int or not 0 <= index <= MOST_INTEGER:
            raise MalformedError("token reference: expected idx as an integer from 0 to 2**53 - 1")
        return cls(checked_uri(entry.get("uri"), "token reference"), index)

    def write(self) -> dict[str, JsonValue]:
        """The value of the `status` claim."""
        return {"status_list": {"idx": self.index, "uri": self.uri}}

    def value(self, status_list: StatusList) -> int:
        """What the list says. Raises `StatusError` for another list than the one referred to, and out of range."""
        if status_list.kind is not ListKind.TOKEN or status_list.uri != self.uri:
            raise StatusError("token reference: this is another list than the one it names")
        return status_list.value(self.index)


def issue(
    uri: str,
    data: bytes,
    *,
    by: Signatory,
    bits: int,
    issued: int,
    expires: int | None = None,
    ttl: int | None = None,
    aggregation: str | None = None,
    kid: str | None = None,
) -> str:
    """The signed text of a list of packed entries, to be found at `uri`. Times in Unix seconds, `ttl` in seconds.

    `kid` is the DID URL of the signer's key, known by itself for did:key and did:jwk. Raises `InputError` for values
    that no list has and `UnavailableError` if the signer fails.
    """
    if type(data) is not bytes or not 0 < len(data) <= MOST_BYTES or bits not in WIDTHS:
        raise InputError(f"status list: expected 1 to {MOST_BYTES} bytes of entries of 1, 2, 4 or 8 bits")
    times(issued, expires, ttl)
    content: dict[str, JsonValue] = {"bits": bits, "lst": base64url_encode(pack(data, Packing.ZLIB))}
    if aggregation is not None:
        content["aggregation_uri"] = own_uri(aggregation)
    by = require_signatory(by, "status list")
    kid = kid_of(by, kid, "status list")
    claims: dict[str, JsonValue] = {"iat": issued, "iss": by.did, "status_list": content, "sub": own_uri(uri)}
    if expires is not None:
        claims["exp"] = expires
    if ttl is not None:
        claims["ttl"] = ttl
    text = jws.sign(claims, by=by.signer, typ=TYP, kid=kid)
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"status list: longer than {MOST_CHARACTERS} characters once signed")
    return text


def read(text: str) -> StatusList:
    """The list in `text`, its signature not checked. Raises `MalformedError`, `LimitError` or `StatusError`."""
    return _list(jws.read(text, typ=TYP, most=MOST_CHARACTERS), text)


def verify(text: str, resolver: Resolver | None = None) -> StatusList:
    """The list in `text`, signed by the DID that it names as its issuer.

    Whether that one is trusted, and whether the list is fresh, is for the caller to say.

    Raises `MalformedError`, `LimitError`, `StatusError`, `SignatureError`, `ResolutionError` or `UnavailableError`.
    """
    found = jws.read(text, typ=TYP, most=MOST_CHARACTERS)
    # First: what nobody signed is not inflated.
    verify_by(found, issuer_of(found), resolver)
    return _list(found, text)


def _list(found: jws.UnverifiedJws, text: str) -> StatusList:
    claims = found.claims
    uri = checked_uri(claims.get("sub"), "status list")
    content = claims.get("status_list")
    if not isinstance(content, dict) or not isinstance(content.get("lst"), str):
        raise MalformedError("status list: expected status_list with bits and lst")
    bits = content.get("bits")
    if type(bits) is not int or bits not in WIDTHS:
        raise MalformedError("status list: expected 1, 2, 4 or 8 bits")
    if "iat" not in claims:
        raise MalformedError("status list: expected iat")
    issued = max(seconds_of(claims, "iat", "nbf"))
    expires = second(claims["exp"], "exp") if "exp" in claims else None
    ttl = claims.get("ttl")
    if "ttl" in claims and (type(ttl) is not int or ttl < 1):
        raise MalformedError("status list: expected a positive ttl in whole seconds")
    if expires is not None and expires <= issued:
        raise StatusError("status list: it expires before it speaks")
    aggregation = content.get("aggregation_uri")
    if "aggregation_uri" in content:
        checked_uri(aggregation, "aggregation_uri")
    data = unpack(base64url_decode(str(content["lst"])), Packing.ZLIB)
    return StatusList(
        uri,
        issuer_of(found),
        ListKind.TOKEN,
        bits,
        data,
        issued,
        expires,
        ttl if isinstance(ttl, int) else None,
        aggregation if isinstance(aggregation, str) else None,
        text,
    )
