"""Which carts a list of required line items takes, as caveats on how many units of each item there are.

Requirements that share no item, directly or through others, do not concern each other. Of each such group all carts
that fill it are written out. A cart that holds at least one of them of every group, and no more units than all groups
together, is exactly one of them of every group: so bounds from below and one total say it all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb
from typing import Final

from attorn.caveat import AllOf, AnyOf, Caveat, Equals, Range, SubsetOf
from attorn.caveat.argument import MOST_ALTERNATIVES, Formula
from attorn.caveat.formula import MOST_PARTS
from attorn.errors import InputError
from attorn.mandate.constraint.line_items import LineItems, Requirement
from attorn.mandate.purchase import ITEMS, UNITS, units

MOST: Final = MOST_ALTERNATIVES
"""Most carts of one group: as many alternatives as one caveat has."""
_Cart = tuple[tuple[str, int], ...]
"""Item ids in ascending order, each with how many there are of it, at least 1."""


def caveats(limit: LineItems) -> Iterator[Caveat]:
    """What only a request is permitted by whose cart `limit` takes, and every such request.

    Raises `InputError` for a group of several requirements that more than `MOST` carts fill.
    """
    yield SubsetOf(ITEMS, *sorted({item for each in limit.items for item in each.ids}))
    yield Equals(UNITS, sum(each.quantity for each in limit.items))
    if len(limit.items) == 1:
        # Any units of any of its items, as long as they are enough.
        return
    known: list[Formula] = []
    for group in _groups(limit.items):
        carts = [_holds(cart) for cart in sorted(_carts(group))]
        if len(carts) == 1:
            known.append(carts[0])
        else:
            yield AnyOf(*(AnyOf(*some) for some in _parts(carts)))
    for several in _parts(known):
        yield AllOf(*several)


def _parts(formulas: Sequence[Formula]) -> Iterator[Sequence[Formula]]:
    """In order, no more at a time than may stand in one AllOf or AnyOf."""
    for at in range(0, len(formulas), MOST_PARTS):
        yield formulas[at : at + MOST_PARTS]


def _groups(requirements: Sequence[Requirement]) -> list[list[Requirement]]:
    """The requirements, those together that share items."""
    groups: list[tuple[set[str], list[Requirement]]] = []
    for each in requirements:
        shared = [group for group in groups if group[0] & each.ids]
        groups = [group for group in groups if not group[0] & each.ids]
        items = set(each.ids).union(*(ids for ids, _ in shared))
        groups.append((items, [*(one for _, several in shared for one in several), each]))
    return [several for _, several in groups]


def _carts(group: Sequence[Requirement]) -> set[_Cart]:
    """Every cart that fills these requirements and holds nothing else."""
    found: set[_Cart] = {()}
    for each in group:
        ids = sorted(each.ids)
        # Each more requirement makes at least as many carts of those before it as it has ways to be filled.
        if comb(each.quantity + len(ids) - 1, len(ids) - 1) > MOST:
            raise _too_many(each.quantity)
        found = {_joined(cart, more) for cart in found for more in _ways(ids, each.quantity)}
        if len(found) > MOST:
            raise _too_many(sum(one.quantity for one in group))
    return found


def _too_many(quantity: int) -> InputError:
    return InputError(f"{LineItems.type}: more than {MOST} carts of {quantity} units, which no caveat can list")


def _ways(ids: Sequence[str], quantity: int) -> Iterator[_Cart]:
    """Every way to take so many units of these items."""
    if len(ids) == 1:
        yield ((ids[0], quantity),) if quantity else ()
        return
    for count in range(quantity + 1):
        for rest in _ways(ids[1:], quantity - count):
            yield ((ids[0], count), *rest) if count else rest


def _joined(one: _Cart, other: _Cart) -> _Cart:
    counts = dict(one)
    for item, count in other:
        counts[item] = counts.get(item, 0) + count
    return tuple(sorted(counts.items()))


def _holds(cart: _Cart) -> Formula:
    bounds = [Range(units(item), count) for item, count in cart]
    return bounds[0] if len(bounds) == 1 else AllOf(*bounds)
