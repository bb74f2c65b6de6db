"""RequiresApproval: requests that somebody must have approved, one by one, before they are permitted.

Who approved is a derived fact, as a glob's answer is: `approved(threshold, DIDs)`, which a verifier supplies if that
many of these DIDs approved this very request. On the wire the check holds if that fact is there, or if the request is
decidedly none of those that need approval: further alternatives say when it is not. Where it is unknown whether a
request needs approval, for want of an argument, none of them holds, and it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from attorn.caveat.argument import MOST_ALTERNATIVES, Atom, Conjunction, Formula, Literal, alternative
from attorn.caveat.base import Caveat
from attorn.caveat.formula import MOST_PARTS, AnyOf, Not
from attorn.caveat.scope import Actions, Resources
from attorn.caveat.value import Equals, NotOneOf, OneOf, set_values
from attorn.datalog import (
    CONTAINS,
    NEGATE,
    PREFIX,
    SET,
    Check,
    Expression,
    Predicate,
    Query,
    integer,
    scalar,
    set_of,
    string,
    variable,
)
from attorn.decision import Denial
from attorn.did.did import is_did
from attorn.display import bare, shown
from attorn.errors import InputError
from attorn.request.facts import Facts

When: TypeAlias = Formula | Actions | Resources
"""What can be said of the requests that need approval, and so of those that do not."""
MOST_APPROVERS: Final = 16
_VALUE: Final = variable("0")


@dataclass(frozen=True, slots=True, init=False)
class RequiresApproval(Caveat):
    """Requests that `when` describes only if at least `threshold` of the DIDs `by` approved this very request.

    `when` is a caveat or a list of them, all of which hold of a request that needs approval: `Actions`, `Resources`
    and caveats on named arguments; None: every request does. A request of which it is unknown needs approval too.

    Raises `InputError` for no or more than 16 DIDs, one DID twice, a threshold that they cannot reach, other caveats
    in `when`, and formulas whose opposite cannot be written, such as `Equals(name, None)`.
    """

    by: tuple[str, ...]
    threshold: int
    when: tuple[When, ...]
    over: ClassVar[tuple[str, ...]] = ("approved",)

    def __init__(self, by: str | Sequence[str], threshold: int = 1, when: When | Sequence[When] | None = None) -> None:
        dids = _approvers(by)
        if type(threshold) is not int or not 1 <= threshold <= len(dids):
            raise InputError(
                f"RequiresApproval: expected a threshold from 1 to the {len(dids)} approvers, got {shown(threshold)}"
            )
        object.__setattr__(self, "by", dids)
        object.__setattr__(self, "threshold", threshold)
        object.__setattr__(self, "when", _conditions(when))
        # Rendered now, so that what cannot be written is refused where it is said.
        if len(self.render()) > MOST_ALTERNATIVES:
            raise InputError(
                f"RequiresApproval: more than {MOST_ALTERNATIVES} alternatives on the wire; use several caveats instead"
            )

    def concerns(self, facts: Facts) -> bool:
        """Whether the request needs approval: every condition holds, or may hold for all that is known."""
        return not any(_fails(condition, facts) for condition in self.when)

    def prohibits(self, facts: Facts) -> Denial | None:
        if len(facts.approved.intersection(self.by)) >= self.threshold or not self.concerns(facts):
            return None
        count = len(facts.approved.intersection(self.by))
        return self.denial(f"a use that {count or 'none'} of them approved, {self.threshold - count} too few")

    def render(self) -> Check:
        dids = set_of(frozenset(map(scalar, self.by)))
        approved = Query((Predicate("approved", (integer(self.threshold), dids)),), ())
        return (approved, *dict.fromkeys(query for condition in self.when for query in _exceptions(condition)))

    @classmethod
    def read_with(cls, check: Check, literals: Callable[[Query], Conjunction]) -> RequiresApproval:
        approved, *exceptions = check
        (_, threshold), dids = approved.body[0].terms
        if not isinstance(threshold, int):
            raise InputError("RequiresApproval: expected an integer")
        when = [_condition(query, literals) for query in exceptions]
        return cls([str(did) for did in set_values(dids)], threshold, when or None)

    def limit(self) -> str:
        several = f"{self.threshold} of " if len(self.by) > 1 else ""
        some = ", ".join(bare(did) for did in self.by[:8]) + (", ..." if len(self.by) > 8 else "")
        when = " and ".join(map(_words, self.when))
        return f"use with the approval of {several}{some}" + (f", when {when}" if when else "")

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, RequiresApproval):
            return None
        strangers = len(set(self.by) - set(other.by))
        if self.threshold - strangers >= other.threshold and set(self.render()[1:]) <= set(other.render()[1:]):
            return True
        # Another approver, or another occasion, is asked besides. Fewer of the same for every request is a mistake.
        fewer = self.by == other.by and self.threshold < other.threshold
        return False if fewer and not self.when and not other.when else None


def _words(condition: When) -> str:
    if isinstance(condition, Actions):
        return f"the action is {condition.limit()}"
    return f"the resource is within {condition.limit()}" if isinstance(condition, Resources) else condition.limit()


def _approvers(by: str | Sequence[str]) -> tuple[str, ...]:
    dids = (by,) if isinstance(by, str) else by
    if not isinstance(dids, list | tuple) or not 0 < len(dids) <= MOST_APPROVERS:
        raise InputError(f"RequiresApproval: expected the DID that approves, or 1 to {MOST_APPROVERS} of them")
    for did in dids:
        if not isinstance(did, str) or not is_did(did):
            raise InputError(f"RequiresApproval: expected the DID that approves, got {shown(did)}")
    if len(set(dids)) != len(dids):
        raise InputError("RequiresApproval: one DID is named twice, and counts once")
    return tuple(sorted(dids))


def _conditions(when: When | Sequence[When] | None) -> tuple[When, ...]:
    if when is None:
        return ()
    conditions = tuple(when) if isinstance(when, list | tuple) else (when,)
    if not 0 < len(conditions) <= MOST_ALTERNATIVES:
        raise InputError(f"RequiresApproval: expected 1 to {MOST_ALTERNATIVES} caveats in when, or None for every use")
    for condition in conditions:
        if not isinstance(condition, When):
            raise InputError(
                "RequiresApproval: expected Actions, Resources or caveats on named arguments in when, got "
                f"{type(condition).__name__}"
            )
    return conditions


def _fails(condition: When, facts: Facts) -> bool:
    """Whether it is known not to hold."""
    if isinstance(condition, Formula):
        return condition.holds(facts) is False
    return condition.prohibits(facts) is not None


def _exceptions(condition: When) -> tuple[Query, ...]:
    """The alternatives in which it is known not to hold."""
    if isinstance(condition, Actions):
        return (_outside("operation", [name for name in condition.names if name[-1] != "*"], _namespaces(condition)),)
    if isinstance(condition, Resources):
        below = [name if name[-1] == "/" else f"{name}/" for name in condition.names]
        return (_outside("resource", condition.names, below),)
    return tuple(map(alternative, condition.alternatives(True)))


def _namespaces(actions: Actions) -> list[str]:
    return [name[:-1] for name in actions.names if name[-1] == "*"]


def _outside(fact: str, names: Sequence[str], prefixes: Sequence[str]) -> Query:
    """The fact's one value is none of these names and starts with none of these prefixes."""
    expressions: list[Expression] = []
    if names:
        expressions.append((set_of(frozenset(map(scalar, names))), _VALUE, CONTAINS, NEGATE))
    expressions += [(_VALUE, string(prefix), PREFIX, NEGATE) for prefix in prefixes]
    return Query((Predicate(fact, (_VALUE,)),), tuple(expressions))


def _condition(query: Query, literals: Callable[[Query], Conjunction]) -> When:
    """The condition that is known not to hold where this alternative does; loose, as `Caveat.read` is."""
    name = query.body[0].name
    if name not in ("operation", "resource"):
        return _unless(literals(query))
    names: list[str] = []
    for expression in query.expressions:
        if expression[0][0] == SET:
            names += [str(value) for value in set_values(expression[0])]
        elif name == "operation":
            names.append(f"{expression[1][1]!s}*")
    return Actions(*names) if name == "operation" else Resources(*names)


def _unless(literals: Conjunction) -> Formula:
    """The plainest formula whose negation is written as just these literals."""
    parts = tuple(map(_opposite, literals))
    atoms = tuple(part for part in parts if isinstance(part, Atom))
    if len(atoms) == len(parts) > 1 and len({(type(atom), atom.name) for atom in atoms}) == 1:
        merged = atoms[0].merged(atoms)
        if merged is not None and merged.alternatives(True) == (literals,):
            return merged
    groups = [parts[start : start + MOST_PARTS] for start in range(0, len(parts), MOST_PARTS)]
    some = [group[0] if len(group) == 1 else AnyOf(*group) for group in groups]
    return some[0] if len(some) == 1 else AnyOf(*some)


def _opposite(literal: Literal) -> Formula:
    atom, negated = literal
    if isinstance(atom, NotOneOf):
        values = atom.values
        return Equals(atom.name, values[0]) if len(values) == 1 else OneOf(atom.name, *values)
    if isinstance(atom, OneOf):
        return NotOneOf(atom.name, *atom.values)
    return atom if negated else Not(atom)
