"""The messages of a block of checks, each with one field that should not be there: admission, by `evaluate-caveat`."""

from __future__ import annotations

from collections.abc import Callable

from . import testkit as kit
from .case import Case
from .caveat_checks import alone, among, any_of, operand, test, variable
from .caveat_question import Check, Kind, Question, argument, block
from .primitives import Part, Symbols, pb
from .world import World

ADMISSION = Kind("admission", "docs/spec/caveats.md section 1: the first departure met is the answer")
SYMBOLS = "docs/spec/caveats.md section 2: a number in no table, or used before its turn"
LIMITS = "docs/spec/caveats.md section 1: 1,024 different strings"


def one(w: World) -> Part:
    return alone("integer", kit.text(argument(w)), kit.num(1))


def refused(code: str, name: str, notes: str, made: Check | Callable[[World], bytes], **more: object) -> Question:
    return ADMISSION.refused(code, f"message-{name}", notes, made, value=1, **more)


def of_predicate(edit: Callable[[Symbols, str], bytes]) -> Check:
    """A check whose one predicate is what `edit` makes of the symbols and the argument's name."""
    return lambda w: kit.check(kit.query(lambda symbols: edit(symbols, argument(w))))


def of_term(term: Part) -> Check:
    return lambda w: alone("integer", kit.text(argument(w)), term)


def of_expression(*ops: Part) -> Check:
    """`integer(argument, $0)` and this expression."""

    def check(w: World) -> Part:
        predicate = kit.pred("integer", kit.text(argument(w)), kit.var("0"))
        return kit.check(kit.query(predicate, where=[lambda symbols: b"".join(op(symbols) for op in ops)]))

    return check


def in_field(number: int, op: Part) -> Part:
    return lambda symbols: pb(number, op(symbols))


def name_in_another_field(symbols: Symbols, name: str) -> bytes:
    return pb(3, symbols.number("integer")) + pb(2, kit.text(name)(symbols)) + pb(2, kit.num(1)(symbols))


def field_behind_terms(symbols: Symbols, name: str) -> bytes:
    return pb(1, symbols.number("integer")) + pb(2, kit.text(name)(symbols)) + pb(2, kit.num(1)(symbols)) + pb(3, 1)


def no_name(symbols: Symbols, name: str) -> bytes:
    return pb(2, kit.text(name)(symbols)) + pb(2, kit.num(1)(symbols))


def numbered(number: int) -> Callable[[Symbols, str], bytes]:
    """The fact's name under a number."""
    return lambda symbols, name: pb(1, number) + pb(2, kit.text(name)(symbols)) + pb(2, kit.num(1)(symbols))


def before_its_turn(symbols: Symbols, name: str) -> bytes:
    """The fact's name has the number of the second string, and is used first."""
    numbers = [symbols.number(each) for each in (name, "integer")]
    return pb(1, numbers[1]) + pb(2, pb(3, numbers[0])) + pb(2, kit.num(1)(symbols))


def in_set(data: bytes) -> Check:
    """A set of 1, and these bytes behind it."""
    members = kit.raw(pb(7, pb(1, pb(2, 1)) + data))
    return lambda w: any_of(among("integer", argument(w), members))


def with_facts(*facts: Part) -> Callable[[World], bytes]:
    return lambda w: block(one(w), facts=facts)


def empty_check_first(w: World) -> bytes:
    return block(kit.check(), one(w))


def field_behind_checks(w: World) -> bytes:
    return block(one(w)) + pb(9, 1)


def context(w: World) -> bytes:
    return block(one(w)).replace(pb(3, 3), pb(2, b"x") + pb(3, 3), 1)


def fact_behind_check(w: World) -> bytes:
    symbols = Symbols()
    first = kit.block_fields(symbols, (), [one(w)])
    stated = kit.fact("read", kit.num(1))
    return b"".join(first) + pb(4, stated(symbols))


def strings(count: int) -> Check:
    """One alternative of so many different strings: half are names of facts."""
    return lambda w: kit.check(kit.query(*(kit.pred(f"f{n}", kit.text(f"t{n}")) for n in range(count // 2))))


SAME = (operand(kit.num(1)), variable("0"), kit.GREATER_OR_EQUAL)
RECIPES: tuple[Callable[[World], Case], ...] = (
    ADMISSION.permits("message-good", "a check as it is written", one, value=1),
    ADMISSION.strange(
        "message-good-expression", "a check that is read, and stands for no caveat", of_expression(test(*SAME)), value=1
    ),
    refused("malformed", "predicate-no-name", "a predicate that begins with a term", of_predicate(no_name)),
    refused(
        "malformed",
        "predicate-name-elsewhere",
        "the name of a predicate in another field",
        of_predicate(name_in_another_field),
    ),
    refused("malformed", "predicate-more", "a field behind the terms", of_predicate(field_behind_terms)),
    refused("malformed", "symbol-28", "the first number that is in no table", of_predicate(numbered(28)), rule=SYMBOLS),
    refused(
        "malformed", "symbol-1023", "the last number that is in no table", of_predicate(numbered(1023)), rule=SYMBOLS
    ),
    refused(
        "malformed",
        "symbol-early",
        "a number before its turn",
        of_predicate(before_its_turn),
        rule=SYMBOLS,
    ),
    refused("malformed", "symbol-beyond", "a number beyond the strings", of_predicate(numbered(1 << 20)), rule=SYMBOLS),
    refused("malformed", "term-empty", "a term that holds nothing", of_term(kit.raw(b""))),
    refused("malformed", "term-two-numbers", "a term that holds two integers", of_term(kit.raw(pb(2, 1) + pb(2, 1)))),
    refused(
        "malformed", "term-two-bytes", "a term that holds two byte strings", of_term(kit.raw(pb(5, b"a") + pb(5, b"a")))
    ),
    refused(
        "malformed",
        "term-number-and-set",
        "a term that holds a set and an integer",
        of_term(kit.raw(pb(7, pb(1, pb(2, 1))) + pb(2, 1))),
    ),
    refused("malformed", "term-unknown-varint", "a term of an unknown kind, a varint", of_term(kit.raw(pb(11, 1)))),
    refused("not_admitted", "term-unknown-bytes", "a term of an unknown kind, bytes", of_term(kit.raw(pb(11, b"a")))),
    refused("not_admitted", "term-map", "a map", of_term(kit.entries((kit.num(1), kit.num(1)))), attack=10),
    refused("malformed", "set-more", "a field behind the members of a set", in_set(pb(2, 1))),
    refused("not_admitted", "set-null", "null in a set", in_set(pb(1, pb(8, b"")))),
    refused("not_admitted", "set-date", "a date in a set", of_term(kit.members(kit.date(1)))),
    refused(
        "malformed",
        "expression-other-field",
        "an operation in another field of the expression",
        of_expression(lambda symbols: b"".join(pb(2, op(symbols)) for op in SAME)),
    ),
    refused(
        "not_admitted",
        "operation-empty",
        "an empty operation before the others",
        of_expression(kit.raw(pb(1, b"")), test(*SAME)),
    ),
    refused(
        "malformed",
        "operation-two-terms",
        "an operation that is two terms",
        of_expression(in_field(1, kit.raw(pb(1, pb(2, 1)) + pb(1, pb(2, 1))))),
    ),
    refused(
        "not_admitted",
        "operation-unknown",
        "an operation whose number nobody knows",
        of_expression(test(*SAME[:2], kit.binary(77))),
        attack=10,
    ),
    refused(
        "not_admitted",
        "operation-length",
        "the unary operation `length`",
        of_expression(test(variable("0"), kit.unary(2))),
        attack=10,
    ),
    refused(
        "not_admitted",
        "operation-foreign",
        "a foreign function",
        of_expression(lambda symbols: test(*SAME[:2], kit.binary(29, extra=pb(2, symbols.number("f"))))(symbols)),
        attack=10,
    ),
    refused(
        "not_admitted",
        "operation-long",
        "an operation whose number has a byte more than it needs",
        of_expression(test(*SAME[:2], kit.raw(pb(3, pb(1, 3, pad=1))))),
    ),
    refused(
        "malformed", "fact-variable", "a fact with a variable", with_facts(kit.fact("read", kit.var("0"))), attack=76
    ),
    refused(
        "malformed",
        "fact-two-predicates",
        "a fact of two predicates",
        with_facts(kit.fact("read", kit.num(1), extra=pb(1, kit.pred("read", kit.num(1))(Symbols())))),
    ),
    refused(
        "malformed",
        "fact-other-field",
        "a predicate in another field of a fact",
        with_facts(lambda symbols: pb(2, kit.pred("read", kit.num(1))(symbols))),
    ),
    refused("malformed", "check-empty", "a check without alternatives, and one that holds", empty_check_first),
    refused("not_admitted", "context", "a context before the version", context),
    refused("not_admitted", "version-missing", "no version", lambda w: block(one(w)).replace(pb(3, 3), b"", 1)),
    refused("not_admitted", "version-4", "version 4", lambda w: block(one(w), version=4)),
    refused(
        "malformed",
        "version-long",
        "the version with a byte more than it needs",
        lambda w: block(one(w)).replace(pb(3, 3), pb(3, 3, pad=1), 1),
    ),
    refused("not_admitted", "fact-behind", "a fact behind the checks", fact_behind_check, attack=76),
    refused("not_admitted", "unknown-behind", "an unknown field behind the checks", field_behind_checks),
    refused("limit_exceeded", "strings", "1,026 different strings", strings(1026), attack=4, rule=LIMITS),
    ADMISSION.strange(
        "message-strings-at-the-limit",
        "1,024 different strings, in a check that stands for no caveat",
        strings(1024),
        value=1,
        attack=4,
    ),
)
