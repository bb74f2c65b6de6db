"""The one scene that the attack tests share: Alice's calendar, its verifier at a fixed second, verdicts as values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from vectors import testkit as kit

from attorn import Access, AttornError, Denied, Request, Verifier

REQUEST = Request(action=kit.ACTION, resource=kit.RESOURCE, args=kit.ARGS)


def clock_at(second: float) -> Callable[[], datetime]:
    return lambda: datetime.fromtimestamp(second, UTC)


class Clock:
    """A clock that a test can move."""

    def __init__(self, second: int = kit.NOW) -> None:
        self.second = second

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.second, UTC)


def verifier(**arguments: Any) -> Verifier:
    arguments = {"audience": kit.AUDIENCE, "roots": [kit.ALICE.did], "clock": clock_at(kit.NOW), **arguments}
    return Verifier(**arguments)


def wire(chain: list[kit.Signed], holder: kit.Key, **presentation: Any) -> str:
    return kit.url64(kit.sealed(kit.presented(chain, holder, **presentation), holder))


def verdict(error: AttornError) -> tuple[str, int | None]:
    """The stable code, and the numbered step that refused."""
    if isinstance(error, Denied):
        return error.code, error.decision.step
    return error.code, getattr(error, "step", None)


def refused(
    text: str, code: str, step: int | None, *, by: Verifier | None = None, request: Request = REQUEST, **call: Any
) -> AttornError:
    """The error, after making sure that it is the stated one."""
    with pytest.raises(AttornError) as caught:
        (by or verifier()).authorize(text, request, **call)
    assert verdict(caught.value) == (code, step), caught.value
    return caught.value


def accepted(text: str, *, by: Verifier | None = None, request: Request = REQUEST, **call: Any) -> Access:
    access = (by or verifier()).authorize(text, request, **call)
    assert access.decision.allowed is True
    return access
