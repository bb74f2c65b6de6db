"""Alert rules: each a plain function over the receipts of a log, in their order, that returns what stands out.

All are by holder: the DID that made the request. Numbers are parameters, and what they mean is said here, so that a
rule can be run again over an old log with the same outcome.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from attorn.audit.receipt import Receipt
from attorn.errors import EngineError, InputError, StaleError, UnavailableError

_UNDECIDED: Final = frozenset({UnavailableError.code, EngineError.code, StaleError.code})
_HOUR: Final = 3600
_HOURS: Final = 24
_HOLDERS: Final = 1024


@dataclass(frozen=True, slots=True)
class Alert:
    """What a `rule` found about a `holder` (None: presentations that named nobody), when `at`, at which receipt.

    `claimed` says that some of these receipts are not genuine: somebody else may have used the holder's name.
    """

    rule: str
    holder: str | None
    at: int
    sequence: int
    what: str
    claimed: bool = False


def many_denials(receipts: Iterable[Receipt], *, least: int = 10, seconds: int = 300) -> tuple[Alert, ...]:
    """Holders that were refused `least` times or more within `seconds`.

    Any verdict counts but `allowed` and those that say that nothing could be decided. One alert when the number is
    reached, and the next once it has been below it again.
    """
    _require(least, seconds)
    recent: dict[str | None, deque[tuple[int, bool]]] = {}
    most = _HOLDERS
    told: set[str | None] = set()
    found: list[Alert] = []
    for receipt in receipts:
        if receipt.allowed or receipt.verdict in _UNDECIDED:
            continue
        holder, at = receipt.holder, receipt.at
        if len(recent) >= most:
            # Anybody can claim any number of names.
            recent = {name: window for name, window in recent.items() if window[-1][0] > at - seconds}
            told.intersection_update(recent)
            most = max(_HOLDERS, 2 * len(recent))
        window = recent.setdefault(holder, deque())
        while window and window[0][0] <= at - seconds:
            window.popleft()
        window.append((at, receipt.genuine))
        if len(window) < least:
            told.discard(holder)
        elif holder not in told:
            told.add(holder)
            what = f"{len(window)} denials in {at - window[0][0]} s"
            claimed = not all(genuine for _, genuine in window)
            found.append(Alert("many_denials", holder, at, receipt.sequence, what, claimed))
    return tuple(found)


class _Counts:
    """One holder's requests by window, the first window, and the last that an alert was about."""

    __slots__ = ("first", "told", "windows")

    def __init__(self, first: int) -> None:
        self.first = first
        self.told = -1
        self.windows: dict[int, int] = {}


def fast_rate(
    receipts: Iterable[Receipt], *, times: int = 3, seconds: int = _HOUR, history: int = 24, least: int = 10
) -> tuple[Alert, ...]:
    """Holders whose genuine requests in one window are more than `times` the usual, and at least `least`.

    Windows are `seconds` long and start at multiples of it since 1970. The usual is the mean of the `history` windows
    before, empty ones included; there is none before a holder has been known for as many. One alert for each window.
    """
    _require(times, seconds, history, least)
    counts: dict[str | None, _Counts] = {}
    found: list[Alert] = []
    for receipt in receipts:
        if not receipt.genuine:
            continue
        window = receipt.at // seconds
        known = counts.setdefault(receipt.holder, _Counts(window))
        number = known.windows[window] = known.windows.get(window, 0) + 1
        for old in [old for old in known.windows if old < window - history]:
            del known.windows[old]
        before = sum(uses for past, uses in known.windows.items() if window - history <= past < window)
        if window - known.first < history or known.told == window or number < least:
            continue
        if number * history > times * before:
            known.told = window
            what = f"{number} requests in {seconds} s, usual are {before / history:.1f}"
            found.append(Alert("fast_rate", receipt.holder, receipt.at, receipt.sequence, what))
    return tuple(found)


def unusual_hours(
    receipts: Iterable[Receipt], *, percent: int = 1, history: int = 100, days: int = 7
) -> tuple[Alert, ...]:
    """Holders that make a genuine request in an hour of the day (UTC) with less than `percent` % of their past ones.

    Nothing is unusual before a holder has made `history` requests over at least `days` days. One alert for each hour
    of each day.
    """
    _require(percent, history, days)
    past: dict[str | None, list[int]] = {}
    first: dict[str | None, int] = {}
    told: dict[str | None, int] = {}
    found: list[Alert] = []
    for receipt in receipts:
        if not receipt.genuine:
            continue
        holder, at = receipt.holder, receipt.at
        hour = at // _HOUR
        hours = past.setdefault(holder, [0] * _HOURS)
        total, here = sum(hours), hours[hour % _HOURS]
        since = first.setdefault(holder, at)
        known = total >= history and at - since >= days * _HOURS * _HOUR
        if known and here * 100 < percent * total and told.get(holder) != hour:
            told[holder] = hour
            what = f"a request at {hour % _HOURS:02}:00 UTC, an hour with {here} of {total} before"
            found.append(Alert("unusual_hours", holder, at, receipt.sequence, what))
        hours[hour % _HOURS] += 1
    return tuple(found)


def _require(*numbers: int) -> None:
    if not all(type(number) is int and number >= 1 for number in numbers):
        raise InputError("alerts: expected integers from 1 on")
