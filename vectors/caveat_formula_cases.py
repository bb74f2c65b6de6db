"""Formulas over several arguments: AllOf, AnyOf, Not, as the alternatives of one check. Logic of three values."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import (
    Literal,
    alternative,
    among,
    any_of,
    holding,
    number,
    operand,
    said,
    starting,
    test,
    variable,
    within,
)
from .caveat_question import Check, Kind, another, argument, block
from .primitives import Part
from .world import World

ALL = Kind("caveat-all-of", "docs/spec/caveats.md section 5: true if all are true")
ANY = Kind("caveat-any-of", "docs/spec/caveats.md section 5: true if one is true")
NOT = Kind("caveat-not", "docs/spec/caveats.md section 5: the negation of what is unknown is unknown")
FORM = "docs/spec/caveats.md section 5: every alternative is a sequence of literals in exactly the forms below"
LIMITS = "docs/spec/caveats.md section 1: limits"
EMPTY, UNLIKE, QUANTIFIERS = 68, 56, 68


def one(name: str, value: int = 1) -> Literal:
    return said("integer", kit.text(name), kit.num(value))


def other(name: str, place: int = 0, value: int = 1) -> Literal:
    """Not this integer."""
    return among("integer", name, kit.members(kit.num(value)), negate=True, name=str(place))


def both(w: World) -> Part:
    return kit.check(alternative(one(argument(w)), one(another(w))))


def either(w: World) -> Part:
    return any_of(one(argument(w)), one(another(w)))


def not_both(w: World) -> Part:
    return any_of(other(argument(w)), other(another(w)))


def neither(w: World) -> Part:
    return kit.check(alternative(other(argument(w)), other(another(w), 1)))


def excluded_middle(w: World) -> Part:
    return any_of(one(argument(w)), other(argument(w)))


def asks(first: object = None, second: object = None) -> dict[str, object]:
    """The two arguments, those that are given."""
    return {
        "args": lambda w: {
            name: value for name, value in ((argument(w), first), (another(w), second)) if value is not None
        }
    }


def numbered(w: World) -> Part:
    """Two literals with variables, numbered through."""
    first, second = within(argument(w), 1, 5), starting("text", another(w), "x", negate=True, name="2")
    return kit.check(alternative(first, second))


def numbered_anew(w: World) -> Part:
    """The second literal begins with $0 again, so that both are about one value."""
    first, second = other(argument(w)), other(another(w))
    return kit.check(alternative(first, second))


def expressions_between(w: World) -> Part:
    """The expressions in another order than their predicates."""
    first, second = other(argument(w)), other(another(w), 1)
    return kit.check(kit.query(first.predicate, second.predicate, where=[*second.where, *first.where]))


def one_form_wrong(w: World) -> Part:
    """An alternative that permits, and one whose literal has no form."""
    wrong = number(another(w), ("0", kit.LESS, 2), ("1", kit.GREATER, 3))
    return any_of(one(argument(w)), wrong)


def two_arguments_joined(w: World) -> Part:
    """`integer(a, $0), integer(b, $0)`: both have the same value."""
    parts = (kit.pred("integer", kit.text(name), kit.var("0")) for name in (argument(w), another(w)))
    return kit.check(kit.query(*parts))


def name_as_variable(w: World) -> Part:
    """`integer($0, 1)`: any argument at all."""
    return any_of(said("integer", kit.var("0"), kit.num(1)))


def expression_alone(w: World) -> Part:
    """`check if true`."""
    return kit.check(kit.query(where=[test(operand(kit.flag(True)))]))


def literal_and_true(w: World) -> Part:
    literal = one(argument(w))
    return kit.check(kit.query(literal.predicate, where=[test(operand(kit.flag(True)))]))


def request_and_argument(w: World) -> Part:
    """An action and an argument in one check."""
    return kit.check(kit.query(one(argument(w)).predicate, kit.pred("operation", kit.var("0"))))


def argument_or_action(w: World) -> Part:
    return any_of(one(argument(w)), said("operation", kit.var("0")))


def underflow(w: World) -> Part:
    """An operation with one operand."""
    literal = Literal(kit.pred("integer", kit.text(argument(w)), kit.var("0")), (test(variable("0"), kit.LESS),))
    return any_of(literal)


def empty_expression(w: World) -> Part:
    return kit.check(kit.query(one(argument(w)).predicate, where=[test()]))


def alternatives(count: int) -> Check:
    """So many, of which the last is true."""
    return lambda w: any_of(*(one(argument(w), count - number) for number in range(count)))


def literals(count: int) -> Check:
    """So many in one alternative, the same one after another."""
    return lambda w: kit.check(alternative(*(one(argument(w)) for _ in range(count))))


def checks(count: int) -> tuple[Check, ...]:
    return tuple(lambda w: any_of(one(argument(w))) for _ in range(count))


def values(count: int) -> Check:
    """A check of so many values: a text, a variable, a variable in an expression, a set and its members."""
    members = kit.members(*map(kit.num, range(count - 4)))
    return lambda w: any_of(among("integer", argument(w), members))


def long_texts(length: int) -> Check:
    """64 alternatives of two texts each, of which one has so many characters."""
    return lambda w: any_of(
        *(said("text", kit.text(argument(w)), kit.text(f"{n:03}".ljust(length, "a"))) for n in range(64))
    )


ALL_RECIPES = (
    ALL.permits("both", "both hold", both, **asks(1, 1)),
    ALL.prohibits("one-false", "one is false", 67, both, **asks(1, 2)),
    ALL.prohibits("one-unknown", "one is unknown", EMPTY, both, **asks(1)),
    ALL.prohibits("unlike", "one is of another type", UNLIKE, both, **asks(1, True)),
    ALL.permits("numbered", "variables are numbered through the alternative", numbered, **asks(3, "a")),
    ALL.permits("repeated", "a literal that is repeated, which no writer does", literals(2), **asks(1)),
    ALL.permits("literals-at-the-limit", "64 literals", literals(64), **asks(1)),
    ALL.permits(
        "more-literals", "65 literals: a check may have more than a writer makes", literals(65), **asks(1), rule=FORM
    ),
    ALL.strange("numbered-anew", "two literals that share a variable", numbered_anew, **asks(2, 2)),
    ALL.strange(
        "expressions-turned", "expressions in another order than their predicates", expressions_between, **asks(2, 2)
    ),
    ALL.strange(
        "joined",
        "two arguments that must be equal, which a stock engine would permit",
        two_arguments_joined,
        **asks(1, 1),
    ),
    ALL.strange("name-as-variable", "any argument, whatever its name", name_as_variable, **asks(1)),
    ALL.strange("and-true", "a literal and a constant", literal_and_true, **asks(1)),
    ALL.strange("and-action", "an argument and an action in one alternative", request_and_argument, **asks(1)),
    ALL.strange("true-alone", "a constant, true of every request", expression_alone, **asks(1)),
    ALL.strange("underflow", "an operation that lacks an operand", underflow, **asks(1)),
    ALL.strange("empty-expression", "an expression without operations", empty_expression, **asks(1)),
    ALL.permits("two-checks", "two caveats that both hold", *checks(2), **asks(1)),
    ALL.permits("checks-at-the-limit", "64 checks", *checks(64), **asks(1)),
    ALL.refused(
        "limit_exceeded",
        "checks",
        "65 checks",
        lambda w: block(*(check(w) for check in checks(65))),
        attack=4,
        rule=LIMITS,
    ),
)
ANY_RECIPES = (
    ANY.permits("first", "the first holds", either, **asks(1)),
    ANY.permits("second", "the second holds, the first is false", either, **asks(2, 1)),
    ANY.prohibits("neither", "both are false", 67, either, **asks(2, 2)),
    ANY.prohibits("false-or-unknown", "one is false, the other unknown", EMPTY, either, **asks(2)),
    ANY.prohibits("unknown", "both are unknown", EMPTY, either),
    ANY.permits("excluded-middle", "a value, or not that value", excluded_middle, **asks(7)),
    ANY.prohibits("excluded-middle-unknown", "a value, or not that value, of what is absent", EMPTY, excluded_middle),
    ANY.prohibits("excluded-middle-unlike", "the same of a text", UNLIKE, excluded_middle, **asks("1")),
    ANY.permits(
        "alternative-twice",
        "the same alternative twice, which no writer does",
        lambda w: any_of(one(argument(w)), one(argument(w))),
        **asks(1),
        rule=FORM,
    ),
    ANY.permits("alternatives-at-the-limit", "64 alternatives", alternatives(64), **asks(1)),
    ANY.refused("limit_exceeded", "alternatives", "65 alternatives", alternatives(65), attack=4, rule=LIMITS),
    ANY.permits("values-at-the-limit", "1,024 values", values(1024), **asks(1), rule=LIMITS),
    ANY.refused("limit_exceeded", "values", "1,025 values", values(1025), attack=4, rule=LIMITS),
    ANY.permits(
        "texts-at-the-limit",
        "64 texts of 448 characters count 1 and 14 each, and their argument 1",
        long_texts(448),
        args=lambda w: {argument(w): "000".ljust(448, "a")},
        rule=LIMITS,
    ),
    ANY.refused(
        "limit_exceeded",
        "texts",
        "64 texts of 480 characters count 1 and 15 each, and their argument 1",
        long_texts(480),
        attack=4,
        rule=LIMITS,
    ),
    ANY.strange(
        "one-form-wrong", "an alternative that holds, beside one that stands for nothing", one_form_wrong, **asks(1)
    ),
    ANY.strange("or-action", "an argument or an action", argument_or_action, **asks(1)),
    ANY.refused("malformed", "no-alternative", "a check without alternatives", lambda w: kit.check(), attack=EMPTY),
    ANY.refused(
        "not_admitted",
        "all",
        "`check all` in place of `check if`",
        lambda w: kit.check(alternative(one(argument(w))), extra=kit.pb(2, 1)),
        attack=10,
    ),
    ANY.refused(
        "not_admitted",
        "reject",
        "`reject if`",
        lambda w: kit.check(alternative(one(argument(w))), extra=kit.pb(2, 2)),
        attack=10,
    ),
    ANY.refused(
        "not_admitted",
        "kind-zero",
        "the kind of a check, written though it is the usual one",
        lambda w: kit.check(alternative(one(argument(w))), extra=kit.pb(2, 0)),
    ),
    ANY.refused(
        "not_admitted",
        "trusting",
        "a scope",
        lambda w: kit.check(kit.query(one(argument(w)).predicate, extra=kit.pb(4, kit.pb(1, 1)))),
        attack=10,
    ),
    ANY.refused(
        "not_admitted",
        "head",
        "a head that is not empty",
        lambda w: kit.check(kit.query(one(argument(w)).predicate, head=kit.pred("query", kit.num(1)))),
        attack=10,
    ),
    ANY.refused(
        "not_admitted", "no-terms", "a predicate without terms", lambda w: kit.check(kit.query(kit.pred("integer")))
    ),
)
NOT_RECIPES = (
    NOT.permits("not-both", "one of the two is false", not_both, **asks(1, 2)),
    NOT.permits("not-both-unknown", "one is false, the other unknown", not_both, **asks(2)),
    NOT.prohibits("not-both-true", "both are true", 67, not_both, **asks(1, 1)),
    NOT.prohibits("not-both-absent", "one is true, the other unknown", EMPTY, not_both, **asks(1)),
    NOT.permits("neither", "both are false", neither, **asks(2, 2)),
    NOT.prohibits("neither-one", "one is true", 67, neither, **asks(1, 2)),
    NOT.prohibits("neither-unknown", "one is false, the other unknown", EMPTY, neither, **asks(2)),
    NOT.prohibits("neither-unlike", "one is false, the other of another type", UNLIKE, neither, **asks(2, "2")),
    NOT.prohibits("nothing", "no argument at all", EMPTY, neither),
    NOT.strange(
        "null",
        "the negation of null, which cannot be written",
        lambda w: any_of(
            Literal(kit.pred("null", kit.text(argument(w))), (test(operand(kit.flag(False)), kit.NEGATE),))
        ),
        args=lambda w: {argument(w): None},
    ),
    NOT.strange(
        "holding-of-text",
        "a negation over the fact of one text",
        lambda w: any_of(holding("text", argument(w), kit.text("x"), negate=True)),
        **asks("a"),
    ),
)

RECIPES = (*ALL_RECIPES, *ANY_RECIPES, *NOT_RECIPES)
