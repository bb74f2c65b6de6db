"""The same caveats as the condition of a Macaroon's discharge: text around a block, and what has no place there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import testkit as kit
from .caveat_checks import alone, any_of, said, within
from .caveat_question import Check, Kind, Question, argument, block
from .world import World

CONDITION = Kind(
    "caveat-condition", "docs/spec/macaroon.md section 6: a discharge has conditions of two kinds and no others"
)
Made = Callable[[World], Mapping[str, Any]]
PREFIX = "attorn-caveats-1."
NO_PLACE = "docs/spec/macaroon.md section 6: a discharge has no account and no list"


def five(w: World) -> kit.Part:
    return any_of(within(argument(w), 1, 5))


def of(*checks: Check, edit: Callable[[str], str] = lambda text: text, facts: Check | None = None) -> Made:
    """A condition of these checks, whose text is changed in the end."""

    def made(w: World) -> Mapping[str, Any]:
        stated = () if facts is None else (facts(w),)
        content = block(*(check(w) for check in checks), facts=stated)
        return {"condition": edit(PREFIX + kit.url64(content))}

    return made


def permits(name: str, notes: str, *checks: Check, **more: Any) -> Question:
    return CONDITION.permits(name, notes, made=of(*checks), **more)


def prohibits(name: str, notes: str, attack: int, *checks: Check, **more: Any) -> Question:
    return CONDITION.prohibits(name, notes, attack, made=of(*checks), **more)


def refused(code: str, name: str, notes: str, attack: int, /, made: Made, *, rule: str = CONDITION.spec) -> Question:
    return CONDITION.case(name, notes, attack, code=code, made=made, value=3, rule=rule)


def no_place(name: str, notes: str, fact: str, *terms: kit.Part) -> Question:
    return refused("not_admitted", name, notes, 89, of(lambda w: alone(fact, *terms)), rule=NO_PLACE)


def patterns(count: int) -> Check:
    return lambda w: any_of(
        *(said("glob", kit.text(argument(w)), kit.text(f"{n}*"), kit.flag(True)) for n in range(10, 10 + count))
    )


def counted(w: World) -> kit.Part:
    return alone("max_uses", kit.num(1))


RECIPES = (
    permits("same-block", "a number within bounds", five, value=3),
    permits("two-checks", "two caveats", five, lambda w: kit.expires(w.now + 1), value=3),
    permits("depth", "the depth of the chain, asked at step 9 here", lambda w: kit.max_depth(1), depth=1),
    prohibits("outside", "a number outside the bounds", 67, five, value=6),
    prohibits("unlike", "a text of digits", 56, five, value="3"),
    prohibits("over", "a time that is over", 69, lambda w: kit.expires(w.now)),
    prohibits("too-deep", "one link too many", 66, lambda w: kit.max_depth(1), depth=2),
    prohibits("unknown", "a check that stands for no caveat", 91, lambda w: alone("weather", kit.text("fine"))),
    no_place("max-uses", "a number of uses", "max_uses", kit.num(1)),
    no_place("rate", "a rate", "rate", kit.num(1), kit.text("day")),
    no_place("budget", "a budget", "budget", kit.num(1), kit.text("EUR"), kit.text("total")),
    no_place("spaced", "uses that lie apart", "spaced", kit.text("day")),
    no_place(
        "status",
        "an entry of a list",
        "status",
        kit.text("token"),
        kit.text("https://lists.example/1"),
        kit.num(7),
        kit.text("did:web:lists.example"),
    ),
    no_place("fresh-list", "a fresh list", "fresh_list", kit.text("did:web:lists.example")),
    refused(
        "not_admitted", "counted-behind", "a number of uses behind another caveat", 89, of(five, counted), rule=NO_PLACE
    ),
    permits("patterns-at-the-limit", "32 patterns", patterns(32), value="41"),
    refused("limit_exceeded", "patterns", "33 patterns", 11, of(patterns(33))),
    refused("not_admitted", "no-check", "a block without checks", 68, of()),
    refused(
        "not_admitted",
        "fact",
        "a fact beside the check",
        76,
        of(five, facts=lambda w: kit.fact("approved", kit.num(1))),
    ),
    refused(
        "not_admitted",
        "other-version",
        "a kind that is unknown here",
        91,
        of(five, edit=lambda text: text.replace("-1.", "-2.")),
    ),
    refused(
        "not_admitted",
        "upper-case",
        "the name of the kind in another case",
        91,
        of(five, edit=lambda text: text.replace("attorn", "Attorn")),
    ),
    refused("not_admitted", "space-before", "a space before it", 91, of(five, edit=lambda text: " " + text)),
    refused("not_admitted", "nothing", "an empty condition", 13, of(edit=lambda text: "")),
    refused(
        "not_admitted",
        "approval",
        "an approval, in a discharge that is not for one",
        89,
        of(edit=lambda text: "attorn-approval-1.e30"),
    ),
    refused("not_admitted", "no-block", "the name of the kind and no block", 13, of(edit=lambda text: PREFIX)),
    refused("malformed", "padded", "padding behind the base64url", 44, of(five, edit=lambda text: text + "=")),
    refused(
        "malformed", "line-break", "a line break behind the base64url", 45, of(five, edit=lambda text: text + "\n")
    ),
    refused(
        "malformed",
        "standard-alphabet",
        "a character of base64 that is not one of base64url",
        45,
        of(five, edit=lambda text: text + "+/++"),
    ),
    refused("malformed", "not-ascii", "a letter outside ASCII", 52, of(five, edit=lambda text: text + "\u00e9")),
    refused("malformed", "not-a-block", "one byte, with which a symbol begins", 8, of(edit=lambda text: PREFIX + "Cg")),
)
