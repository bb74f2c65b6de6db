"""The times in a JWT's claims (RFC 7519 section 4.1), held against a given instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import LATEST, instant, written
from attorn.errors import CredentialError, ExpiredError

TIMES: Final = ("iat", "nbf", "exp")
SKEW: Final = timedelta(seconds=60)
"""How far the clock of whoever signed may run ahead of ours."""


def second(claims: Mapping[str, JsonValue], name: str) -> int | None:
    """The claim as a whole Unix second of the years 1970 to 9999; None if it is not there. Raises `CredentialError`."""
    if name not in claims:
        return None
    value = claims[name]
    if type(value) is not int or not 0 <= value <= LATEST:
        raise CredentialError(f"{name}: expected a whole Unix second of the years 1970 to 9999")
    return value


def require_current(claims: Mapping[str, JsonValue], *, now: int, skew: int) -> None:
    """Raises `ExpiredError` unless `now` is before `exp`, and not before `nbf` and `iat`, the skew allowed for."""
    issued, start, end = (second(claims, name) for name in TIMES)
    if end is not None and now >= end:
        raise ExpiredError(f"SD-JWT: expired at {written(end)}, and it is {written(now)}")
    for name, at in (("nbf", start), ("iat", issued)):
        if at is not None and now + skew < at:
            raise ExpiredError(f"SD-JWT: its {name} is {written(at)}, and it is {written(now)}")


def unix(now: datetime) -> int:
    """An aware instant as a Unix second. Raises `InputError`."""
    return int(instant(now, "now").timestamp())
