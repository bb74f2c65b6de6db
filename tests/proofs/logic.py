"""Claims about caveats in logic: what a proof is made of, and how z3 is asked.

A claim is about two kinds of caveat and every request: if the code calls one narrower than the other, then whatever
the one permits, the other permits. What a kind permits is written down from docs/spec, when it is called narrower from
the code, and both are compared with the real methods on concrete caveats and requests (test_symbolic.py). One and the
same formula is proved over unbounded caveats, evaluated on concrete ones, and refuted where a fault is planted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import z3

from attorn.caveat import Caveat
from attorn.request.facts import Facts

Terms = tuple[Any, ...]
"""What stands for a caveat or a request in a formula: z3 terms, and sets of them."""
PATIENCE = 60_000
"""Milliseconds after which z3 gives up, and a proof has failed."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A set of the terms that are listed: a concrete one, or a small one of unknown members."""

    terms: Terms

    def every(self, holds: Callable[[Any], Any]) -> Any:
        return z3.And([holds(term) for term in self.terms])

    def some(self, holds: Callable[[Any], Any]) -> Any:
        return z3.Or([holds(term) for term in self.terms])

    def has(self, term: Any) -> Any:
        return self.some(lambda mine: mine == term)


@dataclass(frozen=True, slots=True)
class Unbounded:
    """A set of any size, also infinite, of which nothing is known."""

    members: Any

    @classmethod
    def of(cls, name: str, sort: Any) -> Unbounded:
        return cls(z3.Array(name, sort, z3.BoolSort()))

    def _bound(self) -> Any:
        return z3.FreshConst(self.members.sort().domain(), "each")

    def every(self, holds: Callable[[Any], Any]) -> Any:
        each = self._bound()
        return z3.ForAll([each], z3.Implies(self.members[each], holds(each)))

    def some(self, holds: Callable[[Any], Any]) -> Any:
        each = self._bound()
        return z3.Exists([each], z3.And(self.members[each], holds(each)))

    def has(self, term: Any) -> Any:
        return self.members[term]


@dataclass(frozen=True, slots=True)
class Question:
    """What a caveat looks at in a request."""

    any: Callable[[], Terms]
    """Every such request at once."""
    terms: Callable[[Any], Terms]
    """A concrete one, of the same samples that `facts` takes."""
    facts: Callable[[Any], Facts]
    """What the real caveat is asked about it."""
    samples: tuple[Any, ...]
    valid: Callable[[Terms], Any] = lambda terms: True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of caveat: its parameters as terms, what a constructor makes sure of, and what it permits."""

    of: type[Caveat]
    question: Question
    any: Callable[[str], Terms]
    """Every caveat of the kind at once; the name keeps two of them apart."""
    terms: Callable[[Any], Terms]
    permits: Callable[[Terms, Terms], Any]
    samples: tuple[Caveat, ...]
    small: Callable[[str], tuple[Terms, ...]] | None = None
    """Every caveat of one or two names, case by case: z3 seeks no models of quantifiers over sets of text."""
    valid: Callable[[Terms], Any] = lambda terms: True


@dataclass(frozen=True, slots=True)
class Claim:
    """`narrower` implies that whatever `narrow` permits, `wide` permits."""

    narrow: Kind
    wide: Kind
    narrower: Callable[[Terms, Terms], Any]
    planted: Callable[[Terms, Terms], Any]
    """Another `narrower` with one fault, which must have a counterexample."""
    between: Callable[[Terms, Terms], Any] | None = None
    """A step on the way, if z3 needs one: it follows from `narrower`, and the claim follows from it."""
    by_name: bool = False
    """Proved for one name and lifted to sets: `narrower` is made by `all_covered`, what is permitted by `any_of`."""

    @property
    def kinds(self) -> tuple[type[Caveat], type[Caveat]]:
        return self.narrow.of, self.wide.of

    def label(self) -> str:
        return f"{self.narrow.of.__name__}-{self.wide.of.__name__}"


def any_of(one: Callable[[Any, Terms], Any]) -> Callable[[Terms, Terms], Any]:
    """What several names permit: whatever one of them does."""
    return lambda limit, asked: limit[0].some(lambda name: one(name, asked))


def all_covered(covers: Callable[[Any, Any], Any]) -> Callable[[Terms, Terms], Any]:
    """When several names are narrower: each is covered by one of the others."""
    return lambda mine, theirs: mine[0].every(lambda name: theirs[0].some(lambda other: covers(other, name)))


def lifted(narrower: Callable[[Callable[[Any, Any], Any]], Callable[[Terms, Terms], Any]]) -> z3.CheckSatResult:
    """`unsat` if what holds of any two names holds of any two sets of them, whatever the names and requests are."""
    name_sort, asked_sort = z3.DeclareSort("Name"), z3.DeclareSort("Asked")
    permits = z3.Function("permits", name_sort, asked_sort, z3.BoolSort())
    covers = z3.Function("covers", name_sort, name_sort, z3.BoolSort())
    asked, each, other = z3.Const("asked", asked_sort), *z3.Consts("each other", name_sort)
    mine, theirs = (Unbounded.of("mine", name_sort),), (Unbounded.of("theirs", name_sort),)
    proved = z3.ForAll(
        [each, other], z3.Implies(z3.And(covers(other, each), permits(each, asked)), permits(other, asked))
    )
    several = any_of(lambda name, terms: permits(name, terms[0]))
    return find(proved, narrower(covers)(mine, theirs), several(mine, (asked,)), z3.Not(several(theirs, (asked,))))


def find(*formulas: Any) -> z3.CheckSatResult:
    """Whether something satisfies all of these."""
    # A context of its own, so that what was asked before does not change how long the search takes.
    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", PATIENCE)
    solver.set("random_seed", 0)
    solver.add([z3.And(formula, True).translate(solver.ctx) for formula in formulas])
    return solver.check()


def _pairs(claim: Claim, small: bool) -> Iterator[tuple[Terms, Terms]]:
    def made(kind: Kind, name: str) -> tuple[Terms, ...]:
        return kind.small(name) if small and kind.small is not None else (kind.any(name),)

    return product(made(claim.narrow, "narrow"), made(claim.wide, "wide"))


def _cases(claim: Claim, narrower: Callable[[Terms, Terms], Any], small: bool) -> Iterator[tuple[list[Any], Any]]:
    """What is given, and what should follow from it, in each case; together they are all."""
    asked = claim.narrow.question.any()
    for mine, theirs in _pairs(claim, small):
        given = [
            claim.narrow.valid(mine),
            claim.wide.valid(theirs),
            claim.narrow.question.valid(asked),
            narrower(mine, theirs),
            claim.narrow.permits(mine, asked),
        ]
        yield [z3.simplify(z3.And(each, True)) for each in given], claim.wide.permits(theirs, asked)


def _first(answers: Iterable[z3.CheckSatResult]) -> z3.CheckSatResult:
    """The first answer that is not `unsat`, if there is one."""
    return next((answer for answer in answers if answer != z3.unsat), z3.unsat)


def counterexample(claim: Claim) -> z3.CheckSatResult:
    """`unsat` if the claim is proved for every two caveats and every request."""
    if claim.between is None:
        return _first(
            find(*given, z3.Not(permitted)) for given, permitted in _cases(claim, claim.narrower, claim.by_name)
        )
    return _first(_in_two_steps(claim, claim.between))


def _in_two_steps(claim: Claim, between: Callable[[Terms, Terms], Any]) -> Iterator[z3.CheckSatResult]:
    for mine, theirs in _pairs(claim, claim.by_name):
        valid = claim.narrow.valid(mine), claim.wide.valid(theirs)
        yield find(*valid, claim.narrower(mine, theirs), z3.Not(between(mine, theirs)))
        # The second step takes nothing for granted, of caveats or of requests.
        asked = claim.narrow.question.any()
        yield find(between(mine, theirs), claim.narrow.permits(mine, asked), z3.Not(claim.wide.permits(theirs, asked)))


def an_instance(claim: Claim) -> z3.CheckSatResult:
    """`sat` if the claim says anything: some caveat is narrower than another and permits something."""
    return _first(find(*given) for given, _ in _cases(claim, claim.narrower, small=True))


def fault(claim: Claim) -> z3.CheckSatResult:
    """`sat` if the planted fault is found."""
    return _first(find(*given, z3.Not(permitted)) for given, permitted in _cases(claim, claim.planted, small=True))


def differing(cases: Iterable[tuple[Any, bool]]) -> list[int]:
    """The numbers of the ground formulas that do not have the expected value."""
    found = []
    for number, (formula, expected) in enumerate(cases):
        value = z3.simplify(z3.And(formula, z3.BoolVal(True)))
        if not (z3.is_true(value) or z3.is_false(value)):
            value = z3.BoolVal(find(value) == z3.sat)
        if z3.is_true(value) is not expected:
            found.append(number)
    return found
