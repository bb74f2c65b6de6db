"""Caveats over what is done and at whose door: Actions, Audience."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import Literal, alone, any_of, operand, said, test, variable
from .caveat_question import Check, Kind, action
from .primitives import Part
from .world import World

ACTIONS = Kind("caveat-actions", "docs/spec/caveats.md section 4: Actions")
AUDIENCE = Kind("caveat-audience", "docs/spec/caveats.md section 4: Audience")
UNICODE = 52


def read(w: World) -> Part:
    return kit.actions(action(w))


def below(prefix: str, *, name: str = "0", op: Part = kit.PREFIX) -> Literal:
    """`operation($0), $0.starts_with(prefix)`."""
    return Literal(kit.pred("operation", kit.var(name)), (test(variable(name), operand(kit.text(prefix)), op),))


def namespace(w: World) -> str:
    return action(w).removesuffix("read")


def all_below(w: World) -> Part:
    return any_of(below(namespace(w)))


def named(*endings: str) -> Check:
    """One alternative for each name, in this order."""
    return lambda w: any_of(*(said("operation", kit.text(namespace(w) + ending)) for ending in endings))


def asking(ending: str) -> dict[str, object]:
    return {"action": lambda w: namespace(w) + ending}


def unsorted_with_star(w: World) -> Part:
    return any_of(below(namespace(w) + "a:"), said("operation", kit.text(namespace(w) + "a")))


def second_predicate(w: World) -> Part:
    return kit.check(kit.query(kit.pred("operation", kit.text(action(w))), kit.pred("operation", kit.text(action(w)))))


def number_in_operation(w: World) -> Part:
    return alone("operation", kit.num(1))


def two_terms(w: World) -> Part:
    return alone("operation", kit.text(action(w)), kit.text(action(w)))


def anything(w: World) -> Part:
    """`operation($0)`, which a stock engine finds true."""
    return alone("operation", kit.var("0"))


ACTION_RECIPES = (
    ACTIONS.permits("same", "the very action", read),
    ACTIONS.permits("one-of-two", "the second of two names", named("list", "read")),
    ACTIONS.prohibits("other", "another action", 67, read, **asking("write")),
    ACTIONS.prohibits("below-a-name", "a name without a star covers nothing below it", 67, read, **asking("read:all")),
    ACTIONS.prohibits("above-a-name", "the namespace of the name", 67, read, action=lambda w: namespace(w)[:-1]),
    ACTIONS.prohibits("upper-case", "another case of one letter", UNICODE, read, **asking("Read")),
    ACTIONS.permits("star", "an action in the namespace", all_below),
    ACTIONS.permits("star-deep", "an action two levels down", all_below, **asking("a:b")),
    ACTIONS.prohibits(
        "star-itself", "the namespace itself is not below it", 67, all_below, action=lambda w: namespace(w)[:-1]
    ),
    ACTIONS.prohibits(
        "star-longer-word", "a longer word before the colon", 67, all_below, action=lambda w: f"{namespace(w)[:-1]}x:a"
    ),
    ACTIONS.permits(
        "star-last-in-order",
        "a name and then a namespace, in the order of their spelling",
        lambda w: any_of(said("operation", kit.text(namespace(w) + "a")), below(namespace(w) + "a:")),
        **asking("a:b"),
    ),
    ACTIONS.permits(
        "longest-name",
        "a name of 256 characters",
        lambda w: kit.actions(namespace(w).ljust(256, "a")),
        action=lambda w: namespace(w).ljust(256, "a"),
    ),
    ACTIONS.strange(
        "name-too-long",
        "a name of 257 characters beside the one that is asked for",
        lambda w: any_of(said("operation", kit.text(action(w))), said("operation", kit.text("z" * 257))),
    ),
    ACTIONS.strange("names-unsorted", "two names in descending order", named("read", "list")),
    ACTIONS.strange("name-twice", "the same alternative twice", named("read", "read")),
    ACTIONS.strange(
        "star-before-name", "a namespace before a name that is spelt before it", unsorted_with_star, **asking("a")
    ),
    ACTIONS.strange("bare-star", "every action: a star without a namespace", lambda w: any_of(below(""))),
    ACTIONS.strange(
        "prefix-within-a-word", "a prefix that ends within a word", lambda w: any_of(below(action(w)[:-1]))
    ),
    ACTIONS.strange("variable-alone", "any operation at all, which a stock engine would permit", anything),
    ACTIONS.strange(
        "variable-name", "the variable under another name", lambda w: any_of(below(namespace(w), name="x"))
    ),
    ACTIONS.strange(
        "contains", "`contains` in place of `starts_with`", lambda w: any_of(below(namespace(w), op=kit.CONTAINS))
    ),
    ACTIONS.strange("two-predicates", "the same predicate twice", second_predicate),
    ACTIONS.strange("two-terms", "a term too many", two_terms),
    ACTIONS.strange(
        "not-ascii",
        "a name with a letter outside ASCII beside the one that is asked for",
        lambda w: any_of(said("operation", kit.text(action(w))), said("operation", kit.text("zo\u00eb"))),
        attack=UNICODE,
    ),
    ACTIONS.prohibits(
        "number",
        "a number in place of the name",
        56,
        number_in_operation,
        rule="docs/spec/caveats.md section 3: a check that stands for no caveat prohibits",
    ),
    ACTIONS.asks_wrongly("asked-empty", "an empty action", 13, read, action=""),
    ACTIONS.asks_wrongly("asked-star", "a star in the action", 68, all_below, **asking("*")),
    ACTIONS.asks_wrongly("asked-kelvin", "a letter that folds to k", UNICODE, read, action="\u212aelvin:read"),
    ACTIONS.asks_wrongly(
        "asked-fullwidth-colon",
        "a colon that is none",
        UNICODE,
        all_below,
        action=lambda w: namespace(w)[:-1] + "\uff1aread",
    ),
    ACTIONS.asks_wrongly(
        "asked-newline", "a line break behind the action", 90, read, action=lambda w: action(w) + "\n"
    ),
    ACTIONS.asks_wrongly(
        "asked-too-long", "an action of 257 characters", 4, all_below, action=lambda w: namespace(w).ljust(257, "a")
    ),
)


def here(w: World) -> Part:
    return alone("audience", kit.text(w.audience))


def at(*names: str) -> Check:
    """Alternatives for these names, of which an empty one stands for the verifier's own."""
    return lambda w: any_of(*(said("audience", kit.text(name or w.audience)) for name in names))


AUDIENCE_RECIPES = (
    AUDIENCE.permits("here", "the verifier's own name", here),
    AUDIENCE.permits("second-of-two", "the second name of two", at("app://first", "")),
    AUDIENCE.prohibits("elsewhere", "another verifier", 129, at("did:web:elsewhere.example")),
    AUDIENCE.prohibits(
        "slash", "the same name with a slash behind it", 129, lambda w: alone("audience", kit.text(f"{w.audience}/"))
    ),
    AUDIENCE.prohibits(
        "upper-case", "the same name in upper case", UNICODE, lambda w: alone("audience", kit.text(w.audience.upper()))
    ),
    AUDIENCE.strange("space", "a name with a space beside the verifier's own", at("a b", "")),
    AUDIENCE.strange("not-ascii", "a name outside ASCII beside the verifier's own", at("", "\u00e9"), attack=UNICODE),
    AUDIENCE.strange(
        "empty",
        "an empty name beside the verifier's own",
        lambda w: any_of(said("audience", kit.text("")), said("audience", kit.text(w.audience))),
    ),
    AUDIENCE.strange("unsorted", "two names in descending order", at("", "app://first")),
    AUDIENCE.strange("too-long", "a name of 2,049 characters beside the verifier's own", at("", "z" * 2049)),
    AUDIENCE.strange("variable", "any audience at all", lambda w: alone("audience", kit.var("0"))),
    AUDIENCE.strange(
        "starts-with",
        "a prefix of the name",
        lambda w: any_of(
            Literal(kit.pred("audience", kit.var("0")), (test(variable("0"), operand(kit.text("did:")), kit.PREFIX),))
        ),
    ),
)

RECIPES = (*ACTION_RECIPES, *AUDIENCE_RECIPES)
