"""Where commands read from: an argument, a file, standard input; always bounded."""

from __future__ import annotations

import os
import sys
from typing import Final

from attorn.display import shown
from attorn.errors import InputError

LONGEST_NAME: Final = 255
"""A longer argument is a token itself: no token is shorter, and few file names are longer."""

MOST_TOKEN: Final = 70_000
"""Longest file or input that is read as a token, in bytes: a little over what any verifier takes."""

_SQLITE: Final = b"SQLite format 3\0"

_MACAROON: Final = ("AgI", "AgE", '{"')
"""How a macaroon begins in base64url, by its identifier or its location, and in JSON."""

HOW_BASE: Final = "a base macaroon, as its server issued it: a file's name, its text, or - for standard input"
HOW_GIVEN: Final = "the token: a file's name, its text (longer than 255 characters), or - for standard input"


def token_text(argument: str, *, what: str = "token", most: int = MOST_TOKEN) -> str:
    """The text of a token, presentation or the like. Raises `InputError` if it cannot be read."""
    if argument == "-":
        content = standard_input(most)
    elif len(argument) > LONGEST_NAME:
        return argument
    else:
        content = file(argument, what, most)
    # Anything that is not ASCII is no token; what stands for it here is refused by the decoder.
    return content.decode("ascii", "replace").strip(" \t\r\n")


def macaroon_text(argument: str) -> str:
    """The text of a base or a discharge: known by how it begins, as it is short. Raises `InputError`."""
    if argument.startswith(_MACAROON):
        return argument
    return token_text(argument, what="macaroon")


def file(path: str, what: str, most: int) -> bytes:
    """The content of a file of at most `most` bytes. Raises `InputError`."""
    try:
        with open(path, "rb") as opened:
            content = opened.read(most + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"{what}: cannot read {shown(path)}: {reason(error)}") from None
    return _bounded(content, what, most)


def is_sqlite(path: str, what: str) -> bool:
    """Whether the file, which must be there, is one of SQLite's. Raises `InputError` if it cannot be read."""
    try:
        with open(path, "rb") as opened:
            return opened.read(len(_SQLITE)) == _SQLITE
    except (OSError, ValueError) as error:
        raise InputError(f"{what}: cannot read {shown(path)}: {reason(error)}") from None


def existing_store(path: str) -> str:
    """`path` of a store. Raises `InputError` where there is none.

    Opening a store would make the file: a misspelt name must not look like a store that holds nothing.
    """
    if not is_sqlite(path, "store"):
        raise InputError(f"store: expected a SQLite file, got {shown(path)}")
    return path


def standard_input(most: int) -> bytes:
    """All of standard input, at most `most` bytes. Raises `InputError`."""
    if sys.stdin is None:
        raise InputError("standard input is closed")
    try:
        content = sys.stdin.buffer.read(most + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read standard input: {reason(error)}") from None
    return _bounded(content, "standard input", most)


def reason(error: Exception) -> str:
    """Why a file could not be used, in the system's words."""
    number = error.errno if isinstance(error, OSError) else None
    return "not a usable name" if number is None else os.strerror(number)


def _bounded(content: bytes, what: str, most: int) -> bytes:
    if len(content) > most:
        raise InputError(f"{what}: expected at most {most} bytes")
    return content
