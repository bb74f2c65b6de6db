"""Base macaroons: what a server gives to whoever may then turn over authority here, and how it knows its own again.

A base is nobody's authority: it has no links. Its identifier says which key made it, and nothing else: 8 bytes that
name the key, and 16 random ones. Source: docs/spec/macaroon.md.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from attorn.errors import InputError, UntrustedRootError, VerificationError
from attorn.handed import draw
from attorn.macaroon import mac
from attorn.macaroon.container import Macaroon
from attorn.macaroon.key import MacKey

NAME_BYTES: Final = 8
RANDOM_BYTES: Final = 16
_NAME: Final = b"\0ATTORN\0MACAROON KEY NAME\0v1\0"


def name_of(key: MacKey) -> bytes:
    """The 8 bytes that name a key. They do not help to find it. Raises `InputError` for anything else."""
    if not isinstance(key, MacKey):
        raise InputError(f"macaroon key: expected a MacKey, got {type(key).__name__}")
    return hmac.digest(key.secret, _NAME, "sha256")[:NAME_BYTES]


def issue(
    key: MacKey, *, location: str | None = None, random: Callable[[int], bytes] = secrets.token_bytes
) -> Macaroon:
    """A fresh base macaroon, for the one user who is to mint with it.

    Whoever else holds it can delegate nothing with it, but can discharge whatever tokens on it demand of third parties.
    `location` is a hint for people; nothing authenticates it. Raises `InputError`, or `UnavailableError` if the random
    source fails.
    """
    name = name_of(key)
    drawn = draw(random, RANDOM_BYTES)
    try:
        return mac.mint(key, name + drawn, location=location)
    except VerificationError as error:
        raise InputError(str(error)) from None


def named(keys: Iterable[MacKey]) -> Mapping[bytes, MacKey]:
    """The keys by their names. Raises `InputError` for anything but keys."""
    return {name_of(key): key for key in keys}


def claimed_name(identifier: bytes) -> str | None:
    """The name of the key that this identifier says it was made with, in hex; None if it is none that `issue` makes."""
    return identifier[:NAME_BYTES].hex() if len(identifier) == NAME_BYTES + RANDOM_BYTES else None


def key_of(identifier: bytes, keys: Mapping[bytes, MacKey]) -> MacKey:
    """The key that is said to have made the macaroon with this identifier. Raises `UntrustedRootError`."""
    key = keys.get(identifier[:NAME_BYTES])
    if key is None or len(identifier) != NAME_BYTES + RANDOM_BYTES:
        raise UntrustedRootError("no macaroon key of this verifier made this macaroon")
    return key
