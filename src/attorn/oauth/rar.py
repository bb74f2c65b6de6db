"""A chain's authority as one authorization detail (RFC 9396): without loss, or not at all.

What it says, `from_detail` reads back as caveats that permit the same requests. Source: docs/spec/rar.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.caveat import Actions, Audience, Caveat, Expires, MaxDepth, NotBefore, Purpose, Resources
from attorn.caveat.argument import Formula
from attorn.caveat.spoken import from_json, to_json
from attorn.caveat.validity import moment
from attorn.clock import LATEST
from attorn.errors import InputError, MalformedError
from attorn.jose.claims import Claims
from attorn.request.resource import ancestors
from attorn.token.link import Link

CHAIN_DETAILS: Final = "urn:attorn:authorization-details:chain"
_MOST_CONSTRAINTS: Final = 64
_Covers = Callable[[str, str], bool]


class ProjectionError(InputError):
    """A chain has a limit that an authorization detail cannot say, or permits nothing at all."""

    code = "cannot_project"


def to_detail(chain: Sequence[Link]) -> dict[str, JsonValue]:
    """What the links permit together, as one authorization detail. `access.chain` and `verified.chain` are verified.

    Raises `ProjectionError` where a link holds a limit that is counted, looked up or asked of somebody, or that this
    version does not know; and `InputError` for no links.
    """
    links = tuple(chain) if isinstance(chain, list | tuple) else ()
    if not links or not all(isinstance(link, Link) for link in links):
        raise InputError("expected the links of a chain")
    found = _Together()
    for link in links:
        for caveat in link.caveats:
            found.add(caveat)
    return {"type": CHAIN_DETAILS, **found.members()}


def from_detail(detail: Mapping[str, JsonValue]) -> tuple[Caveat, ...]:
    """The caveats that a detail says, all of which hold. Raises `MalformedError` for anything that is none."""
    try:
        # Whatever a caller parsed it with: as plain JSON, and no deeper than anything else that is read.
        members = parse(canonicalise(detail))
        if not isinstance(members, dict) or members.get("type") != CHAIN_DETAILS:
            raise InputError(f"expected the type {CHAIN_DETAILS}")
        if not members.keys() <= _READERS.keys():
            raise InputError("a member is not known, and might limit more")
        claims = Claims(members, "authorization detail")
        return tuple(caveat for name, read in _READERS.items() if name in claims for caveat in read(claims))
    except InputError as error:
        raise MalformedError(f"authorization detail: {error}") from None


class _Together:
    """What the caveats seen so far permit together."""

    __slots__ = ("_constraints", "_from", "_names", "_until")

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}
        self._from = 0
        self._until = LATEST + 1
        self._constraints: list[JsonValue] = []

    def add(self, caveat: Caveat) -> None:
        """Narrow by one more. Raises `ProjectionError`."""
        if isinstance(caveat, Actions):
            self._narrow("actions", caveat.names, _covers_action)
        elif isinstance(caveat, Resources):
            self._narrow("locations", caveat.names, lambda wide, narrow: wide in ancestors(narrow))
        elif isinstance(caveat, Audience):
            self._narrow("audiences", caveat.names, lambda wide, narrow: wide == narrow)
        elif isinstance(caveat, NotBefore):
            self._from = max(self._from, caveat.second)
        elif isinstance(caveat, Expires):
            self._until = min(self._until, caveat.second)
        elif isinstance(caveat, Formula):
            self._constrain(caveat)
        elif not isinstance(caveat, MaxDepth | Purpose):
            # Those two limit no use of the chain by its holder.
            raise ProjectionError(f"an authorization detail cannot say {type(caveat).__name__}")

    def members(self) -> dict[str, JsonValue]:
        """What is left, each member in ascending order. Raises `ProjectionError` if that is nothing."""
        if self._from >= self._until:
            raise ProjectionError("the links are never valid at one time")
        said: dict[str, JsonValue] = {name: [*sorted(names)] for name, names in self._names.items()}
        if self._constraints:
            said["constraints"] = self._constraints
        if self._until <= LATEST:
            said["exp"] = self._until
        if self._from:
            said["nbf"] = self._from
        return said

    def _narrow(self, member: str, names: Iterable[str], covers: _Covers) -> None:
        """Two of these limits have in common what one names and the other covers."""
        before, now = self._names.get(member), frozenset(names)
        both = now
        if before is not None:
            both = frozenset(name for name in before if any(covers(wide, name) for wide in now))
            both |= frozenset(name for name in now if any(covers(wide, name) for wide in before))
        kept = frozenset(name for name in both if not any(covers(wide, name) for wide in both - {name}))
        if not kept:
            raise ProjectionError(f"the links have no {member} in common")
        self._names[member] = kept

    def _constrain(self, caveat: Formula) -> None:
        said = to_json(caveat)
        if from_json(said) != caveat:
            raise ProjectionError(f"an authorization detail cannot say {type(caveat).__name__}")
        if said not in self._constraints:
            self._constraints.append(said)
        if len(self._constraints) > _MOST_CONSTRAINTS:
            raise ProjectionError(f"expected at most {_MOST_CONSTRAINTS} limits on arguments")


def _covers_action(wide: str, narrow: str) -> bool:
    return wide == narrow or (wide.endswith(":*") and narrow.startswith(wide[:-1]))


def _formulas(claims: Claims) -> list[Caveat]:
    value = claims.members["constraints"]
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_CONSTRAINTS:
        raise InputError(f"expected 1 to {_MOST_CONSTRAINTS} constraints")
    found = [from_json(each) for each in value]
    if not all(isinstance(each, Formula) for each in found):
        raise InputError("expected constraints on arguments")
    return found


_READERS: Final[Mapping[str, Callable[[Claims], Sequence[Caveat]]]] = {
    "type": lambda claims: (),
    "actions": lambda claims: (Actions(*claims.texts("actions")),),
    "locations": lambda claims: (Resources(*claims.texts("locations")),),
    "audiences": lambda claims: (Audience(*claims.texts("audiences")),),
    "nbf": lambda claims: (NotBefore(moment(claims.second("nbf"))),),
    "exp": lambda claims: (Expires(moment(claims.second("exp"))),),
    "constraints": _formulas,
}
