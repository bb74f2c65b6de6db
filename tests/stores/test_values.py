"""What stores are handed: charges, retries and statements that cannot be made, and a new store that knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.stores.contract import DONE, MOST, name, said

from attorn.errors import InputError
from attorn.statement import Kind, Statement
from attorn.store import Charge, Charged, MemoryStore, Retry

CHARGES: dict[str, tuple[Any, ...]] = {
    "account-none": (None, 1, 1),
    "account-bytes": (b"a", 1, 1),
    "account-nul": ("a\0", 1, 1),
    "account-surrogate": ("\ud800", 1, 1),
    "limit-negative": ("a", -1, 1),
    "limit-large": ("a", MOST + 1, 1),
    "limit-true": ("a", True, 1),
    "limit-fraction": ("a", 1.0, 1),
    "limit-none": ("a", None, 1),
    "amount-negative": ("a", 1, -1),
    "amount-large": ("a", 1, MOST + 1),
    "amount-true": ("a", 1, True),
    "amount-text": ("a", 1, "1"),
    "until-negative": ("a", 1, 1, -1),
    "until-large": ("a", 1, 1, MOST + 1),
    "until-true": ("a", 1, 1, True),
    "until-text": ("a", 1, 1, "5"),
}


@pytest.mark.parametrize("case", CHARGES)
def test_charges_that_are_none(case: str) -> None:
    with pytest.raises(InputError, match="charge: "):
        Charge(*CHARGES[case])


def test_the_least_and_the_most_of_a_charge() -> None:
    assert Charge("", 0, 0) == Charge("", 0, 0, None)
    assert Charge("a", MOST, MOST, MOST).until == MOST
    assert Charge("a", 1, 1, 0).until == 0


@pytest.mark.parametrize(
    ("key", "until"), [(None, 1), (bytearray(1), 1), (b"x", True), (b"x", 1.0), (b"x", MOST + 1), ("x", MOST + 1)]
)
def test_retries_that_are_none(key: Any, until: Any) -> None:
    with pytest.raises(InputError, match="retry: "):
        Retry(key, until)


def test_the_least_and_the_most_of_a_retry() -> None:
    assert (Retry(b"", 0).until, Retry(b"", MOST).until) == (0, MOST)


STATEMENTS: dict[str, dict[str, Any]] = {
    "subject-none": {"subject": None},
    "subject-nul": {"subject": "a\0b"},
    "subject-surrogate": {"subject": "\udfff"},
    "by-bytes": {"by": b"did:x:a"},
    "by-nul": {"by": "\0"},
    "value-none": {"value": None},
    "value-nul": {"value": "\0"},
    "sequence-negative": {"sequence": -1},
    "sequence-large": {"sequence": MOST + 1},
    "sequence-true": {"sequence": True},
    "sequence-none": {"sequence": None},
    "at-negative": {"at": -1},
    "at-large": {"at": MOST + 1},
    "at-fraction": {"at": 1.5},
    "at-true": {"at": True},
}


@pytest.mark.parametrize("case", STATEMENTS)
def test_statements_that_are_none(case: str) -> None:
    with pytest.raises(InputError, match="statement: "):
        said(**{"sequence": 1, **STATEMENTS[case]})


def test_the_least_and_the_most_of_a_statement() -> None:
    assert said(MOST, at=MOST).sequence == MOST
    assert said(0, at=0, subject="", by="") == Statement(Kind.REVOCATION, "", "", 0, 0, "")


def test_the_kinds_as_stores_keep_them() -> None:
    assert [str(kind) for kind in Kind] == ["revocation", "list", "lifecycle", "status", "event"]


WANTED: dict[str, Any] = {
    "one-long": [(Kind.LIST,)],
    "three-long": [(Kind.LIST, "a", "b")],
    "listed": [[Kind.LIST, "a"]],
    "kind-as-text": [("list", "a")],
    "subject-none": [(Kind.LIST, None)],
    "subject-nul": [(Kind.LIST, "a\0")],
    "the-second": [(Kind.LIST, "a"), (Kind.LIST, b"a")],
    "generator": (each for each in ((Kind.LIST, "a"),)),
}


@pytest.mark.parametrize("case", WANTED)
def test_questions_that_are_none(case: str) -> None:
    store = MemoryStore()
    assert store.put([said(1)]) is None
    for by in (None, ["did:x:a"]):
        with pytest.raises(InputError, match=r"^statements: "):
            store.statements(WANTED[case], by=by)


CALLS: dict[str, Callable[[MemoryStore], object]] = {
    "statements-by-number": lambda store: store.statements([], by=5),  # type: ignore[arg-type]
    "statements-by-generator": lambda store: store.statements([], by=(each for each in "a")),  # type: ignore[arg-type]
    "put-generator": lambda store: store.put(each for each in (said(1),)),  # type: ignore[arg-type]
    "charge-generator": lambda store: store.charge((each for each in ()), now=5),  # type: ignore[arg-type]
    "charge-at-true": lambda store: store.charge([], now=True),
    "charge-with-a-key": lambda store: store.charge([], now=5, retry=b"x"),  # type: ignore[arg-type]
    "used-generator": lambda store: store.used(each for each in "a"),  # type: ignore[arg-type]
    "used-nul": lambda store: store.used(["a\0"]),
    "remember-true": lambda store: store.remember(b"x", expires=True, now=0),
    "remember-at-true": lambda store: store.remember(b"x", expires=5, now=True),
    "remember-beyond": lambda store: store.remember(b"x", expires=MOST + 1, now=0),
    "remember-text": lambda store: store.remember("x", expires=5, now=0),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", CALLS)
def test_calls_that_are_none(case: str) -> None:
    with pytest.raises(InputError, match=rf"^{case.partition('-')[0]}: "):
        CALLS[case](MemoryStore())


def test_the_first_second_and_the_last() -> None:
    store = MemoryStore()
    assert store.remember(name(0), expires=0, now=0) is False
    assert store.remember(name(1), expires=1, now=0) is True
    assert store.remember(name(1), expires=1, now=0) is False
    assert store.remember(name(2), expires=MOST, now=MOST - 1) is True
    assert store.charge([Charge("a", 1, 1, 1)], now=0) == DONE
    assert store.charge([Charge("a", 1, 1, 1)], now=0) == Charged(refused=Charge("a", 1, 1, 1))
    assert store.charge([Charge("b", 1, 1)], now=0) == DONE
    assert store.charge([Charge("b", 1, 1)], now=MOST) == Charged(refused=Charge("b", 1, 1))


def test_a_retry_in_the_first_second() -> None:
    store = MemoryStore()
    for repeated in (False, True):
        answer = store.charge([Charge("a", 1, 1)], now=0, retry=Retry(b"k", 1))
        assert answer == Charged(repeated=repeated)
