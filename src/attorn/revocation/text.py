"""The text form that everything signed here has: base64url of canonical JSON, of which there is only one spelling."""

from __future__ import annotations

from collections.abc import Mapping, Set

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.clock import LATEST
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError

MOST_CHARACTERS = 8192
"""Longest text of an entry."""


def require_signed_by(by: str, second: int, signature: bytes, name: str) -> None:
    """Raises `InputError` unless these are text, a Unix second and signature bytes.

    Whether the text is a DID is asked where its keys are.
    """
    if type(second) is not int or not 0 <= second <= LATEST or not isinstance(by, str):
        raise InputError(f"{name}: expected a Unix second before the year 10000, and the signer as text")
    if type(signature) is not bytes:
        raise InputError(f"{name}: expected a signature in bytes")


def write(members: Mapping[str, JsonValue], signature: bytes) -> str:
    """The text of these members and the signature of them."""
    return base64url_encode(canonicalise({**members, "signature": base64url_encode(signature)}))


def read_members(text: str, *, most: int) -> dict[str, JsonValue]:
    """The members in `text` of at most `most` characters. Raises `MalformedError`."""
    if not isinstance(text, str) or len(text) > most:
        raise MalformedError(f"revocation: expected text of at most {most} characters")
    members = parse(base64url_decode(text), most=most)
    if not isinstance(members, dict):
        raise MalformedError("revocation: expected an object")
    return members


def require_members(members: Mapping[str, JsonValue], names: Set[str]) -> None:
    """Raises `MalformedError` unless these, and no others, are there."""
    if set(members) != names:
        raise MalformedError(f"revocation: expected the members {', '.join(sorted(names))}")


def a_text(value: JsonValue) -> str:
    """`value`, a string. Raises `MalformedError`."""
    if not isinstance(value, str):
        raise MalformedError(f"revocation: expected text, got {type(value).__name__}")
    return value


def a_number(value: JsonValue) -> int:
    """`value`, an integer. Raises `MalformedError`."""
    if type(value) is not int:
        raise MalformedError(f"revocation: expected an integer, got {type(value).__name__}")
    return value


def some_octets(value: JsonValue) -> bytes:
    """The bytes in `value`, base64url text. Raises `MalformedError`."""
    return base64url_decode(a_text(value))
