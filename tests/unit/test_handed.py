"""What a caller handed in is asked: its answer, or `UnavailableError`, and nothing that only looks like an answer."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from tests.adapters.outside import Failing

from attorn.errors import InputError, UnavailableError
from attorn.handed import ask, draw, items, members


def fail(error: BaseException) -> Any:
    raise error


def test_an_answer_is_handed_on() -> None:
    assert ask("clock", lambda: None) is None
    assert members("issuers", {"a": 1}) == {"a": 1}
    assert items("agents", iter("ab")) == ("a", "b")
    assert draw(bytes, 16) == bytes(16)
    assert len(draw(secrets.token_bytes, 32)) == 32


@pytest.mark.parametrize("error", [OSError("secret"), KeyError("secret"), RecursionError(), MemoryError()])
def test_whatever_fails_is_not_known(error: Exception) -> None:
    with pytest.raises(UnavailableError, match=rf"^the clock failed with {type(error).__name__}$"):
        ask("clock", lambda: fail(error))


def test_an_error_of_our_own_stays_what_it_is() -> None:
    with pytest.raises(InputError, match=r"^mine$"):
        ask("clock", lambda: fail(InputError("mine")))
    with pytest.raises(KeyboardInterrupt):
        ask("clock", lambda: fail(KeyboardInterrupt()))


def test_a_mapping_that_fails() -> None:
    for question in (lambda: members("issuers", Failing()), lambda: items("issuers", Failing())):
        with pytest.raises(UnavailableError, match=r"^the issuers failed with OSError$"):
            question()


@pytest.mark.parametrize(
    "random",
    [
        lambda size: bytes(size - 1),
        lambda size: bytes(size + 1),
        lambda size: "x" * size,
        lambda size: memoryview(bytes(size)),
        lambda _: b"",
        lambda _: None,
        lambda size: size,
        lambda: bytes(16),
        lambda _: 1 / 0,
        bytearray,
        None,
    ],
)
def test_only_so_many_bytes_are_random(random: Any) -> None:
    with pytest.raises(UnavailableError, match=r"^the random source\b"):
        draw(random, 16)
