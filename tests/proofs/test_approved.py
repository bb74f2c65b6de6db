"""RequiresApproval: whatever a narrower one permits, the wider permits, however many approvers there are.

Permitted is what enough of the DIDs approved, or what one of the exceptions on the wire covers (docs/spec/caveats.md).
Narrower is a threshold that still leaves enough when all approvers whom the other does not ask are taken off, with no
exception that the other does not have.
"""

from __future__ import annotations

from typing import Any

import pytest
import z3
from tests.proofs.logic import Unbounded, differing, find
from tests.proofs.universes import UNIVERSES

from attorn import caveat

PICKED = [each for each in UNIVERSES["approvals"](False).narrow if isinstance(each, caveat.RequiresApproval)]


def _one(holds: Any) -> Any:
    return z3.If(holds, 1, z3.IntVal(0))


def _counted(strangers: bool) -> z3.CheckSatResult:
    """`unsat` if one more DID, of whatever kind, keeps: of mine that approved, all are theirs or strangers."""
    mine, theirs, others = z3.Ints("mine theirs others")
    approved, in_mine, in_theirs = z3.Bools("approved in_mine in_theirs")
    stranger = z3.And(in_mine, z3.Not(in_theirs)) if strangers else z3.BoolVal(False)
    more = [z3.And(approved, in_mine), z3.And(approved, in_theirs), stranger]
    after = [count + _one(holds) for count, holds in zip((mine, theirs, others), more, strict=True)]
    return find(mine <= theirs + others, z3.Not(after[0] <= after[1] + after[2]))


@pytest.mark.parametrize(("strangers", "answer"), [(True, z3.unsat), (False, z3.sat)], ids=["counted", "forgotten"])
def test_approvals_by_mine_are_approvals_by_theirs_or_by_strangers(strangers: bool, answer: z3.CheckSatResult) -> None:
    """The step of the induction over any number of DIDs; it begins with none."""
    assert _counted(strangers) == answer


def _enough(threshold: Any, strangers: Any, other: Any) -> Any:
    return threshold - strangers >= other


def _follows(enough: Any, turned: bool = False) -> z3.CheckSatResult:
    """`unsat` if the wider permits what the narrower does, by approvals or by an exception."""
    exception = z3.DeclareSort("Exception")
    holds = z3.Function("holds", exception, z3.BoolSort())
    mine, theirs = Unbounded.of("mine", exception), Unbounded.of("theirs", exception)
    threshold, other, strangers, counted, others = z3.Ints("threshold other strangers counted others")
    subset = theirs.every(mine.has) if turned else mine.every(theirs.has)
    given = enough(threshold, strangers, other), subset, strangers >= 0, counted <= others + strangers
    permitted = z3.Or(counted >= threshold, mine.some(holds)), z3.Or(others >= other, theirs.some(holds))
    return find(*given, permitted[0], z3.Not(permitted[1]))


def test_narrower_permits_no_more() -> None:
    assert _follows(_enough) == z3.unsat


@pytest.mark.parametrize(
    ("fault", "turned"),
    [
        (lambda threshold, strangers, other: threshold >= other, False),
        (lambda threshold, strangers, other: threshold - strangers <= other, False),
        (_enough, True),
    ],
    ids=["strangers", "threshold", "exceptions"],
)
def test_a_planted_fault_permits_more(fault: Any, turned: bool) -> None:
    assert _follows(fault, turned) == z3.sat


def test_the_encoding_calls_narrower_what_the_caveat_calls_narrower() -> None:
    cases = []
    for mine in PICKED[::3]:
        for theirs in PICKED[::2]:
            strangers = z3.IntVal(len([did for did in mine.by if did not in theirs.by]))
            formula = _enough(z3.IntVal(mine.threshold), strangers, z3.IntVal(theirs.threshold))
            fewer = all(exception in theirs.render() for exception in mine.render()[1:])
            cases.append((z3.And(formula, z3.BoolVal(fewer)), mine.narrower_than(theirs) is True))
    assert differing(cases) == []
    assert {narrower for _, narrower in cases} == {True, False}
