"""Purpose: the one sentence of a link, a fact that limits nothing."""

from __future__ import annotations

from collections.abc import Callable

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .primitives import Part
from .scene import Scene
from .world import World

MEANING = "docs/spec/caveats.md section Purpose: signed and shown, and limits nothing"
FORM = "docs/spec/wire.md section 5: a purpose is text of 1 to 500 characters, none of them hidden"
Facts = Callable[[Scene], list[Part]]


def said(*sentences: str) -> Facts:
    """The facts of the first link with these purposes."""
    return lambda s: [*s.link_facts([], s.alice), *(kit.fact("purpose", kit.text(each)) for each in sentences)]


def terms(*parts: Part) -> Facts:
    return lambda s: [*s.link_facts([], s.alice), kit.fact("purpose", *parts)]


def wire(facts: Facts) -> Callable[[Scene], str]:
    return lambda s: s.one_link(facts=facts(s))


def good(name: str, notes: str, facts: Facts, spec: str = FORM) -> Presentation:
    return Presentation(f"caveat-purpose/{name}", notes, None, wire(facts), spec=spec)


def bad(name: str, notes: str, attack: int, facts: Facts) -> Presentation:
    return Presentation(f"caveat-purpose/{name}", notes, attack, wire(facts), "not_admitted", 1, spec=FORM)


def before_the_link(s: Scene) -> list[Part]:
    user, link = s.link_facts([], s.alice)
    return [user, kit.fact("purpose", kit.text("plan")), link]


def as_a_check(s: Scene) -> str:
    return s.one_link(kit.check(kit.query(kit.pred("purpose", kit.text("plan")))), purpose="plan")


RECIPES: tuple[Callable[[World], Case], ...] = (
    good("sentence", "a sentence", said("Plan my November")),
    good("forbids-nothing", "words that forbid what is asked", said("Never read anything"), MEANING),
    good("longest", "500 characters outside the Basic Multilingual Plane", said("\U0001f600" * 500)),
    good("not-composed", "text that is not composed", said("Cafe\u0301")),
    good("no-break-space", "a no-break space", said("a\u00a0b")),
    bad("empty", "an empty sentence", 13, said("")),
    bad("too-long", "501 characters", 4, said("a" * 501)),
    bad("line-break", "a line break", 90, said("Plan\nwrite")),
    bad("line-separator", "a line separator", 52, said("Plan\u2028write")),
    bad("right-to-left", "a right-to-left override", 52, said("Plan \u202etxt.exe")),
    bad("zero-width", "a zero-width space", 52, said("Pl\u200ban")),
    bad("zero", "a NUL", 13, said("Plan\0")),
    bad("two", "two sentences", 76, said("Plan my November", "Pay my rent")),
    bad("same-twice", "the same sentence twice", 76, said("Plan", "Plan")),
    bad("number", "a number", 56, terms(kit.num(1))),
    bad("bytes", "bytes", 56, terms(kit.octets(b"Plan"))),
    bad("set", "a set of one sentence", 56, terms(kit.texts("Plan"))),
    bad("two-terms", "two texts", 76, terms(kit.text("Plan"), kit.text("write"))),
    bad("before-the-link", "before the fact of the link", 76, before_the_link),
    Presentation(
        "caveat-purpose/as-a-check",
        "a check for the purpose, which the link states",
        68,
        as_a_check,
        "denied",
        9,
        spec="docs/spec/caveats.md section 3: a check that stands for no caveat prohibits",
    ),
)
