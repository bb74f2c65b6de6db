"""The facts about one request that a verifier supplies and caveats are checked against.

The same facts in two shapes: methods for attorn's own evaluation, and Datalog statements for any stock engine. Datalog
cannot parse a URL, an address or a path, so those are derived here. A fact that cannot be derived is absent, and a
caveat that needs it prohibits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from attorn import datalog
from attorn.datalog import Member, Predicate, Term
from attorn.request import address, filepath, glob, url
from attorn.request.attested import Attested, all_meet
from attorn.request.request import Request
from attorn.request.resource import ancestors

Asked: TypeAlias = tuple[bool, frozenset[str], frozenset[str]]
"""Of every delegate, or of the holder alone; the DIDs whose word counts; the texts `name=value` that one must say."""
_ELEMENTS: Final = frozenset({str, int, bool})


class Facts:
    """What is known about `request` at Unix second `now`, asked of `audience` through `depth` links after the first.

    `approved` are the DIDs whose approval of this very request was found genuine and good now,
    `attested` what genuine identity credentials say of each delegate of the chain, the holder last.
    Every method takes the name of an argument and returns `None` if the argument is absent or of another kind.
    """

    __slots__ = (
        "_addresses",
        "_args",
        "_globs",
        "_hosts",
        "_items",
        "_resources",
        "_subpaths",
        "action",
        "approved",
        "attested",
        "audience",
        "depth",
        "now",
        "request",
    )

    def __init__(
        self,
        request: Request,
        *,
        audience: str,
        now: int,
        depth: int,
        approved: frozenset[str] = frozenset(),
        attested: tuple[frozenset[Attested], ...] = (),
    ) -> None:
        self.request = request
        self.action = request.action
        self.audience = audience
        self.now = now
        self.depth = depth
        self.approved = approved
        self.attested = attested
        self._args: Mapping[str, object] = request.args
        self._resources: frozenset[str] | None = None
        self._items: dict[str, frozenset[Member] | None] = {}
        self._hosts: dict[str, frozenset[str] | None] = {}
        self._addresses: dict[str, str | None] = {}
        self._subpaths: dict[str, frozenset[str] | None] = {}
        self._globs: dict[tuple[str, str], bool | None] = {}

    @property
    def resources(self) -> frozenset[str]:
        """The resource and everything above it, each in normal form."""
        if self._resources is None:
            self._resources = ancestors(self.request.resource)
        return self._resources

    def value(self, name: str) -> Member | None:
        """A string, boolean or integer; null and a number with a fraction have no value."""
        return _member(self._args.get(name))

    def null(self, name: str) -> bool | None:
        """Whether the argument is null."""
        return self._args[name] is None if name in self._args else None

    def text(self, name: str) -> str | None:
        """A string."""
        value = self._args.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> tuple[int, int] | None:
        """Floor and ceiling of a number; a boolean is no number."""
        value = self._args.get(name)
        if type(value) is int:
            return value, value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return math.floor(value), math.ceil(value)

    def length(self, name: str) -> int | None:
        """Code points of a string, or elements of a list."""
        value = self._args.get(name)
        return len(value) if isinstance(value, str | tuple) else None

    def items(self, name: str) -> frozenset[Member] | None:
        """The elements of a list, if it has any and they are all strings, all integers or all booleans."""
        if name not in self._items:
            self._items[name] = _members(self._args.get(name))
        return self._items[name]

    def hosts(self, name: str) -> frozenset[str] | None:
        """The host of a URL and the wildcards that cover it; see `attorn.request.url.hosts`."""
        if name not in self._hosts:
            text = self.text(name)
            self._hosts[name] = None if text is None else url.hosts(text)
        return self._hosts[name]

    def address(self, name: str) -> str | None:
        """The bits of an IP address; see `attorn.request.address.address_bits`."""
        if name not in self._addresses:
            text = self.text(name)
            self._addresses[name] = None if text is None else address.address_bits(text)
        return self._addresses[name]

    def subpaths(self, name: str) -> frozenset[str] | None:
        """A file path and the folders above it; see `attorn.request.filepath.subpaths`."""
        if name not in self._subpaths:
            text = self.text(name)
            self._subpaths[name] = None if text is None else filepath.subpaths(text)
        return self._subpaths[name]

    def glob(self, name: str, pattern: str) -> bool | None:
        """Whether a string of at most 1024 characters matches `pattern`. Raises `InputError` for a bad pattern."""
        key = (name, pattern)
        if key not in self._globs:
            text = self.text(name)
            self._globs[key] = None if text is None or len(text) > glob.MOST_TEXT else glob.matches(pattern, text)
        return self._globs[key]

    def statements(
        self,
        globs: Iterable[tuple[str, str]] = (),
        approvals: Iterable[tuple[int, frozenset[str]]] = (),
        attestations: Iterable[Asked] = (),
    ) -> list[Predicate]:
        """Every fact as Datalog, and of what is asked for `glob(name, pattern, matches)` where there is an answer,
        `approved(threshold, DIDs)` where that many of the DIDs approved, and `attested(who, DIDs, what)` where it is
        so."""
        found = [
            Predicate("operation", (datalog.string(self.action),)),
            Predicate("resource", (datalog.string(self.request.resource),)),
            *(Predicate("path", (datalog.string(path),)) for path in sorted(self.resources)),
            Predicate("audience", (datalog.string(self.audience),)),
            Predicate("time", (datalog.date(self.now),)),
            Predicate("depth", (datalog.integer(self.depth),)),
            Predicate("request", (datalog.octets(self.request.digest()),)),
        ]
        for name in sorted(self._args):
            found.extend(self._argument(name))
        for name, pattern in globs:
            answer = self.glob(name, pattern)
            if answer is not None:
                terms = (datalog.string(name), datalog.string(pattern), datalog.scalar(answer))
                found.append(Predicate("glob", terms))
        for threshold, dids in approvals:
            if len(self.approved & dids) >= threshold:
                found.append(Predicate("approved", (datalog.integer(threshold), _strings(dids))))
        found += [_attested(asked) for asked in attestations if self._are_attested(asked)]
        return found

    def _are_attested(self, asked: Asked) -> bool:
        every, dids, said = asked
        wanted: dict[str, set[str]] = {}
        for text in said:
            name, _, value = text.partition("=")
            wanted.setdefault(name, set()).add(value)
        return all_meet(self.attested, every, dids, {name: frozenset(values) for name, values in wanted.items()})

    def _argument(self, name: str) -> Iterable[Predicate]:
        key = datalog.string(name)
        value, number, length, items = self.value(name), self.number(name), self.length(name), self.items(name)
        if value is not None:
            yield Predicate(datalog.TYPES[value[0]], (key, value))
        if self.null(name):
            yield Predicate("null", (key,))
        if number is not None:
            yield Predicate("number", (key, datalog.integer(number[0]), datalog.integer(number[1])))
        if length is not None:
            yield Predicate("length", (key, datalog.integer(length)))
        if items is not None:
            yield Predicate(f"{datalog.TYPES[next(iter(items))[0]]}s", (key, datalog.set_of(items)))
        hosts, bits, subpaths = self.hosts(name), self.address(name), self.subpaths(name)
        if hosts is not None:
            yield from (Predicate("host", (key, datalog.string(host))) for host in sorted(hosts))
            yield Predicate("hosts", (key, _strings(hosts)))
        if bits is not None:
            yield Predicate("address", (key, datalog.string(bits)))
        if subpaths is not None:
            yield from (Predicate("subpath", (key, datalog.string(path))) for path in sorted(subpaths))
            yield Predicate("subpaths", (key, _strings(subpaths)))


def _strings(values: frozenset[str]) -> Term:
    return datalog.set_of(frozenset(map(datalog.scalar, values)))


def _member(value: object) -> Member | None:
    # A request keeps a number as a float only if it has a fraction.
    if isinstance(value, str | int):
        return datalog.scalar(value)
    return None


def _members(value: object) -> frozenset[Member] | None:
    # Biscuit's text form refuses sets of more than one type, and its engine fails when it looks for null in a set.
    if not isinstance(value, tuple) or not value:
        return None
    kind = type(value[0])
    if kind not in _ELEMENTS or any(type(element) is not kind for element in value):
        return None
    return frozenset(map(datalog.scalar, value))


def _attested(asked: Asked) -> Predicate:
    every, dids, said = asked
    terms = (datalog.string("every" if every else "holder"), _strings(dids))
    return Predicate("attested", (*terms, _strings(said)) if said else terms)
