"""Caveats about the one value of an argument: Equals."""

from __future__ import annotations

from collections.abc import Callable

from . import testkit as kit
from .caveat_checks import alone, any_of, said
from .caveat_question import Check, Kind, another, argument, block
from .primitives import Part, Symbols, pb
from .world import World

EQUALS = Kind("caveat-equals", "docs/spec/caveats.md section 5: Equals")
SAFE = 2**53 - 1
UNLIKE, UNICODE = 56, 52


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


def beside(name: Callable[[World], str], value: int) -> Check:
    """An integer of one argument, or 1 of the usual one."""
    return lambda w: any_of(
        *(said("integer", kit.text(each), kit.num(number)) for each, number in ((name(w), value), (argument(w), 1)))
    )


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


RECIPES = (
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
    EQUALS.strange("too-large", "2^53, or a value that is there", beside(argument, 2**53), value=1, attack=47),
    EQUALS.strange("too-small", "-2^53, or a value that is there", beside(argument, -(2**53)), value=1, attack=47),
    EQUALS.strange(
        "old-fact",
        "a fact for values of whatever type, which there is not",
        literal("arg", kit.num(1)),
        value=1,
        attack=91,
    ),
    EQUALS.strange("empty-name", "an argument without a name, or one with", beside(lambda w: "", 1), value=1),
    EQUALS.strange(
        "long-name", "a name of 257 characters, or a shorter", beside(lambda w: "n" * 257, 1), value=1, attack=4
    ),
    EQUALS.permits(
        "longest-name",
        "a name of 256 characters",
        lambda w: alone("integer", kit.text("n" * 256), kit.num(1)),
        args={"n" * 256: 1},
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
