"""Asking what the caller handed in: a clock, store, resolver or policy is foreign code and may fail in any way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attorn.errors import AttornError, UnavailableError

_Answer = TypeVar("_Answer")


def ask(what: str, question: Callable[[], _Answer]) -> _Answer:
    """The answer to `question`. Raises `UnavailableError` for any failure that is not an `AttornError` already."""
    try:
        return question()
    except AttornError:
        raise
    except Exception as error:
        raise UnavailableError(f"the {what} failed with {type(error).__name__}") from error
