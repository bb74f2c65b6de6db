"""Cases of `verify-token`, as recipes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .case import Case
from .scene import Scene
from .testkit import Key
from .world import World

ORDER = "docs/spec/verification.md section A token in transit: "
RULES = {
    None: "a presentation could be accepted now",
    0: "step 0, at most as many links as the limit",
    1: "step 1, an empty proof, and every block a link in its one encoding",
    2: "step 2, the root is trusted",
    3: "step 3, each principal's DID lists the key that the token binds",
    4: "step 4, each signature, version 1 only",
    5: "step 5, ids differ, and no MaxDepth is exceeded",
    6: "step 6, issue times and windows",
    7: "step 7, taken back by whoever stands above",
}


@dataclass(frozen=True)
class InTransit:
    """The recipe of one token, shown to whoever it is handed to: call it with a world.

    `also` makes members of the question that are not the usual ones, `people` the keys of user and delegates where it
    is accepted.
    """

    name: str
    notes: str
    attack: int | None
    token: Callable[[Scene], str]
    code: str = "ok"
    step: int | None = None
    also: Callable[[Scene], dict[str, Any]] | None = None
    spec: str | None = None
    people: Callable[[Scene], list[Key]] | None = None

    def __call__(self, w: World) -> Case:
        scene = Scene(w)
        asked: dict[str, Any] = {"token": self.token(scene), "roots": [scene.alice.did], "now": scene.now}
        if self.also is not None:
            asked.update(self.also(scene))
        result: dict[str, Any] = {}
        if self.people is not None:
            root, *chain = (key.did for key in self.people(scene))
            result = {"root": root, "holder": chain[-1], "chain": chain}
        spec = self.spec or ORDER + RULES[self.step]
        return Case(self.name, "verify-token", self.notes, self.attack, spec, asked, self.code, self.step, result)
