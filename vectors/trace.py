"""Cases of `run-trace`: one use after another, of one verifier with one ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import testkit as kit
from .case import Case
from .primitives import Part
from .scene import Scene
from .testkit import Key, Signed
from .world import World

Refusal = tuple[str, int | None]
OK: Refusal = ("ok", None)
DENIED: Refusal = ("denied", 10)


@dataclass(frozen=True)
class Trace:
    """A recipe. `uses` makes the uses; `codes` is what becomes of each, `repeated` which of them are retries."""

    name: str
    notes: str
    attack: int | None
    spec: str
    uses: Callable[[Scene], Sequence[dict[str, Any]]]
    codes: tuple[Refusal, ...]
    repeated: tuple[int, ...] = ()
    also: Callable[[Scene], dict[str, Any]] = field(default=lambda s: {})

    def __call__(self, w: World) -> Case:
        s = Scene(w)
        asked = {"audience": s.audience, "roots": [s.alice.did], "uses": list(self.uses(s)), **self.also(s)}
        result: dict[str, Any] = {"codes": [list(each) for each in self.codes], "repeated": list(self.repeated)}
        return Case(f"ledger/{self.name}", "run-trace", self.notes, self.attack, self.spec, asked, result=result)


@dataclass(frozen=True)
class Holder:
    """A chain and who presents it. Every use is a presentation of its own."""

    scene: Scene
    chain: list[Signed]
    key: Key

    def use(
        self,
        number: int,
        at: int = 0,
        *,
        key: str | None = None,
        approvals: Sequence[str] = (),
        revocations: Sequence[str] = (),
        challenge: str | None = None,
        answers: str | None = None,
        audience: str | None = None,
        second: int | None = None,
        **request: Any,
    ) -> dict[str, Any]:
        """The use of this number, `at` seconds from the scene's now, or at a second of its own."""
        s, now = self.scene, self.scene.now + at if second is None else second
        asked = s.request(**request)
        facts = [] if key is None else [kit.fact("idempotency", kit.text(key))]
        facts += [kit.fact("approval", kit.text(text)) for text in approvals]
        wire = s.wire(
            self.chain,
            self.key,
            facts=facts,
            id=self.nonce(number),
            request=digest(asked),
            start=now - 30,
            stop=now + 300,
            challenge=challenge if answers is None else answers,
            **({} if audience is None else {"audience": audience}),
        )
        return used(wire, asked, now, challenge=challenge, revocations=revocations)

    def nonce(self, number: int) -> bytes:
        return hashlib.sha256(self.scene.nonce + bytes((number,))).digest()[:16]


def used(
    wire: str, request: dict[str, Any], now: int, *, challenge: str | None = None, revocations: Sequence[str] = ()
) -> dict[str, Any]:
    """One entry of `uses`."""
    found: dict[str, Any] = {"wire": wire, "request": request, "now": now}
    if challenge is not None:
        found["challenge"] = challenge
    if revocations:
        found["revocations"] = list(revocations)
    return found


def digest(request: dict[str, Any]) -> bytes:
    """The request digest, for ASCII text and integers, with a cost or without."""
    return hashlib.sha256(b"attorn request v1\0" + kit.compact(request)).digest()


def cost(amount: int, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def limit(fact: str, *terms: Part) -> Part:
    return kit.check(kit.query(kit.pred(fact, *terms)))


def max_uses(count: int) -> Part:
    return limit("max_uses", kit.num(count))


def rate(count: int, per: str) -> Part:
    return limit("rate", kit.num(count), kit.text(per))


def budget(amount: int, currency: str = "EUR", per: str = "total") -> Part:
    return limit("budget", kit.num(amount), kit.text(currency), kit.text(per))


def spaced(per: str) -> Part:
    return limit("spaced", kit.text(per))


def alone(s: Scene, *checks: Part, **link: Any) -> Holder:
    """Alice -> planner with these caveats, presented by the planner."""
    return Holder(s, s.extend([], s.alice, s.planner, [s.read, *checks], **link), s.planner)


def siblings(s: Scene, *parent: Part, scout: tuple[Part, ...] = (), bob: tuple[Part, ...] = ()) -> tuple[Holder, ...]:
    """Alice -> planner with the parent's caveats -> scout, and -> bob, each with its own; and the planner itself."""
    first = s.extend([], s.alice, s.planner, [s.read, *parent])
    to_scout = s.extend(first, s.planner, s.scout, [s.read, *scout])
    to_bob = s.extend(first, s.planner, s.bob, [s.read, *bob], id=s.other_id)
    return Holder(s, to_scout, s.scout), Holder(s, to_bob, s.bob), Holder(s, first, s.planner)
