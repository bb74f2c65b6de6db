"""Several users at once, at random: what all of them permit, in any order, and charged to all of them or to none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.property.chains import (
    ALLOWED,
    AUDIENCE,
    PEOPLE,
    THIEF,
    Chain,
    Person,
    Step,
    build,
    clock,
    presentation,
    presented,
    verdict,
)
from tests.property.strategies import law, scenes

from attorn import AttornError, Denied, Identity, Request, Token, Verifier, caveat
from attorn.caveat import Caveat
from attorn.request.money import Money
from attorn.store import MemoryStore

HOLDER = THIEF
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Together:
    """A request, and for each of several users the steps of a chain to the same holder."""

    request: Request
    roots: tuple[Person, ...]
    steps: tuple[tuple[Step, ...], ...]

    def chains(self) -> list[Chain]:
        pairs = zip(self.roots, self.steps, strict=True)
        return [build(root, steps, salt=salt) for salt, (root, steps) in enumerate(pairs)]


@st.composite
def together(draw: st.DrawFn) -> Together:
    """One chain of a scene, cut into those of 1 to 4 users: in most scenes all caveats but perhaps one permit it."""
    scene = draw(scenes(most=6))
    users = draw(st.integers(min(2, len(scene.steps)), min(4, len(scene.steps))))
    cuts = sorted(draw(st.permutations(range(1, len(scene.steps))))[: users - 1])
    edges = [0, *cuts, len(scene.steps)]
    steps = []
    for start, stop in pairwise(edges):
        mine = scene.steps[start:stop]
        steps.append((*mine[:-1], replace(mine[-1], to=HOLDER)))
    roots = draw(st.permutations(PEOPLE))[:users]
    return Together(scene.request, tuple(roots), tuple(steps))


def outcome(chains: Sequence[Chain], request: Request, readers: Sequence[str] | None = None) -> str:
    """What a fresh verifier says to all of these at once: `allowed`, or the code of the error."""
    roots = [person.did for person in (*PEOPLE, THIEF)]
    judge = Verifier(audience=AUDIENCE, roots=roots, store=MemoryStore(), clock=clock, cache=0)
    wires = [presented(chain, presentation(request, number=next(_numbers))) for chain in chains]
    try:
        joint = judge.authorize_all(wires, request, audience_of=readers)
    except AttornError as error:
        return error.code
    assert joint.roots == tuple(chain.root.did for chain in chains)
    assert joint.holder == HOLDER.did
    return ALLOWED


@law
@given(together(), st.randoms(use_true_random=False))
def test_all_permit_what_each_permits_in_any_order(scene: Together, random: Random) -> None:
    chains = scene.chains()
    each = [verdict(chain, scene.request) for chain in chains]
    expected = all(alone == ALLOWED for alone in each)
    found = outcome(chains, scene.request)
    assert (found == ALLOWED) is expected, (each, found)
    if not expected:
        assert found in each
    mixed = list(chains)
    random.shuffle(mixed)
    assert (outcome(mixed, scene.request) == ALLOWED) is expected


@law
@given(together(), together())
def test_one_more_user_never_permits_more(scene: Together, other: Together) -> None:
    chains = scene.chains()
    before = [outcome(chains[:users], scene.request) == ALLOWED for users in range(1, len(chains) + 1)]
    assert before == sorted(before, reverse=True)
    more = build(HOLDER, other.steps[0], salt=99)
    if outcome([*chains, more], scene.request) == ALLOWED:
        assert before[-1]


@law
@given(together(), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=6), st.integers(0, 6))
def test_more_readers_never_permit_more(scene: Together, people: list[Person], some: int) -> None:
    chains = scene.chains()
    readers = [person.did for person in people]
    asked = [None, readers[: max(1, some)], readers, [*readers, readers[0]]]
    found = [outcome(chains, scene.request, each) for each in asked]
    allowed = [each == ALLOWED for each in found]
    assert allowed[:3] == sorted(allowed[:3], reverse=True)
    assert allowed[2] is allowed[3]
    could = {person.did for person in scene.roots}
    assert allowed[2] is (allowed[0] and could.issuperset(readers))


@law
@given(together(), st.integers(0, 5), st.sampled_from(PEOPLE))
def test_a_chain_of_another_holder_is_never_mixed_in(scene: Together, place: int, other: Person) -> None:
    chains = scene.chains()
    spared = next(person for person in PEOPLE if person not in (*scene.roots, other))
    chains.insert(place % (len(chains) + 1), build(spared, [Step(other)], salt=77))
    if len(chains) > 1:
        assert outcome(chains, scene.request) != ALLOWED


# What is charged.


@dataclass(slots=True)
class Account:
    """What a user gave the agent, and how much of it was used."""

    user: Identity
    token: Token
    uses: int | None
    money: int | None
    used: int = 0
    spent: int = 0

    def has(self, cost: int) -> bool:
        one_more = self.uses is None or self.used < self.uses
        return one_more and (self.money is None or self.spent + cost <= self.money)

    def pay(self, cost: int) -> None:
        self.used += self.uses is not None
        self.spent += cost if self.money is not None else 0


class Shared(RuleBasedStateMachine):
    """Users with counts and budgets, used alone and together, with and without a key to try again under."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.users: list[Account] = []
        self.done: set[tuple[tuple[int, ...], int, str]] = set()

    @initialize(
        limits=st.lists(
            st.tuples(st.none() | st.integers(1, 4), st.none() | st.integers(1, 60), st.booleans()),
            min_size=2,
            max_size=4,
        )
    )
    def start(self, limits: list[tuple[int | None, int | None, bool]]) -> None:
        for person, (uses, money, further_down) in zip(PEOPLE, limits, strict=False):
            self.users.append(_account(person.identity, uses, money, further_down))
        roots = [each.user.did for each in self.users]
        self.judge = Verifier(
            audience=AUDIENCE, roots=roots, store=self.store, clock=clock, retries=timedelta(minutes=5)
        )

    @rule(
        which=st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True),
        cost=st.sampled_from([0, 1, 7, 20]),
        key=st.sampled_from([None, None, "one", "two"]),
        bare=st.booleans(),
    )
    def use(self, which: list[int], cost: int, key: str | None, bare: bool) -> None:
        """By some of them, in some order; where one has no key, the others' count for nothing."""
        places = [place for place in which if place < len(self.users)]
        if not places:
            return
        users = [self.users[place] for place in places]
        request = Request(action="pay", resource="shop://1", cost=Money(cost, "EUR"))
        keys = [None if bare and number == len(users) - 1 else key for number in range(len(users))]
        wires = [_wire(each, request, key) for each, key in zip(users, keys, strict=True)]
        known = None if key is None or bare else (tuple(sorted(places)), cost, key)
        if known in self.done:
            assert self.judge.authorize_all(wires, request).repeated
            return
        expected = all(each.has(cost) for each in users)
        if not expected:
            self._refuses(users, wires, request, cost)
            return
        assert not self.judge.authorize_all(wires, request).repeated
        for each in users:
            each.pay(cost)
        if known is not None:
            self.done.add(known)

    def _refuses(self, users: list[Account], wires: list[str], request: Request, cost: int) -> None:
        """And names one who has not enough left."""
        with pytest.raises(Denied) as caught:
            self.judge.authorize_all(wires, request)
        assert caught.value.decision.step in (9, 10)
        assert caught.value.presentation is not None
        lacking = users[caught.value.presentation - 1]
        assert not lacking.has(cost)
        assert caught.value.root == lacking.user.did

    @invariant()
    def everybody_has_what_the_ledger_says(self) -> None:
        """All were charged for every use they were in, or nobody was."""
        for each in self.users:
            link = each.token.unverified_links[0]
            uses, euros = (f"{link.delegator}/{link.id.hex()}/{unit}/total/" for unit in ("uses", "EUR"))
            used = self.store.used([uses, euros])
            assert (used.get(uses, 0), used.get(euros, 0)) == (each.used, each.spent)


def _account(user: Identity, uses: int | None, money: int | None, further_down: bool) -> Account:
    agent = Identity(HOLDER.signer, clock=clock)
    limits: list[Caveat] = [] if uses is None else [caveat.MaxUses(uses)]
    if money is not None:
        limits.append(caveat.Budget(money, "EUR"))
    minting = Identity(user.signer, clock=clock)
    if not further_down:
        return Account(minting, minting.mint(to=agent.did, caveats=[caveat.Actions("pay"), *limits]), uses, money)
    planner = Identity(PEOPLE[7].signer, clock=clock)
    token = minting.mint(to=planner.did, caveats=[caveat.Actions("pay"), *limits])
    return Account(minting, planner.delegate(token, to=agent.did), uses, money)


def _wire(account: Account, request: Request, key: str | None) -> str:
    agent = Identity(HOLDER.signer, clock=clock)
    return agent.present(account.token, request, audience=AUDIENCE, idempotency_key=key)


def test_all_are_charged_or_none() -> None:
    chosen = settings(
        law,
        max_examples=max(25, law.max_examples // 4),
        stateful_step_count=12,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Shared, settings=chosen)
