"""What the attacks on adapters share: a till that shows what was charged, and a watch over what stands behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import contextmanager
from typing import Any

import pytest

from attorn import AttornError
from attorn.store import MemoryStore
from attorn.store.ports import Charge, Charged, Retry


class Till(MemoryStore):
    """A store that says how often anything was charged: no more than what ran."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[int] = []

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        answer = super().charge(charges, now=now, retry=retry)
        if charges and answer.refused is None:
            self.taken.append(len(charges))
        return answer


class Once(MemoryStore):
    """A store that says what was used up, for what is no chain and costs nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[bytes] = []

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        new = super().remember(presentation, expires=expires, now=now)
        if new:
            self.taken.append(presentation)
        return new


@contextmanager
def nothing_happens(*seen: Sized) -> Iterator[None]:
    """While this lasts, nothing is added to what ran, and to what was charged: `seen` are lists of both.

    Each must hold something before. So whoever writes an attack first shows that what is honest runs and is charged, or
    else would see nothing at all.
    """
    before = [len(each) for each in seen]
    assert min(before, default=0), "an attack is tried where what is honest was let in"
    yield
    assert [len(each) for each in seen] == before, "something ran, or was charged"


def watched(patch: pytest.MonkeyPatch, place: Any, name: str) -> list[tuple[Any, ...]]:
    """The arguments of every call of `place.name` from now on: of what stands behind an adapter in another's scene."""
    calls: list[tuple[Any, ...]] = []
    inner = getattr(place, name)

    def call(*given: Any, **named: Any) -> Any:
        calls.append(given)
        return inner(*given, **named)

    patch.setattr(place, name, call)
    return calls


def refuses(code: str, call: Callable[..., object], *given: Any, **named: Any) -> None:
    """The call, with what is given, raises the error of this code."""
    with pytest.raises(AttornError) as caught:
        call(*given, **named)
    assert caught.value.code == code, caught.value
