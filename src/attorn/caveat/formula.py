"""AllOf, AnyOf and Not over caveats on named arguments."""

from __future__ import annotations

from dataclasses import dataclass

from attorn.caveat.argument import Atom, Conjunction, Formula, Literal, asked_value, conjunctions, disjunction
from attorn.display import bare
from attorn.errors import InputError
from attorn.request.facts import Facts

MOST_PARTS = 32
MOST_NESTING = 8


def _depth(formula: Formula) -> int:
    if isinstance(formula, _Group):
        return 1 + max(map(_depth, formula.parts))
    return 1 + _depth(formula.part) if isinstance(formula, Not) else 0


def _asked(formula: Formula, facts: Facts) -> str:
    names = sorted({literal.atom.name for conjunction in formula.alternatives(False) for literal in conjunction})
    return ", ".join(f"{bare(name)} = {asked_value(facts, name)}" for name in names[:4])


class _Group(Formula):
    """Shared by AllOf and AnyOf: several formulas, in the order given."""

    __slots__ = ()
    parts: tuple[Formula, ...]

    def __init__(self, *parts: Formula) -> None:
        name = type(self).__name__
        if not 0 < len(parts) <= MOST_PARTS:
            raise InputError(f"{name}: expected 1 to {MOST_PARTS} caveats, got {len(parts)}")
        for part in parts:
            if not isinstance(part, Formula):
                raise InputError(f"{name}: expected caveats on named arguments, got {type(part).__name__}")
        object.__setattr__(self, "parts", parts)
        if _depth(self) > MOST_NESTING:
            raise InputError(f"{name}: nested more than {MOST_NESTING} deep")
        # Rendered now, so that a formula too large for the wire is refused where it is written.
        self.alternatives(False)

    def asked(self, facts: Facts) -> str:
        return _asked(self, facts)


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


@dataclass(frozen=True, slots=True, init=False)
class AllOf(_Group):
    """Every one of these holds."""

    parts: tuple[Formula, ...]

    def holds(self, facts: Facts) -> bool | None:
        return _all([part.holds(facts) for part in self.parts])

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        return disjunction(self.parts, True) if negated else conjunctions(self.parts, False)

    def limit(self) -> str:
        return "(" + " and ".join(part.limit() for part in self.parts) + ")"


@dataclass(frozen=True, slots=True, init=False)
class AnyOf(_Group):
    """At least one of these holds; one about an absent argument does not."""

    parts: tuple[Formula, ...]

    def holds(self, facts: Facts) -> bool | None:
        return _any([part.holds(facts) for part in self.parts])

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        return conjunctions(self.parts, True) if negated else disjunction(self.parts, False)

    def limit(self) -> str:
        return "(" + " or ".join(part.limit() for part in self.parts) + ")"


@dataclass(frozen=True, slots=True)
class Not(Formula):
    """This does not hold, though everything it is about is there: an absent argument is prohibited, not let through."""

    part: Formula

    def __post_init__(self) -> None:
        if not isinstance(self.part, Formula):
            raise InputError(f"Not: expected a caveat on a named argument, got {type(self.part).__name__}")
        if _depth(self) > MOST_NESTING:
            raise InputError(f"Not: nested more than {MOST_NESTING} deep")
        self.alternatives(False)

    def holds(self, facts: Facts) -> bool | None:
        answer = self.part.holds(facts)
        return None if answer is None else not answer

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        return self.part.alternatives(not negated)

    def asked(self, facts: Facts) -> str:
        return _asked(self, facts)

    def limit(self) -> str:
        return f"not ({self.part.limit()})"


@dataclass(frozen=True, slots=True)
class Alternatives(Formula):
    """A formula as it stands on the wire, where no plainer one is written the same way. Read, never constructed."""

    parts: tuple[Conjunction, ...]

    def holds(self, facts: Facts) -> bool | None:
        return _any([_all([_holds(literal, facts) for literal in part]) for part in self.parts])

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        if negated:
            raise InputError("a formula that was read cannot be negated; delegate with a caveat of your own instead")
        return self.parts

    def asked(self, facts: Facts) -> str:
        return _asked(self, facts)

    def limit(self) -> str:
        parts = (" and ".join(_from_literal(literal).limit() for literal in part) for part in self.parts)
        return " or ".join(f"({part})" for part in parts)


def _holds(literal: Literal, facts: Facts) -> bool | None:
    answer = literal.atom.holds(facts)
    return answer if answer is None else answer is not literal.negated


def from_alternatives(alternatives: tuple[Conjunction, ...]) -> Formula:
    """The plainest formula with this disjunctive normal form."""
    atoms = tuple(conjunction[0].atom for conjunction in alternatives)
    single = all(len(conjunction) == 1 and not conjunction[0].negated for conjunction in alternatives)
    if single and len({(type(atom), atom.name) for atom in atoms}) == 1:
        merged = atoms[0] if len(atoms) == 1 else atoms[0].merged(atoms)
        if merged is not None:
            return merged
    parts = tuple(_from_conjunction(conjunction) for conjunction in alternatives)
    return parts[0] if len(parts) == 1 else AnyOf(*parts)


def _from_conjunction(conjunction: Conjunction) -> Formula:
    parts = tuple(_from_literal(literal) for literal in conjunction)
    return parts[0] if len(parts) == 1 else AllOf(*parts)


def _from_literal(literal: Literal) -> Formula:
    atom: Atom = literal.atom
    return Not(atom) if literal.negated else atom
