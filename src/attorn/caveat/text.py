"""Atoms about the text of one argument: StartsWith, Glob, Subpath, UrlHost, Cidr.

Datalog cannot parse a URL, an address or a path: these are checks over derived facts (docs/spec/facts.md). A text that
has no safe reading has no derived fact, and both the atom and its negation prohibit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from attorn.caveat.argument import Atom, Literal, argument_name, numbered
from attorn.caveat.base import Caveat, listed
from attorn.caveat.value import Patterned, member_of
from attorn.datalog import BOOL, CONTAINS, NEGATE, PREFIX, Expression, Predicate, scalar, string
from attorn.display import bare, shown
from attorn.errors import InputError
from attorn.request import filepath
from attorn.request.address import network_bits, network_text
from attorn.request.facts import Facts
from attorn.request.glob import check_pattern, matches
from attorn.request.url import host_pattern


@dataclass(frozen=True, slots=True)
class StartsWith(Atom):
    """The argument is text that starts with `prefix`, code point for code point."""

    name: str
    prefix: str
    over: ClassVar[tuple[str, ...]] = ("text",)

    def __post_init__(self) -> None:
        argument_name(self.name)
        if not isinstance(self.prefix, str) or not self.prefix:
            raise InputError("StartsWith: expected a prefix that is not empty")
        member_of(self.prefix, "StartsWith")

    def holds(self, facts: Facts) -> bool | None:
        text = facts.text(self.name)
        return None if text is None else text.startswith(self.prefix)

    def pattern(self, first: int, negated: bool) -> Patterned:
        text = numbered(first)
        expression: Expression = (text, string(self.prefix), PREFIX)
        return Predicate("text", (string(self.name), text)), ((*expression, NEGATE) if negated else expression,)

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        ((_, (_, prefix), *rest),) = expressions
        if PREFIX not in rest:
            return None
        return Literal(cls(str(predicate.terms[0][1]), str(prefix)), rest[-1] == NEGATE)

    def limit(self) -> str:
        return f"{bare(self.name)} starting with {shown(self.prefix)}"

    def narrower_than(self, other: Caveat) -> bool | None:
        if isinstance(other, StartsWith) and other.name == self.name:
            return self.prefix.startswith(other.prefix)
        return None


@dataclass(frozen=True, slots=True)
class Glob(Atom):
    """The argument is text of at most 1,024 characters that `glob` matches as a whole.

    `?` is one character but `/`, `*` any run without `/`, `**` any run; a backslash makes the next character literal.
    """

    name: str
    glob: str
    over: ClassVar[tuple[str, ...]] = ("glob",)

    def __post_init__(self) -> None:
        argument_name(self.name)
        check_pattern(self.glob)
        member_of(self.glob, "Glob")

    def holds(self, facts: Facts) -> bool | None:
        return facts.glob(self.name, self.glob)

    def pattern(self, first: int, negated: bool) -> Patterned:
        del first
        return Predicate("glob", (string(self.name), string(self.glob), scalar(not negated))), ()

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        del expressions
        (_, name), (_, glob), (kind, wanted) = predicate.terms
        return Literal(cls(str(name), str(glob)), wanted is False) if kind == BOOL else None

    def limit(self) -> str:
        return f"{bare(self.name)} matching {shown(self.glob)}"

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, Glob) or other.name != self.name:
            return None
        # Two patterns are compared only where one has no wildcard; the general question is left open.
        if not any(character in self.glob for character in "*?\\"):
            return matches(other.glob, self.glob)
        return True if self.glob == other.glob else None


class _Listed(Atom):
    """Shared by the atoms that hold one argument name and several spellings, any of which will do."""

    __slots__ = ()
    names: tuple[str, ...]

    def __init__(self, name: str, *names: str) -> None:
        if not names:
            raise InputError(f"{type(self).__name__}: expected at least one value")
        for value in names:
            if not isinstance(value, str):
                raise InputError(f"{type(self).__name__}: expected text, got {type(value).__name__}")
        object.__setattr__(self, "name", argument_name(name))
        object.__setattr__(self, "names", tuple(sorted({self._accept(value) for value in names})))

    @classmethod
    def _accept(cls, value: str) -> str:
        raise NotImplementedError

    @classmethod
    def _of(cls, name: str, names: tuple[str, ...]) -> Self:
        """The atom of values that a constructor has accepted before: reading a value costs, and tokens are hostile."""
        atom = object.__new__(cls)
        object.__setattr__(atom, "name", name)
        object.__setattr__(atom, "names", names)
        return atom

    def singles(self) -> tuple[Atom, ...]:
        return tuple(self._of(self.name, (value,)) for value in self.names)

    @classmethod
    def merged(cls, atoms: tuple[Atom, ...]) -> Self | None:
        names = {name for atom in atoms if isinstance(atom, cls) for name in atom.names}
        return cls._of(atoms[0].name, tuple(sorted(names)))

    def limit(self) -> str:
        return f"{bare(self.name)} within {listed(self.names)}"


class _Within(_Listed):
    """Shared by the atoms over a value that lies within several names at once, each of which is a fact.

    The first fact stands for each of them, and the second, which the negation needs, for all.
    """

    __slots__ = ()

    @classmethod
    def single(cls, name: str, value: str) -> Self | None:
        """The atom of one value, if that is spelt as it is kept. May raise `InputError`."""
        return cls._of(argument_name(name), (value,)) if cls._accept(value) == value else None

    def pattern(self, first: int, negated: bool) -> Patterned:
        name, value = string(self.name), string(self.names[0])
        if not negated:
            return Predicate(self.over[0], (name, value)), ()
        values = numbered(first)
        return Predicate(self.over[1], (name, values)), ((values, value, CONTAINS, NEGATE),)

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        (_, name), (_, value) = predicate.terms
        if expressions:
            return Literal(cls(str(name), str(expressions[0][1][1])), True)
        return Literal(cls(str(name), str(value)), False)


@dataclass(frozen=True, slots=True, init=False)
class Subpath(_Within):
    """The argument is an absolute POSIX path in plain form, at or below one of these folders."""

    name: str
    names: tuple[str, ...]
    over: ClassVar[tuple[str, ...]] = ("subpath", "subpaths")

    @classmethod
    def _accept(cls, value: str) -> str:
        return filepath.plain(value)

    def holds(self, facts: Facts) -> bool | None:
        paths = facts.subpaths(self.name)
        return None if paths is None else not paths.isdisjoint(self.names)

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, Subpath) or other.name != self.name:
            return None
        return all(not (filepath.subpaths(name) or frozenset()).isdisjoint(other.names) for name in self.names)


@dataclass(frozen=True, slots=True, init=False)
class UrlHost(_Within):
    """The argument is an http, https, ws or wss URL whose host is one of these: exact, `*.domain`, or an IP literal."""

    name: str
    names: tuple[str, ...]
    over: ClassVar[tuple[str, ...]] = ("host", "hosts")

    @classmethod
    def _accept(cls, value: str) -> str:
        return host_pattern(value)

    def holds(self, facts: Facts) -> bool | None:
        hosts = facts.hosts(self.name)
        return None if hosts is None else not hosts.isdisjoint(self.names)

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, UrlHost) or other.name != self.name:
            return None
        return all(name in other.names or _is_below(name, other.names) for name in self.names)


def _is_below(name: str, patterns: tuple[str, ...]) -> bool:
    # `*.b.c` and `a.b.c` both lie below `*.c`. No wildcard ends in a number, so no IP literal lies below one.
    return any(pattern[0] == "*" and name.endswith(pattern[1:]) for pattern in patterns)


@dataclass(frozen=True, slots=True, init=False)
class Cidr(_Listed):
    """The argument is an IP address within one of these networks; an IPv4-mapped IPv6 address counts as IPv4."""

    name: str
    names: tuple[str, ...]
    over: ClassVar[tuple[str, ...]] = ("address",)

    @classmethod
    def _accept(cls, value: str) -> str:
        return network_text(network_bits(value))

    def pattern(self, first: int, negated: bool) -> Patterned:
        bits = numbered(first)
        expression: Expression = (bits, string(network_bits(self.names[0])), PREFIX)
        return Predicate("address", (string(self.name), bits)), ((*expression, NEGATE) if negated else expression,)

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        ((_, (_, bits), *rest),) = expressions
        return Literal(cls(str(predicate.terms[0][1]), network_text(str(bits))), rest[-1] == NEGATE)

    def holds(self, facts: Facts) -> bool | None:
        bits = facts.address(self.name)
        return None if bits is None else any(bits.startswith(network_bits(network)) for network in self.names)

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, Cidr) or other.name != self.name:
            return None
        wider = _merged({network_bits(network) for network in other.names})
        return all(any(network_bits(network).startswith(bits) for bits in wider) for network in self.names)


def _merged(prefixes: set[str]) -> set[str]:
    """The same networks with every pair of halves joined."""
    left = set(prefixes)
    for length in range(max(map(len, left)), 0, -1):
        for half in [prefix for prefix in left if len(prefix) == length and prefix[-1] == "1"]:
            other = f"{half[:-1]}0"
            if other in left:
                left -= {half, other}
                left.add(half[:-1])
    return left
