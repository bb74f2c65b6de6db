"""Blocks byte by byte: each departure from the one form, where everything else is as it should be."""

from __future__ import annotations

from collections.abc import Callable

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .testkit import Part, Symbols, check, pb, pred, query
from .world import World

DATALOG = "docs/spec/caveats.md section 1: the first departure met is the answer"
SYMBOLS = "docs/spec/caveats.md section 2: strings are listed once, in the order of their first use"
LIMITS = "docs/spec/caveats.md section 1: limits"

Wire = Callable[[Scene], str]


def malformed(name: str, notes: str, attack: int | None, wire: Wire, spec: str = DATALOG) -> Presentation:
    return Presentation(f"admission/{name}", notes, attack, wire, "malformed", 1, spec=spec)


def foreign(name: str, notes: str, attack: int | None, wire: Wire) -> Presentation:
    return Presentation(f"admission/{name}", notes, attack, wire, "not_admitted", 1, spec=DATALOG)


def caveat(*checks: Part) -> Wire:
    return lambda s: s.one_link(*checks)


def stating(fact: Callable[[Scene], Part]) -> Wire:
    """One link whose last fact is this one."""
    return lambda s: s.one_link(facts=[*s.link_facts([], s.alice), fact(s)])


def anew(name: str) -> Part:
    """A string that is listed at this place, whatever table has it already."""

    def part(symbols: Symbols) -> bytes:
        symbols.added.append(name)
        return pb(3, 1024 + len(symbols.known) + len(symbols.added) - 1)

    return part


def out_of_turn(first: str, second: str) -> Part:
    """Two new strings; the one that is listed behind the other is used before it, twice."""

    def part(symbols: Symbols) -> bytes:
        name = symbols.number("out_of_turn")
        later, sooner = symbols.number(first), symbols.number(second)
        return pb(1, name) + b"".join(pb(2, pb(3, number)) for number in (sooner, sooner, later))

    return check(query(part))


def among(*members: Part, behind: bytes = b"") -> Part:
    """A check whose one term is a set of these in their order."""
    joined = lambda symbols: pb(7, b"".join(pb(1, each(symbols)) for each in members) + behind)  # noqa: E731
    return check(query(pred("arg", joined)))


def term(data: bytes) -> Part:
    """A check whose one term is these bytes."""
    return check(query(pred("arg", kit.raw(data))))


def op(data: bytes) -> Part:
    """A check whose expression is these bytes and then `1 < 2`."""
    rest = kit.expr(kit.value(kit.num(1)), kit.value(kit.num(2)), kit.LESS)
    return check(query(pred("arg", kit.num(1)), where=[lambda symbols: data + rest(symbols)]))


def many(count: int) -> Part:
    """A check of one query that uses twice as many strings as it has values."""
    return check(query(*(pred(f"p{n}", kit.text(f"t{n}")) for n in range(count))))


def values(count: int) -> Part:
    return check(query(pred("arg", *(kit.num(n) for n in range(count)))))


def globs(count: int) -> Part:
    one = query(*(pred("glob", kit.text("limit"), kit.text("*"), kit.flag(True)) for _ in range(count)))
    return check(one)


def limit(name: str, notes: str, wire: Wire) -> Presentation:
    return Presentation(f"admission/limits-{name}", notes, 4, wire, "limit_exceeded", 1, spec=LIMITS)


def within(name: str, notes: str, wire: Wire) -> Presentation:
    """Admitted, and as a check that stands for no caveat, or is about no text, prohibited."""
    return Presentation(f"admission/limits-{name}", notes, 4, wire, "denied", 9, spec=LIMITS)


def stating_credentials(s: Scene) -> str:
    chain = s.extend([], s.alice, s.planner, [s.read])
    return s.wire(chain, s.planner, facts=[kit.fact("credential", kit.text(text)) for text in ("a" * 33_000, "b")])


SYMBOL_CASES: tuple[Callable[[World], Case], ...] = (
    malformed(
        "symbols-twice",
        "a string listed twice",
        74,
        caveat(check(query(pred("arg", kit.text("a"), anew("a"))))),
        SYMBOLS,
    ),
    malformed(
        "symbols-again",
        "a string that the link before lists",
        74,
        lambda s: s.delegated(check(query(pred("arg", anew(s.action))))),
        SYMBOLS,
    ),
    malformed(
        "symbols-default-used",
        "a default string listed, and used by its new number",
        74,
        caveat(check(query(pred("arg", anew("time"))))),
        SYMBOLS,
    ),
    malformed("symbols-out-of-turn", "two strings in the wrong order", 74, caveat(out_of_turn("a", "b")), SYMBOLS),
    malformed("symbols-in-no-table", "number 28", 74, caveat(term(pb(3, 28))), SYMBOLS),
    malformed("symbols-beyond", "a number above all tables", 74, caveat(term(pb(3, 5000))), SYMBOLS),
    malformed(
        "symbols-set-order",
        "new strings of a set numbered in descending order",
        74,
        caveat(among(kit.text("b"), kit.text("a"))),
        SYMBOLS,
    ),
)
BLOCKS: tuple[Callable[[World], Case], ...] = (
    foreign(
        "block-version-under-another-number",
        "field 2 where the version should be",
        8,
        lambda s: s.one_link(edit=lambda fields: [pb(2, 3) if each == pb(3, 3) else each for each in fields]),
    ),
    foreign(
        "block-no-version",
        "no version",
        8,
        lambda s: s.one_link(edit=lambda fields: [each for each in fields if each != pb(3, 3)]),
    ),
    foreign("block-version-2", "an older Datalog", 8, lambda s: s.one_link(version=2)),
    foreign(
        "block-fact-behind-a-check",
        "a purpose behind the caveats",
        8,
        lambda s: s.one_link(edit=lambda fields: [*fields, pb(4, pb(1, pb(1, 2) + pb(2, pb(2, 1))))]),
    ),
    malformed(
        "fact-under-another-number",
        "the predicate of a fact in field 2",
        8,
        stating(lambda s: lambda symbols: pb(2, pred("purpose", kit.text("x"))(symbols))),
    ),
    malformed(
        "fact-and-more",
        "bytes behind the predicate",
        8,
        stating(lambda s: kit.fact("purpose", kit.text("x"), extra=pb(2, 1))),
    ),
    malformed("fact-variable", "a fact with a variable", 8, stating(lambda s: kit.fact("purpose", kit.var("x")))),
)
CHECKS: tuple[Callable[[World], Case], ...] = (
    malformed("check-empty", "a check without alternatives", 68, caveat(check())),
    foreign(
        "check-head",
        "a head that is not query()",
        76,
        caveat(check(query(pred("operation", kit.text("a")), head=pred("read")))),
    ),
    foreign(
        "check-predicate-behind-an-expression",
        "a predicate behind an expression",
        8,
        caveat(
            check(
                query(
                    pred("arg", kit.num(1)),
                    where=[kit.expr(kit.value(kit.flag(True)))],
                    extra=pb(2, b"\x08\x00\x12\x02\x10\x01"),
                )
            )
        ),
    ),
    malformed(
        "predicate-name-under-another-number",
        "a name in field 2",
        8,
        caveat(check(query(lambda symbols: pb(2, 0) + pb(2, pb(2, 1))))),
    ),
    malformed(
        "predicate-and-more", "bytes behind the terms", 8, caveat(check(query(pred("arg", kit.num(1), extra=pb(3, 1)))))
    ),
    malformed("predicate-name-alone", "no name", 8, caveat(check(query(lambda symbols: pb(2, pb(2, 1)))))),
    malformed(
        "term-empty",
        "a term without a value",
        8,
        caveat(
            check(
                query(
                    pred("arg", kit.raw(b"")),
                ),
                kit.query(pred("arg", kit.num(1))),
            )
        ),
    ),
    malformed("term-twice", "two integers in one term", 8, caveat(term(pb(2, 5) + pb(2, 6)))),
    malformed("term-bytes-and-more", "bytes and an integer in one term", 8, caveat(term(pb(5, b"x") + pb(2, 6)))),
    malformed("term-unknown", "an unknown varint field", 8, caveat(term(pb(11, 1)))),
    malformed("term-date-2-53", "a date of 2^53", 57, caveat(term(pb(4, 2**53)))),
    malformed("term-bool-2", "a boolean of 2", 56, caveat(term(pb(6, 2)))),
    foreign("term-null", "null", 10, caveat(check(query(pred("arg", kit.null()))))),
    foreign("term-map", "a map", 10, caveat(check(query(pred("arg", kit.entries((kit.num(1), kit.num(2)))))))),
    malformed("set-empty", "a set without members", 68, caveat(among())),
    malformed("set-and-more", "something in a set that is no member", 8, caveat(among(kit.num(1), behind=pb(2, b"")))),
    foreign("set-mixed", "an integer and a string in one set", 56, caveat(among(kit.num(1), kit.text("a")))),
    foreign("set-twice", "a member twice", 10, caveat(among(kit.num(1), kit.num(1)))),
    foreign("set-variable", "a variable in a set", 10, caveat(among(kit.var("x")))),
    foreign("set-date", "a date in a set", 10, caveat(among(kit.date(1)))),
    foreign("set-in-a-set", "a set in a set", 1, caveat(among(kit.members(kit.num(1))))),
    malformed("expression-unknown-field", "field 2 in an expression", 8, caveat(op(pb(2, pb(1, pb(2, 1)))))),
    foreign("op-empty", "an operation that is none", 8, caveat(op(pb(1, b"")))),
    malformed("op-and-more", "a value and something behind it", 8, caveat(op(pb(1, pb(1, pb(2, 1)) + pb(2, b""))))),
    malformed(
        "op-value-length",
        "bytes that are an operation, behind a value that is said to end before them",
        8,
        caveat(op(pb(1, b"\x0a\x02\x2a\x06" + pb(1, pb(1, pb(2, 5)))))),
    ),
    malformed(
        "op-two-values",
        "a value and what would be a further operation",
        8,
        caveat(op(pb(1, pb(1, pb(2, 1)) + pb(1, pb(1, pb(2, 1)))))),
    ),
    foreign("op-closure", "a closure", 11, caveat(op(pb(1, pb(4, b""))))),
    foreign("op-equal", "an operation that the profile has not", 11, caveat(op(pb(1, pb(3, pb(1, 4)))))),
    foreign("op-foreign-function", "a foreign function", 11, caveat(op(pb(1, pb(3, pb(1, 0) + pb(2, 1)))))),
)
LIMIT_CASES: tuple[Callable[[World], Case], ...] = (
    limit("alternatives", "65 alternatives in one check", caveat(kit.actions(*(f"a{n}" for n in range(65))))),
    limit("symbols", "1,026 strings in one link", caveat(many(512))),
    within("symbols-all", "as many strings as there may be, but for a few", caveat(many(500))),
    limit("values", "1,025 values in one check", caveat(values(1025))),
    limit(
        "values-of-two-links",
        "600 values in each of two links",
        lambda s: s.delegated(values(600), parent=(values(600),)),
    ),
    within(
        "values-of-two-links-all",
        "500 values in each of two links",
        lambda s: s.delegated(values(500), parent=(values(500),)),
    ),
    Presentation(
        "admission/limits-facts",
        "two credentials that nobody asks for, the first of 33,000 characters: facts count nothing",
        None,
        stating_credentials,
        spec=LIMITS,
    ),
    limit("globs", "33 patterns in one link", caveat(globs(33))),
    limit(
        "globs-of-two-links", "17 patterns in each of two links", lambda s: s.delegated(globs(17), parent=(globs(17),))
    ),
    within("globs-all", "32 patterns", caveat(globs(32))),
    limit(
        "long-text",
        "a text that counts for 1,024 values, and 1",
        caveat(check(query(pred("arg", kit.text("x" * (32 * 1024)))))),
    ),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*SYMBOL_CASES, *BLOCKS, *CHECKS, *LIMIT_CASES)
