"""A genuine presentation that is judged in a call of its own: what may have changed by then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .world import World

AGAIN = "docs/spec/verification.md section Verification: the second call reads the clock again, and repeats 6 and 7"

Told = Callable[[Scene], list[str]]


def later(
    name: str,
    notes: str,
    attack: int | None,
    seconds: int,
    verdict: tuple[str, int | None] = ("ok", None),
    told: Told | None = None,
    wire: Callable[[Scene], str] = Scene.one_link,
) -> Presentation:
    """A presentation that is judged so many seconds after it was verified, by a verifier that was told this since."""

    def also(s: Scene) -> dict[str, Any]:
        return {"later": {"now": s.now + seconds, "revocations": told(s) if told else []}}

    full = f"valid-later-{name}" if attack is None else f"later-{name}"
    return Presentation(f"presentation/{full}", notes, attack, wire, *verdict, also, AGAIN)


RECIPES: tuple[Callable[[World], Case], ...] = (
    later("within", "in the last second of its window", None, 59),
    later(
        "stranger", "mallory has taken the link back", None, 1, told=lambda s: [s.revocation(s.link_id(1), s.mallory)]
    ),
    later("over", "in the second in which its window ends", 81, 60, ("outside_validity", 6)),
    later(
        "link-over",
        "a link has ended since",
        69,
        30,
        ("outside_validity", 6),
        wire=lambda s: s.one_link(kit.expires(s.now + 30)),
    ),
    later("stepped-back", "the clock stepped back to before its window", 88, -31, ("outside_validity", 6)),
    later(
        "revoked",
        "alice has taken the link back since",
        71,
        1,
        ("revoked", 7),
        lambda s: [s.revocation(s.link_id(1), s.alice, second=s.now)],
    ),
    later(
        "suspended",
        "alice has suspended planner since",
        71,
        1,
        ("suspended", 7),
        lambda s: [s.life(s.planner.did, "suspend", s.alice, 1, at=s.now)],
    ),
    later(
        "denied",
        "a caveat prohibits it, as it would have before",
        68,
        1,
        ("denied", 9),
        wire=lambda s: s.one_link(kit.resources("cal://other")),
    ),
)
