"""Cases of `evaluate-caveat`: one block of checks, one request, one verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import testkit as kit
from .case import Case
from .primitives import Part
from .world import World

Check = Callable[[World], Part]
"""A check whose names are those of a world."""
Made = Callable[[World], bytes]
"""A block as it stands."""
ABSENT = object()


def argument(w: World) -> str:
    """The name of the argument that a caveat is about."""
    return w.word("argument", "limit")


def another(w: World) -> str:
    """The name of a second argument."""
    return w.word("another argument", "mode")


def action(w: World) -> str:
    return f"{w.word('namespace', 'events')}:read"


def resource(w: World) -> str:
    return f"cal://{w.word('owner', 'alice')}/2026-11"


def block(*checks: Part, facts: tuple[Part, ...] = (), version: int = 3) -> bytes:
    """One block with its own symbols."""
    return b"".join(kit.block_fields(kit.Symbols(), facts, checks, version=version))


@dataclass(frozen=True)
class Question:
    """A recipe. `told` are members of the input, or functions of a world that give them; `request` those of its
    request."""

    name: str
    notes: str
    spec: str
    made: Callable[[World], Mapping[str, Any]]
    attack: int | None = None
    code: str = "ok"
    step: int | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, w: World) -> Case:
        request = {"action": action(w), "resource": resource(w), "args": {}} | in_world(self.request, w)
        asked = {"request": request, "audience": w.audience, "now": w.now, "depth": 0} | in_world(self.told, w)
        return Case(
            self.name,
            "evaluate-caveat",
            self.notes,
            self.attack,
            self.spec,
            {**self.made(w), **asked},
            self.code,
            self.step,
        )


def in_world(members: Mapping[str, Any], w: World) -> dict[str, Any]:
    return {name: value(w) if callable(value) else value for name, value in members.items()}


ASKED = ("action", "resource", "args", "cost")


@dataclass(frozen=True)
class Kind:
    """The family of one kind of caveat, and where its rules stand."""

    family: str
    spec: str

    def case(
        self,
        name: str,
        notes: str,
        attack: int | None,
        *checks: Check | Callable[[World], bytes],
        code: str = "ok",
        **more: Any,
    ) -> Question:
        """`value` is that of the one argument; the members of a request, and of the input, by their names."""
        value = more.pop("value", ABSENT)
        if value is not ABSENT:
            more["args"] = lambda w: {argument(w): value}
        rule = more.pop("rule", None)
        spec = self.spec if rule is None else rule
        step = more.pop("step", {"ok": None, "denied": 9, "invalid_input": None}.get(code, 1))
        request = {member: more.pop(member) for member in ASKED if member in more}
        made = more.pop("made", None) or block_of(*checks)
        return Question(f"{self.family}/{name}", notes, spec, made, attack, code, step, request, more)

    def permits(self, name: str, notes: str, *checks: Check, **more: Any) -> Question:
        return self.case(name, notes, None, *checks, **more)

    def prohibits(self, name: str, notes: str, attack: int, *checks: Check, **more: Any) -> Question:
        return self.case(name, notes, attack, *checks, code="denied", **more)

    def strange(self, name: str, notes: str, check: Check, **more: Any) -> Question:
        """A check that stands for no caveat, asked about a request that the nearest caveat would permit."""
        rule = "docs/spec/caveats.md section 3: a check that stands for no caveat prohibits"
        return self.case(name, notes, more.pop("attack", 68), check, code="denied", **({"rule": rule} | more))

    def refused(self, code: str, name: str, notes: str, made: Check | Made, **more: Any) -> Question:
        """A block that is not read."""
        rule = more.pop("rule", "docs/spec/caveats.md section 1: the first departure met is the answer")
        return self.case(name, notes, more.pop("attack", 8), made, code=code, rule=rule, **more)

    def asks_wrongly(self, name: str, notes: str, attack: int, check: Check, **more: Any) -> Question:
        """A request that is none."""
        rule = more.pop("rule", "docs/spec/facts.md section The request: a request that breaks a rule is not a request")
        return self.case(name, notes, attack, check, code="invalid_input", rule=rule, **more)


def block_of(*checks: Check | Made) -> Callable[[World], Mapping[str, Any]]:
    """The member `block`: of these checks, or of the bytes that the only one of them makes."""

    def made(w: World) -> Mapping[str, Any]:
        parts = [check(w) for check in checks]
        return {"block": kit.url64(parts[0] if isinstance(parts[0], bytes) else block(*parts))}

    return made
