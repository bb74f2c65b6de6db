"""UTC calendar periods: where each begins and ends, and how long what was counted in one is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from tests.unit.scene import PLANNER, READ, REQUEST, SCOUT, Clock, accepted, at, person, refused, shown, verifier

from attorn import Identity, Request, Token, caveat
from attorn.caveat import Caveat
from attorn.caveat.counted import PERIODS, TOTAL, Counted, Counter
from attorn.clock import LATEST
from attorn.errors import InputError
from attorn.request.facts import Facts
from attorn.request.money import Money
from attorn.store import Charge, MemoryStore, SQLiteStore
from attorn.verify import clearing, period
from attorn.verify.chain import VerifiedChain

AnyStore = MemoryStore | SQLiteStore
law = settings(max_examples=200, derandomize=True, deadline=None, database=None)
near_midnight = st.builds(
    lambda day, off: min(max(0, int(day.replace(tzinfo=UTC).timestamp()) + off), LATEST),
    st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)).map(
        lambda when: when.replace(hour=0, minute=0, second=0)
    ),
    st.integers(-2, 2),
)
seconds = st.one_of(st.integers(0, LATEST), near_midnight)


def begin(name: str, second: int) -> datetime:
    """The first second of the period, by `datetime` alone."""
    found = datetime.fromtimestamp(second, UTC)
    midnight = found.replace(hour=0, minute=0, second=0)
    return {
        "second": found,
        "minute": found.replace(second=0),
        "hour": found.replace(minute=0, second=0),
        "day": midnight,
        "week": midnight - timedelta(days=found.weekday()),
        "month": midnight.replace(day=1),
    }[name]


@law
@drawn(st.sampled_from(PERIODS), seconds)
@example("week", 0)
@example("month", LATEST)
def test_a_period_begins_where_datetime_says_and_ends_where_the_next_begins(name: str, second: int) -> None:
    start = begin(name, second)
    first = max(0, int(start.timestamp()))
    assert period.name(name, second) == period.name(name, first)
    assert period.number(name, second) == period.number(name, first)
    end = period.end(name, second)
    if end is None:
        assert period.number(name, LATEST) == period.number(name, second)
        return
    assert second < end <= LATEST
    assert int(begin(name, end).timestamp()) == end
    assert period.number(name, end) == period.number(name, second) + 1
    assert period.name(name, end) != period.name(name, second) == period.name(name, end - 1)
    assert period.number(name, end - 1) == period.number(name, second)


@law
@drawn(st.sampled_from(PERIODS), seconds, seconds)
def test_two_seconds_share_a_name_if_they_share_a_period(name: str, one: int, other: int) -> None:
    same = begin(name, one) == begin(name, other)
    assert (period.name(name, one) == period.name(name, other)) is same
    assert (period.number(name, one) == period.number(name, other)) is same
    assert (one <= other) is (one == other or (period.number(name, one) <= period.number(name, other) and one < other))


@law
@drawn(seconds)
def test_in_all_there_is_one_period_without_end(second: int) -> None:
    assert (period.name(TOTAL, second), period.number(TOTAL, second), period.end(TOTAL, second)) == ("", 0, None)


EDGES = [
    ("month", "2028-02-29T23:59:59Z", "2028-02", "2028-03-01T00:00:00Z"),
    ("month", "2027-02-28T23:59:59Z", "2027-02", "2027-03-01T00:00:00Z"),
    ("month", "2100-02-28T23:59:59Z", "2100-02", "2100-03-01T00:00:00Z"),
    ("month", "2000-02-29T00:00:00Z", "2000-02", "2000-03-01T00:00:00Z"),
    ("month", "2030-12-31T23:59:59Z", "2030-12", "2031-01-01T00:00:00Z"),
    ("month", "9999-11-30T00:00:00Z", "9999-11", "9999-12-01T00:00:00Z"),
    ("month", "1970-01-01T00:00:00Z", "1970-01", "1970-02-01T00:00:00Z"),
    ("day", "2028-02-28T12:00:00Z", "2028-02-28", "2028-02-29T00:00:00Z"),
    ("day", "2028-02-29T00:00:00Z", "2028-02-29", "2028-03-01T00:00:00Z"),
    ("day", "1970-01-01T00:00:00Z", "1970-01-01", "1970-01-02T00:00:00Z"),
    ("week", "1970-01-01T00:00:00Z", "1970-W01", "1970-01-05T00:00:00Z"),
    ("week", "2027-01-01T00:00:00Z", "2026-W53", "2027-01-04T00:00:00Z"),
    ("week", "2029-12-31T00:00:00Z", "2030-W01", "2030-01-07T00:00:00Z"),
    ("week", "2028-01-01T00:00:00Z", "2027-W52", "2028-01-03T00:00:00Z"),
    ("hour", "2030-12-31T23:59:59Z", "2030-12-31T23", "2031-01-01T00:00:00Z"),
    ("minute", "2028-02-29T23:59:59Z", "2028-02-29T23:59", "2028-03-01T00:00:00Z"),
    ("second", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00", "1970-01-01T00:00:01Z"),
]


@pytest.mark.parametrize(("name", "instant", "called", "end"), EDGES, ids=[f"{e[0]}-{e[1]}" for e in EDGES])
def test_edges(name: str, instant: str, called: str, end: str) -> None:
    assert period.name(name, int(at(instant))) == called
    assert period.end(name, int(at(instant))) == at(end)


@pytest.mark.parametrize("name", PERIODS)
def test_the_last_period_of_the_calendar_has_no_end(name: str) -> None:
    assert period.end(name, LATEST) is None
    first = int(begin(name, LATEST).timestamp())
    assert period.end(name, first) is None
    assert period.end(name, first - 1) == first


# What is kept, and until when.

GRACE = clearing.GRACE


def chain_of(*limits: Counted, stop: int = LATEST) -> VerifiedChain:
    link = person(1).mint(to=PLANNER.did, caveats=[READ, *limits]).unverified_links[0]
    counted = tuple((link, limit, stop) for limit in limits)
    return VerifiedChain((link,), b"", (), 0, stop, 0, (), counted, (), (), (), ())


def until(limit: Counted, now: str, stop: int = LATEST) -> int | None:
    facts = Facts(REQUEST, audience="a", now=int(at(now)), depth=0)
    (entry,) = clearing.entries(chain_of(limit, stop=stop), facts).values()
    return entry.charge.until


@pytest.mark.parametrize(
    ("limit", "end"),
    [
        (caveat.Rate(1, "second"), "2030-03-17T17:46:41Z"),
        (caveat.Rate(1, "minute"), "2030-03-17T17:47:00Z"),
        (caveat.Rate(1, "hour"), "2030-03-17T18:00:00Z"),
        (caveat.Rate(1, "day"), "2030-03-18T00:00:00Z"),
        (caveat.Budget(1, "EUR", per="week"), "2030-03-18T00:00:00Z"),
        (caveat.Budget(1, "EUR", per="month"), "2030-04-01T00:00:00Z"),
    ],
    ids=["second", "minute", "hour", "day", "week", "month"],
)
def test_an_account_is_kept_until_its_period_is_well_over_or_its_link_is(limit: Counted, end: str) -> None:
    now = "2030-03-17T17:46:40Z"
    assert until(limit, now) == at(end) + GRACE
    sooner = int(at(now)) + 1
    assert until(limit, now, stop=sooner) == sooner + GRACE
    assert until(limit, now, stop=int(at(end)) + 1) == at(end) + GRACE


def test_what_never_ends_is_never_forgotten() -> None:
    assert until(caveat.MaxUses(1), "2030-03-17T17:46:40Z") is None
    assert until(caveat.Budget(1, "EUR"), "2030-03-17T17:46:40Z") is None
    assert until(caveat.Rate(1, "month"), "9999-12-31T23:59:59Z") is None
    assert until(caveat.MaxUses(1), "2030-03-17T17:46:40Z", stop=2_000_000_000) == 2_000_000_000 + GRACE


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    kept = SQLiteStore(tmp_path / "store.db")
    yield kept
    kept.close()


class Door:
    """A verifier over a store, a clock, and people who go by it."""

    def __init__(self, store: AnyStore, instant: str) -> None:
        self.store = store
        self.clock = Clock(at(instant))
        self.by = verifier(store=store, clock=self.clock)
        self.alice = person(1, self.clock)

    def own(self, holder: Identity) -> Identity:
        return Identity(holder.signer, clock=self.clock)

    def mint(self, *limits: Caveat, to: Identity = PLANNER) -> Token:
        return self.alice.mint(to=to.did, caveats=[READ, *limits])

    def go(self, instant: str | None = None, later: int = 0) -> Door:
        self.clock.second = (self.clock.second if instant is None else at(instant)) + later
        return self

    def opens(self, token: Token, holder: Identity = PLANNER, request: Request = REQUEST) -> None:
        accepted(shown(token, self.own(holder), request), by=self.by, request=request)

    def stays_shut(self, token: Token, holder: Identity = PLANNER, code: str = "denied", **call: Any) -> None:
        step = None if code == "unavailable" else 10
        request = call.get("request", REQUEST)
        refused(shown(token, self.own(holder), request), code, step, by=self.by, request=request)

    def holds(self, token: Token, counter: Counter, instant: str | None = None) -> int | None:
        """What the account of the last link holds; None if there is none."""
        second = int(self.clock.second if instant is None else at(instant))
        name = clearing.name(token.unverified_links[-1], counter, second)
        return self.store.used([name]).get(name)


DAILY = Counter("uses", 1, "day")
YESTERDAY, TODAY = "2030-03-17T12:00:00Z", "2030-03-18T00:00:00Z"


def test_an_account_outlives_its_period_by_an_hour(store: AnyStore) -> None:
    door = Door(store, YESTERDAY)
    token, other = door.mint(caveat.Rate(1, "day")), door.mint(caveat.MaxUses(9))
    door.opens(token)
    door.go(TODAY, later=GRACE - 1).opens(other)
    assert door.holds(token, DAILY, YESTERDAY) == 1
    door.go(later=1).opens(other)
    assert door.holds(token, DAILY, YESTERDAY) is None


def test_a_clock_stepped_back_within_the_hour_finds_the_account(store: AnyStore) -> None:
    door = Door(store, YESTERDAY)
    token = door.mint(caveat.Rate(1, "day"))
    door.opens(token)
    door.go(TODAY, later=GRACE - 1).opens(token)
    door.go("2030-03-17T23:59:59Z").stays_shut(token)


@pytest.mark.parametrize("fresh", [False, True], ids=["same-link", "another-link"])
def test_a_clock_stepped_back_beyond_it_decides_nothing(store: AnyStore, fresh: bool) -> None:
    door = Door(store, YESTERDAY)
    token, other = door.mint(caveat.Rate(1, "day")), door.mint(caveat.Rate(1, "day"))
    door.opens(token)
    door.go(TODAY, later=GRACE).opens(token)
    assert door.holds(token, DAILY, YESTERDAY) is None
    door.go("2030-03-17T23:00:00Z")
    for _ in range(2):
        door.stays_shut(other if fresh else token, code="unavailable")
    assert door.holds(token, DAILY, YESTERDAY) is None
    # What has no period is not in doubt.
    door.opens(door.mint(caveat.MaxUses(1)))
    door.go(TODAY, later=GRACE).stays_shut(token)


def test_nothing_is_charged_where_one_account_is_in_doubt(store: AnyStore) -> None:
    door = Door(store, YESTERDAY)
    token = door.mint(caveat.MaxUses(5), caveat.Rate(5, "day"))
    door.opens(token)
    door.go(TODAY, later=GRACE).opens(token)
    door.go("2030-03-17T23:00:00Z").stays_shut(token, code="unavailable")
    assert door.holds(token, Counter("uses", 5, "total")) == 2


def test_the_total_of_a_link_that_expired_is_forgotten(store: AnyStore) -> None:
    door = Door(store, YESTERDAY)
    token, other = door.mint(caveat.MaxUses(1), caveat.ExpiresIn(seconds=100)), door.mint(caveat.MaxUses(9))
    total = Counter("uses", 1, "total")
    door.opens(token)
    door.go(later=100 + GRACE - 1).opens(other)
    assert door.holds(token, total) == 1
    door.go(later=1).opens(other)
    assert door.holds(token, total) is None
    # The clock goes back to where the link was valid: its uses must not begin anew.
    door.go(YESTERDAY, later=99).stays_shut(token, code="unavailable")


@pytest.mark.parametrize("limits", [(), (caveat.MaxUses(2),)], ids=["uncounted", "counted"])
def test_the_expiry_of_a_child_forgets_nothing_of_its_parent(store: AnyStore, limits: tuple[Caveat, ...]) -> None:
    door = Door(store, YESTERDAY)
    parent = door.mint(caveat.MaxUses(2))
    total = Counter("uses", 2, "total")
    child = door.own(PLANNER).delegate(parent, to=SCOUT.did, caveats=[caveat.ExpiresIn(seconds=10), *limits])
    door.opens(child, SCOUT)
    door.opens(child, SCOUT)
    for later in (10, GRACE, 30 * 86_400):
        door.go(later=later)
        door.opens(door.mint(caveat.MaxUses(1)))
        assert door.holds(parent, total) == 2
        door.stays_shut(parent)


def test_the_expiry_of_a_parent_ends_the_account_of_its_child(store: AnyStore) -> None:
    """The child says that it lasts longer; no use below an expired link can be permitted."""
    door = Door(store, YESTERDAY)
    parent = door.mint(caveat.ExpiresIn(seconds=50))
    child = door.own(PLANNER).delegate(parent, to=SCOUT.did, caveats=[caveat.MaxUses(2)])
    door.opens(child, SCOUT)
    door.go(later=50 + GRACE).opens(door.mint(caveat.MaxUses(1)))
    assert door.holds(child, Counter("uses", 2, "total")) is None


@pytest.mark.parametrize(
    "bad", [(-1, 1, None), (1, -1, None), (1, 1, -1), (2**53, 1, None), (1, 1, 2**53), (1.0, 1, 1)]
)
def test_charges_that_are_none(bad: tuple[Any, Any, Any]) -> None:

    with pytest.raises(InputError):
        Charge("account", *bad)


def test_money_is_counted_in_the_period_of_the_use(store: AnyStore) -> None:
    door = Door(store, "2028-02-29T23:59:59Z")
    token = door.mint(caveat.Budget(10, "EUR", per="month"))
    ten, one = (Request(action="events:read", resource="cal://alice", cost=Money(amount, "EUR")) for amount in (10, 1))
    door.opens(token, request=ten)
    door.stays_shut(token, request=one)
    door.go(later=1).opens(token, request=ten)
    door.stays_shut(token, request=one)
