"""Caveats about when and how far: Expires, NotBefore, MaxDepth."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import Literal, any_of, operand, test, variable
from .caveat_question import Check, Kind
from .primitives import Part
from .world import World

EXPIRES = Kind("caveat-expires", "docs/spec/caveats.md section 4: NotBefore, Expires, ExpiresIn")
NOT_BEFORE = Kind("caveat-not-before", "docs/spec/caveats.md section 4: NotBefore, Expires, ExpiresIn")
DEPTH = Kind("caveat-max-depth", "docs/spec/caveats.md section 4: MaxDepth, NoDelegation")
LATEST = 253402300799
DATES, UNLIKE = 57, 56
READ = "docs/spec/caveats.md section 1: a date from 2^53 on"


def ends(after: int) -> Check:
    return lambda w: kit.expires(w.now + after)


def begins(after: int) -> Check:
    return lambda w: kit.not_before(w.now + after)


def compared(op: Part, to: Part, *, fact: str = "time", name: str = "time") -> Part:
    """One fact, one comparison."""
    literal = Literal(kit.pred(fact, kit.var(name)), (test(variable(name), operand(to), op),))
    return any_of(literal)


def window(w: World) -> Part:
    """Both ends in one check."""
    bounds = (
        test(variable("time"), operand(kit.date(w.now)), kit.GREATER_OR_EQUAL),
        test(variable("time"), operand(kit.date(w.now + 60)), kit.LESS),
    )
    return any_of(Literal(kit.pred("time", kit.var("time")), bounds))


def turned(w: World) -> Part:
    """`2026-... > $time`, which means the same."""
    ops = (operand(kit.date(w.now + 60)), variable("time"), kit.GREATER)
    return any_of(Literal(kit.pred("time", kit.var("time")), (test(*ops),)))


EXPIRES_RECIPES = (
    EXPIRES.permits("last-second", "the second before", ends(1)),
    EXPIRES.prohibits("first-second-after", "the window is half-open", 57, ends(0)),
    EXPIRES.prohibits("long-over", "an hour over", 70, ends(-3600)),
    EXPIRES.permits("latest", "the last second of the calendar", lambda w: kit.expires(LATEST)),
    EXPIRES.strange(
        "beyond-the-calendar", "a second later than the calendar has", lambda w: kit.expires(LATEST + 1), attack=DATES
    ),
    EXPIRES.strange(
        "date-below-2-53", "the last date that a block may hold", lambda w: kit.expires(2**53 - 1), attack=DATES
    ),
    EXPIRES.refused("malformed", "date-2-53", "a date of 2^53", lambda w: kit.expires(2**53), attack=DATES, rule=READ),
    EXPIRES.refused("malformed", "negative", "a date before 1970", lambda w: kit.expires(-1), attack=DATES, rule=READ),
    EXPIRES.strange(
        "integer", "an integer in place of a date", lambda w: compared(kit.LESS, kit.num(w.now + 60)), attack=UNLIKE
    ),
    EXPIRES.strange(
        "text",
        "a text in place of a date",
        lambda w: compared(kit.LESS, kit.text("2099-01-01T00:00:00Z")),
        attack=UNLIKE,
    ),
    EXPIRES.strange(
        "or-equal", "the second itself included", lambda w: compared(kit.LESS_OR_EQUAL, kit.date(w.now + 60))
    ),
    EXPIRES.strange("greater", "only later than a second long past", lambda w: compared(kit.GREATER, kit.date(1))),
    EXPIRES.strange(
        "variable-name", "the variable is called 0", lambda w: compared(kit.LESS, kit.date(w.now + 60), name="0")
    ),
    EXPIRES.strange("both-ends", "a beginning and an end in one check", window),
    EXPIRES.strange("turned", "the comparison the other way round", turned),
    EXPIRES.refused(
        "not_admitted",
        "equal",
        "an equality, which is not admitted",
        lambda w: compared(kit.EQUAL, kit.date(w.now)),
        attack=10,
    ),
    EXPIRES.prohibits("two", "two ends, one of them over", 69, ends(60), ends(0)),
)
NOT_BEFORE_RECIPES = (
    NOT_BEFORE.permits("first-second", "the second itself", begins(0)),
    NOT_BEFORE.prohibits("second-before", "the second before", 69, begins(1)),
    NOT_BEFORE.permits("zero", "the first second of 1970", lambda w: kit.not_before(0)),
    NOT_BEFORE.strange(
        "integer", "an integer in place of a date", lambda w: compared(kit.GREATER_OR_EQUAL, kit.num(0)), attack=UNLIKE
    ),
    NOT_BEFORE.strange("greater", "the second itself left out", lambda w: compared(kit.GREATER, kit.date(0))),
    NOT_BEFORE.strange(
        "variable-name", "the variable is called now", lambda w: compared(kit.GREATER_OR_EQUAL, kit.date(0), name="now")
    ),
    NOT_BEFORE.prohibits(
        "after-the-end", "begins at the second at which another caveat ends", 69, begins(60), ends(60)
    ),
)


def depth(hops: int) -> Check:
    return lambda w: kit.max_depth(hops)


def deep(op: Part, to: Part, *, name: str = "0") -> Check:
    return lambda w: compared(op, to, fact="depth", name=name)


DEPTH_RECIPES = (
    DEPTH.permits("at-the-limit", "as many links as allowed", depth(2), depth=2),
    DEPTH.prohibits("one-more", "one link more", 66, depth(2), depth=3),
    DEPTH.permits("none", "no link after the user's own", depth(0)),
    DEPTH.prohibits("none-exceeded", "a link after the user's own", 66, depth(0), depth=1),
    DEPTH.prohibits("child-raises", "a higher limit beside a lower one", 66, depth(0), depth(3), depth=1),
    DEPTH.permits("most", "the highest limit that there is", depth(1_000_000)),
    DEPTH.strange("too-many", "a limit above a million", depth(1_000_001), attack=66),
    DEPTH.strange("negative", "a limit below zero", depth(-1), attack=66),
    DEPTH.strange("less", "`<` in place of `<=`", deep(kit.LESS, kit.num(3))),
    DEPTH.strange("variable-name", "the variable is called depth", deep(kit.LESS_OR_EQUAL, kit.num(3), name="depth")),
    DEPTH.strange("date", "a date in place of an integer", deep(kit.LESS_OR_EQUAL, kit.date(3)), attack=UNLIKE),
    DEPTH.strange(
        "constant", "the fact for one depth alone", lambda w: kit.check(kit.query(kit.pred("depth", kit.num(0))))
    ),
    DEPTH.refused(
        "malformed",
        "overlong-integer",
        "an integer with a byte more than it needs",
        lambda w: compared(kit.LESS_OR_EQUAL, kit.raw(kit.pb(2, 3, pad=1)), fact="depth", name="0"),
        rule="docs/spec/caveats.md section 1: a varint that is not in its shortest form",
    ),
)

RECIPES = (*EXPIRES_RECIPES, *NOT_BEFORE_RECIPES, *DEPTH_RECIPES)
