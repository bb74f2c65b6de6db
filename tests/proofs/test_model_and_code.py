"""The model and the code reach the same states: every order of three uses of one tree, with real tokens and ledgers.

In the model a charge is one step, so the orders of the uses are all the interleavings there are. What TLC visits of
`OneTree.cfg` is compared with what a verifier and its store make of the same uses.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

import pytest
from tests.proofs import tlc

from attorn import Denied, Identity, Request, Token, Verifier, caveat
from attorn.caveat import Counted
from attorn.request.money import Money
from attorn.store import MemoryStore, SQLiteStore
from attorn.store.ports import Charge, Charged, Retry, Store
from attorn.verify.clearing import name

AUDIENCE = "did:web:shop.example"
LIMITS = {1: 3, 2: 2}
"""What two of the three links of the tree limit spending to; both others hang below the first."""
CHOICES = tuple(product((1, 2, 3), (1, 2)))
"""A use: the link that it presents, and its amount."""
Done = tuple[tuple[int, int, str], ...]
State = tuple[tuple[int, ...], Done]
"""The accounts of the limited links, and what became of each use, in no order."""

_ACCOUNTS = re.compile(r"account = <<(.*?)>>")
_PHASES = re.compile(r"phase = \((.*?)\)")
_ASKED = re.compile(r"link \|-> (\d), amount \|-> (\d)")


def states_of_the_model(work: Path) -> set[State]:
    """The states in which no use is under way."""
    found = set()
    for text in tlc.dumped(work):
        accounts, phases = _ACCOUNTS.search(text), _PHASES.search(text)
        assert accounts is not None
        assert phases is not None
        ends = re.findall(r'"(\w+)"', phases[1])
        asked = [(int(link), int(amount)) for link, amount in _ASKED.findall(text)]
        assert len(ends) == len(asked) == 3
        if set(ends) <= {"idle", "permitted", "overdrawn"}:
            done = sorted((*use, end) for use, end in zip(asked, ends, strict=True) if end != "idle")
            used = [int(number) for number in accounts[1].split(", ")]
            found.add((tuple(used[link - 1] for link in LIMITS), tuple(done)))
    return found


class Scene:
    """A tree of tokens, made anew for each order of uses, and a verifier of what its agents present."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.alice, self.planner, self.scout, self.clerk = (Identity.from_seed(bytes((n,)) * 32) for n in range(4))
        self.verifier = Verifier(audience=AUDIENCE, roots=[self.alice.did], store=store)

    def tree(self) -> dict[int, tuple[Identity, Token]]:
        first = self.alice.mint(to=self.planner.did, caveats=[caveat.Budget(LIMITS[1], "EUR")])
        second = self.planner.delegate(first, to=self.scout.did, caveats=[caveat.Budget(LIMITS[2], "EUR")])
        third = self.planner.delegate(first, to=self.clerk.did, caveats=[])
        return {1: (self.planner, first), 2: (self.scout, second), 3: (self.clerk, third)}

    def use(self, holder: Identity, token: Token, amount: int) -> str:
        request = Request(action="pay", resource="/", cost=Money(amount, "EUR"))
        try:
            self.verifier.authorize(holder.present(token, request, audience=AUDIENCE), request)
        except Denied as denied:
            return "overdrawn" if denied.decision.step == 10 else "prohibited"
        return "permitted"

    def accounts(self, tree: dict[int, tuple[Identity, Token]]) -> tuple[int, ...]:
        found = []
        for number in LIMITS:
            link = tree[number][1].unverified_links[-1]
            (limit,) = (each for each in link.caveats if isinstance(each, Counted))
            account = name(link, limit.counter(), 0)
            found.append(self.store.used([account]).get(account, 0))  # type: ignore[attr-defined]
        return tuple(found)


def states_of(store: Store, length: int = 3) -> set[State]:
    """Every state that a sequence of at most so many uses reaches."""
    scene = Scene(store)
    found: set[State] = set()
    for chosen in product(CHOICES, repeat=length):
        tree, done = scene.tree(), list[tuple[int, int, str]]()
        for link, amount in chosen:
            found.add((scene.accounts(tree), tuple(sorted(done))))
            done.append((link, amount, scene.use(*tree[link], amount)))
        found.add((scene.accounts(tree), tuple(sorted(done))))
    return found


def invariants(states: set[State]) -> list[State]:
    """The states that break what the model's invariants say."""
    above = {1: (1,), 2: (1, 2), 3: (1,)}
    return [
        state
        for state in states
        for used, (limited, limit) in zip(state[0], LIMITS.items(), strict=True)
        if used > limit
        or used != sum(amount for link, amount, end in state[1] if end == "permitted" and limited in above[link])
    ]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> set[State]:
    work = tmp_path_factory.mktemp("model")
    try:
        assert tlc.check("OneTree", work, dump=True).violated is None
    except tlc.MissingError as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    return states_of_the_model(work)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    opened = SQLiteStore(tmp_path / "ledger")
    yield opened
    opened.close()


def test_the_code_reaches_the_states_of_the_model_and_no_others(store: Store, model: set[State]) -> None:
    reached = states_of(store)
    assert reached == model
    assert invariants(reached) == []


class _OneByOne(MemoryStore):
    """Charges one account after another, and leaves what it has charged where a later one has no room."""

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        for each in charges:
            answer = super().charge([each], now=now)
            if answer.refused is not None:
                return answer
        return Charged()


class _NearestOnly(MemoryStore):
    """Charges the link that is used, and none above it."""

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        return super().charge(charges[-1:], now=now)


@pytest.mark.parametrize("fault", [_OneByOne, _NearestOnly])
def test_a_ledger_with_a_fault_reaches_others(fault: Callable[[], Store], model: set[State]) -> None:
    reached = states_of(fault())
    assert reached - model
    assert invariants(reached)


def test_the_states_of_the_model_keep_its_invariants(model: set[State]) -> None:
    assert invariants(model) == []
    assert {end for _, done in model for _, _, end in done} == {"permitted", "overdrawn"}
    assert len(model) >= 80
