"""Macaroons as text: unpadded base64url of the binary form, or the JSON form as it is."""

from __future__ import annotations

from typing import Final

from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError
from attorn.macaroon import container, notation
from attorn.macaroon.container import MOST_BYTES, Macaroon

_MOST: Final = (MOST_BYTES * 4 + 2) // 3
"""Longest base64url text of so many bytes."""


def encode(macaroon: Macaroon) -> str:
    """The macaroon as unpadded base64url. Raises `InputError` for anything else."""
    return base64url_encode(container.encode_all([macaroon]))


def decode(text: str) -> Macaroon:
    """The one macaroon in `text`, base64url or JSON. Raises `InputError`, `MalformedError` or `LimitError`."""
    if not isinstance(text, str):
        raise InputError(f"macaroon: expected text, got {type(text).__name__}")
    if text[:1] == "{":
        return notation.from_json(text)
    if len(text) > _MOST:
        raise LimitError(f"macaroon: expected at most {_MOST} characters, got {len(text)}")
    return container.parse(base64url_decode(text))


def octets(text: str) -> bytes:
    """The binary form of what JSON `text` holds, one macaroon or several. Raises `MalformedError` or `LimitError`."""
    found = (notation.from_json(text),) if text[:1] == "{" else notation.all_from_json(text)
    try:
        return container.encode_all(found)
    except InputError as error:
        raise MalformedError(str(error)) from None
