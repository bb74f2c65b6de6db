"""What stands alone at a boundary: one operation too many in a value, a link of no facts, clocks that step back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .status_lists import token_claims, token_list
from .testkit import Part, pb
from .trace import OK, Refusal, Trace, alone
from .world import World

Recipe = Callable[[World], Case]
REPLAYS = "docs/spec/verification.md section Replay memory: nothing forgotten becomes new again when a clock steps back"
ORDER = "docs/spec/status.md section Both: two lists for the same second"
REPLAYED: Refusal = ("replayed", 8)


def joined(s: Scene) -> Part:
    """`time($time), $time < later`, whose comparison stands inside the operation that holds the date."""

    def expression(symbols: kit.Symbols) -> bytes:
        time, date = kit.value(kit.var("time"))(symbols), kit.value(kit.date(s.now + 600))(symbols)
        return pb(1, time) + pb(1, date + pb(1, kit.LESS(symbols)))

    return kit.check(kit.query(kit.pred("time", kit.var("time")), where=[expression]))


def user_alone(s: Scene) -> str:
    return s.one_link(facts=[s.user()])


def no_facts(s: Scene) -> str:
    first = s.extend([], s.alice, s.planner, [s.read])
    return s.wire(s.extend(first, s.planner, s.scout, [s.read], facts=[]), s.scout)


BLOCKS: tuple[Recipe, ...] = (
    Presentation(
        "admission/operation-in-a-value",
        "an operation inside the operation that holds a value",
        8,
        lambda s: s.one_link(joined(s)),
        "malformed",
        1,
        spec="docs/spec/caveats.md section 1: the first departure met is the answer",
    ),
    *(
        Presentation(
            f"link/{name}",
            notes,
            76,
            wire,
            "not_admitted",
            1,
            spec="docs/spec/wire.md section 5: the facts of a link",
        )
        for name, notes, wire in (
            ("no-facts-first", "a first block without facts", lambda s: s.one_link(facts=[])),
            ("user-alone", "a first block that states a user and no link", user_alone),
            ("no-facts", "a second block without facts", no_facts),
        )
    ),
    Presentation(
        "caveat-max-depth/below-zero",
        "-1 hops, which no MaxDepth says: step 5 is not asked",
        68,
        lambda s: s.one_link(kit.max_depth(-1)),
        "denied",
        9,
        spec="docs/spec/caveats.md section 3: a check that stands for no caveat prohibits",
    ),
)


def forgotten(s: Scene) -> list[dict[str, Any]]:
    """A presentation that is good for 300 seconds; another 400 seconds later; and the first again, by a clock that
    stepped back."""
    planner = alone(s)
    first = planner.use(0)
    return [first, planner.use(1, 400), {**first, "now": s.now + 1}]


CLOCKS: tuple[Recipe, ...] = (
    Trace(
        "replayed-clock-back",
        "a presentation that was forgotten is used, whatever the clock says then",
        88,
        REPLAYS,
        forgotten,
        (OK, OK, REPLAYED),
    ),
)


def at_once(*told: int) -> Callable[[World], str]:
    """Carol's list of these values, signed at one second."""
    return lambda w: token_list(w, token_claims(w, told))


def kept(name: str, notes: str, attack: int | None, verdict: Refusal, last: Callable[[World], str]) -> Recipe:
    """A store is given a list that says valid, and then another."""
    return lambda w: Case(
        f"status-list/token-{name}",
        "apply-revocations",
        notes,
        attack,
        ORDER,
        {"now": w.now, "before": [at_once(0)(w)], "statement": last(w)},
        *verdict,
    )


LISTS: tuple[Recipe, ...] = (
    kept("same-again", "the same list twice", None, OK, at_once(0)),
    kept("same-second", "another list for the same second", 107, ("rolled_back", 7), at_once(1)),
)
RECIPES: tuple[Recipe, ...] = (*BLOCKS, *CLOCKS, *LISTS)
