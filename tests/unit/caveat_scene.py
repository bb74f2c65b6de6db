"""What the caveat tests share: facts about one argument `v`, and a verdict that survives the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.unit.scene import NOW

from attorn import Request
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.caveat import Caveat
from attorn.caveat.profile import recognise
from attorn.datalog import Check, Predicate
from attorn.limits import Limits
from attorn.request.facts import Facts

V = "v"
ABSENT = object()
SAFE = 2**53 - 1


def moment(second: float) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def facts(value: object = ABSENT, *, now: int = NOW, depth: int = 0, audience: str = "x:y", **changed: Any) -> Facts:
    args = {} if value is ABSENT else {V: value}
    request = Request(**{"action": "events:read", "resource": "/data/a", "args": args, **changed})
    return Facts(request, audience=audience, now=now, depth=depth)


def written(limit: Caveat) -> Check:
    """The check of a caveat, after a trip through the bytes of a block."""
    rendered = limit.render()
    assert not isinstance(rendered, Predicate)
    (check,) = admit(encode((), (rendered,), ()), (), Limits()).checks
    assert check == rendered
    return check


def permits(limit: Caveat, about: Facts) -> bool:
    """The verdict, which the caveat as a receiver reads it must share."""
    denial, again = limit.prohibits(about), recognise(written(limit)).prohibits(about)
    assert (denial is None) is (again is None)
    return denial is None
