"""A macaroon key at rest: one line of JSON in a file that its owner alone can read.

It is not encrypted: a server needs it whenever it starts, with nobody there to type a passphrase.
"""

from __future__ import annotations

import os
from typing import Final

from attorn.canonical import canonicalise, parse
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import KeyFileError, MalformedError
from attorn.keys import owned

_FORMAT: Final = "attorn macaroon key 1"
_DAMAGED: Final = "key file: expected a macaroon key as attorn writes it"


def save(path: str | os.PathLike[str], secret: bytes) -> None:
    """Write a new file of mode 0600 with this secret. Raises `KeyFileError`, also where there is one already."""
    owned.write(owned.name(path), _content(secret), replace=False)


def load(path: str | os.PathLike[str]) -> bytes:
    """The secret in the file, of any length. Raises `KeyFileError`, also where others could read it."""
    content = owned.read(owned.name(path))
    secret = _secret(content)
    # One spelling: what it would be written as says everything about the rest.
    if not secret or content != _content(secret):
        raise KeyFileError(_DAMAGED)
    return secret


def _secret(content: bytes) -> bytes | None:
    """The key in what may be anything."""
    try:
        match parse(content, most=owned.MOST):
            case {"key": str(text)}:
                return base64url_decode(text)
    except MalformedError:
        pass
    return None


def _content(secret: bytes) -> bytes:
    return canonicalise({"format": _FORMAT, "key": base64url_encode(secret)}) + b"\n"
