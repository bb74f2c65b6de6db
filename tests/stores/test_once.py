"""`require_new`: only True is a yes, whatever else a store says or does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from attorn.errors import LimitError, ReplayError, UnavailableError
from attorn.store import MemoryStore
from attorn.store.once import require_new


class Answering(MemoryStore):
    """A store whose memory is `answer`, and which keeps what it was asked."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        super().__init__()
        self.answer = answer
        self.asked: list[tuple[bytes, int, int]] = []

    def remember(self, presentation: bytes, *, expires: int, now: int) -> Any:
        self.asked.append((presentation, expires, now))
        return self.answer()


class Agreeable:
    """Equal to whatever it is compared with, and true."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True


def fails(error: BaseException) -> Callable[[], Any]:
    def answer() -> Any:
        raise error

    return answer


def test_what_is_new_passes_once() -> None:
    store = MemoryStore()
    require_new(store, b"a", "this", expires=20, now=10)
    require_new(store, b"b", "this", expires=20, now=10)
    with pytest.raises(ReplayError, match=r"^this was used before$") as caught:
        require_new(store, b"a", "this", expires=20, now=19)
    assert (caught.value.code, caught.value.step) == ("replayed", 8)


def test_the_store_is_asked_once_for_what_it_is_about() -> None:
    store = Answering(lambda: True)
    require_new(store, b"seen", "this", expires=7, now=3)
    assert store.asked == [(b"seen", 7, 3)]


@pytest.mark.parametrize("said", [False, None, 1, 1.0, "true", [True], Agreeable()])
def test_any_answer_but_true_is_no(said: object) -> None:
    with pytest.raises(ReplayError):
        require_new(Answering(lambda: said), b"seen", "this", expires=7, now=3)


@pytest.mark.parametrize("error", [OSError("disk"), KeyError("seen"), RecursionError(), StopIteration()])
def test_a_store_that_fails_leaves_it_undecided(error: Exception) -> None:
    with pytest.raises(UnavailableError) as caught:
        require_new(Answering(fails(error)), b"seen", "this", expires=7, now=3)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [UnavailableError("full"), LimitError("too long")])
def test_an_error_of_ours_stays_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        require_new(Answering(fails(error)), b"seen", "this", expires=7, now=3)
    assert caught.value is error


def test_what_is_over_already_is_not_new() -> None:
    store = MemoryStore()
    require_new(store, b"a", "this", expires=10, now=5)
    require_new(store, b"b", "this", expires=30, now=20)
    with pytest.raises(ReplayError):
        require_new(store, b"c", "this", expires=10, now=5)
