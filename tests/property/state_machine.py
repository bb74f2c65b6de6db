"""A tree of delegations that grows and is used, cut back and watched by two verifiers that share one store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.property.state_model import KEPT, RETRIES, Account, Model, Node, Use

from attorn import AttornError, Denied, Identity, Request, Verifier, caveat
from attorn.caveat import Caveat
from attorn.caveat.counted import Counter
from attorn.errors import DelegationError, DeprovisionedError, GapError, RollbackError
from attorn.keys.signer import P256Signer
from attorn.request.money import Money
from attorn.revocation import LifecycleEntry, RevocationList, Roll, deprovision, resume, revoke, suspend
from attorn.statement import FINAL
from attorn.verify import clearing

NOW = 1_900_000_000
"""2030-03-17T17:46:40Z, the evening before a new week."""
AUDIENCE = "did:web:calendar.example"
MOST_NODES = 14


class _Clock:
    def __init__(self) -> None:
        self.second = NOW

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.second, UTC)


CLOCK = _Clock()
_drawn = count(1)


def _draw(size: int) -> bytes:
    return next(_drawn).to_bytes(size, "big")


def _person(number: int, method: str = "key") -> Identity:
    return Identity.from_seed(bytes((number,)) * 32, method=method, clock=CLOCK, random=_draw)


ROOTS = [_person(1), _person(2)]
AGENTS = [_person(3), _person(4), _person(5, "jwk"), Identity(P256Signer.from_scalar(b"\3" * 32), clock=CLOCK)]
AUTHORITY, STRANGER = _person(6), _person(7)
EVERYBODY = [*ROOTS, *AGENTS, AUTHORITY, STRANGER]
READ = caveat.Actions("events:read")

COSTS = [Money(5, "EUR"), Money(3, "EUR"), None, Money(12, "EUR"), Money(0, "EUR"), Money(4, "USD")]
REQUESTS = [Request(action="events:read", resource="cal://alice", cost=cost) for cost in COSTS]
COUNTS: list[Caveat] = [
    *(caveat.MaxUses(number) for number in (2, 3, 5, 8)),
    *(caveat.Rate(number, per) for number in (1, 3) for per in ("second", "minute", "hour", "day", "week", "month")),
]
SPACED: list[Caveat] = [caveat.Spaced(per) for per in ("day", "week", "fortnight", "month", "quarter", "year")]
BUDGETS: list[Caveat] = [
    *(caveat.Budget(amount, "EUR") for amount in (5, 12, 20)),
    *(caveat.Budget(15, "EUR", per) for per in ("day", "week", "month")),
    caveat.Budget(8, "USD", "week"),
]
OTHERS: list[Caveat] = [
    *(caveat.FreshList(by=person.did) for person in (ROOTS[0], ROOTS[1], AGENTS[0])),
    *(caveat.ExpiresIn(seconds=seconds) for seconds in (100, 5_000, 90_000)),
]
LIMITS = st.lists(
    st.one_of(*(st.sampled_from(pool) for pool in (COUNTS, COUNTS, COUNTS, BUDGETS, BUDGETS, SPACED, OTHERS))),
    max_size=2,
    unique=True,
)
COUNTED = st.lists(st.sampled_from([*COUNTS, *BUDGETS[1:4], *SPACED[:2]]), max_size=1)
ANY = st.integers(0, 10**4)
PEOPLE = st.sampled_from(EVERYBODY)
KEYS = st.sampled_from([None, None, "order-1", "order-2"])
ASKED = st.lists(st.tuples(ANY, st.sampled_from(REQUESTS), KEYS, st.booleans()), min_size=1, max_size=6)
LISTED = [*ROOTS, AGENTS[0]]
WORDS = [
    *("revoke", "add", "publish", "refresh", "refresh", "gossip", "suspend", "resume", "resume_all", "end"),
    "say_again",
]
FORWARD = [1, 20, 61, 301, 601, 3_600, 2 * KEPT, 86_400, 8 * 86_400, 32 * 86_400]
BACK = [-1, -30, -100, -KEPT, -90_000]


def outcome(judge: Callable[[], Any]) -> str:
    """What the verifier says, in a word or two."""
    try:
        access = judge()
    except Denied as error:
        return f"denied {error.decision.step}"
    except AttornError as error:
        return error.code
    return "allowed again" if getattr(access, "repeated", False) else "allowed"


class Delegations(RuleBasedStateMachine):
    """`store` is what both verifiers share."""

    def __init__(self, store: Any) -> None:
        super().__init__()
        CLOCK.second = NOW
        self.store = store
        self.model = Model(AUTHORITY.did)
        self.nodes: list[Node] = []
        self.uses: list[Use] = []
        self.rolls = {person.did: Roll(person) for person in EVERYBODY}
        self.lists: list[RevocationList] = []
        self.lives: list[LifecycleEntry] = []
        self.sequence = 0
        self.numbers = count()
        self.names: dict[Account, str] = {}
        shared: dict[str, Any] = {
            "audience": AUDIENCE,
            "roots": [root.did for root in ROOTS],
            "clock": CLOCK,
            "authorities": [AUTHORITY.did],
            "retries": timedelta(seconds=RETRIES),
            "store": store,
        }
        self.verifiers = [Verifier(**shared), Verifier(**shared, cache=0)]

    def teardown(self) -> None:
        close = getattr(self.store, "close", None)
        if close is not None:
            close()

    # The tree.

    @initialize(first=COUNTED, second=COUNTED, third=COUNTED)
    def start(self, first: list[Caveat], second: list[Caveat], third: list[Caveat]) -> None:
        """A branch of three links, from which others grow."""
        self.mint(ROOTS[0], AGENTS[0], first)
        self.delegate(0, AGENTS[1], second)
        self.delegate(0, AGENTS[2], third)

    @precondition(lambda self: len(self.nodes) < MOST_NODES)
    @rule(root=st.sampled_from(ROOTS), to=st.sampled_from(AGENTS), caveats=LIMITS)
    def mint(self, root: Identity, to: Identity, caveats: list[Caveat]) -> None:
        token = root.mint(to=to.did, caveats=[READ, *caveats])
        self.nodes.append(Node(len(self.nodes), None, root, to, token))

    @precondition(lambda self: 0 < len(self.nodes) < MOST_NODES)
    @rule(which=ANY, to=st.sampled_from([*AGENTS, ROOTS[0]]), caveats=LIMITS)
    def delegate(self, which: int, to: Identity, caveats: list[Caveat]) -> None:
        parent = self.nodes[-1 - which % len(self.nodes)]
        try:
            token = parent.to.delegate(parent.token, to=to.did, caveats=caveats)
        except DelegationError:
            # Wider than its parent, or that has expired.
            return
        self.nodes.append(Node(len(self.nodes), parent, parent.to, to, token))

    # Uses.

    @precondition(lambda self: bool(self.nodes))
    @rule(asked=ASKED)
    def use(self, asked: list[tuple[int, Request, str | None, bool]]) -> None:
        for which, request, key, by in asked:
            self._authorize(self._present(self.nodes[which % len(self.nodes)], request, key), by)

    @precondition(lambda self: bool(self.nodes))
    @rule(which=ANY, request=st.sampled_from(REQUESTS), by=st.booleans(), times=st.integers(2, 6))
    def use_up(self, which: int, request: Request, by: bool, times: int) -> None:
        """The whole of a branch's limits, by whoever is below."""
        node = self.nodes[which % len(self.nodes)]
        below = [each for each in self.nodes if node in each.path]
        for time in range(times):
            self._authorize(self._present(below[time % len(below)], request, None), by)

    @precondition(lambda self: bool(self.uses))
    @rule(which=ANY, by=st.booleans(), keyed=st.booleans())
    def again(self, which: int, by: bool, keyed: bool) -> None:
        """The very same presentation, or another under the same key."""
        before = [use for use in self.uses if use.key or not keyed] or self.uses
        use = before[-1 - which % len(before)]
        self._authorize(self._present(use.node, use.request, use.key) if keyed else use, by)

    @precondition(lambda self: bool(self.nodes))
    @rule(by=st.booleans())
    def ask_about_every_chain(self, by: bool) -> None:
        """Law 6: denied are the descendants of what was revoked or ended, and no one else."""
        for node in self.nodes:
            use = self._present(node, REQUESTS[0], None, kept=False)
            expected = self.model.invalid(use, CLOCK.second) or {"allowed"}
            if use.stop <= self.model.latest and "allowed" in expected:
                expected = {"allowed", "replayed"}
            assert outcome(partial(self.verifiers[by].verify, use.wire, use.request)) in expected
            self.model.latest = max(self.model.latest, CLOCK.second)

    def _present(self, node: Node, request: Request, key: str | None, kept: bool = True) -> Use:
        wire = node.to.present(node.token, request, audience=AUDIENCE, idempotency_key=key)
        use = Use(next(self.numbers), node, request, key, CLOCK.second, wire)
        if kept:
            self.uses.append(use)
        return use

    def _authorize(self, use: Use, by: bool) -> None:
        expected = self.model.outcomes(use, CLOCK.second)
        found = outcome(lambda: self.verifiers[by].authorize(use.wire, use.request))
        assert found in expected, (found, expected)
        self.model.learn(use, CLOCK.second, found)
        links = {node.number: node.token.unverified_links[-1] for node in use.node.path}
        for account in self.model.charges(use, CLOCK.second):
            counter = Counter(account.unit, 1, account.per)
            self.names.setdefault(account, clearing.name(links[account.node], counter, CLOCK.second))

    # What people say.

    @precondition(lambda self: bool(self.nodes))
    @rule(said=st.lists(st.tuples(st.sampled_from(WORDS), ANY, PEOPLE, st.booleans()), min_size=1, max_size=3))
    def speak(self, said: list[tuple[str, int, Identity, bool]]) -> None:
        """One rule for all that can be said, so that none of it drowns the others."""
        for word, which, by, entitled in said:
            node = self.nodes[-1 - which % len(self.nodes)]
            getattr(self, f"_{word}")(node, which, node.by if entitled else by)

    def _revoke(self, node: Node, which: int, by: Identity) -> None:
        del which
        self.store.apply(revoke(node.id, by=by, clock=CLOCK))
        self.model.revoked.add((node.id, by.did))

    def _add(self, node: Node, which: int, by: Identity) -> None:
        self.rolls[by.did].add(node.id)
        self._publish(node, which, by)

    def _publish(self, node: Node, which: int, by: Identity) -> None:
        """A list, full or a delta; heard at once, later or never."""
        del node
        roll = self.rolls[by.did]
        self.lists.append(roll.publish(since=max(0, roll.sequence - which % 5), clock=CLOCK))
        if which % 2:
            self._hear(self.lists[-1])

    def _refresh(self, node: Node, which: int, by: Identity) -> None:
        del node, by
        self.lists.append(self.rolls[LISTED[which % len(LISTED)].did].publish(clock=CLOCK))
        self._hear(self.lists[-1])

    def _gossip(self, node: Node, which: int, by: Identity) -> None:
        del node, by
        if self.lists:
            self._hear(self.lists[which % len(self.lists)])

    def _hear(self, said: RevocationList) -> None:
        known, _ = self.model.lists.get(said.by, (0, 0))
        heard = outcome(lambda: self.store.apply(said.encode()))
        if said.since > known:
            assert heard == GapError.code
        elif said.sequence < known:
            assert heard == RollbackError.code
        else:
            assert heard == "allowed"
            self.model.lists[said.by] = (said.sequence, said.second)
            self.model.revoked |= {(link, said.by) for link in said.links}

    def _suspend(self, node: Node, which: int, by: Identity) -> None:
        self.sequence += 1
        about = node.by if which % 4 == 0 else node.to
        self._live(suspend(about.did, by=by, sequence=self.sequence, clock=CLOCK))

    def _resume(self, node: Node, which: int, by: Identity) -> None:
        self.sequence += 1
        about = node.by if which % 4 == 0 else node.to
        self._live(resume(about.did, by=by, sequence=self.sequence, clock=CLOCK))

    def _resume_all(self, node: Node, which: int, by: Identity) -> None:
        del node, which, by
        people = {person.did: person for person in EVERYBODY}
        for (about, speaker), (_, event) in list(self.model.lives.items()):
            if event == "suspend":
                self.sequence += 1
                self._live(resume(about, by=people[speaker], sequence=self.sequence, clock=CLOCK))

    def _end(self, node: Node, which: int, by: Identity) -> None:
        """Seldom a root: nothing would be left."""
        if node.to not in ROOTS or which % 4 == 0:
            self._live(deprovision(node.to.did, by=by, clock=CLOCK))

    def _say_again(self, node: Node, which: int, by: Identity) -> None:
        del node, by
        if self.lives:
            self._live(self.lives[which % len(self.lives)])

    def _live(self, entry: LifecycleEntry) -> None:
        self.lives.append(entry)
        known, _ = self.model.lives.get((entry.principal, entry.by), (0, ""))
        heard = outcome(lambda: self.store.apply(entry))
        if entry.sequence >= known:
            assert heard == "allowed"
            self.model.lives[entry.principal, entry.by] = (entry.sequence, entry.event.value)
        else:
            assert heard == (DeprovisionedError if known == FINAL else RollbackError).code

    # Time.

    @rule(seconds=st.sampled_from([*FORWARD, *FORWARD, *BACK]))
    def wait(self, seconds: int) -> None:
        CLOCK.second += seconds

    # Law 7.

    @invariant()
    def every_account_holds_what_was_permitted_below_it(self) -> None:
        used = self.store.used(list(self.names.values()))
        for account, name in self.names.items():
            assert self.model.used[account] <= self.model.most.get(account, 0)
            found = used.get(name, 0)
            if self.model.kept.get(account, 0) > self.model.latest:
                assert found == self.model.used[account]
            else:
                # It may have been forgotten, and is then never opened again.
                assert found in (0, self.model.used[account])
