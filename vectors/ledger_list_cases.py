"""Traces of lists that grow old, change, or are shown again, while uses are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .case import Case
from .ledger_cases import PROCEDURE
from .primitives import Part
from .scene import Scene
from .trace import DENIED, OK, Refusal, Trace, alone, limit, max_uses, siblings
from .world import World

STANDING = "docs/spec/verification.md section The procedure: step 7, each list is at most 300 seconds old"
LATEST = "docs/spec/revocation.md section What a receiver does: no list takes the place of a newer one"
STALE: Refusal = ("stale_status", None)
REVOKED: Refusal = ("revoked", 7)
SUSPENDED: Refusal = ("suspended", 7)


def fresh(s: Scene) -> Part:
    return limit("fresh_list", kit.text(s.alice.did))


def entry(s: Scene) -> Part:
    """The second entry of alice's status list."""
    return limit("status", kit.text("token"), kit.text(s.list_uri), kit.num(1), kit.text(s.alice.did))


def listed(s: Scene, sequence: int, at: int, *links: bytes) -> str:
    """A revocation list that alice signed so many seconds from now."""
    return s.revocation_list(s.alice, links, sequence=sequence, at=s.now + at)


def status(s: Scene, value: int, at: int) -> str:
    return s.status_list(s.alice, [0, value, 0, 0], at=s.now + at)


def grows_old(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, fresh(s), max_uses(3))
    return [
        planner.use(0),
        planner.use(1, 1, revocations=[listed(s, 1, 0)]),
        planner.use(2, 300),
        planner.use(3, 301),
        planner.use(4, 302, revocations=[listed(s, 2, 301)]),
        planner.use(5, 303),
    ]


def shown_again(s: Scene) -> list[dict[str, Any]]:
    """The list that names the link, and then the one before it once more."""
    planner = alone(s, fresh(s))
    old, new = listed(s, 1, -20), listed(s, 2, -10, s.link_id(1))
    return [
        planner.use(0, revocations=[old]),
        planner.use(1, 1, revocations=[new]),
        planner.use(2, 2, revocations=[old]),
    ]


def entry_changes(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, entry(s), max_uses(2))
    lists = [status(s, value, at) for value, at in ((0, -30), (2, -20), (0, -10))]
    made = [planner.use(number, number, revocations=[text]) for number, text in enumerate(lists)]
    return [*made, planner.use(3, 3)]


def entry_rolled_back(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, entry(s))
    lists = [status(s, value, at) for value, at in ((0, -30), (1, -20), (0, -30))]
    return [planner.use(number, number, revocations=[text]) for number, text in enumerate(lists)]


def entry_of_a_child(s: Scene) -> list[dict[str, Any]]:
    scout, bob, _ = siblings(s, max_uses(2), scout=(entry(s),))
    return [scout.use(0), bob.use(1, 1), scout.use(2, 2, revocations=[status(s, 0, 0)]), bob.use(3, 3)]


RECIPES: tuple[Callable[[World], Case], ...] = (
    Trace(
        "list-grows-old",
        "unknown, known, as old as accepted, a second older, and renewed; then all uses are spent",
        107,
        STANDING,
        grows_old,
        (STALE, OK, OK, STALE, OK, DENIED),
    ),
    Trace(
        "list-shown-again",
        "a list that names the link, and the one before it again",
        107,
        LATEST,
        shown_again,
        (OK, REVOKED, REVOKED),
    ),
    Trace(
        "list-entry-changes",
        "valid, suspended, valid again, and charged for what was permitted alone",
        105,
        PROCEDURE,
        entry_changes,
        (OK, SUSPENDED, OK, DENIED),
    ),
    Trace(
        "list-entry-rolled-back",
        "valid, invalid, and the list before again",
        107,
        LATEST,
        entry_rolled_back,
        (OK, REVOKED, REVOKED),
    ),
    Trace(
        "list-of-a-child",
        "what hangs on a list that is not known is not charged to a parent",
        125,
        PROCEDURE,
        entry_of_a_child,
        (STALE, OK, OK, DENIED),
    ),
)
