"""Equals, OneOf, NotOneOf, Range."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from tests.caveats import pools
from tests.caveats.kit import Kit, Plain, about

from attorn.canonical import MOST_INTEGER
from attorn.caveat import Caveat, Equals, NotOneOf, OneOf, Range


def _over(kind: Callable[..., Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda name, values: kind(name, *values), pools.names, pools.values)


def _values(limit: OneOf | NotOneOf) -> Plain:
    return {"name": limit.name, "values": list(limit.values)}


def _near(values: tuple[Any, ...]) -> Iterator[Any]:
    for value in values:
        yield value
        if isinstance(value, str):
            yield from (f"{value}x", value.upper(), [value])
        elif isinstance(value, bool):
            yield from (not value, int(value), str(value).lower())
        elif isinstance(value, int):
            yield from (each for each in (value - 1, value + 1, value + 0.5, float(value)) if abs(each) <= MOST_INTEGER)
            yield from (str(value), [value])
    yield list(values)


def _same_type(limit: OneOf | NotOneOf) -> st.SearchStrategy[Any]:
    """More values of the type that these have."""
    kind = type(limit.values[0])
    pool = {str: pools.TEXTS, int: pools.NUMBERS, bool: (False, True)}[kind]
    return st.lists(st.sampled_from(pool), max_size=2)


def _wider_than_equals(limit: Equals) -> st.SearchStrategy[Caveat]:
    if limit.value is None:
        return st.just(limit)
    one = OneOf(limit.name, limit.value)
    return st.one_of(st.just(limit), st.builds(lambda more: OneOf(limit.name, limit.value, *more), _same_type(one)))


@st.composite
def _ranges(draw: st.DrawFn) -> Range:
    low, high = sorted((draw(pools.integers), draw(pools.integers)))
    open_end = draw(st.sampled_from(("", "", "low", "high")))
    minimum, maximum = (None if open_end == "low" else low), (None if open_end == "high" else high)
    return Range(draw(st.sampled_from(("n", "n", "n", "t", "l"))), minimum, maximum)


def _edges(limit: Range) -> Iterator[Any]:
    bounds = [bound for bound in (limit.minimum, limit.maximum) if bound is not None]
    yield from _near(tuple(bounds))
    yield from (bound - 0.5 for bound in bounds if abs(bound) < 2**52)


def _wider_range(limit: Range) -> st.SearchStrategy[Caveat]:
    def wider(low: int, high: int, keep: str) -> Range:
        minimum = None if limit.minimum is None else max(limit.minimum - low, -MOST_INTEGER)
        maximum = None if limit.maximum is None else min(limit.maximum + high, MOST_INTEGER)
        if keep == "minimum" and minimum is not None:
            return Range(limit.name, minimum, None)
        if keep == "maximum" and maximum is not None:
            return Range(limit.name, None, maximum)
        return Range(limit.name, minimum, maximum)

    few = st.integers(0, 2)
    return st.builds(wider, few, few, st.sampled_from(("minimum", "maximum", "both")))


KITS = (
    Kit(
        Equals,
        st.builds(Equals, pools.names, st.one_of(pools.texts, pools.integers, st.booleans(), st.none())),
        lambda limit: {"name": limit.name, "value": limit.value},
        about(lambda limit: _near((limit.value,))),
        _wider_than_equals,
    ),
    Kit(
        OneOf,
        _over(OneOf),
        _values,
        about(lambda limit: _near(limit.values)),
        lambda limit: st.builds(lambda more: OneOf(limit.name, *limit.values, *more), _same_type(limit)),
    ),
    Kit(
        NotOneOf,
        _over(NotOneOf),
        _values,
        about(lambda limit: _near(limit.values)),
        lambda limit: st.builds(
            lambda kept: NotOneOf(limit.name, *kept), st.lists(st.sampled_from(limit.values), min_size=1)
        ),
    ),
    Kit(
        Range,
        _ranges(),
        lambda limit: {"name": limit.name, "minimum": limit.minimum, "maximum": limit.maximum},
        about(_edges),
        _wider_range,
    ),
)
