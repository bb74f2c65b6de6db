"""Published limits: what a verifier is willing to look at, all of it checked before any engine or store is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from attorn.display import shown
from attorn.errors import InputError

_MOST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one verifier. Sizes in bytes, counts in items, times as `timedelta`.

    Raises `InputError` for a size or count that is not from 1 to 2**31 - 1, and for a negative time.
    """

    token_bytes: int = 65_536
    """Longest text form of a token or presentation."""
    links: int = 32
    """Longest chain."""
    checks: int = 64
    """Most caveats in one link."""
    queries: int = 64
    """Most alternatives in one caveat."""
    terms: int = 1024
    """Most values in the caveats of one chain, members of sets included; a text counts again per 32 characters."""
    symbols: int = 1024
    """Most different strings in one chain."""
    globs: int = 32
    """Most conditions of one chain that need a pattern matched."""
    skew: timedelta = timedelta(seconds=60)
    """How far another machine's clock may run ahead of ours; applied to issue times only."""
    presentation: timedelta = timedelta(minutes=10)
    """Longest validity window of a presentation; replays are remembered that long."""

    staleness: timedelta = timedelta(minutes=5)
    """How old a list may be that a link's status depends on. Beyond that nothing is decided: closed."""

    def __post_init__(self) -> None:
        for name in ("token_bytes", "links", "checks", "queries", "terms", "symbols", "globs"):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= _MOST:
                raise InputError(f"limit {name}: expected an integer from 1 to {_MOST}, got {shown(value)}")
        for name in ("skew", "presentation", "staleness"):
            value = getattr(self, name)
            if not isinstance(value, timedelta) or value < timedelta(0):
                raise InputError(f"limit {name}: expected a timedelta that is not negative, got {shown(value)}")
