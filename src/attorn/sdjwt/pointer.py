"""Claims path pointers (SD-JWT VC, section on claim paths): which claims of a credential somebody means.

A pointer is a list of steps from the top: a name goes into an object, a number into an array, and None goes into every
element of an array. A text alone is a pointer of one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import InputError
from attorn.handed import items

Path: TypeAlias = tuple[str | int, ...]
"""Where one claim stands."""
Pointer: TypeAlias = "str | Sequence[str | int | None]"
"""Which claims are meant."""
_MOST: Final = 64


def matching(claims: JsonValue, pointers: Iterable[Pointer]) -> tuple[Path, ...]:
    """The paths in `claims` that these pointers lead to, each once, in the order of the pointers.

    None in an empty array leads nowhere, which is no error. Raises `InputError` for what is no pointer, and for a name
    or a number that is not there.
    """
    if isinstance(pointers, str | bytes) or not isinstance(pointers, Iterable):
        raise InputError("claims: expected a list of paths")
    found: dict[Path, None] = {}
    for pointer in items("list of paths", pointers):
        found.update(dict.fromkeys(_paths(claims, _steps(pointer))))
    return tuple(found)


def _steps(pointer: Pointer) -> tuple[str | int | None, ...]:
    if isinstance(pointer, str):
        return (pointer,)
    steps = () if isinstance(pointer, bytes) or not isinstance(pointer, Sequence) else items("path", pointer)
    if not 0 < len(steps) <= _MOST:
        raise InputError(f"claims: expected a path as text or as 1 to {_MOST} steps, got {shown(pointer)}")
    for step in steps:
        if step is not None and type(step) is not int and not isinstance(step, str):
            raise InputError(f"claims: expected a name, a number or None as a step, got {shown(step)}")
    return steps


def _paths(claims: JsonValue, steps: tuple[str | int | None, ...]) -> list[Path]:
    reached: list[tuple[Path, JsonValue]] = [((), claims)]
    for step in steps:
        before, reached = reached, []
        for path, value in before:
            inner = _inner(value, step)
            if inner is None:
                raise InputError(f"claims: nothing at {shown(list(steps))}")
            reached += [((*path, at), member) for at, member in inner]
    return [path for path, _ in reached]


def _inner(value: JsonValue, step: str | int | None) -> list[tuple[str | int, JsonValue]] | None:
    """What a step leads to, None if that is not there."""
    if isinstance(value, list):
        if step is None:
            return list(enumerate(value))
        return [(step, value[step])] if isinstance(step, int) and 0 <= step < len(value) else None
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        return [(step, value[step])]
    return None
