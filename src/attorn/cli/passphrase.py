"""Passphrases: asked for, or read from a file or from standard input; never an argument, never printed."""

from __future__ import annotations

import argparse
import getpass
import os
import stat
import warnings
from typing import Final

from attorn.cli import logs, source
from attorn.errors import KeyFileError
from attorn.identity import Identity

_MOST: Final = 4096


def identity(arguments: argparse.Namespace) -> Identity:
    """The identity in the key file named by `--key`. Raises `KeyFileError` or `InputError`."""
    return Identity.load(arguments.key, passphrase=take(arguments), resolver=logs.resolver_beside(arguments.key))


def take(arguments: argparse.Namespace, *, twice: bool = False) -> str:
    """The passphrase, asked for `twice` where it is new. Raises `KeyFileError` or `InputError`."""
    if arguments.passphrase_file is not None:
        return _text(_private_file(arguments.passphrase_file))
    if arguments.passphrase_stdin:
        return _text(source.standard_input(_MOST))
    first = _ask("Passphrase: ")
    if twice and _ask("Again: ") != first:
        raise KeyFileError("the two passphrases differ")
    return first


def _ask(prompt: str) -> str:
    try:
        with warnings.catch_warnings():
            # Where echo cannot be turned off, getpass warns and would go on.
            warnings.simplefilter("error", getpass.GetPassWarning)
            answer = getpass.getpass(prompt)
    except (getpass.GetPassWarning, EOFError, OSError, UnicodeError):
        raise KeyFileError(
            "no terminal to ask for the passphrase; use --passphrase-file or --passphrase-stdin"
        ) from None
    if not answer:
        raise KeyFileError("the passphrase must not be empty")
    return answer


def _private_file(path: str) -> bytes:
    try:
        with open(path, "rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & 0o077:
                raise KeyFileError("passphrase file: open to group or others; expected mode 0600")
            content = opened.read(_MOST + 1)
    except (OSError, ValueError) as error:
        raise KeyFileError(f"cannot read the passphrase file: {source.reason(error)}") from None
    if len(content) > _MOST:
        raise KeyFileError(f"passphrase file: expected at most {_MOST} bytes")
    return content


def _text(content: bytes) -> str:
    """The first and only line."""
    line = content.removesuffix(b"\n").removesuffix(b"\r")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text or "\n" in text:
        raise KeyFileError("passphrase: expected one line of UTF-8 text")
    return text
