"""The one scene that the unit tests share: people with fixed keys, a clock that a test can move, one calendar."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from attorn import Access, AttornError, Denied, Identity, Request, Token, Verifier, caveat
from attorn.caveat import Caveat
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.keys.public import PublicKey

NOW = 1_900_000_000
"""2030-03-17T17:46:40Z, a Sunday."""
AUDIENCE = "did:web:calendar.example"
READ = caveat.Actions("events:read")
REQUEST = Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 10})
DELEGATES = frozenset({Relationship.CAPABILITY_DELEGATION, Relationship.CAPABILITY_INVOCATION})


class Clock:
    """A clock that a test can move."""

    def __init__(self, second: float = NOW) -> None:
        self.second = second

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.second, UTC)


def at(text: str) -> float:
    """The Unix second of an ISO 8601 instant."""
    return datetime.fromisoformat(text).timestamp()


_drawn = itertools.count(1)


def draw(size: int) -> bytes:
    """Bytes that nobody was given before."""
    return next(_drawn).to_bytes(size, "big")


def person(number: int, clock: Clock | None = None, method: str = "key") -> Identity:
    return Identity.from_seed(bytes((number,)) * 32, method=method, clock=clock or Clock(), random=draw)


ALICE, PLANNER, SCOUT, HELPER, MALLORY = (person(number) for number in range(1, 6))


def given(*caveats: Caveat, by: Identity = ALICE, to: Identity = PLANNER) -> Token:
    """A token of one link."""
    return by.mint(to=to.did, caveats=caveats or (READ,))


def passed(token: Token, by: Identity, to: Identity, *caveats: Caveat) -> Token:
    """The token, passed on."""
    return by.delegate(token, to=to.did, caveats=caveats)


def shown(token: Token, by: Identity, request: Request = REQUEST, **changed: Any) -> str:
    """A presentation of the token."""
    return by.present(token, request, **{"audience": AUDIENCE, **changed})


def verifier(**changed: Any) -> Verifier:
    return Verifier(**{"audience": AUDIENCE, "roots": [ALICE.did], "clock": Clock(), **changed})


def accepted(text: str, *, by: Verifier | None = None, request: Request = REQUEST, **call: Any) -> Access:
    access = (by or verifier()).authorize(text, request, **call)
    assert access.decision.allowed is True
    return access


def refused(
    text: str, code: str, step: int | None, *, by: Verifier | None = None, request: Request = REQUEST, **call: Any
) -> AttornError:
    """The error, after making sure that it has this code and this step."""
    with pytest.raises(AttornError) as caught:
        (by or verifier()).authorize(text, request, **call)
    error = caught.value
    found = error.decision.step if isinstance(error, Denied) else getattr(error, "step", None)
    assert (error.code, found) == (code, step), error
    return error


def denied(text: str, step: int, link: int, **call: Any) -> Denied:
    """The denial, after making sure that this link made it at this step."""
    error = refused(text, "denied", step, **call)
    assert isinstance(error, Denied)
    assert error.decision.link == link
    return error


def document(
    did: str, *keys: PublicKey, relationships: Iterable[Relationship] = DELEGATES, deactivated: bool = False
) -> DidDocument:
    """A document that lists these keys as #0, #1, ..."""
    methods = [VerificationMethod(f"{did}#{n}", did, key, frozenset(relationships)) for n, key in enumerate(keys)]
    return DidDocument(did, tuple(methods), deactivated)


class Answering:
    """A resolver that returns, or raises, what it is told to."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def resolve(self, did: str) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer
