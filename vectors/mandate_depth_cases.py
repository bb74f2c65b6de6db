"""Step 5 of `verify-mandate`: how often a mandate is handed on."""

from __future__ import annotations

from typing import Any

from .mandate_link_cases import BAD, FORGED, LINK, ON, Recipe, paying
from .mandate_scene import Scene, Verdict

ALLOWED = "each allows one fewer at most, whatever it says"
ONCE = {"attorn": {"redelegations": 1}}


def depth(name: str, notes: str, attack: int | None, verdict: Verdict, says: Any, **parts: Any) -> Recipe:
    """The user says how often the mandate may be handed on; once, unless `middle` says otherwise."""
    given = {"middle": ({},), **parts}
    return paying(f"depth-{name}", notes, attack, ON + ALLOWED, verdict, open={"attorn": says}, **given)


def to_mallory(scene: Scene) -> list[dict[str, Any]]:
    return [{"by": scene.mallory}]


def four(scene: Scene) -> list[dict[str, Any]]:
    """Handed on twice, the first time saying that five more may follow."""
    return [{"open": {"attorn": {"redelegations": 5}}}, {"to": scene.agent}]


def other_kind(scene: Scene) -> list[dict[str, Any]]:
    return [{"open": {"vct": "mandate.checkout.open.1"}, "limits": lambda above: [scene.lines()]}]


RECIPES: tuple[Recipe, ...] = (
    depth("one", "handed on once, as allowed", None, None, {"redelegations": 1}),
    depth("none", "no word of handing on", 66, LINK, ...),
    depth("zero", "none allowed", 66, LINK, {"redelegations": 0}),
    depth("other-member", "an attorn that says nothing of it", 66, LINK, {}),
    depth(
        "two",
        "handed on twice, as allowed",
        None,
        None,
        {"redelegations": 2},
        middle=lambda scene: [{"open": ONCE}, {"to": scene.agent}],
    ),
    depth("raised", "an agent that allows more than is left", 66, LINK, {"redelegations": 1}, middle=four),
    depth("negative", "-1", 56, BAD, {"redelegations": -1}),
    depth("true", "true for 1", 56, BAD, {"redelegations": True}),
    depth("fraction", "1.0 for 1", 56, BAD, {"redelegations": 1.0}),
    depth("too-many", "more than there may be hops", 66, BAD, {"redelegations": 32}),
    depth("no-object", "attorn as a number", 56, BAD, 1),
    depth("asked", "unsaid, and the verifier says once", None, None, ..., input={"redelegations": 1}),
    depth("by-another", "handed on by who does not hold it", 64, FORGED, {"redelegations": 1}, middle=to_mallory),
    depth(
        "other-kind",
        "a payment mandate handed on as one for checkouts",
        77,
        LINK,
        {"redelegations": 1},
        middle=other_kind,
    ),
)
