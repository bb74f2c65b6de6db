"""What blocks may hold: facts and checks of the caveat profile, in their one encoding and within the limits."""

from __future__ import annotations

from collections.abc import Callable

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .testkit import Part, check, pb, pred, query
from .world import World

DATALOG = "docs/spec/caveats.md section 1: admitted Datalog"
SYMBOLS = "docs/spec/caveats.md section 2: symbols in the order of their first use, each once"
FACTS = "docs/spec/wire.md section 5: the facts of a link, in this order"
LIMITS = "docs/spec/caveats.md section 1: limits"
OPERATION = pred("operation", kit.var("0"))

Wire = Callable[[Scene], str]
Edit = Callable[[list[bytes]], list[bytes]]


def malformed(name: str, notes: str, attack: int | None, wire: Wire, spec: str = DATALOG) -> Presentation:
    return Presentation(f"admission/{name}", notes, attack, wire, "malformed", 1, spec=spec)


def foreign(name: str, notes: str, attack: int | None, wire: Wire, spec: str = DATALOG) -> Presentation:
    return Presentation(f"admission/{name}", notes, attack, wire, "not_admitted", 1, spec=spec)


def edited(edit: Edit) -> Wire:
    """One link whose block has other fields."""
    return lambda s: s.one_link(edit=edit)


def with_check(*checks: Part) -> Wire:
    """One link with these caveats."""
    return lambda s: s.one_link(*checks)


def stating(facts: Callable[[Scene, list[Part]], list[Part]]) -> Wire:
    """One link that states other facts, made from the right ones."""
    return lambda s: s.one_link(facts=facts(s, s.link_facts([], s.alice)))


def nested(depth: int) -> Part:
    term = pb(2, 1)
    for _ in range(depth):
        term = pb(7, pb(1, term))
    return check(query(pred("arg", kit.raw(term))))


def arg(*terms: Part) -> Part:
    return check(query(pred("arg", *terms)))


RECIPES: tuple[Callable[[World], Case], ...] = (
    Presentation(
        "admission/limits-checks",
        "65 caveats in one link",
        4,
        with_check(*[kit.actions("a")] * 64),
        "limit_exceeded",
        1,
        spec=LIMITS,
    ),
    foreign("block-context", "a context", 8, edited(lambda fields: [pb(2, b"note"), *fields])),
    foreign("block-rule", "an unknown field where a rule would stand", 76, edited(lambda f: [*f, pb(5, b"")])),
    foreign("block-scope", "trusting previous blocks", 74, edited(lambda fields: [*fields, pb(7, pb(1, 1))])),
    foreign(
        "block-public-key",
        "a public key for scopes",
        74,
        lambda s: s.one_link(edit=lambda fields: [*fields, pb(8, s.mallory.message)]),
    ),
    foreign("block-version-6", "Datalog 3.3 that nothing calls for", 8, lambda s: s.one_link(version=6)),
    foreign(
        "block-minted-time",
        "a link that states the time",
        76,
        stating(lambda s, facts: [*facts, kit.fact("time", kit.date(0))]),
        FACTS,
    ),
    malformed(
        "symbols-unused",
        "a symbol that nothing uses",
        74,
        edited(lambda fields: [fields[0], pb(1, b"x"), *fields[1:]]),
        SYMBOLS,
    ),
    malformed(
        "symbols-default",
        "a default symbol declared again",
        74,
        edited(lambda fields: [pb(1, b"time"), *fields]),
        SYMBOLS,
    ),
    malformed(
        "symbols-not-utf-8",
        "a symbol that is not UTF-8",
        14,
        edited(lambda fields: [pb(1, b"\xc0\xaf"), *fields]),
        SYMBOLS,
    ),
    foreign("block-no-user", "a first block without its user", 76, stating(lambda s, facts: facts[1:]), FACTS),
    foreign("datalog-nested-sets", "sets in sets, 400 deep", 1, with_check(nested(400))),
    foreign(
        "datalog-regex",
        "a regular expression",
        11,
        with_check(kit.compare("operation", variable="0", op=kit.REGEX, to=kit.text(".*"))),
    ),
    foreign("datalog-no-terms", "a predicate without terms", 4, with_check(check(query(pred("operation"))))),
    foreign("datalog-check-all", "check all", 10, with_check(check(query(OPERATION), extra=pb(2, 1)))),
    foreign("datalog-reject-if", "reject if", 10, with_check(check(query(OPERATION), extra=pb(2, 2)))),
    foreign("datalog-array", "an array", 10, with_check(arg(kit.text("limit"), kit.members(kit.num(1), number=9)))),
    foreign("datalog-set-order", "a set out of order", 10, with_check(arg(kit.members(kit.num(2), kit.num(1))))),
    foreign(
        "datalog-trusting", "a check that trusts a key", 74, with_check(check(query(OPERATION, extra=pb(4, pb(2, 0)))))
    ),
    malformed("datalog-overlong-integer", "an integer in two bytes", 8, with_check(arg(kit.raw(pb(2, 5, pad=1))))),
)
