"""One user, one planner with a limit, ten sub-agents who share it, and presentations made in advance."""

from __future__ import annotations

from tests.unit.scene import ALICE, AUDIENCE, NOW, PLANNER, READ, REQUEST, Clock, person

from attorn import Verifier
from attorn.caveat import MaxUses
from attorn.store import Store

AGENTS = tuple(person(number) for number in range(20, 30))
__all__ = ["AGENTS", "NOW", "REQUEST", "Family", "judge"]


class Family:
    """A root token that allows `limit` uses in all, and what ten sub-agents were given of it: as much each."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.root = ALICE.mint(to=PLANNER.did, caveats=[READ, MaxUses(limit)])
        self._tokens = [PLANNER.delegate(self.root, to=agent.did, caveats=[MaxUses(limit)]) for agent in AGENTS]

    def presentations(self, count: int) -> list[str]:
        """`count` of them, by the ten in turn."""
        turns = (divmod(number, len(AGENTS))[1] for number in range(count))
        return [AGENTS[turn].present(self._tokens[turn], REQUEST, audience=AUDIENCE) for turn in turns]

    def counted(self, store: Store) -> int:
        """How many uses the root link has been charged, as an operator would ask."""
        left = judge(store).exposure(self.root).uses
        assert left is not None
        return self.limit - left


def judge(store: Store) -> Verifier:
    """A verifier that trusts the user, as it would run in each worker."""
    return Verifier(audience=AUDIENCE, roots=[ALICE.did], clock=Clock(), store=store)
