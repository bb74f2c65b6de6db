"""Who may ask a decision point: PEPs, known by a secret or by whatever the caller hands in."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from attorn.asgi.connection import Scope
from attorn.asgi.headers import header_values
from attorn.errors import AttornError, InputError, UnavailableError, VerificationError
from attorn.handed import ask, items
from attorn.web.http import read_authorization

LEAST_SECRET: Final = 32
"""Fewest characters of a secret that a PEP is known by."""
_MOST_SECRET: Final = 1 << 16
# What a Bearer header holds (RFC 6750 section 2.1).
_SECRET = re.compile(rf"[A-Za-z0-9._~+/-]{{{LEAST_SECRET},4096}}=*")

Known: TypeAlias = Callable[[str], bool]
Peps: TypeAlias = Iterable[str] | Known


class UnknownPepError(InputError):
    """Whoever asks is none of this server's PEPs."""


def unsafe_anybody(secret: str) -> bool:
    """Takes whoever asks for a PEP: for a server behind something that knows its clients."""
    del secret
    return True


def checked_peps(peps: Peps) -> Known:
    """What tells a PEP by its secret. Raises `InputError`, and `UnavailableError` if the list fails to say them."""
    if callable(peps):
        return peps
    listed = isinstance(peps, Iterable) and not isinstance(peps, str | bytes)
    secrets = items("list of secrets", peps) if listed else ()
    if not secrets or not all(isinstance(each, str) and _SECRET.fullmatch(each) for each in secrets):
        raise InputError(f"peps: expected a list of secrets of at least {LEAST_SECRET} characters, or a callable")
    digests = [hashlib.sha256(each.encode()).digest() for each in secrets]

    def known(secret: str) -> bool:
        given = hashlib.sha256(secret.encode()).digest()
        # Every one is compared, so that time does not tell which.
        return sum(hmac.compare_digest(given, each) for each in digests) > 0

    return known


def require_pep(scope: Scope, known: Known) -> None:
    """Return if the request is by a PEP. Raises `UnknownPepError` or `UnavailableError`."""
    try:
        given = read_authorization(header_values(scope, b"authorization"), most=_MOST_SECRET, scheme="Bearer")
    except VerificationError:
        given = ""
    try:
        answer = ask("check of PEPs", lambda: known(given))
    except UnavailableError:
        raise
    except AttornError as error:
        raise UnavailableError("the check of PEPs failed") from error
    if answer is not True:
        raise UnknownPepError("expected the secret of a PEP as Authorization: Bearer")
