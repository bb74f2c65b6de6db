"""The clock port: any callable that returns an aware UTC instant; the system's own clock is one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from attorn.errors import InputError, UnavailableError
from attorn.handed import ask

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, as this machine believes it."""
    return datetime.now(UTC)


def read(clock: Clock) -> datetime:
    """What `clock` says, as a UTC instant. Raises `UnavailableError` if it is broken: no time, no decision."""
    now = ask("clock", clock)
    if not isinstance(now, datetime) or now.tzinfo is None:
        raise UnavailableError(f"the clock must return an aware datetime, got {type(now).__name__}")
    if now.utcoffset() is None:
        raise UnavailableError("the clock must return an aware datetime, got one without an offset")
    try:
        return now.astimezone(UTC)
    except OverflowError:
        raise UnavailableError("the clock says a time that has no UTC form") from None


def instant(value: datetime, name: str) -> datetime:
    """`value` as a UTC instant in whole seconds, rounded down. Raises `InputError` for a naive or absurd one."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InputError(f"{name}: expected an aware datetime, got {value!r}")
    try:
        utc = value.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise InputError(f"{name}: {value!r} has no UTC form") from None
    if utc.year < 1970:
        raise InputError(f"{name}: expected 1970 or later, got {value!r}")
    return utc
