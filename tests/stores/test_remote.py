"""What the stores behind a network check before they ask, and what they make of an answer. It needs no server."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from tests.stores.contract import MOST, said
from tests.unit.scene import NOW

from attorn.errors import InputError, UnavailableError
from attorn.statement import Kind
from attorn.store import Charge, remote

EPOCH = "0123456789abcdef" * 2


@pytest.mark.parametrize("value", [1, 3600, 0.001, 3599.5])
def test_timeouts(value: float) -> None:
    found = remote.timeout(value, "store")
    assert (found, type(found)) == (value, float)


@pytest.mark.parametrize("value", [0, -1, 3600.5, 3601, True, None, "5", float("nan"), float("inf"), 10**400])
def test_timeouts_that_are_none(value: Any) -> None:
    with pytest.raises(InputError, match=r"^store: expected a timeout above 0, at most 3600 seconds$"):
        remote.timeout(value, "store")


@pytest.mark.parametrize("value", [1, 2, 1000])
def test_numbers_of_connections(value: int) -> None:
    assert remote.connections(value, "store") == value


@pytest.mark.parametrize("value", [0, -1, 1001, True, 1.0, None, "5"])
def test_numbers_of_connections_that_are_none(value: Any) -> None:
    with pytest.raises(InputError, match=r"^store: expected 1 to 1000 connections$"):
        remote.connections(value, "store")


@pytest.mark.parametrize("value", [True, False])
def test_flags(value: bool) -> None:
    assert remote.flag(value, "allow_loss") is value


@pytest.mark.parametrize("value", [0, 1, None, "no", [], "True"])
def test_flags_that_are_none(value: Any) -> None:
    with pytest.raises(InputError, match=r"^allow_loss: expected True or False, got "):
        remote.flag(value, "allow_loss")


NO_EPOCHS = ("", "x" * 32, EPOCH[1:], EPOCH + "0", EPOCH.upper(), EPOCH + "\n", "\u0660" * 32)


def test_epochs() -> None:
    assert remote.expected_epoch(None, "store") is None
    assert remote.expected_epoch(EPOCH, "store") == EPOCH
    assert remote.checked_epoch(EPOCH, None, "store") == remote.checked_epoch(EPOCH, EPOCH, "store") == EPOCH
    made = {remote.new_epoch() for _ in range(10)}
    assert len(made) == 10
    assert {remote.checked_epoch(each, None, "store") for each in made} == made


@pytest.mark.parametrize("value", [*NO_EPOCHS, 5, True, EPOCH.encode(), [EPOCH]])
def test_epochs_that_are_none(value: Any) -> None:
    with pytest.raises(InputError, match=r"^store: expected an epoch"):
        remote.expected_epoch(value, "store")


@pytest.mark.parametrize("expected", [None, EPOCH])
@pytest.mark.parametrize("found", [*NO_EPOCHS, None, 5, EPOCH.encode(), [EPOCH]])
def test_epochs_that_are_damaged(found: object, expected: str | None) -> None:
    with pytest.raises(UnavailableError, match=r"^store: its epoch is damaged$"):
        remote.checked_epoch(found, expected, "store")


def test_another_epoch_than_expected() -> None:
    with pytest.raises(UnavailableError, match=r"^store: another epoch than expected: what was kept has been lost$"):
        remote.checked_epoch(EPOCH, EPOCH[::-1], "store")


@pytest.mark.parametrize("number", [0, 1, MOST])
def test_whole_numbers(number: int) -> None:
    assert remote.whole(number) == number


@pytest.mark.parametrize("number", [-1, MOST + 1, True, 1.0, None, "1"])
def test_whole_numbers_that_are_none(number: Any) -> None:
    with pytest.raises(InputError, match="whole number"):
        remote.whole(number)


def test_when_an_account_may_be_forgotten() -> None:
    assert [remote.end(Charge("a", 1, 1, until)) for until in (0, NOW, MOST, None)] == [0, NOW, MOST, MOST + 1]


def test_a_statement_as_it_was_kept() -> None:
    mine = said(3, value="x")
    assert remote.restored(mine.kind, mine.subject, mine.by, (mine.sequence, mine.at), mine.value) == mine


@pytest.mark.parametrize(
    "kept",
    [
        (b"did:x:a", (3, NOW), "x"),
        (None, (3, NOW), "x"),
        ("did:x:a", (3, NOW), b"x"),
        ("did:x:a", (3, NOW), None),
        ("did:x:a", ("3", NOW), "x"),
        ("did:x:a", (None, NOW), "x"),
        ("did:x:a", (3, "1"), "x"),
        ("did:x:a", (3, 1.5), "x"),
        ("did:x:a", (-1, NOW), "x"),
        ("did:x:a", (3, MOST + 1), "x"),
        ("did:x:\0", (3, NOW), "x"),
        ("did:x:a", (3, NOW), "\0"),
    ],
    ids=repr,
)
def test_a_statement_that_is_damaged(kept: tuple[Any, Any, Any]) -> None:
    by, numbers, value = kept
    with pytest.raises(UnavailableError, match=r"^store: a statement is damaged$"):
        remote.restored(Kind.EVENT, "a", by, numbers, value)


def test_what_a_name_is_kept_under() -> None:
    """As every version of attorn has to find it."""
    assert remote.digest("list", "\u00e9") == hashlib.sha256(b"list\0\xc3\xa9").digest()
    assert remote.digest("a") == hashlib.sha256(b"a").digest()
    assert re.fullmatch(r"[0-9a-f]{64}", remote.digest("a", "b").hex())
    assert remote.FORGET_AT_ONCE == 64
