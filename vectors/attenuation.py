"""Cases of `attenuate`, as recipes: the token to pass on, what is to be added, and the very bytes that come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import testkit as kit
from .case import Case
from .scene import Scene, in_transit
from .testkit import AnyKey, Key, Part, Signed
from .world import World

WRITTEN = "docs/spec/wire.md section 6: to delegate, the holder appends one link"


def stamp(second: int) -> str:
    """RFC 3339, in UTC."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def asked(s: Scene, token: str, holder: Key, to: str, *caveats: Any, **more: Any) -> dict[str, Any]:
    """The question, with the second link's id and now."""
    members = {
        "token": token,
        "seed": kit.url64(holder.seed),
        "to": to,
        "caveats": list(caveats),
        "id": kit.url64(s.link_id(2)),
        "issued": s.now,
    }
    return {**members, **more}


def lone(s: Scene, *checks: Part) -> list[Signed]:
    """Alice -> planner."""
    return s.extend([], s.alice, s.planner, [s.read, *checks])


@dataclass(frozen=True)
class PassedOn:
    """The recipe of a token of one link that planner passes on to scout, right in every byte: call it with a world.

    `caveats` in JSON are to become `checks`; `also` changes the link on both sides.
    """

    name: str
    notes: str
    caveats: Callable[[Scene], list[Any]]
    checks: Callable[[Scene], list[Part]]
    spec: str = WRITTEN
    purpose: str | None = None
    delegate: Callable[[Scene], tuple[str, AnyKey, str | None]] | None = None

    def __call__(self, w: World) -> Case:
        s = Scene(w)
        did, key, method = (s.scout.did, s.scout, None) if self.delegate is None else self.delegate(s)
        more = {} if self.purpose is None else {"purpose": self.purpose}
        question = asked(s, in_transit(lone(s)), s.planner, did, *self.caveats(s), **more)
        link = s.extend(
            lone(s),
            s.planner,
            key,
            self.checks(s),
            id=s.link_id(2),
            issued=s.now,
            method=method,
            purpose=self.purpose,
        )
        name = f"attenuation/{self.name}"
        return Case(name, "attenuate", self.notes, None, self.spec, question, result={"token": in_transit(link)})


@dataclass(frozen=True)
class Refused:
    """The recipe of a token that is not passed on."""

    name: str
    notes: str
    attack: int | None
    question: Callable[[Scene], dict[str, Any]]
    code: str
    step: int | None
    spec: str

    def __call__(self, w: World) -> Case:
        name = f"attenuation/{self.name}"
        question = self.question(Scene(w))
        return Case(name, "attenuate", self.notes, self.attack, self.spec, question, self.code, self.step)
