"""The windows that uses and money are counted in: of the calendar, of UTC, and one for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import (
    PLANNER,
    READ,
    REQUEST,
    Clock,
    accepted,
    at,
    denied,
    person,
    shown,
    verifier,
)

from attorn import Denied, Identity, Request, Token, caveat
from attorn.caveat import Caveat
from attorn.request.money import Money
from attorn.store import MemoryStore, SQLiteStore

C = caveat
AnyStore = MemoryStore | SQLiteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    kept = SQLiteStore(tmp_path / "store.db")
    yield kept
    kept.close()


def cost(amount: int, currency: str = "EUR") -> Request:
    return Request(action="events:read", resource="cal://alice/2026-11", cost=Money(amount, currency))


class Door:
    """One verifier, and a count of what it says."""

    def __init__(self, store: AnyStore, clock: Clock | None = None, **changed: Any) -> None:
        self.clock = clock or Clock()
        self.by = verifier(store=store, clock=self.clock, **changed)

    def opens(self, token: Token, holder: Identity, request: Request = REQUEST, times: int = 1) -> None:
        for _ in range(times):
            accepted(self._shown(token, holder, request), by=self.by, request=request)

    def stays_shut(
        self, token: Token, holder: Identity, link: int, request: Request = REQUEST, step: int = 10
    ) -> Denied:
        return denied(self._shown(token, holder, request), step, link, by=self.by, request=request)

    def _shown(self, token: Token, holder: Identity, request: Request) -> str:
        return shown(token, Identity(holder.signer, clock=self.clock), request)


# Each window: its last second, the first of the next, and one that shares a window with the last second.
WINDOWS = {
    "second": ("2030-03-17T17:46:40Z", "2030-03-17T17:46:41Z", "2030-03-17T17:46:40.9Z"),
    "minute": ("2030-03-17T17:46:59Z", "2030-03-17T17:47:00Z", "2030-03-17T17:46:00Z"),
    "hour": ("2030-03-17T17:59:59Z", "2030-03-17T18:00:00Z", "2030-03-17T17:00:00Z"),
    "day": ("2030-03-17T23:59:59Z", "2030-03-18T00:00:00Z", "2030-03-17T00:00:00Z"),
    "week": ("2030-03-17T23:59:59Z", "2030-03-18T00:00:00Z", "2030-03-11T00:00:00Z"),
    "month": ("2030-03-31T23:59:59Z", "2030-04-01T00:00:00Z", "2030-03-01T00:00:00Z"),
    "leap-month": ("2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z", "2028-02-01T00:00:00Z"),
    "year-of-days": ("2029-12-31T23:59:59Z", "2030-01-01T00:00:00Z", "2029-12-31T00:00:00Z"),
    "year-of-weeks": ("2029-12-30T23:59:59Z", "2029-12-31T00:00:00Z", "2029-12-24T00:00:00Z"),
    "week-over-new-year": ("2030-01-06T23:59:59Z", "2030-01-07T00:00:00Z", "2029-12-31T00:00:00Z"),
    "year-of-months": ("2029-12-31T23:59:59Z", "2030-01-01T00:00:00Z", "2029-12-01T00:00:00Z"),
}
PERIODS = {
    "leap-month": "month",
    "year-of-days": "day",
    "year-of-weeks": "week",
    "week-over-new-year": "week",
    "year-of-months": "month",
}


def _old(limit: Caveat) -> Token:
    """A token issued before all windows."""
    return person(1, Clock(at("2027-01-01T00:00:00Z"))).mint(to=PLANNER.did, caveats=[READ, limit])


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_are_of_the_calendar_and_of_utc(name: str) -> None:
    last, following, same = map(at, WINDOWS[name])
    token = _old(C.Rate(1, PERIODS.get(name, name)))
    for start in (last, same):
        clock = Clock(start)
        door = Door(MemoryStore(), clock)
        door.opens(token, PLANNER)
        for second in (same, last):
            clock.second = max(second, start)
            door.stays_shut(token, PLANNER, 1)
        clock.second = following
        door.opens(token, PLANNER)
        door.stays_shut(token, PLANNER, 1)


@pytest.mark.parametrize("name", ["day", "week", "month", "leap-month", "week-over-new-year"])
def test_windows_of_a_budget(name: str) -> None:
    last, following, same = map(at, WINDOWS[name])
    clock = Clock(same)
    door, token = Door(MemoryStore(), clock), _old(C.Budget(10, "EUR", PERIODS.get(name, name)))
    door.opens(token, PLANNER, cost(6))
    clock.second = last
    door.stays_shut(token, PLANNER, 1, cost(5))
    door.opens(token, PLANNER, cost(4))
    clock.second = following
    door.opens(token, PLANNER, cost(10))
    door.stays_shut(token, PLANNER, 1, cost(1))


@pytest.mark.parametrize("hours", [-11, -5, 14], ids=["west", "new-york", "east"])
def test_the_zone_of_a_clock_changes_no_window(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    instants = ["2030-03-17T00:00:00Z", "2030-03-17T12:00:00Z", "2030-03-17T23:59:59Z"]
    token, kept = _old(C.Rate(1, "day")), MemoryStore()
    clock = Clock()
    by = verifier(store=kept, clock=lambda: clock().astimezone(zone))
    planner = person(2, clock)
    for number, instant in enumerate(instants):
        clock.second = at(instant)
        if number == 0:
            accepted(shown(token, planner), by=by)
        else:
            denied(shown(token, planner), 10, 1, by=by)


def test_a_clock_stepped_back_gives_no_new_window(store: AnyStore) -> None:
    clock = Clock(at("2030-03-18T00:00:00Z"))
    door, token = Door(store, clock), _old(C.Rate(1, "day"))
    door.opens(token, PLANNER)
    clock.second = at("2030-03-17T23:59:59Z")
    door.opens(token, PLANNER)
    for instant in ("2030-03-18T00:00:01Z", "2030-03-17T23:59:58Z"):
        clock.second = at(instant)
        door.stays_shut(token, PLANNER, 1)


def test_what_is_counted_in_all_has_no_window(store: AnyStore) -> None:
    clock = Clock(at("2028-01-01T00:00:00Z"))
    door, token = Door(store, clock), _old(C.MaxUses(1))
    door.opens(token, PLANNER)
    clock.second = at("2040-01-01T00:00:00Z")
    door.stays_shut(token, PLANNER, 1)
