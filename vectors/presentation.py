"""Cases of `verify-presentation`, as recipes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .case import Case
from .scene import Scene
from .world import World

PROCEDURE = "docs/spec/verification.md section The procedure: "
RULES = {
    None: "every step is passed",
    0: "step 0, size limits",
    1: "step 1, one canonical encoding, and only what the caveat profile admits",
    2: "step 2, the root is trusted",
    3: "step 3, each principal's DID lists the key that the token binds",
    4: "step 4, each signature, version 1 only, low S",
    5: "step 5, linkage and depth",
    6: "step 6, validity windows, half-open",
    7: "step 7, taken back by whoever stands above, or not valid in a list",
    8: "step 8, audience, request, holder's proof, replay",
    9: "step 9, every caveat of every link; an unknown one prohibits",
    10: "step 10, uses are charged to every link that counts",
}


@dataclass(frozen=True)
class Presentation:
    """The recipe of one presentation, one request, one verdict: call it with a world.

    `wire` makes the presentation; `also` members of the question that are not the usual ones.
    """

    name: str
    notes: str
    attack: int | None
    wire: Callable[[Scene], str]
    code: str = "ok"
    step: int | None = None
    also: Callable[[Scene], dict[str, Any]] | None = None
    spec: str | None = None

    def __call__(self, w: World) -> Case:
        scene = Scene(w)
        asked: dict[str, Any] = {
            "wire": self.wire(scene),
            "request": scene.request(),
            "audience": scene.audience,
            "roots": [scene.alice.did],
            "now": scene.now,
        }
        if self.also is not None:
            asked.update(self.also(scene))
        spec = self.spec or PROCEDURE + RULES[self.step]
        return Case(self.name, "verify-presentation", self.notes, self.attack, spec, asked, self.code, self.step)
