"""Caveats over what is done, to what, and at whose door: Actions, Resources, Audience."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from attorn.caveat.base import Caveat, listed
from attorn.datalog import PREFIX, Check, Predicate, Query, string, variable
from attorn.decision import Denial
from attorn.display import bare, shown
from attorn.errors import InputError
from attorn.request.facts import Facts
from attorn.request.resource import ancestors, normalise

_ACTION = re.compile(r"[A-Za-z0-9._-]+(:[A-Za-z0-9._-]+)*(:\*)?")
_VALUE = variable("0")


class _Scope(Caveat):
    """Shared by the caveats that hold several names, any of which will do."""

    __slots__ = ()
    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        kind = type(self).__name__
        if not names:
            raise InputError(f"{kind}: expected at least one; a caveat without values would permit nothing")
        for name in names:
            if not isinstance(name, str):
                raise InputError(f"{kind}: expected text, got {type(name).__name__}")
        object.__setattr__(self, "names", tuple(sorted({self._accept(name) for name in names})))

    @staticmethod
    def _accept(name: str) -> str:
        """`name` in the form it is kept in. Raises `InputError`."""
        raise NotImplementedError

    def limit(self) -> str:
        return listed(self.names)

    @classmethod
    def single(cls, name: str) -> Self | None:
        """The caveat of one name, if a check for exactly this text is how it is written. May raise `InputError`."""
        if name[-1:] == "*" or cls._accept(name) != name:
            # A star may stand for any ending, which is another check.
            return None
        caveat = object.__new__(cls)
        object.__setattr__(caveat, "names", (name,))
        return caveat


@dataclass(frozen=True, slots=True, init=False)
class Actions(_Scope):
    """Only these actions: exact names, or `ns:*` for every name under `ns:`."""

    names: tuple[str, ...]
    over: ClassVar[tuple[str, ...]] = ("operation",)

    @staticmethod
    def _accept(name: str) -> str:
        if len(name) > 256 or _ACTION.fullmatch(name) is None:
            raise InputError(f"action: expected names like events:read or events:*, got {shown(name)}")
        return name

    def prohibits(self, facts: Facts) -> Denial | None:
        action = facts.action
        if action in self.names:
            return None
        if any(name[-1] == "*" and action.startswith(name[:-1]) for name in self.names):
            return None
        return self.denial(action)

    def render(self) -> Check:
        return tuple(_action_query(name) for name in self.names)

    @classmethod
    def read(cls, check: Check) -> Actions:
        return cls(*(_action_name(query) for query in check))

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, Actions):
            return None
        return all(other.covers(name) for name in self.names)

    def covers(self, name: str) -> bool:
        """Whether `name`, itself perhaps a pattern, lies within these."""
        if not isinstance(name, str):
            return False
        return name in self.names or any(mine[-1] == "*" and name.startswith(mine[:-1]) for mine in self.names)


def _action_query(name: str) -> Query:
    if name[-1] == "*":
        return Query((Predicate("operation", (_VALUE,)),), ((_VALUE, string(name[:-1]), PREFIX),))
    return Query((Predicate("operation", (string(name),)),), ())


def _action_name(query: Query) -> str:
    if query.expressions:
        return f"{query.expressions[0][1][1]!s}*"
    return str(query.body[0].terms[0][1])


@dataclass(frozen=True, slots=True, init=False)
class Resources(_Scope):
    """Only these resources and what lies below them, by whole path segments: `/data/a` does not cover `/data/ab`."""

    names: tuple[str, ...]
    over: ClassVar[tuple[str, ...]] = ("path",)

    @staticmethod
    def _accept(name: str) -> str:
        return normalise(name)

    def prohibits(self, facts: Facts) -> Denial | None:
        resources = facts.resources
        for name in self.names:
            if name in resources:
                return None
        return self.denial(bare(facts.request.resource))

    def render(self) -> Check:
        return tuple(Query((Predicate("path", (string(name),)),), ()) for name in self.names)

    @classmethod
    def read(cls, check: Check) -> Resources:
        return cls(*(str(query.body[0].terms[0][1]) for query in check))

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, Resources):
            return None
        return all(not ancestors(name).isdisjoint(other.names) for name in self.names)


@dataclass(frozen=True, slots=True, init=False)
class Audience(_Scope):
    """Only at these audiences, compared as exact text."""

    names: tuple[str, ...]
    over: ClassVar[tuple[str, ...]] = ("audience",)

    @staticmethod
    def _accept(name: str) -> str:
        if not 0 < len(name) <= 2048 or not name.isascii() or not name.isprintable() or " " in name:
            raise InputError(f"audience: expected printable ASCII without spaces, got {shown(name)}")
        return name

    def prohibits(self, facts: Facts) -> Denial | None:
        return None if facts.audience in self.names else self.denial(bare(facts.audience))

    def render(self) -> Check:
        return tuple(Query((Predicate("audience", (string(name),)),), ()) for name in self.names)

    @classmethod
    def read(cls, check: Check) -> Audience:
        return cls(*(str(query.body[0].terms[0][1]) for query in check))

    def narrower_than(self, other: Caveat) -> bool | None:
        return set(self.names) <= set(other.names) if isinstance(other, Audience) else None
