"""Whether counted things can be dealt out to counted places so that nothing is left over: a maximum flow (Dinic).

The work is bounded by how many things and places there are, however large the counts.
"""

from __future__ import annotations

from collections.abc import Sequence


def fills(supply: Sequence[int], demand: Sequence[int], allowed: Sequence[frozenset[int]]) -> bool:
    """Whether all of `supply` can go where it is allowed to, and fills all of `demand`.

    `allowed[i]` are the indices of the demands that may take from `supply[i]`.
    """
    if sum(supply) != sum(demand):
        return False
    flow = _Flow(supply, demand, allowed)
    while any(flow.left):
        if not flow.advance():
            return False
    return True


class _Flow:
    __slots__ = ("_allowed", "_given", "_onwards", "_out_of", "_room", "left")

    def __init__(self, supply: Sequence[int], demand: Sequence[int], allowed: Sequence[frozenset[int]]) -> None:
        self.left = list(supply)
        self._room = list(demand)
        self._allowed = allowed
        self._given: list[dict[int, int]] = [{} for _ in demand]
        # Of one round, and used up in it: where each thing may go, and which things may leave each place.
        self._onwards: dict[int, list[int]] = {}
        self._out_of: dict[int, list[int]] = {}

    def advance(self) -> bool:
        """Move all that can be moved along shortest paths from what is left over to places with room. False if none."""
        if not self._search():
            return False
        before = sum(self.left)
        for thing, amount in enumerate(self.left):
            if amount:
                self.left[thing] -= self._push(thing, amount)
        return sum(self.left) < before

    def _search(self) -> bool:
        """Lay out the shortest paths, step by step. Whether there are any."""
        self._onwards, self._out_of = {}, {}
        things = {thing for thing, amount in enumerate(self.left) if amount}
        seen_things, seen_places = set(things), set[int]()
        while things:
            for thing in things:
                self._onwards[thing] = list(self._allowed[thing] - seen_places)
            places = {place for thing in things for place in self._onwards[thing]}
            if any(self._room[place] for place in places):
                return True
            seen_places |= places
            for place in places:
                self._out_of[place] = list(self._given[place].keys() - seen_things)
            things = {thing for place in places for thing in self._out_of[place]}
            seen_things |= things
        return False

    def _push(self, thing: int, amount: int) -> int:
        """Put up to `amount` of a thing onwards, moving others to make room; how much was."""
        left, places = amount, self._onwards.get(thing, [])
        while places:
            place = places[-1]
            left -= self._give(thing, place, min(left, self._room[place]))
            others = self._out_of.get(place, [])
            while left and others:
                other = others[-1]
                moved = self._push(other, min(left, self._given[place].get(other, 0)))
                if moved:
                    self._take(other, place, moved)
                    left -= self._give(thing, place, moved)
                if left:
                    others.pop()
            if not left:
                break
            places.pop()
        return amount - left

    def _give(self, thing: int, place: int, amount: int) -> int:
        if amount:
            self._room[place] -= amount
            self._given[place][thing] = self._given[place].get(thing, 0) + amount
        return amount

    def _take(self, thing: int, place: int, amount: int) -> None:
        self._room[place] += amount
        self._given[place][thing] -= amount
        if not self._given[place][thing]:
            # What is not there must not look as if it could leave.
            del self._given[place][thing]
