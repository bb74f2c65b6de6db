"""Spaced."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Situation
from tests.caveats.pools import NOW

from attorn.caveat import Spaced
from attorn.caveat.spaced import SPACES


def _uses(limit: object) -> Iterator[Situation]:
    del limit
    for later in (0, 1, 86_400, 31 * 86_400):
        yield Situation(now=NOW + later)
        yield Situation(now=NOW + later, cost=(1, "EUR"))


def _wider(limit: Spaced) -> st.SearchStrategy[Spaced]:
    return st.sampled_from(SPACES[: SPACES.index(limit.per) + 1]).map(Spaced)


KITS = (
    Kit(
        Spaced,
        st.sampled_from(SPACES).map(Spaced),
        lambda limit: {"per": limit.per},
        _uses,
        _wider,
        stock=False,
    ),
)
