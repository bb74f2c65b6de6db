"""What the tests of several users at once share: three users, their one agent, a payroll, and a store to look into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from tests.unit.scene import ALICE, AUDIENCE, HELPER, MALLORY, NOW, Clock, draw, person, verifier

from attorn import AttornError, Denied, Identity, Request, Token, Verifier, caveat, macaroon
from attorn.caveat import Caveat
from attorn.request.money import Money
from attorn.verify.access import Joint

CFO, ANNA, BEN = ALICE, person(21), person(22)
USERS = (CFO, ANNA, BEN)
AGENT = HELPER
SALARIES = Request(action="salaries:read", resource="hr://payroll/2026", cost=Money(40, "EUR"))
READ = caveat.Actions("salaries:read")
KEY = macaroon.MacKey(b"\x07" * 32)


def token(user: Identity, *caveats: Caveat, to: Identity = AGENT, by_macaroon: bool = False) -> Token:
    base = macaroon.issue(KEY, random=draw) if by_macaroon else None
    return user.mint(to=to.did, caveats=[READ, *caveats], base=base)


def wire(given: Token, by: Identity = AGENT, request: Request = SALARIES, **changed: Any) -> str:
    return by.present(given, request, **{"audience": AUDIENCE, **changed})


def wires(*users: Identity, **changed: Any) -> list[str]:
    return [wire(token(user), **changed) for user in users]


def door(**changed: Any) -> Verifier:
    roots = [user.did for user in USERS]
    return verifier(**{"roots": roots, "macaroon_keys": [KEY], "clock": Clock(NOW), **changed})


def opened(several: Iterable[str], *, by: Verifier | None = None, request: Request = SALARIES, **call: Any) -> Joint:
    joint = (by or door()).authorize_all(several, request, **call)
    assert all(access.decision.allowed is True for access in joint.accesses)
    return joint


def shut(
    several: Any,
    code: str,
    step: int | None,
    whose: int | None,
    *,
    by: Verifier | None = None,
    request: Request = SALARIES,
    **call: Any,
) -> AttornError:
    """The error, after making sure of its code, its step, and which of the presentations it names."""
    with pytest.raises(AttornError) as caught:
        (by or door()).authorize_all(several, request, **call)
    error = caught.value
    found = error.decision.step if isinstance(error, Denied) else getattr(error, "step", None)
    assert (error.code, found, error.presentation) == (code, step, whose), error
    return error


def left(by: Verifier, tokens: Sequence[Token]) -> list[bool]:
    """Of each token, whether it permits one more use by itself. It is used by that."""
    found = []
    for each in tokens:
        try:
            by.authorize(wire(each), SALARIES)
        except Denied:
            found.append(False)
        else:
            found.append(True)
    return found


STRANGER = MALLORY
