"""Asking what the caller handed in: a clock, store, resolver or policy is foreign code and may fail in any way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from attorn.errors import AttornError, InputError, UnavailableError

_Answer = TypeVar("_Answer")
_Name = TypeVar("_Name")


def ask(what: str, question: Callable[[], _Answer]) -> _Answer:
    """The answer to `question`. Raises `UnavailableError` for any failure that is not an `AttornError` already."""
    try:
        return question()
    except AttornError:
        raise
    except Exception as error:
        raise UnavailableError(f"the {what} failed with {type(error).__name__}") from error


def check_by(what: str, check: Callable[[], None]) -> None:
    """Ask `check`, which raises what it has against something and returns nothing.

    Raises as `ask`, and `UnavailableError` where it returns anything: whoever returns a verdict means that it is read.
    """
    verdict: object = ask(what, check)
    if verdict is not None:
        raise UnavailableError(f"the {what} must raise its verdict, got {type(verdict).__name__}")


def members(what: str, mapping: Mapping[_Name, _Answer]) -> dict[_Name, _Answer]:
    """A copy of `mapping`, which may be foreign code as well. Raises `UnavailableError` where it fails."""
    return ask(what, lambda: dict(mapping))


def require_mapping(value: object, what: str) -> None:
    """Raises `InputError` for what is no mapping, where a caller hands in what was parsed."""
    # A dict first: to ask the abstract type takes longer.
    if not isinstance(value, (dict, Mapping)):
        raise InputError(f"{what}: expected a mapping, got {type(value).__name__}")


def items(what: str, several: Iterable[_Answer]) -> tuple[_Answer, ...]:
    """All of `several`, asked once. Raises `UnavailableError` where that fails."""
    return ask(what, lambda: tuple(several))


def draw(random: Callable[[int], bytes], size: int) -> bytes:
    """`size` bytes of a random source. Raises `UnavailableError` where it fails, and for anything but so many bytes."""
    found = ask("random source", lambda: random(size))
    if type(found) is not bytes or len(found) != size:
        raise UnavailableError(f"the random source must return {size} bytes")
    return found
