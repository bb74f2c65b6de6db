"""One request as the holder and the verifier both see it, and the digest that binds a presentation to it."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final

from attorn.canonical import MOST_INTEGER, canonicalise
from attorn.display import shown
from attorn.errors import InputError
from attorn.request.money import Money
from attorn.request.resource import normalise

MOST_ACTION: Final = 256
MOST_NAME: Final = 256
MOST_DEPTH: Final = 16
MOST_BYTES: Final = 65_536
_DOMAIN: Final = b"attorn request v1\0"
_ACTION = re.compile(r"[A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+)*")
# Equal to RFC 8785 for ASCII member names and values without floats or objects; a property test holds it to that.
_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")).encode
_PLAIN: Final = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """What is asked: an `action` on a `resource` with `args`, perhaps at a `cost`. Immutable, copied on construction.

    `resource` is kept in its normal form. `args` maps names to JSON values; lists become tuples, objects read-only
    mappings, and a float with an integral value the integer that it equals. Two requests are equal if their digests
    are.

    Raises `InputError` for an action that is not ASCII names joined by `:`, a resource without a safe normal form, and
    args that are not JSON, hold numbers beyond +-(2**53 - 1), nest more than 16 deep or exceed 64 KiB canonically.
    """

    action: str
    resource: str
    args: Mapping[str, object] = field(default_factory=dict)
    cost: Money | None = None
    _canonical_args: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        action = self.action
        if type(action) is not str or len(action) > MOST_ACTION or _ACTION.fullmatch(action) is None:
            raise InputError(f"action: expected ASCII names joined by ':', at most {MOST_ACTION}, got {shown(action)}")
        if self.cost is not None and type(self.cost) is not Money:
            raise InputError(f"cost: expected Money, got {type(self.cost).__name__}")
        resource = normalise(self.resource)
        args, canonical = _frozen_args(self.args)
        object.__setattr__(self, "resource", resource)
        object.__setattr__(self, "args", args)
        object.__setattr__(self, "_canonical_args", canonical)

    def canonical(self) -> bytes:
        """The RFC 8785 form of an object with action, args, cost where there is one, and resource."""
        cost = self.cost
        price = "" if cost is None else f',"cost":{{"amount":{cost.amount},"currency":"{cost.currency}"}}'
        # Neither an action nor a normalised resource can hold a character that JSON escapes.
        head = f'{{"action":"{self.action}","args":'.encode()
        return head + self._canonical_args + f'{price},"resource":"{self.resource}"}}'.encode()

    def digest(self) -> bytes:
        """SHA-256 over `attorn request v1`, a zero byte, and the canonical form."""
        return hashlib.sha256(_DOMAIN + self.canonical()).digest()

    def __reduce__(self) -> tuple[Callable[[], Request], tuple[()]]:
        # Read-only mappings are neither copied nor pickled; a copy is checked as the original was.
        args = {name: _thawed(value) for name, value in self.args.items()}
        return partial(type(self), action=self.action, resource=self.resource, args=args, cost=self.cost), ()

    def __eq__(self, other: object) -> bool:
        return self.digest() == other.digest() if isinstance(other, Request) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest())


def _frozen_args(args: Mapping[str, object]) -> tuple[Mapping[str, object], bytes]:
    """A deeply immutable copy of `args` and its canonical form."""
    if not isinstance(args, dict | MappingProxyType):
        raise InputError(f"args: expected a dict, got {type(args).__name__}")
    copy = dict(args)
    simple = True
    room = _Room(MOST_BYTES)
    for name, value in copy.items():
        if type(name) is not str or not 1 <= len(name) <= MOST_NAME:
            raise InputError(f"args: expected names of 1 to {MOST_NAME} characters, got {shown(name)}")
        room.take(len(name) + 4)
        copy[name] = frozen = _frozen(value, 2, room)
        simple = (
            simple
            and name.isascii()
            and (type(frozen) in _PLAIN or (type(frozen) is tuple and all(type(item) in _PLAIN for item in frozen)))
        )
    canonical = _canonical(copy, simple=simple)
    _Room(MOST_BYTES).take(len(canonical))
    return MappingProxyType(copy), canonical


class _Room:
    """How many more bytes the canonical form may have; counted while copying, since a list may hold one item often."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise InputError(f"args: expected at most {MOST_BYTES} bytes in canonical form")


def _frozen(value: object, depth: int, room: _Room) -> object:
    """An immutable copy of one JSON value that takes no less room than is counted here."""
    if type(value) is str:
        room.take(len(value))
        return value
    if value is None or type(value) is bool:
        return value
    if type(value) is int or type(value) is float:
        return _number(value)
    if not isinstance(value, list | tuple | dict | MappingProxyType):
        raise InputError(f"args: expected JSON values, got {type(value).__name__}")
    if depth > MOST_DEPTH:
        raise InputError(f"args: nested more than {MOST_DEPTH} deep")
    room.take(len(value) + 1)
    if isinstance(value, list | tuple):
        return tuple([_frozen(item, depth + 1, room) for item in value])
    members = dict(value)
    for name, member in members.items():
        if type(name) is not str:
            raise InputError(f"args: expected names of type str, got {type(name).__name__}")
        room.take(len(name))
        members[name] = _frozen(member, depth + 1, room)
    return MappingProxyType(members)


def _number(value: float) -> float:
    # Also false for NaN. Negative zero has no canonical form of its own.
    if not -MOST_INTEGER <= value <= MOST_INTEGER or (value == 0 and math.copysign(1, value) < 0):
        raise InputError("args: expected numbers within +-(2**53 - 1) and no negative zero; write others as text")
    return int(value) if value == int(value) else value


def _canonical(args: dict[str, object], *, simple: bool) -> bytes:
    if not simple:
        return canonicalise(_thawed(args))
    try:
        octets = _ENCODE(args).encode()
    except UnicodeEncodeError:
        octets = None
    if octets is None:
        # Raised out here, because the codec's error carries the whole text.
        raise InputError("args: expected text without lone surrogates")
    return octets


def _thawed(value: object) -> object:
    """Dicts and lists again, which is what the canonicaliser takes."""
    if isinstance(value, tuple):
        return [_thawed(item) for item in value]
    if isinstance(value, dict | MappingProxyType):
        return {name: _thawed(member) for name, member in value.items()}
    return value
