"""MaxLength, Contains, SubsetOf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from tests.caveats import pools
from tests.caveats.kit import Kit, Plain, about

from attorn.caveat import Contains, MaxLength, SubsetOf


def _lengths(limit: MaxLength) -> Iterator[Any]:
    for size in (limit.most - 1, limit.most, limit.most + 1):
        yield from ("☃" * size, [0] * size, {str(number): 1 for number in range(size)}, size)


def _values(limit: Contains | SubsetOf) -> Plain:
    return {"name": limit.name, "values": list(limit.values)}


def _lists(limit: Contains | SubsetOf) -> Iterator[Any]:
    values = list(limit.values)
    yield from (values, values * 2, [*values, "more"], [*values, 77], [*values, None], [*values, 0.5], values[0])
    for value in values:
        yield from ([value], [each for each in values if each != value], [value, values])


def _fewer(limit: Contains) -> st.SearchStrategy[Contains]:
    kept = st.lists(st.sampled_from(limit.values), min_size=1)
    return st.builds(lambda values: Contains(limit.name, *values), kept)


def _more(limit: SubsetOf) -> st.SearchStrategy[SubsetOf]:
    pool = {str: pools.TEXTS, int: pools.NUMBERS, bool: (False, True)}[type(limit.values[0])]
    more: st.SearchStrategy[list[Any]] = st.lists(st.sampled_from(pool), max_size=2)
    return st.builds(lambda values: SubsetOf(limit.name, *limit.values, *values), more)


KITS = (
    Kit(
        MaxLength,
        st.builds(MaxLength, st.sampled_from(("t", "l", "n", "ü☃")), st.integers(0, 4)),
        lambda limit: {"name": limit.name, "most": limit.most},
        about(_lengths),
        lambda limit: st.builds(lambda more: MaxLength(limit.name, limit.most + more), st.integers(0, 3)),
    ),
    Kit(
        Contains,
        st.builds(lambda values: Contains("l", *values), pools.values),
        _values,
        about(_lists),
        _fewer,
    ),
    Kit(
        SubsetOf,
        st.builds(lambda values: SubsetOf("l", *values), pools.values),
        _values,
        about(_lists),
        _more,
    ),
)
