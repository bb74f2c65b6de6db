"""For unbounded caveats and requests: what is called narrower permits no more. Proved with z3, claim by claim.

Three things make the proofs say something about the code: each formula agrees with the real method on concrete caveats
and requests, each claim has an instance, and each fails when its `narrower` is given a fault.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import pytest
import z3
from tests.proofs import logic
from tests.proofs.claims import CLAIMS, KINDS
from tests.proofs.logic import Claim, Kind, Listed, Terms, Unbounded, all_covered, differing, find
from tests.proofs.text_claims import (
    FULL,
    NETWORK,
    bits_of,
    in_network,
    is_network,
    make_network,
    mask_of,
    network_term,
    six_of,
)

from attorn import caveat
from attorn.request.address import network_bits, network_text

claims = pytest.mark.parametrize("claim", CLAIMS, ids=Claim.label)
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@claims
def test_narrower_permits_no_more(claim: Claim) -> None:
    assert logic.counterexample(claim) == z3.unsat


@claims
def test_the_claim_has_an_instance(claim: Claim) -> None:
    assert logic.an_instance(claim) == z3.sat


@claims
def test_a_planted_fault_has_a_counterexample(claim: Claim) -> None:
    assert logic.fault(claim) == z3.sat


@kinds
def test_the_encoding_permits_what_the_caveat_permits(kind: Kind) -> None:
    asked = [(kind.question.terms(sample), kind.question.facts(sample)) for sample in kind.question.samples]
    cases = [
        (kind.permits(kind.terms(limit), terms), limit.prohibits(facts) is None)
        for limit in kind.samples
        for terms, facts in asked
    ]
    assert differing(cases) == []
    assert {permitted for _, permitted in cases} == {True, False}


@pytest.mark.parametrize("most", [150, pytest.param(None, marks=pytest.mark.long)], ids=["some", "all"])
@claims
def test_the_encoding_calls_narrower_what_the_caveat_calls_narrower(claim: Claim, most: int | None) -> None:
    pairs = list(product(claim.narrow.samples, claim.wide.samples))
    cases = [
        (claim.narrower(claim.narrow.terms(mine), _compared(claim.wide, theirs)), mine.narrower_than(theirs) is True)
        for mine, theirs in (pairs if most is None or len(pairs) <= most else Random(1).sample(pairs, most))
    ]
    assert differing(cases) == []
    assert {narrower for _, narrower in cases} == {True, False}


@kinds
def test_what_the_proof_takes_for_granted_of_a_caveat_holds(kind: Kind) -> None:
    """The domain over which a claim is proved holds every caveat that a constructor lets through."""
    limits = [kind.terms(limit) for limit in kind.samples]
    if kind.of is caveat.Glob:
        # What a glob matches is the reference's word here: the formula is about all texts.
        return
    assert differing((kind.valid(terms), True) for terms in limits) == []


def _compared(kind: Kind, theirs: Any) -> Terms:
    """A caveat as the wider one of two: of networks, any two halves are joined first."""
    if kind.of is not caveat.Cidr:
        return kind.terms(theirs)
    return (Listed(tuple(map(network_term, joined({network_bits(name) for name in theirs.names})))),)


def joined(prefixes: set[str]) -> list[str]:
    """The same networks, two halves of one as that one, until no two are left."""
    for prefix in prefixes:
        if len(prefix) > 2 and f"{prefix[:-1]}0" in prefixes and f"{prefix[:-1]}1" in prefixes:
            return joined(prefixes - {f"{prefix[:-1]}0", f"{prefix[:-1]}1"} | {prefix[:-1]})
    return sorted(prefixes)


def test_what_holds_of_two_names_holds_of_two_sets() -> None:
    assert logic.lifted(all_covered) == z3.unsat


def test_one_covered_name_is_not_enough() -> None:
    def one_covered(covers: Any) -> Any:
        return lambda mine, theirs: mine[0].some(lambda name: theirs[0].some(lambda other: covers(other, name)))

    assert logic.lifted(one_covered) == z3.sat


def _halves(network: Any) -> tuple[Any, Any]:
    """The two networks of one more bit that make up this one."""
    mask = z3.LShR(mask_of(network), 1) | (z3.BitVecVal(1, FULL.size()) << FULL.size() - 1)
    bit = mask ^ mask_of(network)
    lower = make_network(six_of(network), bits_of(network), mask)
    return lower, make_network(six_of(network), bits_of(network) | bit, mask)


def _tell_apart(lower: Any, upper: Any, whole: Any) -> z3.CheckSatResult:
    """Whether some address lies in one of two networks and not in the whole, or the other way round."""
    six, address = z3.Bool("six"), z3.BitVec("address", FULL.size())
    halves = z3.Or(in_network(lower, six, address), in_network(upper, six, address))
    short = z3.And(is_network(whole), mask_of(whole) != FULL)
    return find(short, halves != in_network(whole, six, address))


def test_two_halves_hold_what_the_whole_holds() -> None:
    whole = z3.Const("whole", NETWORK[0])
    assert _tell_apart(*_halves(whole), whole) == z3.unsat


def test_two_quarters_do_not() -> None:
    whole = z3.Const("whole", NETWORK[0])
    lower, upper = _halves(whole)
    assert _tell_apart(lower, _halves(upper)[0], whole) == z3.sat


@pytest.mark.parametrize(("put", "answer"), [(True, z3.unsat), (False, z3.sat)], ids=["joined", "lost"])
def test_joining_two_halves_changes_no_set(put: bool, answer: z3.CheckSatResult) -> None:
    """One round of the loop that joins them, and so any number; `put`: whether the whole is put in for them."""
    name_sort = z3.DeclareSort("Network")
    lower, upper, whole = z3.Consts("lower upper whole", name_sort)
    holds = z3.Function("holds", name_sort, z3.BoolSort())
    before = Unbounded.of("networks", name_sort)
    after = Unbounded(z3.Store(z3.Store(z3.Store(before.members, lower, False), upper, False), whole, put))
    given = before.has(lower), before.has(upper), z3.Or(holds(lower), holds(upper)) == holds(whole)
    assert find(*given, before.some(holds) != after.some(holds)) == answer


@pytest.mark.parametrize("bits", ["4:", "4:0", "4:0101", "6:", "6:0010", "4:" + "1" * 32, "6:" + "0" * 128])
def test_the_encoding_of_a_network_is_a_network(bits: str) -> None:
    assert differing([(is_network(network_term(bits)), True)]) == []
    assert network_bits(network_text(bits)) == bits
