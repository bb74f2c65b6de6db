"""Expires, NotBefore, ExpiresIn, MaxDepth, NoDelegation, Purpose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Plain, Situation, nothing_wider
from tests.caveats.pools import NOW, SECONDS, moment

from attorn.caveat import Expires, ExpiresIn, MaxDepth, NoDelegation, NotBefore, Purpose

LATEST = 253_402_300_799


def _second(limit: Expires | NotBefore) -> Plain:
    return {"second": limit.second}


def _times(limit: Expires | NotBefore) -> Iterator[Situation]:
    for second in (limit.second - 1, limit.second, limit.second + 1):
        if 0 <= second <= LATEST:
            yield Situation(now=second)


def _depths(limit: MaxDepth) -> Iterator[Situation]:
    for depth in (limit.hops - 1, limit.hops, limit.hops + 1):
        if depth >= 0:
            yield Situation(depth=depth)


def _anywhere(limit: object) -> Iterator[Situation]:
    del limit
    for depth in (0, 1, 2):
        for now in (NOW - 60, NOW, NOW + 60):
            yield Situation(now=now, depth=depth)


KITS = (
    Kit(
        Expires,
        st.builds(lambda second: Expires(moment(second)), st.sampled_from(SECONDS)),
        _second,
        _times,
        lambda limit: st.builds(lambda more: Expires(moment(limit.second + more)), st.integers(0, 3)),
    ),
    Kit(
        NotBefore,
        st.builds(lambda second: NotBefore(moment(second)), st.sampled_from(SECONDS)),
        _second,
        _times,
        lambda limit: st.builds(lambda more: NotBefore(moment(max(0, limit.second - more))), st.integers(0, 3)),
    ),
    Kit(
        ExpiresIn,
        st.builds(lambda seconds: ExpiresIn(seconds=seconds), st.sampled_from((1, 1.5, 29, 30, 31, 90, 3600))),
        lambda limit: {"seconds": limit.span / timedelta(seconds=1)},
        _anywhere,
        nothing_wider,
        written=False,
    ),
    Kit(
        MaxDepth,
        st.builds(MaxDepth, st.integers(0, 9)),
        lambda limit: {"hops": limit.hops},
        _depths,
        lambda limit: st.builds(lambda more: MaxDepth(limit.hops + more), st.integers(0, 3)),
    ),
    Kit(
        NoDelegation,
        st.builds(NoDelegation),
        lambda limit: {},
        _anywhere,
        nothing_wider,
        written=False,
    ),
    Kit(
        Purpose,
        st.builds(Purpose, st.sampled_from(("Plan the week", 'say "hi"; allow if true;', "Für ☃ \\"))),
        lambda limit: {"sentence": limit.sentence},
        _anywhere,
        nothing_wider,
        written=False,
    ),
)
