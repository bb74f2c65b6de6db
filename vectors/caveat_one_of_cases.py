"""Caveats that list the values of an argument: OneOf, NotOneOf."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import Literal, alternative, among, any_of, booleans, integers, operand, test, variable
from .caveat_question import Check, Kind, another, argument
from .primitives import Part
from .world import World

ONE_OF = Kind("caveat-one-of", "docs/spec/caveats.md section 5: OneOf, NotOneOf")
NOT_ONE_OF = Kind("caveat-not-one-of", "docs/spec/caveats.md section 5: OneOf, NotOneOf")
UNLIKE = 56
SETS = "docs/spec/caveats.md section 2: the order of the members of a set"


def values(fact: str, members: Part, *, negate: bool = False, name: str = "0") -> Check:
    return lambda w: any_of(among(fact, argument(w), members, negate=negate, name=name))


def together(*literals: Literal) -> Part:
    return kit.check(alternative(*literals))


def compared(w: World, *ops: Part) -> Part:
    """`text(argument, $0)` and one expression."""
    return any_of(Literal(kit.pred("text", kit.text(argument(w)), kit.var("0")), (test(*ops),)))


def texts_with_new_last(w: World) -> Part:
    """The members of the set in ascending order of their text, where one has a lower number by an earlier use."""
    first = among("text", another(w), kit.texts("z"))
    second = among("text", argument(w), kit.members(kit.text("a"), kit.text("z")), name="1")
    return together(first, second)


def texts_by_number(w: World) -> Part:
    """The same in ascending order of their numbers."""
    first = among("text", another(w), kit.texts("z"))
    return together(first, among("text", argument(w), kit.texts("a", "z"), name="1"))


TWO = kit.texts("a", "b")
ONE_OF_RECIPES = (
    ONE_OF.permits("first", "the first value", values("text", TWO), value="a"),
    ONE_OF.permits("last", "the last value", values("integer", integers(1, 5)), value=5),
    ONE_OF.permits("integral-number", "5.0 is the integer 5", values("integer", integers(1, 5)), value=5.0),
    ONE_OF.prohibits("between", "an integer between two values", 67, values("integer", integers(1, 5)), value=3),
    ONE_OF.prohibits("other", "another text", 67, values("text", TWO), value="c"),
    ONE_OF.prohibits("part", "a part of a value", 67, values("text", kit.texts("ab")), value="a"),
    ONE_OF.prohibits("empty", "the empty text", 68, values("text", TWO), value=""),
    ONE_OF.prohibits("in-list", "a list of one of the values", UNLIKE, values("text", TWO), value=["a"]),
    ONE_OF.prohibits("empty-list", "an empty list", 68, values("text", TWO), value=[]),
    ONE_OF.prohibits("as-text", "a text of the digits", UNLIKE, values("integer", integers(1, 5)), value="1"),
    ONE_OF.prohibits("as-true", "true is not 1", UNLIKE, values("integer", integers(1, 5)), value=True),
    ONE_OF.prohibits("absent", "no such argument", 68, values("text", TWO)),
    ONE_OF.prohibits("null", "null", 68, values("text", TWO), value=None),
    ONE_OF.permits(
        "both-booleans", "false, where both are listed", values("boolean", booleans(False, True)), value=False
    ),
    ONE_OF.prohibits(
        "boolean-as-number",
        "0, where both booleans are listed",
        UNLIKE,
        values("boolean", booleans(False, True)),
        value=0,
    ),
    ONE_OF.permits(
        "negative-members", "integers in their order, the negative first", values("integer", integers(-2, 1)), value=-2
    ),
    ONE_OF.permits(
        "earlier-symbol",
        "members in the order of their numbers, one of them used before",
        texts_by_number,
        rule=SETS,
        args=lambda w: {argument(w): "a", another(w): "z"},
    ),
    ONE_OF.refused(
        "not_admitted",
        "order-of-text",
        "members in the order of their texts, against that of their numbers",
        texts_with_new_last,
        rule=SETS,
    ),
    ONE_OF.refused(
        "not_admitted", "order-of-integers", "integers in descending order", values("integer", integers(5, 1))
    ),
    ONE_OF.refused(
        "not_admitted",
        "order-of-negative",
        "a negative integer behind a positive one",
        values("integer", integers(1, -2)),
    ),
    ONE_OF.refused("not_admitted", "order-of-booleans", "true before false", values("boolean", booleans(True, False))),
    ONE_OF.refused("not_admitted", "member-twice", "a member twice", values("integer", integers(1, 1))),
    ONE_OF.refused(
        "malformed",
        "new-symbols-unsorted",
        "new texts numbered in descending order",
        values("text", kit.members(kit.text("b"), kit.text("a"))),
        rule=SETS,
    ),
    ONE_OF.refused(
        "not_admitted",
        "two-types",
        "a text and an integer in one set",
        values("text", kit.members(kit.num(1), kit.text("a"))),
        attack=UNLIKE,
    ),
    ONE_OF.refused("malformed", "empty-set", "a set without members", values("text", kit.members())),
    ONE_OF.refused(
        "not_admitted", "array", "an array in place of the set", values("text", kit.members(kit.text("a"), number=9))
    ),
    ONE_OF.refused(
        "not_admitted", "variable-member", "a variable in the set", values("text", kit.members(kit.var("0")))
    ),
    ONE_OF.strange(
        "set-of-other-type", "integers under the fact of texts", values("text", integers(1, 5)), value=1, attack=UNLIKE
    ),
    ONE_OF.strange(
        "set-of-bytes", "bytes in the set", values("text", kit.members(kit.octets(b"a"))), value="a", attack=UNLIKE
    ),
    ONE_OF.strange("variable-name", "the variable is called x", values("text", TWO, name="x"), value="a"),
    ONE_OF.strange(
        "turned",
        "the value is asked whether it contains the set",
        lambda w: compared(w, variable("0"), operand(TWO), kit.CONTAINS),
        value="a",
    ),
    ONE_OF.strange(
        "negated-twice",
        "negated twice",
        lambda w: compared(w, operand(TWO), variable("0"), kit.CONTAINS, kit.NEGATE, kit.NEGATE),
        value="a",
    ),
)


NONE = values("text", TWO, negate=True)
NOT_ONE_OF_RECIPES = (
    NOT_ONE_OF.permits("other", "another text", NONE, value="c"),
    NOT_ONE_OF.permits("empty", "the empty text", NONE, value=""),
    NOT_ONE_OF.prohibits("listed", "a listed text", 67, NONE, value="b"),
    NOT_ONE_OF.prohibits("absent", "what is absent is not known to be another", 68, NONE),
    NOT_ONE_OF.prohibits("null", "null is not known to be another", 68, NONE, value=None),
    NOT_ONE_OF.prohibits("number", "a number is not known to be another text", UNLIKE, NONE, value=1),
    NOT_ONE_OF.prohibits("in-list", "a list with a listed text", UNLIKE, NONE, value=["a"]),
    NOT_ONE_OF.prohibits("list-of-others", "a list of other texts", UNLIKE, NONE, value=["c"]),
    NOT_ONE_OF.prohibits("as-text", "a port as text", UNLIKE, values("integer", integers(22), negate=True), value="22"),
    NOT_ONE_OF.prohibits(
        "with-fraction",
        "a number with a fraction has no fact of integers",
        UNLIKE,
        values("integer", integers(22), negate=True),
        value=22.5,
    ),
    NOT_ONE_OF.prohibits(
        "listed-as-float", "22.0 is the integer 22", UNLIKE, values("integer", integers(22), negate=True), value=22.0
    ),
    NOT_ONE_OF.prohibits(
        "true", "true is no integer", UNLIKE, values("integer", integers(22), negate=True), value=True
    ),
    NOT_ONE_OF.permits("upper-case", "text is compared by code points: it is another", NONE, value="A"),
    NOT_ONE_OF.prohibits(
        "both-booleans", "no boolean is left", 68, values("boolean", booleans(False, True), negate=True), value=True
    ),
    NOT_ONE_OF.refused(
        "not_admitted",
        "not-equal",
        "an operation that is not admitted, unequal",
        lambda w: compared(w, variable("0"), operand(kit.text("a")), kit.binary(20)),
        attack=10,
    ),
)


RECIPES = (*ONE_OF_RECIPES, *NOT_ONE_OF_RECIPES)
