"""What a store is made to honour, against what it was told before: nothing older, and no two things of one number."""

from __future__ import annotations

import pytest
from tests.stores.contract import said
from tests.unit.scene import ALICE, MALLORY, NOW, PLANNER, Clock
from tests.unit.status_scene import URI, lst, signed_bitstring, signed_token, token_claims
from tests.unit.status_scene import credential as bitstring_credential

from attorn.errors import AttornError, DeprovisionedError, GapError, RollbackError
from attorn.revocation import Roll, deprovision, resume, suspend
from attorn.statement import FINAL, Kind, Statement
from attorn.store import MemoryStore

ONE, TWO = (bytes((number,)) * 16 for number in (1, 2))


def lists(count: int) -> list[str]:
    """A full list of one link, and the deltas that follow it."""
    roll = Roll(ALICE)
    found = []
    for number in range(1, count + 1):
        roll.add(bytes((number,)) * 16)
        found.append(roll.publish(since=number - 1, clock=Clock()).encode())
    return found


def test_two_events_of_one_number() -> None:
    store = MemoryStore()
    store.apply(suspend(PLANNER.did, by=ALICE, sequence=7, clock=Clock()))
    # The same once more is no contradiction, and another principal's number is its own.
    store.apply(suspend(PLANNER.did, by=ALICE, sequence=7, clock=Clock()))
    store.apply(resume(MALLORY.did, by=ALICE, sequence=7, clock=Clock()))
    store.apply(resume(PLANNER.did, by=MALLORY, sequence=7, clock=Clock()))
    with pytest.raises(RollbackError, match="newer than number 7"):
        store.apply(resume(PLANNER.did, by=ALICE, sequence=7, clock=Clock()))
    with pytest.raises(RollbackError, match="newer than number 7"):
        store.apply(resume(PLANNER.did, by=ALICE, sequence=6, clock=Clock()))


def test_nothing_follows_an_end() -> None:
    store = MemoryStore()
    store.apply(deprovision(PLANNER.did, by=ALICE, clock=Clock()))
    with pytest.raises(DeprovisionedError, match=r"for good$"):
        store.apply(resume(PLANNER.did, by=ALICE, sequence=7, clock=Clock()))


def test_a_last_list_ends_nobody() -> None:
    store = MemoryStore()
    (first,) = lists(1)
    assert store.put([said(FINAL, by=ALICE.did, subject=ALICE.did, kind=Kind.LIST)]) is None
    with pytest.raises(RollbackError, match=f"newer than number {FINAL}"):
        store.apply(first)


def test_an_older_list_of_links() -> None:
    store = MemoryStore()
    first, second, third = lists(3)
    store.apply(first)
    with pytest.raises(GapError):
        store.apply(third)
    store.apply(second)
    store.apply(third)
    assert len(store.statements([(Kind.REVOCATION, ONE.hex()), (Kind.REVOCATION, TWO.hex())])) == 2
    with pytest.raises(AttornError):
        store.apply(first)


def test_what_another_says_of_a_list_closes_no_gap() -> None:
    store = MemoryStore()
    first, second = lists(2)
    assert store.put([said(1, by=MALLORY.did, subject=ALICE.did, kind=Kind.LIST)]) is None
    with pytest.raises(GapError):
        store.apply(second)
    store.apply(first)
    store.apply(second)


def test_status_lists_are_kept_and_replaced_by_newer_ones() -> None:
    store = MemoryStore()
    texts = [signed_token(token_claims(iat=NOW + second)) for second in (0, 1)]
    for text in (*texts, texts[1]):
        store.apply(text)
    (kept,) = store.statements([(Kind.STATUS, f"token {URI}")])
    assert kept == Statement(Kind.STATUS, f"token {URI}", ALICE.did, NOW + 1, NOW + 1, texts[1])
    with pytest.raises(RollbackError, match=f"newer than number {NOW + 1}"):
        store.apply(texts[0])


def test_two_status_lists_of_one_second() -> None:
    store = MemoryStore()
    store.apply(signed_token(token_claims()))
    other = {"bits": 1, "lst": lst(b"\xb9\xa2")}
    with pytest.raises(RollbackError, match=f"newer than number {NOW}"):
        store.apply(signed_token(token_claims(status_list=other)))


def test_lists_of_two_purposes_are_two() -> None:
    store = MemoryStore()
    store.apply(signed_bitstring(bitstring_credential()))
    store.apply(signed_token(token_claims()))
    assert len(store.statements([(Kind.STATUS, f"revocation {URI}"), (Kind.STATUS, f"token {URI}")])) == 2
