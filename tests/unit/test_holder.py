"""Who presents what to whom: fixed together, and compared with what a server says that it lacks."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from typing import Any

import pytest

from attorn import Identity, Request, Verifier, caveat
from attorn.approval import ApprovalRequest
from attorn.errors import DelegationError, InputError, MalformedError
from attorn.holder import Holding

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
AUDIENCE = "did:web:calendar.example"
alice, scout, bob = (Identity.from_seed(bytes([n]) * 32, clock=lambda: NOW) for n in (1, 2, 3))
READ = Request(action="events:read", resource="cal://alice", args={"n": 1})
TOKEN = alice.mint(to=scout.did, caveats=[caveat.Actions("events:read"), caveat.RequiresApproval([bob.did])])
HELD = Holding(scout, TOKEN, AUDIENCE)


def asking(**other: Any) -> ApprovalRequest:
    """What a server asks approval of."""
    said = {"audience": AUDIENCE, "root": alice.did, "holder": scout.did, "request": READ, **other}
    return ApprovalRequest(approvers=(bob.did,), threshold=1, **said)


def test_it_presents_to_its_audience() -> None:
    verifier = Verifier(audience=AUDIENCE, roots=[alice.did], clock=lambda: NOW)
    assert HELD.root == alice.did
    assert verifier.authorize(HELD.present(READ, [bob.approve(asking())]), READ).holder == scout.did


@pytest.mark.parametrize(
    "wrong",
    [
        (None, None, AUDIENCE),
        (scout, None, AUDIENCE),
        (None, TOKEN, AUDIENCE),
        (TOKEN, scout, AUDIENCE),
        (scout.did, TOKEN.encode(), AUDIENCE),
        (scout, TOKEN, None),
        (scout, TOKEN, b"did:web:calendar.example"),
        (scout, TOKEN, ""),
    ],
)
def test_what_it_is_not_made_of(wrong: tuple[Any, Any, Any]) -> None:
    with pytest.raises(InputError) as caught:
        Holding(*wrong)
    assert TOKEN.encode() not in str(caught.value)


def test_it_is_fixed_and_shows_no_token() -> None:
    with pytest.raises(FrozenInstanceError):
        HELD.audience = "did:web:other.example"  # type: ignore[misc]
    assert "Token" not in repr(HELD)


def test_a_token_that_it_does_not_hold() -> None:
    with pytest.raises(DelegationError):
        Holding(bob, TOKEN, AUDIENCE).present(READ)


def test_what_a_server_asks_approval_of() -> None:
    asked = asking()
    assert HELD.about(asked.encode(), READ) == asked


@pytest.mark.parametrize(
    "other",
    [
        {"audience": "did:web:other.example"},
        {"root": bob.did},
        {"holder": bob.did},
        {"request": Request(action="events:read", resource="cal://alice", args={"n": 2})},
        {"request": Request(action="events:read", resource="cal://bob", args={"n": 1})},
    ],
)
def test_a_server_that_asks_approval_of_something_else(other: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match="another request"):
        HELD.about(asking(**other).encode(), READ)


@pytest.mark.parametrize("text", [None, 7, True, "", "x", "{}", {}, [], b"x"])
def test_a_server_that_asks_approval_of_nothing(text: Any) -> None:
    with pytest.raises(MalformedError):
        HELD.about(text, READ)


def test_approvals_that_go_together() -> None:
    HELD.require_together([], READ.digest())
    HELD.require_together([bob.approve(asking()), bob.approve(asking())], READ.digest())


@pytest.mark.parametrize("other", [{"audience": "did:web:other.example"}, {"root": bob.did}, {"holder": bob.did}])
def test_approvals_that_do_not_go_together(other: dict[str, Any]) -> None:
    good = bob.approve(asking())
    for several in ([good, bob.approve(asking(**other))], [good, good], [bob.approve(asking()) for _ in range(5)]):
        with pytest.raises(InputError):
            HELD.require_together(several, READ.digest())
    with pytest.raises(InputError):
        HELD.require_together([good], b"\0" * 32)
