"""What a delegator refuses to pass on, or to sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import caveat_checks as checks
from . import testkit as kit
from .attenuation import Refused, asked, lone, stamp
from .case import Case
from .scene import Scene, in_transit, sealed
from .testkit import Part, Signed
from .world import World

NARROWING = "docs/spec/caveats.md section 6: the delegating side refuses what is decidedly wider"
UNUSABLE = "docs/spec/caveats.md section 6: the delegating side refuses what nobody could use"
TRANSIT = "docs/spec/wire.md section 6: a reader of tokens in transit refuses any other proof"


def wider(name: str, notes: str, parent: Callable[[Scene], Part], caveat: Callable[[Scene], Any]) -> Refused:
    """A caveat that allows more than one of its kind above it."""

    def question(s: Scene) -> dict[str, Any]:
        return asked(s, in_transit(lone(s, parent(s))), s.planner, s.scout.did, caveat(s))

    return Refused(f"wider-{name}", notes, 67, question, "cannot_delegate", None, NARROWING)


def unusable(name: str, notes: str, attack: int, question: Callable[[Scene], dict[str, Any]]) -> Refused:
    return Refused(name, notes, attack, question, "cannot_delegate", None, UNUSABLE)


def malformed(name: str, notes: str, attack: int, token: Callable[[Scene], str], spec: str = TRANSIT) -> Refused:
    return Refused(name, notes, attack, lambda s: asked(s, token(s), s.planner, s.scout.did), "malformed", 1, spec)


def to_scout(s: Scene, *checks_: Part) -> dict[str, Any]:
    return asked(s, in_transit(lone(s, *checks_)), s.planner, s.scout.did)


def to(name: str, notes: str, attack: int, did: Callable[[Scene], str], spec: str) -> Refused:
    def question(s: Scene) -> dict[str, Any]:
        return asked(s, in_transit(lone(s)), s.planner, did(s))

    return Refused(f"to-{name}", notes, attack, question, "unresolved_principal", 3, spec)


def unsayable(name: str, notes: str, caveat: Any, spec: str) -> Refused:
    def question(s: Scene) -> dict[str, Any]:
        return asked(s, in_transit(lone(s)), s.planner, s.scout.did, caveat)

    return Refused(f"no-caveat-{name}", notes, 68, question, "invalid_input", None, spec)


def thirty_two(s: Scene) -> dict[str, Any]:
    """A chain that goes back and forth between two people, as long as there may be."""
    found: list[Signed] = []
    for position in range(32):
        by, goes_to = (s.alice, s.planner) if position % 2 == 0 else (s.planner, s.alice)
        found = s.extend(found, by, goes_to, [s.read] if position == 0 else [])
    return asked(s, in_transit(found), s.alice, s.scout.did, id=kit.url64(s.other_id))


def key_of(key: kit.Key, *uses: str) -> str:
    """A did:peer of one key for these relationships, by their letters."""
    return "did:peer:2" + "".join(f".{use}z{kit.base58(key.multikey)}" for use in uses)


RECIPES: tuple[Callable[[World], Case], ...] = (
    unusable(
        "not-the-holder",
        "by somebody that the token was not given to",
        64,
        lambda s: asked(s, in_transit(lone(s)), s.mallory, s.scout.did),
    ),
    unusable(
        "by-the-delegator",
        "by whoever gave it away",
        64,
        lambda s: asked(s, in_transit(lone(s)), s.alice, s.scout.did),
    ),
    unusable("too-deep", "no delegation is allowed", 66, lambda s: to_scout(s, kit.max_depth(0))),
    unusable("expired", "it ends this very second", 70, lambda s: to_scout(s, kit.expires(s.now))),
    unusable("not-yet", "it begins in a second", 70, lambda s: to_scout(s, kit.not_before(s.now + 1))),
    unusable("33-links", "as long as a chain may be", 4, thirty_two),
    wider(
        "actions",
        "an action that the parent does not allow",
        lambda s: kit.actions(s.action),
        lambda s: {"Actions": ["x"]},
    ),
    wider(
        "resources",
        "a resource above the parent's",
        lambda s: kit.resources(s.resource),
        lambda s: {"Resources": [s.tree]},
    ),
    wider(
        "expires",
        "a later end",
        lambda s: kit.expires(s.now + 60),
        lambda s: {"Expires": stamp(s.now + 61)},
    ),
    wider(
        "not-before", "an earlier beginning", lambda s: kit.not_before(s.now), lambda s: {"NotBefore": stamp(s.now - 1)}
    ),
    wider("max-depth", "a longer chain", lambda s: kit.max_depth(2), lambda s: {"MaxDepth": 3}),
    wider("max-uses", "more uses", lambda s: checks.alone("max_uses", kit.num(3)), lambda s: {"MaxUses": 4}),
    wider(
        "budget",
        "more money",
        lambda s: checks.alone("budget", kit.num(100), kit.text("EUR"), kit.text("total")),
        lambda s: {"Budget": {"amount": 101, "currency": "EUR"}},
    ),
    wider(
        "spaced",
        "a shorter period",
        lambda s: checks.alone("spaced", kit.text("month")),
        lambda s: {"Spaced": "week"},
    ),
    wider(
        "range",
        "a higher bound",
        lambda s: checks.any_of(checks.within("limit", None, 5)),
        lambda s: {"Range": {"name": "limit", "maximum": 6}},
    ),
    wider(
        "equals",
        "a value that the parent does not allow",
        lambda s: checks.alone("text", kit.text("env"), kit.text("test")),
        lambda s: {"Equals": {"name": "env", "value": "prod"}},
    ),
    malformed("sealed", "a token that ends in a seal", 63, lambda s: sealed(lone(s), s.planner)),
    malformed("presentation", "a presentation", 63, lambda s: s.one_link()),
    malformed(
        "newline",
        "a newline behind the text",
        44,
        lambda s: in_transit(lone(s)) + "\n",
        "docs/spec/wire.md section 1: one value has one text",
    ),
    to(
        "nobody",
        "to a did:web that nobody can look up",
        40,
        lambda s: s.did_web("scout host", "scout"),
        "docs/spec/did.md section Methods: nothing opens a connection that was not written down",
    ),
    to(
        "a-low-order-key",
        "to a did:key of low order",
        33,
        lambda s: "did:key:z" + kit.base58(b"\xed\x01" + bytes(32)),
        "docs/spec/wire.md section 3: the point must not have low order",
    ),
    to(
        "a-key-that-only-delegates",
        "to a key that may delegate, and not invoke",
        30,
        lambda s: key_of(s.scout, "D"),
        "docs/spec/did.md section Documents: delegating and presenting are acts of their own",
    ),
    unsayable("kind", "an unknown kind", {"Weather": "fine"}, "docs/spec/caveats.md section 3: known caveats"),
    unsayable("empty", "no action at all", {"Actions": []}, "docs/spec/caveats.md section Actions: only these"),
    unsayable(
        "bound",
        "a range the wrong way round",
        {"Range": {"name": "n", "minimum": 2, "maximum": 1}},
        "docs/spec/caveats.md section Range: the minimum is not above the maximum",
    ),
    unsayable(
        "fraction",
        "a fraction, where there are no floats",
        {"Equals": {"name": "n", "value": 1.5}},
        "docs/spec/caveats.md section 5: there are no floats",
    ),
    unsayable(
        "null-negated",
        "a negation that cannot be written",
        {"Not": {"Equals": {"name": "n", "value": None}}},
        "docs/spec/caveats.md section Equals: the negation of null is refused",
    ),
)
