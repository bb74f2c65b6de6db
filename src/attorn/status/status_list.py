"""A status list as a verifier uses it, whichever of the two formats it came in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import LATEST
from attorn.did.did import is_did, parse_url
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.errors import InputError, MalformedError, SignatureError, StatusError
from attorn.jose.jws import UnverifiedJws, issuer_keys
from attorn.statement import Kind, Statement
from attorn.status.bits import WIDEST, Order, entries, get
from attorn.uri import is_uri

MOST_CHARACTERS: Final = 4 << 20
"""Longest signed text of a list."""


class ListKind(StrEnum):
    """What the entries of a list are about: any status of a token, or the one purpose of a bitstring."""

    TOKEN = "token"  # noqa: S105 - no password
    """IETF Token Status List: 0 valid, 1 invalid, 2 suspended, others as the application says."""
    REVOCATION = "revocation"
    """Bitstring Status List: 1 is revoked, for good."""
    SUSPENSION = "suspension"
    """Bitstring Status List: 1 is suspended."""
    REFRESH = "refresh"
    """Bitstring Status List: 1 means that a newer credential is to be had."""
    MESSAGE = "message"
    """Bitstring Status List: the meaning of each value is in the credential."""

    @property
    def order(self) -> Order:
        """The bit order of such a list."""
        return Order.RIGHT if self is ListKind.TOKEN else Order.LEFT


@dataclass(frozen=True, slots=True)
class StatusList:
    """One list by `issuer`, found at `uri`. Signed if it comes from `verify`, perhaps forged if from `read`.

    `data` is the packed array, `bits` the width of an entry. `issued` is the Unix second from which the list speaks,
    `expires` that at which it no longer does, `ttl` for how many seconds a copy need not be fetched again; None where
    it says nothing. `text` is the signed text itself. Raises `InputError` for values that no list has.
    """

    uri: str
    issuer: str
    kind: ListKind
    bits: int
    data: bytes = field(repr=False)
    issued: int
    expires: int | None = None
    ttl: int | None = None
    aggregation: str | None = None
    text: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.kind, ListKind) or type(self.data) is not bytes:
            raise InputError("status list: expected a ListKind, and data in bytes")
        if type(self.bits) is not int or not 1 <= self.bits <= WIDEST:
            raise InputError(f"status list: expected 1 to {WIDEST} bits for an entry")

    def __len__(self) -> int:
        """How many entries there are."""
        return entries(self.data, self.bits)

    def __bool__(self) -> bool:
        # Else an empty list would be false, and so would look like no list.
        return True

    def value(self, index: int) -> int:
        """The entry at `index`. Raises `StatusError` if the list has none there, or `index` is no index."""
        if type(index) is not int or not 0 <= index < len(self):
            raise StatusError(f"status list: no entry {shown(index)} among {len(self)}")
        return get(self.data, index, self.bits, self.kind.order)

    def of_width(self, bits: int) -> StatusList:
        """The same list, read with entries of `bits` bits, as a bitstring's own entry may ask. Raises `InputError`."""
        return self if bits == self.bits else replace(self, bits=bits)

    def statement(self) -> Statement:
        """The list as a store keeps it: the newest one of a kind, URI and issuer. Raises `InputError` without text."""
        if not self.text:
            raise InputError("status list: only one that was read from signed text can be kept")
        return Statement(Kind.STATUS, f"{self.kind} {self.uri}", self.issuer, self.issued, self.issued, self.text)

    def statements(self) -> tuple[Statement, ...]:
        """`statement` alone: every signed thing has statements."""
        return (self.statement(),)


def checked_uri(uri: JsonValue, what: str, *, fragment: bool = False) -> str:
    """`uri` if it is an absolute ASCII URI of about 2,000 characters, with a fragment only if that is allowed.

    Raises `MalformedError`.
    """
    whole = uri.replace("#", "", 1) if fragment and isinstance(uri, str) else uri
    if not isinstance(uri, str) or not is_uri(whole):
        raise MalformedError(f"{what}: expected an absolute URI")
    return uri


def second(value: JsonValue, what: str) -> int:
    """`value` if it is a whole Unix second of the years 1970 to 9999. Raises `MalformedError`."""
    if type(value) is not int or not 0 <= value <= LATEST:
        raise MalformedError(f"{what}: expected a whole Unix second of the years 1970 to 9999")
    return value


def seconds_of(claims: dict[str, JsonValue], *names: str) -> list[int]:
    """Those of these claims that are there, as Unix seconds. Raises `MalformedError`."""
    return [second(claims[name], name) for name in names if name in claims]


def issuer_of(jws: UnverifiedJws, issuer: JsonValue = None) -> str:
    """The DID that claims to have signed: `issuer` if given, which `iss` must repeat, else `iss`, else that of `kid`.

    Raises `MalformedError` if there is none of them, or not a DID.
    """
    if "iss" in jws.claims:
        iss = jws.claims["iss"]
        if issuer is not None and iss != issuer:
            raise MalformedError("status list: its iss is not its issuer")
    elif issuer is not None or jws.kid is None:
        iss = issuer
    else:
        iss = parse_url(jws.kid).did.text
    if not isinstance(iss, str) or not is_did(iss):
        raise MalformedError("status list: expected a DID as its issuer")
    return iss


def verify_by(jws: UnverifiedJws, issuer: str, resolver: Resolver | None) -> None:
    """Raises `SignatureError` unless a key by which `issuer` makes assertions signed; else as `issuer_keys` does."""
    keys = issuer_keys(
        LocalResolver() if resolver is None else resolver, issuer, jws.kid, Relationship.ASSERTION_METHOD
    )
    try:
        jws.verify(keys)
    except SignatureError:
        raise SignatureError(f"status list: not signed by {shown(issuer)}", step=7) from None


def times(issued: int, expires: int | None, ttl: int | None) -> None:
    """Raises `InputError` unless these may be written: seconds in order, and a positive number of seconds to keep."""
    if type(issued) is not int or not 0 <= issued <= LATEST:
        raise InputError("status list: expected the Unix second at which it is issued")
    if expires is not None and (type(expires) is not int or not issued < expires <= LATEST):
        raise InputError("status list: expected it to expire after it was issued")
    if ttl is not None and (type(ttl) is not int or not 0 < ttl <= LATEST):
        raise InputError("status list: expected a positive ttl in seconds")


def own_uri(uri: str, *, fragment: bool = False) -> str:
    """As `checked_uri`, for one that is being written. Raises `InputError`."""
    try:
        return checked_uri(uri, "status list", fragment=fragment)
    except MalformedError as error:
        raise InputError(str(error)) from None
