"""What one caveat says to one request, by docs/spec/caveats.md. Slow, and meant to be read.

A caveat is plain: `{"kind": "Range", "name": "n", "minimum": 1, "maximum": None}`. `holds` gives True, False or None
(unknown) for a formula; `prohibits` is the verdict on any caveat but for what only a ledger or a list can say.
"""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple

from tests.reference import facts
from tests.reference.facts import Request, Scalar

Caveat = dict[str, Any]
FORMULAS = frozenset(
    {
        *("Equals", "OneOf", "NotOneOf", "Range", "MaxLength", "Contains", "SubsetOf", "StartsWith", "Glob"),
        *("Subpath", "UrlHost", "Cidr", "AllOf", "AnyOf", "Not"),
    }
)
STANDING = frozenset({"Status", "FreshList"})
COUNTED = frozenset({"MaxUses", "Rate", "Budget", "Spaced"})
_ABSENT = object()


class World(NamedTuple):
    """What a verifier knows beside the request: its own name, the second, and links after the first.

    `answered` holds what the lists say: the plain caveat's items, sorted, to `valid` or the code of the refusal.
    `approved` holds the DIDs whose approval of this request counts.
    `attested` holds, for each delegate, the holder last, what each credential says: its issuer, and texts `name=value`.
    """

    audience: str
    now: int
    depth: int
    answered: dict[tuple[tuple[str, Any], ...], str] = {}  # noqa: RUF012 - never changed
    approved: frozenset[str] = frozenset()
    attested: tuple[tuple[tuple[str, frozenset[str]], ...], ...] = ()


def prohibits(caveat: Caveat, request: Request, world: World) -> bool:
    kind = caveat["kind"]
    if kind in FORMULAS:
        return holds(caveat, request["args"]) is not True
    if kind == "Actions":
        return not any(_names(name, request["action"]) for name in caveat["names"])
    if kind == "Resources":
        return not _below(request["resource"], caveat["names"])
    if kind == "Audience":
        return world.audience not in caveat["names"]
    if kind == "NotBefore":
        return world.now < caveat["second"]
    if kind == "Expires":
        return world.now >= caveat["second"]
    if kind == "MaxDepth":
        return world.depth > caveat["hops"]
    if kind == "Budget":
        return not _affordable(caveat, request)
    if kind == "RequiresApproval":
        few = len(world.approved.intersection(caveat["by"])) < caveat["threshold"]
        return few and not any(_fails(condition, request, world) for condition in caveat["when"])
    if kind == "Agent":
        return not _attested(caveat, world)
    if kind in ("MaxUses", "Rate", "Spaced", "Purpose"):
        return False
    if kind in STANDING:
        return world.answered.get(key(caveat)) != "valid"
    # ExpiresIn and NoDelegation mean nothing before a link is made; anything else is unknown, and unknown means no.
    return True


def _attested(caveat: Caveat, world: World) -> bool:
    """Whether the holder, or every delegate, has one credential that says all that is asked."""
    if not world.attested:
        return False
    delegates = world.attested if caveat["every"] else (world.attested[-1],)
    for credentials in delegates:
        for by, said in credentials:
            if by not in caveat["attested_by"]:
                continue
            answers = [any(f"{name}={value}" in said for value in values) for name, values in caveat["properties"]]
            if all(answers):
                break
        else:
            return False
    return True


def _fails(condition: Caveat, request: Request, world: World) -> bool:
    """Whether a condition is known not to hold."""
    if condition["kind"] in FORMULAS:
        return holds(condition, request["args"]) is False
    return prohibits(condition, request, world)


def key(caveat: Caveat) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(caveat.items()))


def _names(name: str, action: str) -> bool:
    return action.startswith(name[:-1]) if name.endswith(":*") else action == name


def _below(resource: str, names: list[str]) -> bool:
    asked = facts.normal(resource)
    assert asked is not None
    return any(facts.normal(name) in facts.ancestors(asked) for name in names)


def _affordable(caveat: Caveat, request: Request) -> bool:
    cost = request.get("cost")
    return cost is not None and cost["currency"] == caveat["currency"] and cost["amount"] <= caveat["amount"]


def holds(formula: Caveat, args: dict[str, Any]) -> bool | None:
    """True, False, or None for unknown."""
    kind = formula["kind"]
    if kind == "Not":
        inner = holds(formula["part"], args)
        return None if inner is None else not inner
    if kind in ("AllOf", "AnyOf"):
        answers = [holds(part, args) for part in formula["parts"]]
        decisive = kind == "AnyOf"
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive
    value = args.get(formula["name"], _ABSENT)
    if value is _ABSENT:
        return None
    if kind in ("Equals", "OneOf", "NotOneOf"):
        return _among(formula, value)
    if kind in ("Contains", "SubsetOf"):
        return _elements(formula, value)
    return _measured(formula, value)


def _among(formula: Caveat, value: object) -> bool | None:
    if formula["kind"] == "Equals" and formula["value"] is None:
        return value is None
    listed = [facts.scalar(each) for each in _listed(formula)]
    asked = facts.scalar(value)
    if asked is None or asked.type != _type(listed):
        return None
    return (asked in listed) is not (formula["kind"] == "NotOneOf")


def _listed(formula: Caveat) -> list[object]:
    return [formula["value"]] if formula["kind"] == "Equals" else formula["values"]


def _type(listed: list[Scalar | None]) -> str | None:
    return None if listed[0] is None else listed[0].type


def _elements(formula: Caveat, value: object) -> bool | None:
    listed, found = facts.elements(formula["values"]), facts.elements(value)
    assert listed is not None
    if found is None or found[0] != listed[0]:
        return None
    return found[1] >= listed[1] if formula["kind"] == "Contains" else found[1] <= listed[1]


def _measured(formula: Caveat, value: object) -> bool | None:
    kind = formula["kind"]
    if kind == "Range":
        bounds, low, high = facts.number(value), formula["minimum"], formula["maximum"]
        if bounds is None:
            return None
        return (low is None or low <= bounds[0]) and (high is None or bounds[1] <= high)
    if kind == "MaxLength":
        length = facts.length(value)
        return None if length is None else length <= formula["most"]
    if kind == "StartsWith":
        return value.startswith(formula["prefix"]) if isinstance(value, str) else None
    if kind == "Glob":
        return facts.glob(formula["glob"], value)
    if kind == "Cidr":
        address = facts.address(value)
        networks = map(ipaddress.ip_network, formula["names"])
        return None if address is None else any(facts.inside(address, network) for network in networks)
    found = facts.subpaths(value) if kind == "Subpath" else facts.hosts(value)
    return None if found is None else any(name in found for name in formula["names"])
