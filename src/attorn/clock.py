"""The clock port: any callable that returns an aware UTC instant; the system's own clock is one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from attorn.display import stamp
from attorn.errors import InputError, UnavailableError
from attorn.handed import ask

LATEST: Final = 253_402_300_799
"""The last Unix second that can be written as a date: 9999-12-31T23:59:59Z."""

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, as this machine believes it."""
    return datetime.now(UTC)


def read(clock: Clock) -> datetime:
    """What `clock` says, as a UTC instant. Raises `UnavailableError` if it is broken: no time, no decision."""
    now = ask("clock", clock)
    try:
        return _utc(now)
    except InputError as error:
        raise UnavailableError(f"the clock is of no use: {error}") from None


def second_of(clock: Clock) -> int:
    """The Unix second by `clock`. Raises `UnavailableError`."""
    return int(read(clock).timestamp())


def written(second: int) -> str:
    """A Unix second as RFC 3339 text for people; one beyond the calendar as its last."""
    return stamp(datetime.fromtimestamp(min(second, LATEST), UTC))


def span_from(clock: Clock, lifetime: timedelta) -> tuple[datetime, datetime]:
    """Now by `clock`, in whole seconds, and when `lifetime` from now is over.

    Raises `UnavailableError` if the clock is broken, or at a time from which neither can be written.
    """
    now = read(clock)
    try:
        begins = instant(now, "now")
        return begins, begins + lifetime
    except (InputError, OverflowError):
        raise UnavailableError("the clock is of no use: too early or too late to date anything") from None


def instant(value: datetime, name: str) -> datetime:
    """`value` as a UTC instant in whole seconds, rounded down. Raises `InputError` for a naive or absurd one."""
    try:
        utc = _utc(value).replace(microsecond=0)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    if utc.year < 1970:
        raise InputError(f"{name}: expected 1970 or later, got {stamp(utc)}")
    return utc


def seconds_in(span: timedelta, name: str, *, least: int = 0, most: timedelta = timedelta.max) -> int:
    """A span from `least` seconds, which are not negative, to `most`, in whole seconds. Raises `InputError`."""
    if not isinstance(span, timedelta) or not timedelta(seconds=least) <= span <= most:
        bound = "" if most == timedelta.max else f", and at most {most}"
        raise InputError(f"{name}: expected a timedelta of at least {least} seconds{bound}")
    return int(span.total_seconds())


def _utc(value: datetime) -> datetime:
    if not isinstance(value, datetime):
        raise InputError(f"expected an aware datetime, got {type(value).__name__}")
    try:
        # Without an offset, `astimezone` would take this machine's own.
        utc = ask("time zone", lambda: None if value.utcoffset() is None else value.astimezone(UTC))
    except UnavailableError as error:
        # A tzinfo is foreign code.
        raise InputError(f"expected a time that has a UTC form: {error}") from None
    if utc is None:
        raise InputError("expected an aware datetime, got one without an offset")
    return utc
