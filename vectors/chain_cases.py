"""Linkage, depth, issue times, windows and revocation of links: steps 4 to 7."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene, sealed
from .testkit import Key
from .world import World

LINKED = "docs/spec/wire.md section 4: each signature covers the one before"
REVOKED = "docs/spec/revocation.md section 1: who may say what"

Wire = Callable[[Scene], str]


def good(name: str, notes: str, wire: Wire) -> Presentation:
    return Presentation(f"chain/valid-{name}", notes, None, wire)


def forged(name: str, notes: str, attack: int, wire: Wire) -> Presentation:
    return Presentation(f"chain/{name}", notes, attack, wire, "bad_signature", 4, spec=LINKED)


def broken(name: str, notes: str, attack: int, wire: Wire) -> Presentation:
    return Presentation(f"chain/{name}", notes, attack, wire, "broken_chain", 5)


def outside(name: str, notes: str, attack: int, wire: Wire) -> Presentation:
    return Presentation(f"chain/time-{name}", notes, attack, wire, "outside_validity", 6)


def revoked(name: str, notes: str, by: Callable[[Scene], Key], *, refused: bool, **more: Any) -> Presentation:
    """The second link of three, taken back."""

    def told(s: Scene) -> dict[str, Any]:
        forger = {"signer": s.mallory} if more else {}
        return {"revocations": [s.revocation(s.link_id(2), by(s), **forger)]}

    verdict = ("revoked", 7) if refused else ("ok", None)
    return Presentation(f"chain/revocation-{name}", notes, 71, Scene.baseline, *verdict, told, REVOKED)


def lone(s: Scene) -> list[kit.Signed]:
    return s.extend([], s.alice, s.planner, [s.read])


def next_key_swapped(s: Scene) -> str:
    first, second, *rest = s.presented(s.three_links(), s.bob)
    return sealed([first, replace(second, next_key=s.mallory), *rest], s.bob)


def three(take: Callable[[list[kit.Signed]], list[kit.Signed]]) -> Wire:
    """Of three links these, presented by bob."""
    return lambda s: sealed(s.presented(take(s.three_links()), s.bob), s.bob)


RECIPES: tuple[Callable[[World], Case], ...] = (
    good("three-links", "three links and a presentation", Scene.baseline),
    good("delegated", "no caveat of its own", Scene.delegated),
    good(
        "self-delegation",
        "to oneself: counted in depth",
        lambda s: s.wire(s.extend(lone(s), s.planner, s.planner), s.planner),
    ),
    good("depth-at-the-limit", "one delegation, one allowed", lambda s: s.delegated(parent=(kit.max_depth(1),))),
    good("last-second", "a link that expires in a second", lambda s: s.one_link(kit.expires(s.now + 1))),
    forged("middle-dropped", "a link left out", 61, three(lambda links: [links[0], links[2]])),
    forged("link-twice", "a link repeated", 62, three(lambda links: [*links, links[2]])),
    forged(
        "another-delegator",
        "signed by a stranger",
        64,
        lambda s: s.wire(s.extend(lone(s), s.mallory, s.scout), s.scout),
    ),
    forged("next-key-swapped", "another delegate than was signed", 64, next_key_swapped),
    broken("same-id", "two links with one id", 62, lambda s: s.delegated(id=s.link_id(1))),
    broken("too-deep", "one delegation, none allowed", 66, lambda s: s.delegated(parent=(kit.max_depth(0),))),
    broken(
        "child-raises-depth",
        "the parent's limit holds",
        66,
        lambda s: s.delegated(kit.max_depth(9), parent=(kit.max_depth(0),)),
    ),
    broken(
        "presentation-hands-on",
        "a presentation with another next key",
        64,
        lambda s: s.wire(s.three_links(), s.bob, next_key=s.mallory),
    ),
    outside("expired", "a link that expires now", 70, lambda s: s.one_link(kit.expires(s.now))),
    outside("not-yet", "a link that starts in a second", 70, lambda s: s.one_link(kit.not_before(s.now + 1))),
    outside(
        "parent-expired",
        "the child lasts longer than its parent",
        69,
        lambda s: s.delegated(kit.expires(s.now + 9), parent=(kit.expires(s.now),)),
    ),
    outside("issued-ahead", "issued 61 seconds from now", 69, lambda s: s.one_link(issued=s.now + 61)),
    outside(
        "issued-before-parent",
        "issued 61 seconds before its parent",
        69,
        lambda s: s.delegated(issued=s.issued + 1 - 61),
    ),
    revoked("by-delegator", "the second link, by its delegator", lambda s: s.planner, refused=True),
    revoked("by-root", "the second link, by the root", lambda s: s.alice, refused=True),
    revoked("by-delegate", "the second link, by its delegate, who may not", lambda s: s.scout, refused=False),
    revoked("by-stranger", "the second link, by a stranger", lambda s: s.mallory, refused=False),
    revoked("forged", "signed by another than it names", lambda s: s.alice, refused=False, forged=True),
)
