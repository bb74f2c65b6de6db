"""Invariants 11 and 16: what a revocation reaches, and that remembering a chain changes no verdict."""

from __future__ import annotations

from itertools import count, pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.caveats.kit import Situation
from tests.caveats.pools import NOW, moment
from tests.laws.scene import (
    ALLOWED,
    FORMATS,
    Grant,
    Step,
    formats,
    grant,
    grants,
    judged,
    people,
    permitted,
    use,
    verifier,
)
from tests.laws.sizes import law
from tests.property.chains import PEOPLE, THIEF, Person

from attorn import Verifier, caveat
from attorn.encoding import base64url_decode, base64url_encode
from attorn.limits import Limits
from attorn.revocation import RevocationEntry, revoke
from attorn.store import MemoryStore
from attorn.token import chain as chains


def ids(held: Grant) -> list[bytes]:
    return [link.id for link in chains.read(held.carrier.blocks, Limits()).links]


def revoked(link: bytes, by: Person, *, at: int = NOW) -> RevocationEntry:
    return RevocationEntry.decode(revoke(link, by=by.identity, clock=lambda: moment(at)).encode())


@law
@given(st.lists(people, min_size=2, max_size=4), st.integers(0, 3), st.one_of(people, st.just(THIEF)), st.data())
def test_11_a_revocation_reaches_every_descendant_in_either_format_and_nobody_else(
    several: list[Person], place: int, by: Person, data: Any
) -> None:
    """Only if whoever signs it stands above the link; a sibling of the same people has other ids."""
    root, *others = several
    place %= len(others)
    steps = [Step(each) for each in others]
    tokens = {format_: grants(format_, root, steps) for format_ in FORMATS}
    siblings = [grant(format_, root, steps, salt=1) for format_ in FORMATS]
    for held in tokens.values():
        assert all(ids(child)[:-1] == ids(parent) for parent, child in pairwise(held))
    store, numbers = MemoryStore(), count()
    store.apply(revoked(ids(tokens["biscuit"][-1])[place], by))
    above = by.did in {each.did for each in several[: place + 1]}
    for format_ in data.draw(st.permutations(FORMATS)):
        for depth, held in enumerate(tokens[format_]):
            situation = Situation(depth=depth)
            found = judged(verifier(root, situation, store=store), *use(held, situation, number=next(numbers))).code
            assert found == ("revoked" if above and depth >= place else ALLOWED)
    for held in siblings:
        situation = Situation(depth=len(steps) - 1)
        assert (
            judged(verifier(root, situation, store=store), *use(held, situation, number=next(numbers))).code == ALLOWED
        )


ALICE, PLANNER, SCOUT, HELPER, JWK = *PEOPLE[:4], PEOPLE[7]
_FIRST = Step(PLANNER, (caveat.Actions("events:*"), caveat.Expires(moment(NOW + 300))))
_SECOND = Step(SCOUT, (caveat.Actions("events:read"), caveat.MaxUses(2)))
_CHAINS = (
    (_FIRST,),
    (_FIRST, _SECOND),
    (_FIRST, _SECOND, Step(HELPER, (caveat.Resources("cal://alice/2026-11"),))),
    (Step(JWK, (caveat.Expires(moment(NOW + 120)),)), Step(SCOUT)),
)
GRANTS = {format_: [grant(format_, ALICE, steps) for steps in _CHAINS] for format_ in FORMATS}
LINKS = sorted({each for held in GRANTS["biscuit"] for each in ids(held)})
_ASKED = [("events:read", "cal://alice/2026-11/x"), ("events:write", "cal://alice/2026-11"), ("pay", "/data/a")]


def asked(which: int, second: int, depth: int) -> Situation:
    action, resource = _ASKED[which % len(_ASKED)]
    return Situation(action=action, resource=resource, now=second, depth=depth)


class Bench:
    """One verifier with its own store, at a time that moves."""

    def __init__(self, cache: int) -> None:
        self.second, self.store = NOW, MemoryStore()
        situation = Situation()
        self.verifier: Verifier = verifier(
            ALICE, situation, store=self.store, cache=cache, clock=lambda: moment(self.second)
        )


_place = st.integers(0, len(_CHAINS) - 1)
_events = st.one_of(
    st.tuples(st.just("present"), _place, st.integers(0, 2)),
    st.tuples(st.just("present"), _place, st.integers(0, 2)),
    st.tuples(st.just("replay"), st.integers(0, 9), st.integers(0, 2)),
    st.tuples(st.just("forge"), _place, st.integers(0, 400)),
    st.tuples(st.just("revoke"), st.integers(0, len(LINKS) - 1), st.integers(0, 4)),
    st.tuples(st.just("wait"), st.sampled_from((1, 59, 61, 120, 240)), st.just(0)),
)


def forged(wire: str, byte: int) -> str:
    """With one bit of one of the first half's bytes changed: a chain that nobody may know."""
    data = bytearray(base64url_decode(wire))
    data[byte % (len(data) // 2)] ^= 1
    return base64url_encode(bytes(data))


@law
@given(st.lists(st.tuples(_events, formats), min_size=2, max_size=8))
def test_16_what_is_remembered_changes_no_verdict(events: list[tuple[tuple[str, int, int], str]]) -> None:
    """Revocations, replays, forgeries and time in any order, by verifiers with no memory, a short and a long one."""
    benches = [Bench(0), Bench(1), Bench(1024)]
    second = NOW
    sent = [use(GRANTS["macaroon"][0], asked(0, NOW, 0), number=999)]
    for number, ((kind, first, other), format_) in enumerate(events):
        if kind == "wait":
            second += first
            for bench in benches:
                bench.second = second
            continue
        if kind == "revoke":
            entry = revoked(LINKS[first], PEOPLE[other], at=second)
            for bench in benches:
                bench.store.apply(entry)
            continue
        held = GRANTS[format_][first % len(_CHAINS)]
        wire, request = use(held, asked(other, second, len(held.people) - 2), number=number)
        if kind == "replay":
            wire, request = sent[first % len(sent)]
        elif kind == "forge":
            wire = forged(wire, other)
        else:
            sent.append((wire, request))
        verdicts = {judged(bench.verifier, wire, request) for bench in benches}
        assert len(verdicts) == 1
        if kind == "forge":
            assert ALLOWED not in {each.code for each in verdicts}


def test_the_scene_is_genuine() -> None:
    for format_ in FORMATS:
        for held in GRANTS[format_]:
            assert permitted(held, asked(0, NOW, len(held.people) - 2))
