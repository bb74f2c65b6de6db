"""A request bound to a message: what the route says, and nothing of the binding's own that it could say."""

from __future__ import annotations

from typing import Any

import pytest

from attorn import Request
from attorn.errors import AttornError, InputError, MalformedError, UnavailableError
from attorn.request.binding import bound
from attorn.request.money import Money

ASKED = Request(action="read", resource="cal://alice", args={"n": 1}, cost=Money(2, "EUR"))
ARGS = {"@body": "sha-256:x", "@text": "hello"}


def test_what_the_route_says_and_what_binds_it() -> None:
    told: list[str] = []

    def route(message: str) -> Request:
        told.append(message)
        return ASKED

    found = bound(route, "m", ARGS, "HTTP")
    assert (found.action, found.resource, found.cost) == (ASKED.action, ASKED.resource, ASKED.cost)
    assert found.args == {"n": 1, **ARGS}
    assert told == ["m"]
    assert bound(route, "m", {**ARGS, "@body": "sha-256:y"}, "HTTP") != found


@pytest.mark.parametrize("name", ["@body", "@text", "@", "@new"])
def test_a_route_claims_no_name_of_the_binding(name: str) -> None:
    claimed = Request(action="read", resource="cal://alice", args={"n": 1, name: "x"})
    for whose in ("HTTP", "A2A"):
        with pytest.raises(InputError, match=f"belong to the {whose} binding"):
            bound(lambda _: claimed, "m", ARGS, whose)


@pytest.mark.parametrize("answer", [None, True, "read", {"action": "read", "resource": "cal://alice"}, Request])
def test_a_route_that_says_no_request(answer: Any) -> None:
    with pytest.raises(UnavailableError, match="must return a Request"):
        bound(lambda _: answer, "m", ARGS, "HTTP")


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (InputError("unknown"), InputError),
        (MalformedError("no JSON"), MalformedError),
        (OSError("s3cret"), UnavailableError),
        (KeyError("s3cret"), UnavailableError),
    ],
)
def test_a_route_that_fails(failure: Exception, expected: type[AttornError]) -> None:
    def route(_: str) -> Request:
        raise failure

    with pytest.raises(expected) as caught:
        bound(route, "m", ARGS, "HTTP")
    assert "s3cret" not in str(caught.value)
