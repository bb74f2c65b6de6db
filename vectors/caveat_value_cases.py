"""Caveats about the one value of an argument: Equals, OneOf, NotOneOf."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import (
    Literal,
    alone,
    alternative,
    among,
    any_of,
    booleans,
    integers,
    operand,
    test,
    variable,
)
from .caveat_question import Check, Kind, another, argument, block
from .primitives import Part, Symbols, pb
from .world import World

EQUALS = Kind("caveat-equals", "docs/spec/caveats.md section 5: Equals")
ONE_OF = Kind("caveat-one-of", "docs/spec/caveats.md section 5: OneOf, NotOneOf")
NOT_ONE_OF = Kind("caveat-not-one-of", "docs/spec/caveats.md section 5: OneOf, NotOneOf")
SAFE = 2**53 - 1
UNLIKE, UNICODE = 56, 52
SETS = "docs/spec/caveats.md section 2: the order of the members of a set"


def is_text(value: str) -> Check:
    return lambda w: alone("text", kit.text(argument(w)), kit.text(value))


def is_integer(value: int) -> Check:
    return lambda w: alone("integer", kit.text(argument(w)), kit.num(value))


def is_boolean(value: bool) -> Check:
    return lambda w: alone("boolean", kit.text(argument(w)), kit.flag(value))


def is_null(w: World) -> Part:
    return alone("null", kit.text(argument(w)))


def literal(fact: str, *terms: Part) -> Check:
    return lambda w: alone(fact, kit.text(argument(w)), *terms)


def values(fact: str, members: Part, *, negate: bool = False, name: str = "0") -> Check:
    return lambda w: any_of(among(fact, argument(w), members, negate=negate, name=name))


def listed_twice(w: World) -> bytes:
    """The symbol of the value under two numbers."""
    symbols = Symbols(added=["text", argument(w), "a", "a"])
    return b"".join(kit.block_fields(symbols, (), [is_text("a")(w)]))


def default_listed(w: World) -> bytes:
    """`read` is in the default table, and listed here."""
    symbols = Symbols(added=["text", argument(w), "read"])
    return b"".join(kit.block_fields(symbols, (), [is_text("read")(w)]))


def unused(w: World) -> bytes:
    return b"".join(kit.block_fields(Symbols(), (), [is_text("a")(w)])).replace(
        pb(3, 3), pb(1, b"unused") + pb(3, 3), 1
    )


def out_of_turn(w: World) -> bytes:
    """The name of the argument is listed before that of the fact."""
    return b"".join(kit.block_fields(Symbols(added=[argument(w), "text"]), (), [is_text("a")(w)]))


def not_utf_8(w: World) -> bytes:
    return block(is_text("a")(w)).replace(pb(1, b"a"), pb(1, b"\xff"), 1)


def padded(w: World) -> Part:
    return alone("integer", kit.text(argument(w)), kit.raw(pb(2, 1, pad=1)))


def with_fact(w: World) -> bytes:
    """The block states the fact that its check asks for."""
    stated = kit.fact("text", kit.text(argument(w)), kit.text("a"))
    return block(is_text("a")(w), facts=(stated,))


EQUALS_RECIPES = (
    EQUALS.permits("integer", "the integer", is_integer(1), value=1),
    EQUALS.permits("integral-number", "1.0 is the integer 1", is_integer(1), value=1.0),
    EQUALS.permits("negative", "an integer below zero", is_integer(-1), value=-1),
    EQUALS.permits("largest", "the largest integer that a request holds", is_integer(SAFE), value=SAFE),
    EQUALS.prohibits("one-less", "an integer one smaller", 47, is_integer(SAFE), value=SAFE - 1),
    EQUALS.prohibits("integer-as-text", "a text of the same digits", UNLIKE, is_integer(1), value="1"),
    EQUALS.prohibits("integer-as-true", "true is not 1", UNLIKE, is_integer(1), value=True),
    EQUALS.prohibits("zero-as-false", "false is not 0", UNLIKE, is_integer(0), value=False),
    EQUALS.prohibits("zero-as-null", "null is not 0", UNLIKE, is_integer(0), value=None),
    EQUALS.prohibits("fraction", "a number with a fraction", UNLIKE, is_integer(1), value=1.5),
    EQUALS.prohibits("integer-in-list", "a list of the one integer", UNLIKE, is_integer(1), value=[1]),
    EQUALS.prohibits("integer-in-object", "an object", UNLIKE, is_integer(1), value={"1": 1}),
    EQUALS.prohibits("absent", "no such argument", 68, is_integer(1)),
    EQUALS.prohibits(
        "under-another-name", "another argument has the value", 68, is_integer(1), args=lambda w: {another(w): 1}
    ),
    EQUALS.prohibits(
        "nested", "the argument stands a level deeper", 68, is_integer(1), args=lambda w: {another(w): {argument(w): 1}}
    ),
    EQUALS.permits("text", "the text", is_text("a"), value="a"),
    EQUALS.permits("empty-text", "the empty text", is_text(""), value=""),
    EQUALS.prohibits("empty-as-null", "null is not the empty text", UNLIKE, is_text(""), value=None),
    EQUALS.prohibits("upper-case", "another case", UNICODE, is_text("a"), value="A"),
    EQUALS.prohibits("space-behind", "a space behind it", UNICODE, is_text("a"), value="a "),
    EQUALS.prohibits("decomposed", "the same letter in two code points", UNICODE, is_text("\u00e9"), value="e\u0301"),
    EQUALS.permits("not-composed", "text is not normalised, on either side", is_text("e\u0301"), value="e\u0301"),
    EQUALS.prohibits("cyrillic", "a letter that looks the same", UNICODE, is_text("a"), value="\u0430"),
    EQUALS.prohibits("fullwidth", "a fullwidth digit", UNICODE, is_text("1"), value="\uff11"),
    EQUALS.prohibits("zero-width", "a zero-width joiner behind it", UNICODE, is_text("a"), value="a\u200d"),
    EQUALS.permits("control", "a control character in both", is_text("a\n"), value="a\n"),
    EQUALS.permits("longest-text", "a text of 4,096 characters", is_text("\u00e9" * 4096), value="\u00e9" * 4096),
    EQUALS.strange("text-too-long", "a text of 4,097 characters", is_text("a" * 4097), value="a" * 4097, attack=4),
    EQUALS.permits("true", "true", is_boolean(True), value=True),
    EQUALS.prohibits("true-as-one", "1 is not true", UNLIKE, is_boolean(True), value=1),
    EQUALS.prohibits("true-as-text", "the text true", UNLIKE, is_boolean(True), value="true"),
    EQUALS.prohibits("false-absent", "what is absent is not false", 68, is_boolean(False)),
    EQUALS.permits("null", "null", is_null, value=None),
    EQUALS.prohibits("null-absent", "what is absent is not null", 68, is_null),
    EQUALS.prohibits("null-as-text", "the text null", UNLIKE, is_null, value="null"),
    EQUALS.strange("null-with-value", "null with a term too many", literal("null", kit.text("a")), value=None),
    EQUALS.strange(
        "text-fact-integer", "an integer under the fact of texts", literal("text", kit.num(1)), value=1, attack=UNLIKE
    ),
    EQUALS.strange(
        "integer-fact-text",
        "a text under the fact of integers",
        literal("integer", kit.text("1")),
        value="1",
        attack=UNLIKE,
    ),
    EQUALS.strange("bytes", "bytes in place of the text", literal("text", kit.octets(b"a")), value="a", attack=UNLIKE),
    EQUALS.strange("date", "a date in place of the integer", literal("integer", kit.date(1)), value=1, attack=UNLIKE),
    EQUALS.strange("too-large", "2^53", is_integer(2**53), value=SAFE, attack=47),
    EQUALS.strange(
        "old-fact",
        "a fact for values of whatever type, which there is not",
        literal("arg", kit.num(1)),
        value=1,
        attack=91,
    ),
    EQUALS.strange(
        "empty-name", "an argument without a name", lambda w: alone("integer", kit.text(""), kit.num(1)), value=1
    ),
    EQUALS.strange(
        "hidden-name",
        "a name with a zero-width joiner",
        lambda w: alone("integer", kit.text("a\u200d"), kit.num(1)),
        args={"a\u200d": 1},
        attack=UNICODE,
    ),
    EQUALS.permits(
        "no-break-space-name",
        "a name with a no-break space",
        lambda w: alone("integer", kit.text("a\u00a0"), kit.num(1)),
        args={"a\u00a0": 1},
    ),
    EQUALS.prohibits(
        "name-upper-case", "the name in another case", UNICODE, is_integer(1), args=lambda w: {argument(w).upper(): 1}
    ),
    EQUALS.refused("not_admitted", "null-term", "null as a value", literal("text", kit.null()), attack=10),
    EQUALS.refused("malformed", "boolean-of-two", "a boolean of 2", literal("boolean", kit.raw(pb(6, 2)))),
    EQUALS.refused("malformed", "overlong-integer", "an integer with a byte more than it needs", padded),
    EQUALS.refused(
        "malformed",
        "symbol-twice",
        "a symbol that is listed twice",
        listed_twice,
        rule="docs/spec/caveats.md section 2: it lists it once",
    ),
    EQUALS.refused(
        "malformed",
        "default-symbol",
        "a symbol of the default table, listed",
        default_listed,
        rule="docs/spec/caveats.md section 2: only if no table before it has it",
    ),
    EQUALS.refused(
        "malformed",
        "unused-symbol",
        "a symbol that is listed and not used",
        unused,
        rule="docs/spec/caveats.md section 2: listed but not used",
    ),
    EQUALS.refused(
        "malformed",
        "symbol-out-of-turn",
        "symbols in another order than that of their use",
        out_of_turn,
        rule="docs/spec/caveats.md section 2: in the order of first use",
    ),
    EQUALS.refused("malformed", "not-utf-8", "a symbol that is no UTF-8", not_utf_8, attack=14),
    EQUALS.refused(
        "not_admitted",
        "with-fact",
        "a fact beside the check that it would answer",
        with_fact,
        attack=76,
        rule="docs/spec/macaroon.md section 6: no facts, at least one check",
    ),
    EQUALS.refused(
        "not_admitted",
        "no-check",
        "a block that asks nothing",
        lambda w: block(),
        attack=68,
        rule="docs/spec/macaroon.md section 6: no facts, at least one check",
    ),
    EQUALS.refused(
        "not_admitted",
        "empty",
        "no bytes at all",
        lambda w: b"",
        attack=13,
        rule="docs/spec/caveats.md section 1: no version right behind the symbols",
    ),
    EQUALS.asks_wrongly(
        "asked-too-deep", "arguments 17 levels deep", 1, is_integer(1), value=[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]
    ),
)


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


RECIPES = (*EQUALS_RECIPES, *ONE_OF_RECIPES, *NOT_ONE_OF_RECIPES)
