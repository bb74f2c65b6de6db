"""Cached and uncached verdicts are equal, whatever happened between: revocations, time, replays, forgeries."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from tests.property.chains import (
    ALLOWED,
    AUDIENCE,
    NOW,
    PEOPLE,
    Chain,
    Step,
    build,
    clock,
    clock_at,
    outcome,
    presentation,
    presented,
)
from tests.property.strategies import law

from attorn import Request, Verifier, caveat
from attorn.encoding import base64url_decode, base64url_encode
from attorn.revocation import RevocationEntry, revoke
from attorn.store import MemoryStore

ALICE, PLANNER, SCOUT, HELPER, JWK = *PEOPLE[:4], PEOPLE[7]
_FIRST = Step(PLANNER, (caveat.Actions("events:*"), caveat.Expires(clock_at(NOW + 300))))
_SECOND = Step(SCOUT, (caveat.Actions("events:read"), caveat.MaxUses(2)))
CHAINS = (
    build(ALICE, [_FIRST]),
    build(ALICE, [_FIRST, _SECOND]),
    build(ALICE, [_FIRST, _SECOND, Step(HELPER, (caveat.Resources("cal://alice/2026-11"),))]),
    build(ALICE, [Step(JWK, (caveat.Expires(clock_at(NOW + 120)),)), Step(SCOUT)], salt=1),
)
REQUESTS = tuple(
    Request(action=action, resource=resource)
    for action in ("events:read", "events:write")
    for resource in ("cal://alice/2026-11/x", "cal://alice/2026-12")
)
LINKS = (*CHAINS[2].token().unverified_links, *CHAINS[3].token().unverified_links)
REVOKERS = (ALICE, PLANNER, SCOUT, JWK)
ENTRIES = tuple(
    RevocationEntry.decode(revoke(link, by=person.identity, clock=clock).encode())
    for link in LINKS
    for person in REVOKERS
)


@dataclass
class Bench:
    """One verifier with its own store, at a time that moves."""

    cache: int

    def __post_init__(self) -> None:
        self.second = NOW
        self.store = MemoryStore()
        self.verifier = Verifier(
            audience=AUDIENCE,
            roots=[ALICE.did],
            store=self.store,
            clock=lambda: clock_at(self.second),
            cache=self.cache,
        )


def _forged(chain: Chain, wire: str, byte: int) -> str:
    """The wire with one bit of one of its first blocks' bytes changed: a chain that a cache must not know."""
    data = bytearray(base64url_decode(wire))
    data[byte % (len(data) // len(chain.blocks))] ^= 1
    return base64url_encode(bytes(data))


_uses = st.tuples(st.just("present"), st.integers(0, 3), st.integers(0, 3))
_events = st.one_of(
    _uses,
    _uses,
    st.tuples(st.just("replay"), st.integers(0, 9), st.integers(0, 3)),
    st.tuples(st.just("forge"), st.integers(0, 3), st.integers(0, 400)),
    st.tuples(st.just("revoke"), st.integers(0, len(ENTRIES) - 1), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from((1, 59, 61, 120, 240)), st.just(0)),
)


@law
@given(st.lists(_events, min_size=2, max_size=10))
def test_cached_and_uncached_verdicts_are_equal(events: list[tuple[str, int, int]]) -> None:
    benches = [Bench(0), Bench(1), Bench(1024)]
    second, sent = NOW, [presented(CHAINS[0], presentation(REQUESTS[0], number=999))]
    for number, (kind, first, other) in enumerate(events):
        if kind == "wait":
            second += first
            for bench in benches:
                bench.second = second
            continue
        if kind == "revoke":
            for bench in benches:
                bench.store.apply(ENTRIES[first])
            continue
        request = REQUESTS[other % len(REQUESTS)]
        if kind == "replay":
            wire = sent[first % len(sent)]
        else:
            chain = CHAINS[first]
            wire = presented(chain, presentation(request, number=number, at=second))
            if kind == "forge":
                wire = _forged(chain, wire, other)
            else:
                sent.append(wire)
        verdicts = {outcome(bench.verifier, wire, request) for bench in benches}
        assert len(verdicts) == 1
        if kind == "forge":
            assert ALLOWED not in verdicts
