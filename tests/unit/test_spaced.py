"""Uses that must lie apart: when the next one may be made, by whom, and that of many at once there is only one."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from tests.reference import verdict as reference
from tests.unit.scene import (
    ALICE,
    HELPER,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    at,
    denied,
    given,
    passed,
    person,
    refused,
    shown,
    verifier,
)

from attorn import AttornError, Denied, Identity, Request, Token, Verifier, caveat
from attorn.audit import Recorder, SQLiteLog, receipts
from attorn.audit.orphans import orphans
from attorn.caveat import Caveat, Spaced
from attorn.caveat.spaced import SPACES
from attorn.caveat.validity import LATEST
from attorn.request.facts import Facts
from attorn.request.money import Money
from attorn.revocation import Roll
from attorn.store import Charge, Charged, MemoryStore, Retry, SQLiteStore
from attorn.verify import clearing, period
from attorn.verify.chain import VerifiedChain
from attorn.verify.exposure import Exposure

ROOT = Path(__file__).parents[2]
AnyStore = MemoryStore | SQLiteStore
law = settings(max_examples=200, derandomize=True, deadline=None, database=None)
seconds = st.integers(0, LATEST)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    kept = SQLiteStore(tmp_path / "store.db")
    yield kept
    kept.close()


# The calendar.


@law
@drawn(st.sampled_from(SPACES), seconds)
@example("month", LATEST)
@example("year", 68_169_600)
def test_after_one_period_is_what_the_reference_says(per: str, second: int) -> None:
    found, expected = period.after(per, second), reference.later(per, second)
    assert found == (expected if expected <= LATEST else None)
    assert found is None or found - second >= period.least(per)


@pytest.mark.parametrize("per", SPACES)
def test_beyond_the_calendar_there_is_nothing(per: str) -> None:
    assert period.after(per, LATEST) is None
    assert period.after(per, LATEST + 1) is None
    assert period.after(per, 2**53) is None


TABLE = re.findall(
    r"^\| (\d{4}\S+Z) \| (\w+) \| (\d{4}\S+Z) \|$", (ROOT / "docs/spec/caveats.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize(("last", "per", "following"), TABLE, ids=["-".join(row) for row in TABLE])
def test_the_page_says_when_the_next_is(last: str, per: str, following: str) -> None:
    door = Door(MemoryStore(), last)
    token = door.mint(Spaced(per))
    door.opens(token)
    assert following in str(door.go(following, -1).stays_shut(token))
    door.go(following).opens(token)


def test_the_page_has_the_ends_of_months() -> None:
    assert {per for _, per, _ in TABLE} >= {"month", "quarter", "year", "fortnight"}


# One link and several.


class Door:
    """A verifier over a store, and a clock that can be moved."""

    def __init__(self, store: Any, instant: str = "2030-03-17T12:00:00Z", **changed: Any) -> None:
        self.clock = Clock(at(instant))
        self.by = verifier(store=store, clock=self.clock, **changed)
        self.alice = person(1, self.clock)

    def go(self, instant: str | None = None, later: int = 0) -> Door:
        self.clock.second = (self.clock.second if instant is None else at(instant)) + later
        return self

    def mint(self, *limits: Caveat, to: Identity = PLANNER) -> Token:
        return self.alice.mint(to=to.did, caveats=[READ, *limits])

    def passed(self, token: Token, to: Identity, *limits: Caveat) -> Token:
        """The planner's, passed on."""
        return passed(token, Identity(PLANNER.signer, clock=self.clock), to, *limits)

    def wire(self, token: Token, holder: Identity = PLANNER, request: Request = REQUEST, **call: Any) -> str:
        return shown(token, Identity(holder.signer, clock=self.clock), request, **call)

    def opens(self, token: Token, holder: Identity = PLANNER, request: Request = REQUEST) -> None:
        accepted(self.wire(token, holder, request), by=self.by, request=request)

    def stays_shut(self, token: Token, holder: Identity = PLANNER, link: int = 1, request: Request = REQUEST) -> Denied:
        return denied(self.wire(token, holder, request), 10, link, by=self.by, request=request)


@pytest.mark.parametrize("per", SPACES)
def test_from_the_second_on_and_not_before(store: AnyStore, per: str) -> None:
    door = Door(store)
    token = door.mint(Spaced(per))
    for _ in range(3):
        now = int(door.clock.second)
        door.opens(token)
        following = period.after(per, now)
        assert following is not None
        for second in (now, now + 1, following - 1):
            door.clock.second = second
            door.stays_shut(token)
        door.clock.second = following


def test_what_is_refused_moves_nothing(store: AnyStore) -> None:
    door = Door(store, "2030-01-31T12:00:00Z")
    token = door.mint(Spaced("month"))
    door.opens(token)
    for _ in range(5):
        door.go(later=3 * 86_400).stays_shut(token)
    door.go("2030-02-28T12:00:00Z").opens(token)


def test_every_ancestor_counts_and_siblings_share(store: AnyStore) -> None:
    """Law 7: a use by anybody below a link is a use of that link."""
    door = Door(store)
    first = door.mint(Spaced("day"))
    left, right = door.passed(first, SCOUT, Spaced("month")), door.passed(first, HELPER)
    door.opens(left, SCOUT)
    for token, holder, link in ((left, SCOUT, 1), (right, HELPER, 1), (first, PLANNER, 1)):
        door.stays_shut(token, holder, link)
    door.go(later=86_400).opens(right, HELPER)
    door.go(later=86_400).stays_shut(left, SCOUT, 2)
    door.opens(first)


def test_a_use_that_another_limit_refuses_is_no_use(store: AnyStore) -> None:
    door = Door(store)
    token = door.mint(Spaced("day"), caveat.Budget(10, "EUR"))
    cheap, dear = (Request(action="events:read", resource="cal://alice", cost=Money(n, "EUR")) for n in (4, 8))
    door.opens(token, request=cheap)
    door.go(later=86_400).stays_shut(token, request=dear)
    door.opens(token, request=cheap)


def test_a_use_that_is_too_early_uses_up_nothing_else(store: AnyStore) -> None:
    door = Door(store)
    token = door.mint(caveat.MaxUses(2), Spaced("week"))
    door.opens(token)
    for _ in range(3):
        door.stays_shut(token)
    door.go(later=7 * 86_400).opens(token)
    assert "2 uses" in str(door.go(later=7 * 86_400).stays_shut(token))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_periods_the_longer_holds(store: AnyStore, order: tuple[int, int]) -> None:
    door, limits = Door(store), (Spaced("day"), Spaced("week"))
    token = door.mint(*(limits[place] for place in order))
    door.opens(token)
    assert "week" in str(door.go(later=86_400).stays_shut(token))
    door.go(later=6 * 86_400).opens(token)


def test_the_same_twice_is_the_same_once(store: AnyStore) -> None:
    door = Door(store)
    token = door.mint(Spaced("day"), Spaced("day"))
    door.opens(token)
    door.stays_shut(token)
    door.go(later=86_400).opens(token)


def test_two_tokens_are_counted_apart(store: AnyStore) -> None:
    door = Door(store)
    door.opens(door.mint(Spaced("year")))
    door.opens(door.mint(Spaced("year")))


def test_the_last_use_outlives_the_process(tmp_path: Path) -> None:
    path, tokens = tmp_path / "store.db", []
    for opens in (True, False):
        kept = SQLiteStore(path)
        door = Door(kept)
        tokens = tokens or [door.mint(Spaced("day"))]
        (door.opens if opens else door.stays_shut)(tokens[0])
        kept.close()


# A clock that steps back never gives a use away.


@pytest.mark.parametrize("back", [1, 3_600, 86_400, 400 * 86_400])
def test_a_clock_that_stepped_back_is_too_early(store: AnyStore, back: int) -> None:
    door = Door(store)
    door.go(later=-500 * 86_400)
    token = door.mint(Spaced("day"))
    door.go(later=500 * 86_400).opens(token)
    door.go(later=-back).stays_shut(token)
    door.go(later=back + 86_400).opens(token)


def test_what_was_forgotten_is_not_unused(store: AnyStore) -> None:
    door = Door(store)
    token = door.mint(Spaced("day"), caveat.ExpiresIn(hours=2))
    door.opens(token)
    (link,) = token.unverified_links
    account = clearing.name(link, Spaced("day").counter(), 0)
    start = int(door.clock.second)
    assert store.used([account]) == {account: start + 1}
    door.go(later=2 * 3_600 + clearing.GRACE).opens(door.mint(caveat.MaxUses(9)))
    assert not store.used([account])
    # Now back to when the link was good.
    door.clock.second = start + 3_600
    refused(door.wire(token), "unavailable", None, by=door.by)


def test_an_account_is_kept_until_its_link_has_ended(store: AnyStore) -> None:
    door = Door(store)
    token = door.mint(Spaced("year"), caveat.ExpiresIn(days=500))
    door.opens(token)
    door.go(later=300 * 86_400).opens(door.mint(caveat.Rate(1, "second"), caveat.ExpiresIn(hours=1)))
    door.go(later=64 * 86_400).opens(door.mint(caveat.MaxUses(9)))
    door.stays_shut(token)


def test_at_the_end_of_the_calendar_there_is_one_use(store: AnyStore) -> None:
    door = Door(store, "9999-12-30T12:00:00Z")
    token = door.mint(Spaced("week"))
    door.opens(token)
    assert "ever again" in str(door.go(later=86_400).stays_shut(token))


def test_at_the_beginning_of_it_the_first_is_the_first() -> None:
    """What was used at second 0 is not what was never used."""
    (link,) = given(READ, Spaced("day")).unverified_links
    chain = VerifiedChain((link,), b"", (), 0, LATEST, 0, (), ((link, Spaced("day"), LATEST),), (), (), (), ())
    store = MemoryStore()
    for now, opens in ((0, True), (0, False), (86_399, False), (86_400, True)):
        facts = Facts(REQUEST, audience="a", now=now, depth=0)
        if opens:
            clearing.charge(chain, (), facts, store, None)
        else:
            with pytest.raises(Denied, match="before 1970-01-02T00:00:00Z"):
                clearing.charge(chain, (), facts, store, None)


# Retries.


def test_a_use_that_is_tried_again_is_repeated_and_not_too_early(store: AnyStore) -> None:
    door = Door(store, retries=timedelta(hours=1))
    token = door.mint(Spaced("day"), caveat.MaxUses(2))
    for repeated in (False, True, True):
        access = accepted(door.wire(token, idempotency_key="order-1"), by=door.by)
        assert access.repeated is repeated
    denied(door.wire(token, idempotency_key="order-2"), 10, 1, by=door.by)
    door.stays_shut(token)
    door.go(later=3_601)
    denied(door.wire(token, idempotency_key="order-1"), 10, 1, by=door.by)
    door.go(later=86_400).opens(token)
    assert "2 uses" in str(door.go(later=86_400).stays_shut(token))


def test_without_being_told_to_every_try_is_a_use(store: AnyStore) -> None:
    door = Door(store)
    token = door.mint(Spaced("day"))
    accepted(door.wire(token, idempotency_key="order-1"), by=door.by)
    denied(door.wire(token, idempotency_key="order-1"), 10, 1, by=door.by)


# Many at once.


def raced(wires: Sequence[tuple[Verifier, str]]) -> list[str]:
    start, found = threading.Barrier(len(wires)), []

    def work(by: Verifier, wire: str) -> None:
        start.wait()
        try:
            by.authorize(wire, REQUEST)
        except AttornError as error:
            found.append(error.code)
        else:
            found.append("allowed")

    threads = [threading.Thread(target=work, args=pair) for pair in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_of_many_threads_one_is_let_through(store: AnyStore) -> None:
    door = Door(store)
    first = door.mint(Spaced("day"), caveat.MaxUses(3))
    tokens = [(first, PLANNER), (door.passed(first, SCOUT), SCOUT), (door.passed(first, HELPER), HELPER)]
    for _ in range(3):
        wires = [(door.by, door.wire(*tokens[number % 3])) for number in range(9)]
        assert raced(wires) == ["allowed"] + ["denied"] * 8
        door.go(later=86_400)
    # Nobody was charged for the tries that lost.
    assert "3 uses" in str(door.stays_shut(first))


_PROCESS = """
import sys
from tests.unit.scene import AUDIENCE, ALICE, REQUEST, Clock, at
from attorn import AttornError, Verifier
from attorn.store import SQLiteStore
path, second, *wires = sys.argv[1:]
by = Verifier(audience=AUDIENCE, roots=[ALICE.did], clock=Clock(float(second)), store=SQLiteStore(path, timeout=60))
print("ready", flush=True)
sys.stdin.readline()
for wire in wires:
    try:
        by.authorize(wire, REQUEST)
        print("allowed")
    except AttornError as error:
        print(error.code)
"""


def test_of_several_processes_one_is_let_through(tmp_path: Path) -> None:
    door, path = Door(MemoryStore()), str(tmp_path / "store.db")
    SQLiteStore(path).close()
    token = door.mint(Spaced("month"))
    argv = [sys.executable, "-c", _PROCESS, path, str(door.clock.second)]
    running = [
        subprocess.Popen(
            [*argv, *(door.wire(token) for _ in range(4))],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": ""},
        )
        for _ in range(3)
    ]
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    said = [line for each in running for line in each.communicate("go\n", timeout=120)[0].split()]
    assert sorted(said) == ["allowed"] + ["denied"] * 11


class Overtaken(MemoryStore):
    """A ledger where somebody else comes in between what is read and what is charged, so many times."""

    def __init__(self, times: int, other: Callable[[MemoryStore, str, int], None]) -> None:
        super().__init__()
        self.times, self.other = times, other
        self.read = 0

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        found = super().used(accounts)
        self.read += 1
        if self.times:
            self.times -= 1
            self.other(self, accounts[0], found.get(accounts[0], 0))
        return found


def _uses_it(now: int) -> Callable[[MemoryStore, str, int], None]:
    def use(store: MemoryStore, account: str, held: int) -> None:
        assert store.charge([Charge(account, now + 1, now + 1 - held)], now=now) == Charged()

    return use


def test_whoever_was_overtaken_is_too_early() -> None:
    second = int(at("2030-03-17T12:00:00Z"))
    store = Overtaken(1, _uses_it(second))
    door = Door(store)
    token = door.mint(Spaced("day"), caveat.MaxUses(5))
    assert "2030-03-18T12:00:00Z" in str(door.stays_shut(token))
    assert store.read == 2
    # Its own use was not counted: the four and one more are left.
    for _ in range(5):
        door.go(later=86_400).opens(token)
    assert "5 uses" in str(door.go(later=86_400).stays_shut(token))


def test_overtaken_by_a_clock_that_is_ahead() -> None:
    second = int(at("2030-03-17T12:00:05Z"))
    door = Door(Overtaken(1, _uses_it(second)))
    assert "2030-03-18T12:00:05Z" in str(door.stays_shut(door.mint(Spaced("day"))))


def test_overtaken_by_a_clock_that_is_far_behind_it_is_tried_again() -> None:
    second = int(at("2020-01-01T00:00:00Z"))
    store = Overtaken(1, _uses_it(second))
    door = Door(store)
    door.opens(door.mint(Spaced("day")))
    assert store.read == 2


def _one_more(store: MemoryStore, account: str, held: int) -> None:
    assert store.charge([Charge(account, 2**53 - 1, 1)], now=1) == Charged()


@pytest.mark.parametrize(("times", "code"), [(3, None), (4, "unavailable")])
def test_there_is_an_end_to_being_overtaken(times: int, code: str | None) -> None:
    store = Overtaken(times, _one_more)
    door = Door(store)
    token = door.mint(Spaced("day"))
    if code is None:
        door.opens(token)
    else:
        refused(door.wire(token), code, None, by=door.by)
    assert store.read == 4


# Ledgers that do not do what they say.


class Stale(MemoryStore):
    """Shows what accounts held long ago."""

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        return {}


def test_a_ledger_that_shows_old_numbers_gives_nothing_away() -> None:
    door = Door(Stale())
    token = door.mint(Spaced("day"))
    door.opens(token)
    for later in (0, 1, 86_400):
        refused(door.go(later=later).wire(token), "unavailable", None, by=door.by)


@pytest.mark.parametrize("answer", [None, [], 7, {"x": -1}, {"x": True}, {"x": 1.5}], ids=ascii)
def test_a_ledger_that_answers_nonsense(answer: Any) -> None:
    class Wrong(MemoryStore):
        def used(self, accounts: Any) -> Any:
            return answer

    door = Door(Wrong())
    refused(door.wire(door.mint(Spaced("day"))), "unavailable", None, by=door.by)


def test_a_ledger_that_cannot_be_read() -> None:
    class Failing(MemoryStore):
        def used(self, accounts: Any) -> Any:
            raise OSError("gone")

    door = Door(Failing())
    refused(door.wire(door.mint(Spaced("day"))), "unavailable", None, by=door.by)
    # What asks no such thing does not read.
    door.opens(door.mint(caveat.MaxUses(1)))


@pytest.mark.parametrize("held", [LATEST + 1, LATEST + 2, 2**53 - 1])
def test_a_last_use_beyond_the_calendar_is_the_last(held: int) -> None:
    class Later(MemoryStore):
        def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
            return dict.fromkeys(accounts, held)

    door = Door(Later())
    assert "ever again" in str(door.stays_shut(door.mint(Spaced("day"))))


@pytest.mark.parametrize(
    "answer", [Charged(), Charged(refused=Charge("another", 1, 1)), Charged(repeated=True)], ids=["all", "one", "again"]
)
def test_a_ledger_that_charges_what_has_no_room(answer: Charged) -> None:
    class Generous(MemoryStore):
        def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
            return answer

        def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
            return dict.fromkeys(accounts, int(at("2030-03-17T11:00:00Z")))

    door = Door(Generous())
    refused(door.wire(door.mint(Spaced("day"))), "unavailable", None, by=door.by)


def test_without_a_ledger_it_prohibits() -> None:
    class Plain:
        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            return True

        def statements(self, wanted: Any, *, by: Any = None) -> Any:
            return ()

        def put(self, statements: Any) -> None:
            return None

    token = passed(given(READ), PLANNER, SCOUT, Spaced("day"))
    assert "no ledger" in str(denied(shown(token, SCOUT), 10, 2, by=verifier(store=Plain())))


# What can still happen, and what is written down.

EXPIRES = caveat.ExpiresIn(days=100)


@pytest.mark.parametrize(
    ("limits", "uses"),
    [
        ((Spaced("day"),), None),
        ((Spaced("day"), EXPIRES), 100),
        ((Spaced("week"), EXPIRES), 15),
        ((Spaced("month"), EXPIRES), 4),
        ((Spaced("quarter"), EXPIRES), 2),
        ((Spaced("year"), EXPIRES), 1),
        ((Spaced("day"), caveat.MaxUses(7)), 7),
        ((Spaced("week"), caveat.MaxUses(70), EXPIRES), 15),
    ],
)
def test_the_worst_that_can_happen_until_it_expires(limits: tuple[Caveat, ...], uses: int | None) -> None:
    assert verifier().exposure(given(READ, *limits)).uses == uses


def test_the_worst_that_can_happen_after_a_use() -> None:
    store = MemoryStore()
    door = Door(store)
    token = door.mint(Spaced("day"), caveat.FreshList(by=ALICE.did))
    store.apply(Roll(ALICE).publish(clock=door.clock))
    assert door.by.exposure(token) == Exposure(360, 1, ())
    door.opens(token)
    assert door.by.exposure(token) == Exposure(360, 0, ())
    assert door.go(later=86_400 - 361).by.exposure(token).uses == 0
    assert door.go(later=1).by.exposure(token).uses == 1


@settings(law, max_examples=50)
@drawn(st.sampled_from(SPACES), st.datetimes(), st.integers(0, 800))
def test_no_schedule_has_more_uses_than_the_exposure_says(per: str, start: Any, days: int) -> None:
    """As soon as can be, from any day of the first month on: clamping may make it worth while to wait."""
    now = int(min(max(0, start.timestamp()), LATEST - 900 * 86_400))
    stop = now + days * 86_400
    counts = []
    for wait in (*range(32), 0):
        used, second = 0, now + wait * 86_400 - (now % 86_400 if wait else 0)
        while second <= stop:
            following = period.after(per, second)
            assert following is not None
            used, second = used + 1, following
        counts.append(used)
    assert max(counts) <= 1 + (stop - now) // period.least(per)


def test_what_a_receipt_says(tmp_path: Path) -> None:
    store, log = MemoryStore(), SQLiteLog(tmp_path / "log.db")
    door = Door(store, receipts=Recorder(log, by=person(9)), retries=timedelta(hours=1))
    token = door.mint(Spaced("day"), caveat.MaxUses(5))
    for later in (0, 60, 86_400 + 60):
        door.go(later=later)
        accepted(door.wire(token, idempotency_key=f"order-{later // 100}"), by=door.by)
    found = list(receipts(log, by=[person(9).did]))
    start, day = int(at("2030-03-17T12:00:00Z")), 86_400 + 120
    assert [[(line.unit, line.period, line.limit, line.amount) for line in receipt.charges] for receipt in found] == [
        [("apart:day", "total", start + 1, start + 1), ("uses", "total", 5, 1)],
        [("uses", "total", 5, 1)],
        [("apart:day", "total", start + day + 1, day), ("uses", "total", 5, 1)],
    ]
    assert [receipt.retry for receipt in found] == [False, True, False]
    (orphan,) = orphans(found, PLANNER.did, store)
    assert [(left.unit, left.left) for left in orphan.unspent] == [("uses", 3)]
    log.close()
