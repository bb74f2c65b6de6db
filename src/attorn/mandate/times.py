"""When a hop is good: the times of its JWT and those in its content, both of which must hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from attorn.canonical import JsonValue
from attorn.clock import seconds_in, written
from attorn.errors import ChainError, CredentialError, ExpiredError, InputError, MandateError
from attorn.sdjwt.times import TIMES, second

SKEW: Final = timedelta(seconds=300)
"""How far clocks may differ, unless a verifier says otherwise: what the official SDK takes."""
MOST_SKEW: Final = timedelta(hours=1)
"""How far a verifier may say that they differ: so long is remembered what was used, past its end."""
LATE: Final = int(MOST_SKEW.total_seconds()) + 1
"""Seconds after its end from which on no verifier accepts a mandate, whatever its clock and its skew."""
AGE: Final = timedelta(hours=1)
"""How old the last hop may be, unless a verifier says otherwise."""
_NAMES: Final = frozenset(TIMES)


class Times(NamedTuple):
    """Unix seconds: made at `issued`, good from `starts` until `ends`; None where nothing says.

    `first` is the earliest time that anything says it was made at: it is no younger than that.
    """

    issued: int | None
    starts: int | None
    ends: int | None
    first: int | None

    @classmethod
    def read(cls, *levels: Mapping[str, JsonValue]) -> Times:
        """The latest start and the earliest end that any of these claims say. Raises `MandateError`."""
        issued = starts = ends = first = None
        try:
            for claims in levels:
                if _NAMES.isdisjoint(claims):
                    continue
                if (at := second(claims, "iat")) is not None:
                    issued = at if issued is None or at > issued else issued
                    first = at if first is None or at < first else first
                if (at := second(claims, "nbf")) is not None:
                    starts = at if starts is None or at > starts else starts
                if (at := second(claims, "exp")) is not None:
                    ends = at if ends is None or at < ends else ends
        except CredentialError as error:
            raise MandateError(f"mandate: {error}") from None
        return cls(issued, starts, ends, first)

    def require(self, now: int, skew: int) -> None:
        """Raises `ExpiredError` unless `now` is in between, the skew allowed for at both ends."""
        if self.ends is not None and now > self.ends + skew:
            raise ExpiredError(f"mandate: expired at {written(self.ends)}, and it is {written(now)}")
        if self.issued is not None and self.issued > now + skew:
            raise ExpiredError(f"mandate: its iat is {written(self.issued)}, and it is {written(now)}")
        if self.starts is not None and self.starts > now + skew:
            raise ExpiredError(f"mandate: its nbf is {written(self.starts)}, and it is {written(now)}")

    def require_recent(self, now: int, age: int, skew: int) -> None:
        """Raises `ExpiredError` if it was made over `age` seconds ago, and `MandateError` for no bound at all."""
        if self.issued is None and self.ends is None:
            raise MandateError("mandate: expected iat or exp in a closed mandate: else it is good for ever")
        if self.first is not None and now - self.first > age + skew:
            made = f"made at {written(self.first)}, and it is {written(now)}"
            raise ExpiredError(f"mandate: {made}: it may be at most {age} seconds old")

    def require_within(self, before: Times, skew: int) -> None:
        """Raises `ChainError` if it ends after what it follows, or was made before it."""
        if self.ends is not None and before.ends is not None and self.ends > before.ends:
            ends = f"it ends at {written(self.ends)}, and the one before it at {written(before.ends)}"
            raise ChainError(f"mandate: {ends}")
        if self.issued is not None and before.issued is not None and self.issued + skew < before.issued:
            made = f"made at {written(self.issued)}, and the one before it at {written(before.issued)}"
            raise ChainError(f"mandate: {made}")


def skew_of(skew: timedelta) -> int:
    """How far clocks may differ, in seconds. Raises `InputError` for over `MOST_SKEW`."""
    seconds = seconds_in(skew, "skew")
    if skew > MOST_SKEW:
        raise InputError(f"skew: expected at most {MOST_SKEW}, got {skew}")
    return seconds
