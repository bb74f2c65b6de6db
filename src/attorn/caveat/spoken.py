"""Caveats as JSON, for the shell and for machines: `{"Range": {"name": "limit", "maximum": 10}}` and back.

| JSON | members |
|---|---|
| `{"Actions": [...]}`, `{"Resources": [...]}`, `{"Audience": [...]}` | texts |
| `{"NotBefore": "2026-11-21T18:00:00Z"}`, `{"Expires": ...}` | RFC 3339 with an offset, whole seconds |
| `{"ExpiresIn": "8h"}` | days, hours, minutes, seconds: `1d12h30m` |
| `{"MaxDepth": 2}`, `{"NoDelegation": {}}`, `{"Purpose": "..."}`, `{"MaxUses": 10}`, `{"Spaced": "month"}` | |
| `{"Rate": {...}}` | `n`, `per` |
| `{"Budget": {...}}` | `amount` in minor units, `currency`, `per` (optional) |
| `{"Equals": {...}}` | `name`, `value` |
| `{"OneOf": {...}}`, `NotOneOf`, `Contains`, `SubsetOf` | `name`, `values` |
| `{"Range": {...}}` | `name`, `minimum` and `maximum` (one of them optional) |
| `{"MaxLength": {...}}`, `StartsWith`, `Glob` | `name`, and `most`, `prefix` or `glob` |
| `{"Subpath": {...}}`, `UrlHost`, `Cidr` | `name`, and `paths`, `hosts` or `networks` |
| `{"Status": {...}}`, `{"FreshList": "did:..."}` | `uri`, `index`, `issuer`, `kind` (optional) |
| `{"RequiresApproval": {...}}` | `by` (a DID or several), `threshold` and `when` (optional, a list of caveats) |
| `{"AllOf": [...]}`, `{"AnyOf": [...]}`, `{"Not": {...}}` | caveats on named arguments |
| a kind added to the vocabulary that has no row here yet | what it holds, by name: single values |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Final

from attorn import caveat as kinds
from attorn.canonical import JsonValue, parse
from attorn.caveat import Caveat
from attorn.caveat.approval import When
from attorn.caveat.argument import Formula
from attorn.datalog import Scalar
from attorn.display import shown, stamp
from attorn.errors import InputError, MalformedError
from attorn.request.attested import NAMES
from attorn.words import instant, span

_MOST_BYTES: Final = 65_536
_DEPTH: Final = 32
_Read = Callable[[JsonValue], Caveat]


def read(text: str) -> Caveat:
    """The caveat in JSON `text`. Raises `InputError` for anything but one caveat of the vocabulary."""
    try:
        value = parse(text, most=_MOST_BYTES, depth=_DEPTH)
    except MalformedError as error:
        raise InputError(f"caveat: {error}") from None
    return from_json(value)


def from_json(value: JsonValue) -> Caveat:
    """The caveat that a JSON value says. Raises `InputError`, also for a member too many."""
    if not isinstance(value, dict) or len(value) != 1:
        raise InputError('caveat: expected an object with one member, like {"MaxUses": 10}')
    ((kind, content),) = value.items()
    reader = _READERS.get(kind)
    return _plain(kind, content) if reader is None else reader(content)


def to_json(caveat: Caveat) -> JsonValue:
    """The caveat as JSON. One that this version does not know has a form that cannot be read back."""
    return {type(caveat).__name__: _content(caveat)}


def _text(value: JsonValue, what: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{what}: expected text")
    return value


def _whole(value: JsonValue, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{what}: expected an integer")
    return value


def _texts(value: JsonValue, what: str) -> list[str]:
    if not isinstance(value, list):
        raise InputError(f"{what}: expected a list of texts")
    return [_text(item, what) for item in value]


def _scalars(value: JsonValue, what: str) -> list[Scalar]:
    if not isinstance(value, list):
        raise InputError(f"{what}: expected a list of values")
    found = [item for item in value if isinstance(item, str | int)]
    if len(found) != len(value):
        raise InputError(f"{what}: expected texts, integers, true or false")
    return [*found]


def _scalar(value: JsonValue, what: str) -> Scalar | None:
    if isinstance(value, list | dict | float):
        raise InputError(f"{what}: expected text, an integer, true, false or null")
    return value


def _members(value: JsonValue, kind: str, required: str, optional: str = "") -> dict[str, JsonValue]:
    """The members of an object, none missing and none unknown. Raises `InputError`."""
    needed, known = set(required.split()), {*required.split(), *optional.split()}
    if not isinstance(value, dict) or not needed <= value.keys() or not value.keys() <= known:
        also = f", and perhaps {optional.replace(' ', ', ')}" if optional else ""
        raise InputError(f"{kind}: expected an object with the members {required.replace(' ', ', ')}{also}")
    return value


def _names(kind: Callable[..., Caveat], what: str) -> _Read:
    return lambda value: kind(*_texts(value, what))


def _named(kind: Callable[..., Caveat], what: str, member: str, take: Callable[[JsonValue, str], object]) -> _Read:
    """A reader of `{"name": ..., member: ...}`, where a list stands for several arguments."""

    def reader(value: JsonValue) -> Caveat:
        members = _members(value, what, f"name {member}")
        taken = take(members[member], f"{what}: {member}")
        return kind(_text(members["name"], what), *(taken if isinstance(taken, list) else [taken]))

    return reader


def _no_delegation(value: JsonValue) -> Caveat:
    _members(value, "NoDelegation", "")
    return kinds.NoDelegation()


def _rate(value: JsonValue) -> Caveat:
    members = _members(value, "Rate", "n per")
    return kinds.Rate(_whole(members["n"], "Rate: n"), _text(members["per"], "Rate: per"))


def _budget(value: JsonValue) -> Caveat:
    members = _members(value, "Budget", "amount currency", "per")
    per = _text(members["per"], "Budget: per") if "per" in members else None
    return kinds.Budget(_whole(members["amount"], "Budget: amount"), _text(members["currency"], "Budget"), per)


def _range(value: JsonValue) -> Caveat:
    members = _members(value, "Range", "name", "minimum maximum")
    low, high = (
        _whole(members[bound], f"Range: {bound}") if bound in members else None for bound in ("minimum", "maximum")
    )
    return kinds.Range(_text(members["name"], "Range: name"), low, high)


def _plain(name: str, value: JsonValue) -> Caveat:
    """A caveat without a form of its own here: an object with what it holds, by name."""
    kind: type[Caveat] = getattr(kinds, name) if name in kinds.__all__ else kinds.Unrecognised
    if kind is kinds.Unrecognised or not is_dataclass(kind):
        raise InputError(f"caveat: unknown kind {shown(name)}; known are {', '.join(sorted(_READERS))}")
    needed = " ".join(field.name for field in fields(kind) if field.default is MISSING)
    known = " ".join(field.name for field in fields(kind) if field.default is not MISSING)
    members = _members(value, name, needed, known)
    made: Callable[..., Caveat] = kind
    return made(**{key: _scalar(member, f"{name}: {key}") for key, member in members.items()})


def _part(value: JsonValue, kind: str) -> Formula:
    part = from_json(value)
    if not isinstance(part, Formula):
        raise InputError(f"{kind}: expected caveats on named arguments, got {type(part).__name__}")
    return part


def _group(kind: Callable[..., Caveat], what: str) -> _Read:
    def reader(value: JsonValue) -> Caveat:
        if not isinstance(value, list):
            raise InputError(f"{what}: expected a list of caveats")
        return kind(*(_part(item, what) for item in value))

    return reader


def _status(value: JsonValue) -> Caveat:
    members = _members(value, "Status", "uri index issuer", "kind")
    return kinds.Status(
        _text(members["uri"], "Status: uri"),
        _whole(members["index"], "Status: index"),
        _text(members["issuer"], "Status: issuer"),
        _text(members.get("kind", "token"), "Status: kind"),
    )


def _approval(value: JsonValue) -> Caveat:
    members = _members(value, "RequiresApproval", "by", "threshold when")
    by = members["by"]
    when = members.get("when")
    if "when" in members and not isinstance(when, list):
        raise InputError("RequiresApproval: when: expected a list of caveats")
    return kinds.RequiresApproval(
        by if isinstance(by, str) else _texts(by, "RequiresApproval: by"),
        _whole(members.get("threshold", 1), "RequiresApproval: threshold"),
        [_condition(item) for item in when] if isinstance(when, list) else None,
    )


def _agent(value: JsonValue) -> Caveat:
    members = _members(value, "Agent", "attested_by", " ".join(("every", *NAMES)))
    every = members.get("every", False)
    if type(every) is not bool:
        raise InputError("Agent: every: expected true or false")
    return kinds.Agent.of(
        _one_or_more(members["attested_by"], "Agent: attested_by"),
        every,
        {name: _one_or_more(members[name], f"Agent: {name}") for name in NAMES if name in members},
    )


def _one_or_more(value: JsonValue, what: str) -> list[str]:
    return [value] if isinstance(value, str) else list(_texts(value, what))


def _condition(value: JsonValue) -> When:
    condition = from_json(value)
    if not isinstance(condition, When):
        raise InputError(f"RequiresApproval: when: {type(condition).__name__} cannot stand here")
    return condition


_READERS: Final[Mapping[str, _Read]] = {
    "Actions": _names(kinds.Actions, "Actions"),
    "Resources": _names(kinds.Resources, "Resources"),
    "Audience": _names(kinds.Audience, "Audience"),
    "NotBefore": lambda value: kinds.NotBefore(instant(_text(value, "NotBefore"), "NotBefore")),
    "Expires": lambda value: kinds.Expires(instant(_text(value, "Expires"), "Expires")),
    "ExpiresIn": lambda value: kinds.ExpiresIn(span(_text(value, "ExpiresIn"), "ExpiresIn")),
    "MaxDepth": lambda value: kinds.MaxDepth(_whole(value, "MaxDepth")),
    "NoDelegation": _no_delegation,
    "Purpose": lambda value: kinds.Purpose(_text(value, "Purpose")),
    "MaxUses": lambda value: kinds.MaxUses(_whole(value, "MaxUses")),
    "Rate": _rate,
    "Budget": _budget,
    "Spaced": lambda value: kinds.Spaced(_text(value, "Spaced")),
    "Equals": _named(kinds.Equals, "Equals", "value", _scalar),
    "OneOf": _named(kinds.OneOf, "OneOf", "values", _scalars),
    "NotOneOf": _named(kinds.NotOneOf, "NotOneOf", "values", _scalars),
    "Contains": _named(kinds.Contains, "Contains", "values", _scalars),
    "SubsetOf": _named(kinds.SubsetOf, "SubsetOf", "values", _scalars),
    "Range": _range,
    "MaxLength": _named(kinds.MaxLength, "MaxLength", "most", _whole),
    "StartsWith": _named(kinds.StartsWith, "StartsWith", "prefix", _text),
    "Glob": _named(kinds.Glob, "Glob", "glob", _text),
    "Subpath": _named(kinds.Subpath, "Subpath", "paths", _texts),
    "UrlHost": _named(kinds.UrlHost, "UrlHost", "hosts", _texts),
    "Cidr": _named(kinds.Cidr, "Cidr", "networks", _texts),
    "Status": _status,
    "FreshList": lambda value: kinds.FreshList(_text(value, "FreshList")),
    "RequiresApproval": _approval,
    "Agent": _agent,
    "AllOf": _group(kinds.AllOf, "AllOf"),
    "AnyOf": _group(kinds.AnyOf, "AnyOf"),
    "Not": lambda value: kinds.Not(_part(value, "Not")),
}


def _content(caveat: Caveat) -> JsonValue:
    match caveat:
        case kinds.Actions() | kinds.Resources() | kinds.Audience():
            return list(caveat.names)
        case kinds.NotBefore() | kinds.Expires():
            return stamp(caveat.at)
        case kinds.ExpiresIn():
            return f"{int(caveat.span.total_seconds())}s"
        case kinds.MaxDepth():
            return caveat.hops
        case kinds.Purpose():
            return caveat.sentence
        case kinds.MaxUses():
            return caveat.n
        case kinds.Rate():
            return {"n": caveat.n, "per": caveat.per}
        case kinds.Budget():
            per: dict[str, JsonValue] = {} if caveat.per is None else {"per": caveat.per}
            return {"amount": caveat.amount, "currency": caveat.currency, **per}
        case kinds.Spaced():
            return caveat.per
        case kinds.Status() | kinds.FreshList() | kinds.RequiresApproval() | kinds.Agent():
            return _said_by_others(caveat)
        case kinds.AllOf() | kinds.AnyOf():
            return [to_json(part) for part in caveat.parts]
        case kinds.Not():
            return to_json(caveat.part)
    return _argument(caveat)


def _said_by_others(caveat: kinds.Status | kinds.FreshList | kinds.RequiresApproval | kinds.Agent) -> JsonValue:
    if isinstance(caveat, kinds.Agent):
        said: dict[str, JsonValue] = {name: list(values) for name, values in caveat.properties}
        return {"attested_by": list(caveat.attested_by), **({"every": True} if caveat.every else {}), **said}
    if isinstance(caveat, kinds.Status):
        return {"uri": caveat.uri, "index": caveat.index, "issuer": caveat.issuer, "kind": caveat.kind}
    if isinstance(caveat, kinds.FreshList):
        return caveat.by
    when: dict[str, JsonValue] = {"when": [to_json(part) for part in caveat.when]} if caveat.when else {}
    return {"by": list(caveat.by), "threshold": caveat.threshold, **when}


def _argument(caveat: Caveat) -> JsonValue:
    match caveat:
        case kinds.Equals():
            return {"name": caveat.name, "value": caveat.value}
        case kinds.OneOf() | kinds.NotOneOf() | kinds.Contains() | kinds.SubsetOf():
            return {"name": caveat.name, "values": list(caveat.values)}
        case kinds.Range():
            bounds = {"minimum": caveat.minimum, "maximum": caveat.maximum}
            return {"name": caveat.name, **{name: bound for name, bound in bounds.items() if bound is not None}}
        case kinds.MaxLength():
            return {"name": caveat.name, "most": caveat.most}
        case kinds.StartsWith():
            return {"name": caveat.name, "prefix": caveat.prefix}
        case kinds.Glob():
            return {"name": caveat.name, "glob": caveat.glob}
        case kinds.Subpath():
            return {"name": caveat.name, "paths": list(caveat.names)}
        case kinds.UrlHost():
            return {"name": caveat.name, "hosts": list(caveat.names)}
        case kinds.Cidr():
            return {"name": caveat.name, "networks": list(caveat.names)}
    return _held(caveat)


def _held(caveat: Caveat) -> JsonValue:
    """What a caveat without a form of its own holds, as `_plain` reads it; nothing of what cannot be read back."""
    names: list[str] = [field.name for field in fields(caveat)] if is_dataclass(caveat) else []
    held = {name: getattr(caveat, name) for name in names}
    said: dict[str, JsonValue] = {name: value for name, value in held.items() if value is not None}
    return said if all(isinstance(value, str | int) for value in said.values()) else {}
