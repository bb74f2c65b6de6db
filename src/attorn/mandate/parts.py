"""Data parts of A2A, in the shapes of its versions 0.3 and 1.0: what AP2 puts in them is found once, or refused.

A part of 0.3 has `kind`, one of 1.0 has none. What has members of AP2 in it and is neither is refused: another reader
could find there what this one does not, and a mandate that nobody reads must not pass for none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue, canonicalise
from attorn.display import shown
from attorn.errors import InputError, MandateError

MOST_PARTS: Final = 64
RISK: Final = "risk_data"
"""The one key that AP2 gives no name of its own: others may have it, too, for something else."""
OLDER: Final = "0.3"
NEWER: Final = "1.0"
VERSIONS: Final = (OLDER, NEWER)
"""The versions of A2A whose parts are written and read."""
_DATA: Final = "data"
_KIND: Final = "kind"
_OTHERS: Final = ("text", "raw", "url", "file", "type")
"""What says in some version of A2A that a part is, or holds, something other than data."""
_LEVELS: Final = 64


def part_of(
    data: dict[str, JsonValue], version: str, read: Callable[[list[JsonValue]], object]
) -> dict[str, JsonValue]:
    """The part that carries `data`, in the shape of one of `VERSIONS`, if `read` takes it.

    Raises `InputError` for another version, for what JSON has no place for, such as half a character, and for what
    `read` refuses by a `MandateError`.
    """
    if version not in VERSIONS:
        raise InputError(f"data part: expected a version of A2A, {' or '.join(VERSIONS)}, got {shown(version)}")
    canonicalise(data)
    part: dict[str, JsonValue] = {_KIND: _DATA, _DATA: data} if version == OLDER else {_DATA: data}
    try:
        read([part])
    except MandateError as error:
        raise InputError(str(error)) from None
    return part


def gathered(parts: JsonValue, keys: Collection[str]) -> dict[str, JsonValue]:
    """What stands under these keys in the data parts among `parts`; other parts and members are passed over.

    Numbers of 1.0 are doubles, of which the whole ones are given as integers, however they were spelled. Raises
    `MandateError` for what is no list of at most `MOST_PARTS`, for a key that is there twice, or where no reader of AP2
    looks for it, for a part that has one and is not of one shape, and for data of more than 64 levels.
    """
    if not isinstance(parts, list) or len(parts) > MOST_PARTS:
        raise MandateError(f"data parts: expected a list of at most {MOST_PARTS}, got {shown(parts)}")
    found: dict[str, JsonValue] = {}
    for part in parts:
        for key, value in _carried(part, keys).items():
            if key in found:
                raise MandateError(f"data parts: {key} is there twice")
            found[key] = value
    return found


def _carried(part: JsonValue, keys: Collection[str]) -> dict[str, JsonValue]:
    for place in _elsewhere(part, keys):
        for key in keys:
            if key in place and key != RISK:
                raise MandateError(f"data parts: {key} stands elsewhere than among the members of a part's data")
    if not isinstance(part, dict):
        return {}
    data = part.get(_DATA)
    members = {key: data[key] for key in keys if key in data} if isinstance(data, dict) else {}
    if not members:
        return {}
    first = next(iter(members))
    for other in _OTHERS:
        if other in part:
            raise MandateError(f"data parts: expected data alone in a part that carries {first}, got {other}")
    if _KIND not in part:
        return {key: _doubles(value, _LEVELS) for key, value in members.items()}
    if part[_KIND] != _DATA:
        raise MandateError(f"data parts: {first} is in a part of kind {shown(part[_KIND])}")
    return members


def _elsewhere(part: JsonValue, keys: Collection[str]) -> Iterator[dict[str, JsonValue]]:
    """Every object in a part but its data, where members of AP2 have no place, and what stands under them there."""
    left = [part]
    data = part.get(_DATA) if isinstance(part, dict) else None
    if isinstance(part, dict) and isinstance(data, dict):
        yield part
        left = [value for name, value in part.items() if name != _DATA]
        left += [value for name, value in data.items() if name not in keys]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            yield each
            left += each.values()
        elif isinstance(each, list):
            left += each


def _doubles(value: JsonValue, levels: int) -> JsonValue:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= MOST_INTEGER else value
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        raise MandateError(f"data parts: expected at most {_LEVELS} levels")
    if isinstance(value, list):
        return [_doubles(each, levels - 1) for each in value]
    return {name: _doubles(each, levels - 1) for name, each in value.items()}
