"""Values that nobody means to hand in: wrong types, absurd sizes, endless nesting, objects that fail when touched."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn

DEPTH = 100_000
"""Far beyond what recursion can follow."""


class Broken(Exception):
    """What the hostile objects raise: if it comes out, foreign code was trusted."""


def _break(*_: object, **__: object) -> NoReturn:
    raise Broken


_TOUCHES = (
    *("__repr__", "__str__", "__format__", "__bytes__", "__bool__", "__len__", "__iter__", "__contains__", "__hash__"),
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__add__", "__radd__", "__neg__", "__abs__"),
    *("__int__", "__float__", "__index__", "__getitem__", "__call__", "__fspath__", "__buffer__"),
)


class Hostile:
    """An object that fails when it is touched."""


for _name in _TOUCHES:
    setattr(Hostile, _name, _break)


def _deep(wrap: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(DEPTH):
        value = wrap(value)
    return value


def _endless_list() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def _endless_dict() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["a"] = value
    return value


def _failing() -> Iterator[object]:
    yield 1
    raise Broken


class Text(str):
    """Text that is not `str` itself. One whose methods fail as well is for whoever wrote it to answer for."""

    __slots__ = ()


ODD: dict[str, Callable[[], object]] = {
    "None": lambda: None,
    "True": lambda: True,
    "0": lambda: 0,
    "-1": lambda: -1,
    "1.5": lambda: 1.5,
    "huge": lambda: 10**5000,
    "-huge": lambda: -(10**5000),
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "complex": lambda: 1j,
    "decimal": lambda: Decimal("sNaN"),
    "bytes": lambda: b"x",
    "no bytes": lambda: b"",
    "bytearray": lambda: bytearray(b"x"),
    "memoryview": lambda: memoryview(b"x"),
    "no text": lambda: "",
    "text": lambda: "x",
    "surrogate": lambda: "\ud800",
    "NUL": lambda: "/\0",
    "long text": lambda: "/" + "é" * 200_000,
    "long bytes": lambda: b"\xff" * 200_000,
    "other text": lambda: Text("/x"),
    "[]": list,
    "()": tuple,
    "{}": dict,
    "set": lambda: {1},
    "[None]": lambda: [None],
    "long list": lambda: [1] * 100_000,
    "deep list": cache(lambda: _deep(lambda value: [value])),
    "deep tuple": cache(lambda: _deep(lambda value: (value,))),
    "deep dict": cache(lambda: _deep(lambda value: {"a": value})),
    "endless list": _endless_list,
    "endless dict": _endless_dict,
    "object": object,
    "class": lambda: int,
    "module": lambda: sys,
    "lambda": lambda: lambda: None,
    "generator": lambda: (value for value in "x"),
    "failing generator": _failing,
    "naive datetime": lambda: datetime(2030, 1, 1),
    "first datetime": lambda: datetime.min.replace(tzinfo=UTC),
    "last datetime": lambda: datetime.max.replace(tzinfo=UTC),
    "date": lambda: date(2030, 1, 1),
    "longest span": lambda: timedelta.max,
    "shortest span": lambda: timedelta.min,
    "hostile": Hostile,
}
"""Every odd value by name, the cheap ones made afresh each time: some can be used up."""
