"""MaxUses, Rate, Budget."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Situation
from tests.caveats.pools import CURRENCIES, NOW

from attorn.caveat import Budget, MaxUses, Rate

_PERIODS = ("second", "minute", "hour", "day", "week", "month")
_more = st.integers(0, 3)


def _uses(limit: object) -> Iterator[Situation]:
    del limit
    for cost in (None, (1, "EUR")):
        yield Situation(cost=cost)
        # The second of `NOW` is a Sunday's: a day, a week and an hour later, other periods have begun.
        for later in (1, 60, 3600, 86_400, 7 * 86_400, 31 * 86_400):
            yield Situation(cost=cost, now=NOW + later)


def _costs(limit: Budget) -> Iterator[Situation]:
    for amount in (0, 1, limit.amount // 2, limit.amount - 1, limit.amount, limit.amount + 1):
        for currency in CURRENCIES:
            yield Situation(cost=(amount, currency))
        yield Situation(cost=(amount, limit.currency), now=NOW + 86_400)
    yield Situation()


KITS = (
    Kit(
        MaxUses,
        st.builds(MaxUses, st.integers(1, 3)),
        lambda limit: {"n": limit.n},
        _uses,
        lambda limit: st.builds(lambda more: MaxUses(limit.n + more), _more),
        stock=False,
    ),
    Kit(
        Rate,
        st.builds(Rate, st.integers(1, 3), st.sampled_from(_PERIODS)),
        lambda limit: {"n": limit.n, "per": limit.per},
        _uses,
        lambda limit: st.builds(lambda more: Rate(limit.n + more, limit.per), _more),
        stock=False,
    ),
    Kit(
        Budget,
        st.builds(
            Budget,
            st.sampled_from((1, 5, 600)),
            st.sampled_from(CURRENCIES),
            st.sampled_from((None, "day", "week", "month")),
        ),
        lambda limit: {"amount": limit.amount, "currency": limit.currency, "per": limit.per},
        _costs,
        lambda limit: st.builds(lambda more: Budget(limit.amount + more, limit.currency, limit.per), _more),
        stock=False,
    ),
)
