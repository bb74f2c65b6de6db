"""What a host asks of a verified chain besides: only True lets it pass, and nothing is charged before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from attorn import Denied, Identity, Request, Verifier, caveat
from attorn.errors import ReplayError, UnavailableError, UntrustedRootError, WrongRequestError
from attorn.verify.access import Access, Verified
from attorn.verify.related import authorize_related

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
AUDIENCE = "did:web:calendar.example"
alice, scout = (Identity.from_seed(bytes([n]) * 32, clock=lambda: NOW) for n in (1, 2))
READ = Request(action="events:read", resource="cal://alice")
ONCE = alice.mint(to=scout.did, caveats=[caveat.Actions("events:read"), caveat.MaxUses(1)])
UNRELATED = UntrustedRootError("not with this user")


class Door:
    """A verifier, and who was asked."""

    def __init__(self) -> None:
        self.verifier = Verifier(audience=AUDIENCE, roots=[alice.did], clock=lambda: NOW)
        self.asked: list[Verified] = []

    def opens(self, answer: Callable[[], Any] | None, request: Request = READ, wire: str | None = None) -> Access:
        def holds(verified: Verified) -> Any:
            self.asked.append(verified)
            assert answer is not None
            return answer()

        shown = scout.present(ONCE, request, audience=AUDIENCE) if wire is None else wire
        return authorize_related(self.verifier, shown, READ, None if answer is None else holds, UNRELATED)


def test_nobody_is_asked_where_nobody_is_to_be() -> None:
    door = Door()
    assert door.opens(None).root == alice.did
    assert door.asked == []


def test_a_yes_is_asked_of_the_verified_chain_and_then_cleared() -> None:
    door = Door()
    assert door.opens(lambda: True).holder == scout.did
    (verified,) = door.asked
    assert (verified.root, verified.holder, verified.request) == (alice.did, scout.did, READ)
    with pytest.raises(Denied):
        door.opens(lambda: True)


@pytest.mark.parametrize("answer", [False, None, 1, "yes", [True], ReplayError])
def test_any_other_answer_is_a_no_and_charges_nothing(answer: Any) -> None:
    door = Door()
    for _ in range(2):
        with pytest.raises(UntrustedRootError) as caught:
            door.opens(lambda: answer)
        assert caught.value is UNRELATED
    assert door.opens(lambda: True).holder == scout.did


def test_a_host_that_fails_charges_nothing() -> None:
    door = Door()
    with pytest.raises(UnavailableError):
        door.opens(lambda: 1 // 0)
    assert door.opens(lambda: True).holder == scout.did


def test_nobody_is_asked_about_what_did_not_verify() -> None:
    door = Door()
    with pytest.raises(WrongRequestError):
        door.opens(lambda: True, request=Request(action="events:read", resource="cal://bob"))
    wire = scout.present(ONCE, READ, audience=AUDIENCE)
    with pytest.raises(UntrustedRootError):
        door.opens(lambda: False, wire=wire)
    with pytest.raises(ReplayError):
        door.opens(lambda: True, wire=wire)
    assert len(door.asked) == 1
