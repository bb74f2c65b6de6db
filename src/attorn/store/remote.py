"""What the stores behind a network have in common: arguments checked, and how each value is written."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Any, Final

from attorn.canonical import MOST_INTEGER
from attorn.errors import InputError, UnavailableError
from attorn.statement import Kind, Statement
from attorn.store.ports import Charge

FORGET_AT_ONCE: Final = 64
"""How many presentations, accounts and retries one call forgets at most."""
NEVER: Final = MOST_INTEGER + 1
"""The second at which an account without an end may be forgotten."""
_MOST_TIMEOUT: Final = 3600
_MOST_CONNECTIONS: Final = 1000
_EPOCH = re.compile(r"[0-9a-f]{32}", re.ASCII)


def timeout(value: float, what: str) -> float:
    """`value` as seconds. Raises `InputError` unless it is a number above 0, at most an hour."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _MOST_TIMEOUT:
        raise InputError(f"{what}: expected a timeout above 0, at most {_MOST_TIMEOUT} seconds")
    return float(value)


def connections(value: int, what: str) -> int:
    """`value` as a number of connections. Raises `InputError`."""
    if type(value) is not int or not 0 < value <= _MOST_CONNECTIONS:
        raise InputError(f"{what}: expected 1 to {_MOST_CONNECTIONS} connections")
    return value


def flag(value: bool, name: str) -> bool:
    """`value` itself. Raises `InputError` unless it is True or False: nothing else may let a guarantee go."""
    if type(value) is not bool:
        raise InputError(f"{name}: expected True or False, got {type(value).__name__}")
    return value


def expected_epoch(value: str | None, what: str) -> str | None:
    """`value` itself. Raises `InputError` unless it is an epoch or None."""
    if value is not None and (not isinstance(value, str) or _EPOCH.fullmatch(value) is None):
        raise InputError(f"{what}: expected an epoch as another store object told it, or None")
    return value


def new_epoch() -> str:
    """The mark of a store that starts empty."""
    return secrets.token_hex(16)


def checked_epoch(found: object, expected: str | None, what: str) -> str:
    """The epoch that was `found`. Raises `UnavailableError` for another than `expected`, or for what is none."""
    if not isinstance(found, str) or _EPOCH.fullmatch(found) is None:
        raise UnavailableError(f"{what}: its epoch is damaged")
    if expected is not None and found != expected:
        raise UnavailableError(f"{what}: another epoch than expected: what was kept has been lost")
    return found


def whole(number: int) -> int:
    """`number` itself. Raises `InputError` unless every store can count it."""
    if type(number) is not int or not 0 <= number <= MOST_INTEGER:
        raise InputError("store: expected a whole number from 0 to 2**53 - 1")
    return number


def end(charge: Charge) -> int:
    """The second from which the account of a charge may be forgotten."""
    return NEVER if charge.until is None else charge.until


def restored(kind: Kind, subject: str, by: Any, numbers: Sequence[Any], value: Any) -> Statement:
    """A statement as it was kept. Raises `UnavailableError` for what none can be."""
    sequence, at = numbers
    try:
        return Statement(kind, subject, by, sequence, at, value)
    except InputError as error:
        raise UnavailableError("store: a statement is damaged") from error


def digest(*texts: str) -> bytes:
    """The SHA-256 of texts that hold no NUL: a key of one length for names of any."""
    return hashlib.sha256("\0".join(texts).encode()).digest()
