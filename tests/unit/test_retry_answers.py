"""Under what a host keeps the answer to a use that may be tried again: the very key that the ledger was given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.joint_scene import ANNA, CFO, door, opened, token, wire
from tests.unit.scene import PLANNER, READ, REQUEST, SCOUT, accepted, given, passed, shown, verifier

from attorn import Request, caveat
from attorn.encoding import base64url_encode
from attorn.store import Charge, Charged, MemoryStore
from attorn.store.ports import Retry

WINDOW = timedelta(minutes=5)
OTHER = Request(action="events:read", resource="cal://alice/2026-12", args={"limit": 10})


class Watching(MemoryStore):
    """A store that shows what its ledger was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[Retry | None] = []

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        self.given.append(retry)
        return super().charge(charges, now=now, retry=retry)

    def keys(self) -> list[str | None]:
        return [None if retry is None else base64url_encode(retry.key) for retry in self.given]


class WithoutLedger:
    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        return True

    def statements(self, wanted: Any, *, by: Any = None) -> Any:
        return ()

    def put(self, statements: Any) -> None:
        return None


@pytest.mark.parametrize("limits", [[READ], [READ, caveat.MaxUses(1)]], ids=["free", "counted"])
def test_it_is_the_ledger_s_own(limits: list[Any]) -> None:
    store, chain = Watching(), given(*limits)
    by = verifier(store=store, retries=WINDOW)
    tries = [accepted(shown(chain, PLANNER, idempotency_key="one"), by=by) for _ in range(3)]
    assert [access.repeated for access in tries] == [False, True, True]
    assert [access.retry_key for access in tries] == store.keys()
    assert len(set(store.keys())) == 1
    assert len(str(tries[0].retry_key)) == 43


def test_two_calls_say_the_same_as_one() -> None:
    by, chain = verifier(retries=WINDOW), given(READ)
    first = accepted(shown(chain, PLANNER, idempotency_key="one"), by=by)
    verified = by.verify(shown(chain, PLANNER, idempotency_key="one"), REQUEST)
    assert [verified.clear().retry_key for _ in range(2)] == [first.retry_key] * 2


def test_no_other_use_has_it() -> None:
    by, root = verifier(retries=WINDOW), given(READ)
    again, below = given(READ), passed(root, PLANNER, SCOUT)
    wires = [
        (shown(root, PLANNER, idempotency_key="one"), REQUEST),
        (shown(root, PLANNER, idempotency_key="two"), REQUEST),
        (shown(root, PLANNER, OTHER, idempotency_key="one"), OTHER),
        (shown(again, PLANNER, idempotency_key="one"), REQUEST),
        (shown(below, SCOUT, idempotency_key="one"), REQUEST),
    ]
    found = [accepted(wire, by=by, request=request).retry_key for wire, request in wires]
    assert None not in found
    assert len(set(found)) == len(wires)


@pytest.mark.parametrize(
    ("key", "arguments"),
    [
        (None, {"retries": WINDOW}),
        ("one", {}),
        ("one", {"retries": None}),
        (None, {}),
        ("one", {"retries": WINDOW, "store": WithoutLedger()}),
    ],
    ids=["none-asked-for", "none-honoured", "told-not-to", "neither", "nobody-counts"],
)
def test_without_a_retry_there_is_none(key: str | None, arguments: dict[str, Any]) -> None:
    access = accepted(shown(given(READ), PLANNER, idempotency_key=key), by=verifier(**arguments))
    assert (access.retry_key, access.repeated) == (None, False)


def test_of_several_users_it_is_that_of_all() -> None:
    store = Watching()
    by, tokens = door(retries=WINDOW, store=store), [token(user, caveat.MaxUses(1)) for user in (CFO, ANNA)]

    def tried(*keys: str | None) -> list[str]:
        return [wire(each, idempotency_key=key) for each, key in zip(tokens, keys, strict=True)]

    first, again = opened(tried("one", "two"), by=by), opened(reversed(tried("one", "two")), by=by)
    assert first.retry_key is not None
    assert [first.retry_key, again.retry_key] == store.keys()
    assert first.retry_key == again.retry_key
    assert {access.retry_key for access in (*first.accesses, *again.accesses)} == {first.retry_key}


def test_of_several_users_each_must_ask() -> None:
    by = door(retries=WINDOW)
    tokens = [token(user) for user in (CFO, ANNA)]
    wires = [wire(tokens[0], idempotency_key="one"), wire(tokens[1])]
    joint = opened(wires, by=by)
    assert (joint.retry_key, joint.accesses[0].retry_key) == (None, None)


def test_no_receipt_carries_it() -> None:
    class Book:
        def __init__(self) -> None:
            self.drafts: list[Any] = []

        def record(self, draft: Any) -> None:
            self.drafts.append(draft)

    book, chain = Book(), given(READ, caveat.MaxUses(1))
    by = verifier(retries=WINDOW, receipts=book)
    keys = {accepted(shown(chain, PLANNER, idempotency_key="one"), by=by).retry_key for _ in range(2)}
    (key,) = keys
    assert [draft.retry for draft in book.drafts] == [False, True]
    assert str(key) not in repr(book.drafts)
