"""Lists and entries that anybody passes on, in any order: receivers converge, and nothing is ever taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.property.chains import PEOPLE, clock
from tests.property.strategies import law

from attorn.did.subject import subject
from attorn.errors import DeprovisionedError, GapError, RollbackError
from attorn.revocation import LifecycleEntry, RevocationList, Roll, deprovision, enrol, resume, suspend
from attorn.statement import FINAL, Kind
from attorn.store import MemoryStore

ALICE, PLANNER, SCOUT = (person.identity for person in PEOPLE[:3])
LINKS = [bytes((number,)) * 16 for number in range(24)]


class World(NamedTuple):
    """What one publisher published, in order, and what had been revoked by each list."""

    lists: list[RevocationList]
    revoked: list[frozenset[bytes]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    roll = Roll(ALICE)
    made = World([], [frozenset()])
    for _ in range(draw(st.integers(1, 7))):
        for link in draw(st.lists(st.sampled_from(LINKS), max_size=4)):
            roll.add(link)
        if draw(st.booleans()):
            # What a restart does to a publisher.
            roll = Roll.decode(roll.encode(), by=ALICE)
        since = draw(st.integers(0, roll.sequence))
        made.lists.append(RevocationList.decode(roll.publish(since=since, clock=clock).encode()))
        made.revoked.append(roll.links)
    made.lists.append(roll.publish(clock=clock))
    made.revoked.append(roll.links)
    return made


class Peer:
    """A receiver, and what it has been told."""

    def __init__(self) -> None:
        self.store = MemoryStore()

    @property
    def known(self) -> int:
        """The number of the last list that was applied."""
        return max((kept.sequence for kept in self.store.statements([(Kind.LIST, ALICE.did)])), default=0)

    @property
    def revoked(self) -> frozenset[bytes]:
        wanted = [(Kind.REVOCATION, link.hex()) for link in LINKS]
        return frozenset(bytes.fromhex(kept.subject) for kept in self.store.statements(wanted))

    def hear(self, said: RevocationList | str) -> str:
        try:
            self.store.apply(said)
        except GapError:
            return "gap"
        except RollbackError:
            return "rolled back"
        return "applied"


@law
@given(worlds(), st.data())
def test_gossip_converges(world: World, data: st.DataObject) -> None:
    peer = Peer()
    heard = data.draw(st.lists(st.sampled_from(world.lists), max_size=20))
    for said in heard:
        known, before = peer.known, peer.revoked
        outcome = peer.hear(said.encode())
        if said.sequence < known:
            assert outcome == "rolled back"
        elif said.since > known:
            assert outcome == "gap"
        else:
            assert outcome == "applied"
        assert peer.known == (said.sequence if outcome == "applied" else known)
        # Nothing is ever un-revoked, and nothing is known but what was said by then.
        assert before <= peer.revoked == world.revoked[peer.known]
    assert peer.hear(world.lists[-1]) == "applied"
    assert peer.revoked == world.revoked[-1]


@law
@given(worlds(), st.randoms(use_true_random=False))
def test_two_peers_end_alike_whatever_they_heard_first(world: World, random: object) -> None:
    orders = [list(world.lists), list(world.lists)]
    for order in orders:
        random.shuffle(order)  # type: ignore[attr-defined]
    peers = [Peer(), Peer()]
    for peer, order in zip(peers, orders, strict=True):
        for said in order:
            peer.hear(said)
    # The last list is a full one, so whoever heard everything heard it.
    assert peers[0].revoked == peers[1].revoked == world.revoked[-1]
    assert peers[0].known == peers[1].known == len(world.lists)


@law
@given(worlds())
def test_following_every_list_needs_no_full_one(world: World) -> None:
    peer = Peer()
    for number, said in enumerate(world.lists, 1):
        assert peer.hear(said) == "applied"
        assert peer.known == number
        assert peer.revoked == world.revoked[number]


@law
@given(worlds(), st.integers(0, 7))
def test_a_replayed_list_proves_nothing_new(world: World, which: int) -> None:
    """An old list cannot make a receiver look more up to date, nor less."""
    peer = Peer()
    peer.hear(world.lists[-1])
    kept = peer.store.statements([(Kind.LIST, ALICE.did)])
    assert peer.hear(world.lists[which % (len(world.lists) - 1)]) == "rolled back"
    assert peer.store.statements([(Kind.LIST, ALICE.did)]) == kept


LIVES: Sequence[LifecycleEntry] = [
    make(PLANNER.did, by=by, sequence=sequence, clock=clock)
    for sequence in range(1, 5)
    for by in (ALICE, SCOUT)
    for make in [(enrol, suspend, resume, suspend)[sequence - 1]]
] + [deprovision(PLANNER.did, by=ALICE, clock=clock)]


@law
@given(st.permutations(LIVES), st.lists(st.sampled_from(LIVES), max_size=6))
def test_lives_end_alike_in_any_order(order: Sequence[LifecycleEntry], again: Sequence[LifecycleEntry]) -> None:
    store = MemoryStore()
    latest: dict[str, int] = {}
    for entry in (*order, *again):
        before = latest.get(entry.by, 0)
        if entry.sequence >= before:
            store.apply(entry)
            latest[entry.by] = entry.sequence
        else:
            with pytest.raises(DeprovisionedError if before == FINAL else RollbackError):
                store.apply(entry)
        kept = {said.by: said.sequence for said in store.statements([(Kind.LIFECYCLE, subject(PLANNER.did))])}
        assert kept == latest
    assert latest == {ALICE.did: FINAL, SCOUT.did: 4}
