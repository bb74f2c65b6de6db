"""Whether counted things can be dealt out to counted places so that nothing is left over: a maximum flow.

Paths are searched breadth first (Edmonds and Karp), so the work is bounded by how many things and places there are,
however large the counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def fills(supply: Sequence[int], demand: Sequence[int], allowed: Sequence[frozenset[int]]) -> bool:
    """Whether all of `supply` can go where it is allowed to, and fills all of `demand`.

    `allowed[i]` are the indices of the demands that may take from `supply[i]`.
    """
    if sum(supply) != sum(demand):
        return False
    flow = _Flow(supply, demand, allowed)
    while any(flow.left):
        if not flow.augment():
            return False
    return True


class _Flow:
    __slots__ = ("_allowed", "_given", "_room", "left")

    def __init__(self, supply: Sequence[int], demand: Sequence[int], allowed: Sequence[frozenset[int]]) -> None:
        self.left = list(supply)
        self._room = list(demand)
        self._allowed = allowed
        self._given: list[dict[int, int]] = [{} for _ in demand]
        for thing, places in enumerate(allowed):
            # A first try that takes nothing back, and leaves little to search for.
            for place in places:
                amount = min(self.left[thing], self._room[place])
                if amount:
                    self._move([(thing, place)], amount)

    def augment(self) -> bool:
        """Move more along a shortest path from something left over to a place with room. False if there is none."""
        by: dict[int, int] = {}  # place -> the thing it was reached by
        out_of: dict[int, int] = {}  # thing -> the place it would have to leave
        waiting = [thing for thing, amount in enumerate(self.left) if amount]
        reached = set(waiting)
        for thing in waiting:
            for place in self._allowed[thing] - by.keys():
                by[place] = thing
                if self._room[place]:
                    self._follow(place, by, out_of)
                    return True
                for other in self._given[place].keys() - reached:
                    reached.add(other)
                    out_of[other] = place
                    waiting.append(other)
        return False

    def _follow(self, place: int, by: dict[int, int], out_of: dict[int, int]) -> None:
        path = [(by[place], place)]
        amount = self._room[place]
        while (thing := path[-1][0]) in out_of:
            place = out_of[thing]
            amount = min(amount, self._given[place][thing])
            path.append((by[place], place))
        self._move(path, min(amount, self.left[thing]))

    def _move(self, path: list[tuple[int, int]], amount: int) -> None:
        """Each thing of `path` to its place, out of the next one's; what is first moved in is what was left over."""
        self.left[path[-1][0]] -= amount
        self._room[path[0][1]] -= amount
        for (thing, _), (_, before) in pairwise(path):
            self._given[before][thing] -= amount
            if not self._given[before][thing]:
                del self._given[before][thing]
        for thing, place in path:
            self._given[place][thing] = self._given[place].get(thing, 0) + amount
