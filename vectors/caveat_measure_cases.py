"""Caveats that measure an argument: Range, MaxLength."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import Literal, any_of, length, number, operand, test, variable, within
from .caveat_question import Check, Kind, argument
from .primitives import Part
from .world import World

RANGE = Kind("caveat-range", "docs/spec/caveats.md section 5: Range")
LENGTH = Kind("caveat-max-length", "docs/spec/caveats.md section 5: MaxLength")
SAFE = 2**53 - 1
UNLIKE, UNICODE = 56, 52


def between(low: int | None, high: int | None) -> Check:
    return lambda w: any_of(within(argument(w), low, high))


def outside(w: World) -> Part:
    """The negation: one alternative for each bound."""
    name = argument(w)
    return any_of(number(name, ("0", kit.LESS, 1)), number(name, ("1", kit.GREATER, 5)))


def bounded(*bounds: tuple[str, Part, int], names: tuple[str, str] = ("0", "1")) -> Check:
    return lambda w: any_of(number(argument(w), *bounds, names=names))


def crossed(w: World) -> Part:
    return any_of(within(argument(w), 5, 4), within(argument(w), 1, 5))


def one_variable(w: World) -> Part:
    """`number(argument, $0, $0), $0 >= 1, $0 <= 5`: true of integers alone."""
    return any_of(number(argument(w), ("0", kit.GREATER_OR_EQUAL, 1), ("0", kit.LESS_OR_EQUAL, 5), names=("0", "0")))


def over_integer(w: World) -> Part:
    bound = test(variable("0"), operand(kit.num(5)), kit.LESS_OR_EQUAL)
    return any_of(Literal(kit.pred("integer", kit.text(argument(w)), kit.var("0")), (bound,)))


LOW, HIGH = ("0", kit.GREATER_OR_EQUAL, 1), ("1", kit.LESS_OR_EQUAL, 5)
FIVE = between(1, 5)
RANGE_RECIPES = (
    RANGE.permits("minimum", "the minimum itself", FIVE, value=1),
    RANGE.permits("maximum", "the maximum itself", FIVE, value=5),
    RANGE.permits("fraction-within", "a number with a fraction between two integers", FIVE, value=4.5),
    RANGE.prohibits("below", "one below the minimum", 67, FIVE, value=0),
    RANGE.prohibits("above", "one above the maximum", 67, FIVE, value=6),
    RANGE.prohibits("fraction-below", "a fraction below the minimum", 110, FIVE, value=0.999999),
    RANGE.prohibits("fraction-above", "a fraction above the maximum", 110, FIVE, value=5.000001),
    RANGE.prohibits("text", "a text of digits", UNLIKE, FIVE, value="3"),
    RANGE.prohibits("fullwidth-digits", "fullwidth digits", UNLIKE, FIVE, value="\uff13"),
    RANGE.prohibits("true", "true is no number", UNLIKE, between(0, 1), value=True),
    RANGE.prohibits("null", "null", 68, FIVE, value=None),
    RANGE.prohibits("absent", "no such argument", 68, FIVE),
    RANGE.prohibits("list", "a list of one number", UNLIKE, FIVE, value=[3]),
    RANGE.permits("open-below", "far below, where only a maximum is given", between(None, 5), value=-SAFE),
    RANGE.permits("open-above", "far above, where only a minimum is given", between(1, None), value=SAFE),
    RANGE.permits("negative-bounds", "between two bounds below zero", between(-5, -1), value=-1.5),
    RANGE.prohibits("negative-fraction", "the floor of -1.5 is -2", 110, between(-1, 5), value=-1.5),
    RANGE.permits("one-value", "a minimum that is the maximum", between(3, 3), value=3.0),
    RANGE.prohibits("one-value-fraction", "a fraction, where only one integer is left", 110, between(3, 3), value=3.5),
    RANGE.permits("not-below", "outside of the bounds, which are negated", outside, value=0.5),
    RANGE.permits("not-above", "a fraction above, which is outside", outside, value=5.5),
    RANGE.prohibits("not-within", "within bounds that are negated", 67, outside, value=5),
    RANGE.prohibits("not-text", "a text is not known to be outside", UNLIKE, outside, value="9"),
    RANGE.prohibits("not-absent", "what is absent is not known to be outside", 68, outside),
    RANGE.strange("bounds-crossed", "a minimum above the maximum, or no bounds crossed", crossed, value=3),
    RANGE.strange("no-bounds", "no bounds at all", bounded(), value=3),
    RANGE.strange("bounds-turned", "the maximum before the minimum", bounded(HIGH, LOW), value=3),
    RANGE.strange(
        "floor-below-maximum",
        "the floor compared with the maximum, which lets 5.5 through",
        bounded(("0", kit.LESS_OR_EQUAL, 5)),
        value=5.5,
        attack=110,
    ),
    RANGE.strange("less", "`<` in place of `<=`", bounded(("1", kit.LESS, 6)), value=3),
    RANGE.strange("half-negated", "one bound as it is and one negated", bounded(LOW, ("1", kit.GREATER, 0)), value=3),
    RANGE.strange(
        "variable-names", "other variables", bounded(("x", kit.GREATER_OR_EQUAL, 1), names=("x", "y")), value=3
    ),
    RANGE.strange("one-variable", "floor and ceiling under one variable", one_variable, value=3),
    RANGE.strange("over-integer", "a bound over the fact of integers", over_integer, value=3),
    RANGE.strange("too-large", "a maximum of 2^53", between(None, 2**53), value=3, attack=47),
    RANGE.strange("too-small", "a minimum of -2^53", between(-(2**53), None), value=3, attack=47),
    RANGE.strange("bound-thrice", "the minimum twice", bounded(LOW, LOW), value=3),
    RANGE.refused(
        "not_admitted",
        "sum",
        "arithmetic, which is not admitted",
        lambda w: any_of(
            Literal(
                kit.pred("number", kit.text(argument(w)), kit.var("0"), kit.var("1")),
                (test(variable("0"), operand(kit.num(1)), kit.ADD),),
            )
        ),
        attack=10,
    ),
)


def most(number: int) -> Check:
    return lambda w: any_of(length(argument(w), kit.LESS_OR_EQUAL, number))


def below_zero(w: World) -> Part:
    return any_of(*(length(argument(w), kit.LESS_OR_EQUAL, number) for number in (-1, 2)))


def longer(w: World) -> Part:
    return any_of(length(argument(w), kit.GREATER, 2))


LENGTH_RECIPES = (
    LENGTH.permits("text", "two characters", most(2), value="ab"),
    LENGTH.permits("empty-text", "the empty text", most(0), value=""),
    LENGTH.permits(
        "outside-the-bmp",
        "two code points that are four UTF-16 units and eight bytes",
        most(2),
        value="\U0001f600\U0001f600",
    ),
    LENGTH.prohibits("text-longer", "three characters", 4, most(2), value="abc"),
    LENGTH.prohibits("decomposed", "a letter and its accent are two", UNICODE, most(1), value="e\u0301"),
    LENGTH.prohibits(
        "joined", "one sign on a screen, of three code points", UNICODE, most(2), value="\U0001f468\u200d\U0001f469"
    ),
    LENGTH.permits("list", "two elements of whatever type", most(2), value=[None, [1, 2, 3]]),
    LENGTH.permits("empty-list", "the empty list", most(0), value=[]),
    LENGTH.prohibits("list-longer", "three elements, two of them the same", 4, most(2), value=[1, 1, 2]),
    LENGTH.prohibits("object", "an object has no length", UNLIKE, most(2), value={"a": 1}),
    LENGTH.prohibits("number", "a number has no length", UNLIKE, most(2), value=12),
    LENGTH.prohibits("null", "null has no length", 68, most(2), value=None),
    LENGTH.prohibits("absent", "no such argument", 68, most(2)),
    LENGTH.permits("negated", "three characters, where more than two are asked for", longer, value="abc"),
    LENGTH.prohibits(
        "negated-at-the-limit", "two characters, where more than two are asked for", 67, longer, value="ab"
    ),
    LENGTH.prohibits("negated-absent", "what is absent is not known to be longer", 68, longer),
    LENGTH.strange("negative", "a length below zero, or a length", below_zero, value="ab", attack=127),
    LENGTH.strange("less", "`<` in place of `<=`", lambda w: any_of(length(argument(w), kit.LESS, 3)), value="ab"),
    LENGTH.strange(
        "variable-name",
        "the variable is called n",
        lambda w: any_of(length(argument(w), kit.LESS_OR_EQUAL, 2, name="n")),
        value="ab",
    ),
    LENGTH.strange(
        "date",
        "a date in place of the length",
        lambda w: any_of(
            Literal(
                kit.pred("length", kit.text(argument(w)), kit.var("0")),
                (test(variable("0"), operand(kit.date(2)), kit.LESS_OR_EQUAL),),
            )
        ),
        value="ab",
        attack=UNLIKE,
    ),
)

RECIPES = (*RANGE_RECIPES, *LENGTH_RECIPES)
