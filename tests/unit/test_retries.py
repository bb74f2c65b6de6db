"""A use that is tried again: another presentation, the same holder, chain, request and key, and one charge."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    HELPER,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    denied,
    given,
    passed,
    refused,
    shown,
    verifier,
)

from attorn import Access, Identity, Request, Token, Verifier, caveat
from attorn.errors import InputError, UnavailableError
from attorn.request.money import Money
from attorn.store import Charge, Charged, MemoryStore, SQLiteStore
from attorn.store.ports import Retry

AnyStore = MemoryStore | SQLiteStore
WINDOW = 600
KEY = "order-17"
OTHER = Request(action="events:read", resource="cal://alice/2026-12", args={"limit": 10})


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    kept = SQLiteStore(tmp_path / "store.db")
    yield kept
    kept.close()


class Door:
    """A verifier that honours retries for ten minutes, and how often it opens."""

    def __init__(self, store: AnyStore, **changed: Any) -> None:
        self.clock = Clock()
        self.by: Verifier = verifier(
            **{"store": store, "clock": self.clock, "retries": timedelta(seconds=WINDOW), **changed}
        )

    def wire(self, token: Token, holder: Identity, key: str | None, request: Request) -> str:
        return shown(token, Identity(holder.signer, clock=self.clock), request, idempotency_key=key)

    def opens(
        self, token: Token, holder: Identity = PLANNER, key: str | None = KEY, request: Request = REQUEST
    ) -> Access:
        return accepted(self.wire(token, holder, key, request), by=self.by, request=request)

    def charges(self, token: Token, *more: Any, **other: Any) -> None:
        assert self.opens(token, *more, **other).repeated is False

    def repeats(self, token: Token, *more: Any, **other: Any) -> None:
        assert self.opens(token, *more, **other).repeated is True

    def stays_shut(
        self, token: Token, link: int = 1, holder: Identity = PLANNER, key: str | None = KEY, request: Request = REQUEST
    ) -> None:
        denied(self.wire(token, holder, key, request), 10, link, by=self.by, request=request)


@pytest.fixture
def door(store: AnyStore) -> Door:
    return Door(store)


def test_it_is_charged_once(door: Door) -> None:
    token = given(READ, caveat.MaxUses(1))
    door.charges(token)
    for _ in range(3):
        door.repeats(token)
    door.stays_shut(token, key=None)
    door.repeats(token)


def test_every_ancestor_is_charged_once(door: Door) -> None:
    first = given(READ, caveat.MaxUses(2))
    second = passed(first, PLANNER, SCOUT, caveat.MaxUses(2), caveat.Rate(2, "hour"))
    door.charges(second, SCOUT)
    door.repeats(second, SCOUT)
    door.charges(first, PLANNER, "another")
    door.repeats(second, SCOUT)
    door.stays_shut(second, 1, SCOUT, "a third")


def test_money_is_spent_once(door: Door) -> None:
    token = given(READ, caveat.Budget(10, "EUR"))
    spends = Request(action="events:read", resource="cal://alice", cost=Money(10, "EUR"))
    door.charges(token, request=spends)
    door.repeats(token, request=spends)
    door.stays_shut(token, key="another", request=spends)


def test_without_a_limit_a_repetition_is_told_all_the_same(door: Door) -> None:
    token = given(READ)
    door.charges(token)
    door.repeats(token)
    assert door.opens(token, key=None).repeated is False


def test_another_request_holder_chain_or_key_is_another_use(door: Door) -> None:
    root = given(READ, caveat.MaxUses(6))
    scout = passed(root, PLANNER, SCOUT)
    # Another request: its arguments, its resource or its cost.
    door.charges(root)
    door.charges(root, request=OTHER)
    door.charges(root, request=Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 11}))
    # Another chain, and with it another holder; and a chain to the same holder of other links.
    door.charges(scout, SCOUT)
    door.charges(passed(root, PLANNER, SCOUT), SCOUT)
    # Another key.
    door.charges(root, key=KEY + " ")
    door.stays_shut(root, key="one too many")
    door.repeats(root)
    door.repeats(scout, SCOUT)


def test_nobody_uses_up_the_key_of_another(door: Door) -> None:
    """Two holders may draw the same key for the same request."""
    root = given(READ, caveat.MaxUses(2))
    tokens = [(passed(root, PLANNER, holder), holder) for holder in (SCOUT, HELPER)]
    for token, holder in tokens:
        door.charges(token, holder)
    for token, holder in tokens:
        door.repeats(token, holder)


def test_when_the_window_is_over_it_is_a_use_of_its_own(door: Door) -> None:
    token = given(READ, caveat.MaxUses(2))
    door.charges(token)
    door.clock.second += WINDOW - 1
    door.repeats(token)
    door.clock.second += 1
    door.charges(token)
    door.repeats(token)
    door.clock.second += WINDOW
    door.stays_shut(token)


def test_a_repetition_does_not_move_the_window(door: Door) -> None:
    token = given(READ, caveat.MaxUses(1))
    door.charges(token)
    for _ in range(2):
        door.clock.second += WINDOW // 2 - 1
        door.repeats(token)
    door.clock.second += 2
    door.stays_shut(token)


def test_many_keys_that_are_over_at_once_are_all_over(door: Door) -> None:
    token = given(READ, caveat.MaxUses(1_000))
    keys = [f"order-{number:03}" for number in range(100)]
    for key in keys:
        door.charges(token, key=key)
        door.clock.second += 1
    door.clock.second += WINDOW
    for key in reversed(keys):
        door.charges(token, key=key)
    for key in keys:
        door.repeats(token, key=key)


def test_a_repetition_in_the_next_period_is_charged_to_none(door: Door) -> None:
    token = given(READ, caveat.Rate(1, "minute"))
    door.charges(token)
    door.clock.second += 60
    door.repeats(token)
    door.charges(token, key="another")
    door.stays_shut(token, key="a third")


def test_a_verifier_that_honours_none_charges_every_try(store: AnyStore) -> None:
    door = Door(store, retries=None)
    token = given(READ, caveat.MaxUses(2))
    door.charges(token)
    door.charges(token)
    door.stays_shut(token)
    # Nor has it remembered anything for one that does.
    Door(store).stays_shut(token)


@pytest.mark.parametrize("retries", [timedelta(0), timedelta(-1), timedelta(milliseconds=999), 600, "600", True])
def test_a_window_that_is_none(retries: Any) -> None:
    with pytest.raises(InputError, match="retries"):
        verifier(retries=retries)


def test_the_same_presentation_is_replayed_whatever_its_key(door: Door) -> None:
    token = given(READ, caveat.MaxUses(5))
    wire = door.wire(token, PLANNER, KEY, REQUEST)
    accepted(wire, by=door.by)
    for _ in range(2):
        refused(wire, "replayed", 8, by=door.by)
    door.repeats(token)


def test_two_verifiers_that_share_a_store_share_its_retries(store: AnyStore) -> None:
    token = given(READ, caveat.MaxUses(1))
    Door(store).charges(token)
    Door(store).repeats(token)


def test_two_audiences_that_share_a_store_share_none(store: AnyStore) -> None:
    token = given(READ, caveat.MaxUses(2))
    Door(store).charges(token)
    other = verifier(store=store, retries=timedelta(seconds=WINDOW), audience="did:web:other.example")
    wire = shown(token, PLANNER, audience="did:web:other.example", idempotency_key=KEY)
    assert accepted(wire, by=other).repeated is False
    Door(store).stays_shut(token, key="another")


@pytest.mark.parametrize("refused_at", [9, 10])
def test_a_refusal_is_not_remembered_as_a_charge(door: Door, refused_at: int) -> None:
    token = given(READ, caveat.Rate(1, "minute"))
    if refused_at == 9:
        write = Request(action="events:write", resource="cal://alice")
        denied(door.wire(token, PLANNER, KEY, write), 9, 1, by=door.by, request=write)
        denied(door.wire(token, PLANNER, KEY, write), 9, 1, by=door.by, request=write)
        door.charges(token)
        return
    door.charges(token, key="first")
    for _ in range(2):
        door.stays_shut(token)
    door.clock.second += 60
    door.charges(token)
    door.repeats(token)


def test_a_charge_that_failed_is_not_remembered_as_made() -> None:
    class Failing(MemoryStore):
        fails = True

        def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
            if self.fails:
                raise UnavailableError("not now")
            return super().charge(charges, now=now, retry=retry)

    store = Failing()
    door, token = Door(store), given(READ, caveat.MaxUses(1))
    refused(door.wire(token, PLANNER, KEY, REQUEST), "unavailable", None, by=door.by)
    store.fails = False
    door.charges(token)
    door.repeats(token)


def test_a_ledger_that_repeats_what_nobody_asked_it_to_know_is_not_believed() -> None:
    class Repeating(MemoryStore):
        def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
            return Charged(repeated=True)

    door = Door(Repeating())
    token = given(READ, caveat.MaxUses(1))
    refused(door.wire(token, PLANNER, None, REQUEST), "unavailable", None, by=door.by)
    door.repeats(token)


def test_a_second_clearing_is_a_try_of_the_same_use(door: Door) -> None:
    token = given(READ, caveat.MaxUses(2))
    verified = door.by.verify(door.wire(token, PLANNER, KEY, REQUEST), REQUEST)
    assert [verified.clear().repeated for _ in range(3)] == [False, True, True]
    plain = door.by.verify(door.wire(token, PLANNER, None, REQUEST), REQUEST)
    assert plain.clear().repeated is False
    door.stays_shut(token, key="another")


def test_of_many_threads_one_is_charged(store: AnyStore) -> None:
    door, token = Door(store), given(READ, caveat.MaxUses(1))
    wires = [door.wire(token, PLANNER, KEY, REQUEST) for _ in range(16)]
    start, answers = threading.Barrier(len(wires)), []

    def go(wire: str) -> None:
        start.wait()
        answers.append(door.by.authorize(wire, REQUEST).repeated)

    threads = [threading.Thread(target=go, args=(wire,)) for wire in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] + [True] * 15
    door.stays_shut(token, key="another")


def test_a_key_says_nothing_to_a_verifier_without_a_ledger() -> None:
    class Plain:
        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            return True

        def statements(self, wanted: Any, *, by: Any = None) -> Any:
            return ()

        def put(self, statements: Any) -> None:
            return None

    by = verifier(store=Plain(), retries=timedelta(seconds=WINDOW))
    for _ in range(2):
        assert accepted(shown(given(READ), PLANNER, idempotency_key=KEY), by=by).repeated is False
    counted = given(READ, caveat.MaxUses(1))
    denied(shown(counted, PLANNER, idempotency_key=KEY), 10, 1, by=by)


def test_the_key_is_bound_to_the_second_of_the_first_try() -> None:
    """What a store keeps is a digest of 32 bytes, until ten minutes after the try that was charged."""
    seen: list[Retry | None] = []

    class Watching(MemoryStore):
        def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
            seen.append(retry)
            return super().charge(charges, now=now, retry=retry)

    door = Door(Watching())
    token = given(READ, caveat.MaxUses(5), to=PLANNER, by=ALICE)
    for key in (KEY, KEY, "another", None):
        door.opens(token, key=key)
    first, again, other, none = seen
    assert first == again is not None
    assert first is not None
    assert other is not None
    assert (len(first.key), first.until, none) == (32, NOW + WINDOW, None)
    assert first.key != other.key


def test_a_use_of_one_root_does_not_pay_for_another_s() -> None:
    """Delegators choose the ids of their links: the same one, drawn by a friend, makes no retry of it."""
    ids = (bytes(16), bytes(16))
    alice, mallory = (
        Identity(each.signer, clock=Clock(), random=lambda size, drawn=drawn: drawn[:size])  # type: ignore[misc]
        for each, drawn in zip((ALICE, MALLORY), ids, strict=True)
    )
    by = verifier(roots=[ALICE.did, MALLORY.did], retries=timedelta(hours=1))
    friendly, limited = given(READ, by=mallory), given(READ, caveat.MaxUses(1), by=alice)
    assert friendly.unverified_links[0].id == limited.unverified_links[0].id
    accepted(shown(friendly, PLANNER, idempotency_key=KEY), by=by)
    assert accepted(shown(limited, PLANNER, idempotency_key=KEY), by=by).repeated is False
    denied(shown(limited, PLANNER, idempotency_key="another"), 10, 1, by=by)
