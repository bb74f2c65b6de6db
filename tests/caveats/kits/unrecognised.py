"""Unrecognised: a check that stands for no caveat, and prohibits everything."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Situation, nothing_wider
from tests.caveats.pools import NOW

from attorn.caveat import Unrecognised
from attorn.datalog import LESS, Predicate, Query, date, integer, string, variable


def _true_of_all() -> Iterator[Unrecognised]:
    """Checks that a stock engine finds true of every request there is."""
    time = variable("time")
    before = Query((Predicate("time", (time,)),), ((time, date(NOW * 2), LESS), (integer(0), integer(1), LESS)))
    some = Query((Predicate("operation", (variable("x"),)),), ())
    for body in ((before,), (some,), (some, before)):
        yield Unrecognised(body)
    yield Unrecognised((Query((Predicate("phase_of_the_moon", (string("full"),)),), ()),))


def _anything(limit: object) -> Iterator[Situation]:
    del limit
    yield Situation()
    yield Situation(depth=1, args={"n": 1}, cost=(1, "EUR"))


_drawn = st.sampled_from(tuple(_true_of_all()))
KITS = (Kit(Unrecognised, _drawn, lambda limit: {}, _anything, nothing_wider, stock=False),)
