"""A publisher hands each entry out once, sets it, and forgets nothing that it was asked to keep."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from tests.unit.scene import ALICE, NOW, Clock
from tests.unit.status_scene import URI

from attorn import status
from attorn.canonical import canonicalise
from attorn.errors import AttornError, InputError, MalformedError, UnavailableError
from attorn.status import BitstringEntry, ListKind, Publisher, StatusList, TokenReference


def small(entries: int = 16, **changed: Any) -> Publisher:
    return Publisher(URI, entries=entries, **changed)


def published(publisher: Publisher, clock: Clock | None = None, **changed: Any) -> StatusList:
    (found,) = status.verify(publisher.publish(ALICE, clock=clock or Clock(), **changed))
    return found


def test_every_entry_is_given_out_once_and_in_no_order() -> None:
    publisher = small(256, random=random.Random(5).randrange)
    given = [publisher.allocate().index for _ in range(256)]
    assert sorted(given) == list(range(256))
    assert given != sorted(given)
    with pytest.raises(InputError):
        publisher.allocate()


def test_two_publishers_do_not_hand_out_alike() -> None:
    first, second = Publisher(URI), Publisher(URI)
    assert [first.allocate().index for _ in range(4)] != [second.allocate().index for _ in range(4)]


def test_threads_never_share_an_entry() -> None:
    publisher = small(4096)
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: publisher.allocate().index, range(1000)))
    assert len(set(given)) == 1000


def test_a_token_list_from_end_to_end() -> None:
    publisher = small()
    kept, revoked, suspended, resumed = (publisher.allocate() for _ in range(4))
    assert isinstance(kept, TokenReference)
    publisher.revoke(revoked.index)
    publisher.revoke(revoked.index)
    publisher.suspend(suspended.index)
    publisher.suspend(resumed.index)
    publisher.resume(resumed.index)
    found = published(publisher, lifetime=timedelta(hours=1), ttl=timedelta(minutes=5))
    assert (found.issued, found.expires, found.ttl, found.bits) == (NOW, NOW + 3600, 300, 2)
    assert [reference.value(found) for reference in (kept, revoked, suspended, resumed)] == [0, 1, 2, 0]
    assert sum(found.value(index) for index in range(16)) == 3
    publisher.revoke(suspended.index)
    assert suspended.value(published(publisher)) == 1


def test_bitstrings_from_end_to_end() -> None:
    for kind in (ListKind.REVOCATION, ListKind.SUSPENSION):
        publisher = Publisher(URI, kind=kind)
        first, second = publisher.allocate(), publisher.allocate()
        assert isinstance(first, BitstringEntry)
        assert first.purpose is kind
        (publisher.revoke if kind is ListKind.REVOCATION else publisher.suspend)(first.index)
        found = published(publisher)
        assert (first.value(found), second.value(found), len(found)) == (1, 0, 131_072)
        if kind is ListKind.SUSPENSION:
            publisher.resume(first.index)
            assert first.value(published(publisher)) == 0


def test_what_is_revoked_stays_revoked() -> None:
    publisher = small()
    index = publisher.allocate().index
    publisher.revoke(index)
    for change in (publisher.suspend, publisher.resume):
        with pytest.raises(InputError):
            change(index)
    assert publisher.value(index) == 1


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"kind": "revocation", "entries": 131_072}, ["suspend", "resume"]),
        ({"kind": "suspension", "entries": 131_072}, ["revoke"]),
        ({"bits": 1}, ["suspend", "resume"]),
    ],
)
def test_a_list_does_only_what_it_can_say(changed: dict[str, Any], names: list[str]) -> None:
    publisher = small(**changed)
    index = publisher.allocate().index
    for name in names:
        with pytest.raises(InputError):
            getattr(publisher, name)(index)
    assert publisher.value(index) == 0


@pytest.mark.parametrize("index", [-1, 16, 2**70, "0", 0.0, None, True])
@pytest.mark.parametrize("name", ["revoke", "suspend", "resume", "value"])
def test_an_entry_that_was_not_given_out(name: str, index: Any) -> None:
    publisher = small(random=lambda bound: 0)
    assert publisher.allocate().index == 0
    for asked in (index, 1):
        with pytest.raises(InputError):
            getattr(publisher, name)(asked)


@pytest.mark.parametrize(
    "wrong",
    [
        {"uri": "lists/1"},
        {"uri": None},
        {"kind": "message"},
        {"kind": "refresh"},
        {"kind": None},
        {"entries": 0},
        {"entries": 7},
        {"entries": 12},
        {"entries": "16"},
        {"entries": True},
        {"entries": (16 << 23) + 8, "bits": 1},
        {"entries": 16 << 23, "bits": 2},
        {"bits": 3},
        {"bits": 0},
        {"bits": "2"},
        {"bits": True},
        {"kind": "revocation"},
        {"kind": "revocation", "entries": 131_064},
        {"kind": "suspension", "entries": 131_072, "bits": 2},
    ],
    ids=str,
)
def test_unusable_arguments(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Publisher(**{"uri": URI, "entries": 16, **wrong})


@pytest.mark.parametrize("answer", [-1, 16, 1.5, "1", None, True])
def test_a_random_source_that_draws_nonsense(answer: Any) -> None:
    with pytest.raises(UnavailableError):
        small(random=lambda bound: answer).allocate()


def test_a_random_source_that_fails_or_is_stuck() -> None:
    with pytest.raises(UnavailableError):
        small(random=lambda bound: 1 // 0).allocate()
    stuck = small(random=lambda bound: 0)
    assert [stuck.allocate().index for _ in range(16)] == list(range(16))


# Time.


def test_each_list_speaks_from_a_later_second() -> None:
    publisher, clock = small(), Clock()
    assert [published(publisher, clock).issued for _ in range(3)] == [NOW, NOW + 1, NOW + 2]
    clock.second = NOW + 100
    assert published(publisher, clock).issued == NOW + 100
    clock.second = NOW + 50
    assert published(publisher, clock).issued == NOW + 101
    clock.second = NOW + 40
    with pytest.raises(UnavailableError):
        publisher.publish(ALICE, clock=clock)


@pytest.mark.parametrize("wrong", [{"ttl": timedelta(0)}, {"ttl": 5}, {"lifetime": timedelta(-1)}, {"lifetime": 5}])
def test_durations_that_are_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        small().publish(ALICE, clock=Clock(), **wrong)


def test_what_cannot_be_signed_is_not_published() -> None:
    publisher = small()
    for by in (None, "did:key:z", ALICE.signer):
        with pytest.raises(InputError):
            publisher.publish(by, clock=Clock())  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        publisher.publish(ALICE, clock=lambda: None)  # type: ignore[arg-type,return-value]
    assert published(publisher).issued == NOW


# Memory.


def test_a_publisher_is_restored_as_it_was() -> None:
    publisher = small(random=random.Random(5).randrange)
    given = [publisher.allocate().index for _ in range(10)]
    publisher.revoke(given[0])
    publisher.suspend(given[1])
    before = published(publisher)
    restored = Publisher.decode(publisher.encode())
    assert restored.encode() == publisher.encode()
    after = published(restored)
    assert (after.data, after.issued) == (before.data, before.issued + 1)
    assert not {restored.allocate().index for _ in range(6)} & set(given)
    with pytest.raises(InputError):
        restored.allocate()
    assert ALICE.signer.export_secret() not in publisher.encode()


STATE = json.loads(small().encode())


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"bits":1,"bits":1}',
        {**STATE, "version": 2},
        {**STATE, "more": 1},
        {name: value for name, value in STATE.items() if name != "given"},
        {**STATE, "uri": 1},
        {**STATE, "uri": "x"},
        {**STATE, "kind": "message"},
        {**STATE, "kind": "revocation"},
        {**STATE, "kind": None},
        {**STATE, "bits": 3},
        {**STATE, "bits": "2"},
        {**STATE, "entries": 24},
        {**STATE, "entries": 8},
        {**STATE, "entries": -8},
        {**STATE, "entries": 2**50},
        {**STATE, "issued": -1},
        {**STATE, "issued": "1"},
        {**STATE, "given": STATE["list"]},
        {**STATE, "given": None},
        {**STATE, "list": "x"},
        {**STATE, "list": ""},
        {**STATE, "list": STATE["given"]},
    ],
    ids=lambda state: f"{state!s:.60}",
)
def test_a_state_that_is_none(state: Any) -> None:
    with pytest.raises(AttornError) as caught:
        Publisher.decode(state if isinstance(state, bytes) else canonicalise(state))
    assert isinstance(caught.value, MalformedError)


class Lists(RuleBasedStateMachine):
    """A publisher against a plain dictionary, through restarts."""

    given = Bundle("given")

    def __init__(self) -> None:
        super().__init__()
        self.publisher = small(64)
        self.plain: dict[int, int] = {}
        self.clock = Clock()

    @rule(target=given)
    def allocate(self) -> int:
        if len(self.plain) == 64:
            return next(iter(self.plain))
        index = self.publisher.allocate().index
        assert index not in self.plain
        self.plain[index] = 0
        return index

    @rule(index=given, value=st.sampled_from([0, 1, 2]))
    def change(self, index: int, value: int) -> None:
        method = (self.publisher.resume, self.publisher.revoke, self.publisher.suspend)[value]
        if self.plain[index] == 1 and value != 1:
            with pytest.raises(InputError):
                method(index)
        else:
            method(index)
            self.plain[index] = value

    @rule(index=consumes(given))
    def restart(self, index: int) -> None:
        self.publisher = Publisher.decode(self.publisher.encode())

    @invariant()
    def says_what_was_asked(self) -> None:
        found = published(self.publisher, self.clock)
        self.clock.second = max(self.clock.second, found.issued)
        assert {index: value for index in range(64) if (value := found.value(index))} == {
            index: value for index, value in self.plain.items() if value
        }


TestLists = Lists.TestCase
TestLists.settings = settings(derandomize=True, deadline=None, max_examples=20, stateful_step_count=20)
