"""Mutators that keep an input in one piece: protobuf and JSON that still parse, with something in them changed.

Written apart from attorn's codecs, so that one fault is not in both.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.fuzz.harness import Mutate, joined, parts_of

Field = tuple[int, int | bytes]
"""A tag as it stands, and its value."""
_DEEPEST = 12
_NUMBERS = (0, 1, 2, 3, 5, 6, 26, 27, 28, 127, 128, 1023, 1024, 1025, 1030, 2**31, 2**32, 2**53, 2**63, 2**64 - 1)
_TAGS = (0x08, 0x0A, 0x10, 0x12, 0x18, 0x1A, 0x20, 0x22, 0x28, 0x2A, 0x30, 0x32, 0x3A)
_JSON_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 16, 2**31, 2**53 - 1, 2**53, -(2**53), 0.5, 1e-7, 253_402_300_799, 253_402_300_800,
    "", "a", "0", "did:key:", "did:web:a", "\0", "\ud800", "é", "e\u0301", "A" * 43, [], {}, [[]], {"": {}},
)  # fmt: skip


def plain(data: bytes, random: Random) -> bytes:
    """Bytes changed without regard to what they are."""
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        at = random.randrange(len(out) + 1)
        size = min(random.choice((1, 1, 2, 4, 16)), len(out) - at)
        match random.randrange(6):
            case 0 if out:
                out[min(at, len(out) - 1)] ^= 1 << random.randrange(8)
            case 1:
                del out[at : at + size]
            case 2:
                out[at:at] = random.randbytes(random.choice((1, 1, 2, 8)))
            case 3:
                out[at:at] = out[at : at + size]
            case 4:
                there = random.randrange(len(out) + 1)
                out[at : at + size] = out[there : there + size]
            case _:
                out[at : at + 1] = bytes(
                    random.choice(
                        (0, 1, 0x7F, 0x80, 0xFF, *b' "-./:=[]{}_~%\\'),
                    )
                )
    return bytes(out)


def protobuf(data: bytes, random: Random) -> bytes:
    """A message with fields changed, dropped, repeated, exchanged or moved, all its lengths right again."""
    if not random.randrange(8):
        return plain(data, random)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        data = _within(data, random, data, 0)
    return data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(data: bytes, at: int) -> tuple[int, int] | None:
    value = 0
    for shift in range(10):
        if at + shift >= len(data):
            return None
        value |= (data[at + shift] & 0x7F) << 7 * shift
        if data[at + shift] < 0x80:
            return value, at + shift + 1
    return None


def _message(data: bytes) -> list[Field] | None:
    """The fields of what looks like a message."""
    fields: list[Field] = []
    at = 0
    while at < len(data):
        tag = data[at]
        found = _read_varint(data, at + 1)
        if found is None or not 8 <= tag < 0x80 or tag & 7 not in (0, 2):
            return None
        value, at = found
        if tag & 7 == 0:
            fields.append((tag, value))
            continue
        if at + value > len(data):
            return None
        fields.append((tag, data[at : at + value]))
        at += value
    return fields


def _encoded(fields: list[Field]) -> bytes:
    out = b""
    for tag, value in fields:
        out += bytes((tag,)) + (_varint(value) if isinstance(value, int) else _varint(len(value)) + value)
    return out


def _within(data: bytes, random: Random, whole: bytes, depth: int) -> bytes:
    """These bytes with a change in the message they are, or in one inside it."""
    fields = _message(data)
    if not fields:
        return plain(data, random)
    at = random.randrange(len(fields))
    tag, value = fields[at]
    if isinstance(value, bytes) and value and depth < _DEEPEST and random.random() < 0.8:
        fields[at] = (tag, _within(value, random, whole, depth + 1))
    else:
        _change(fields, at, random, whole)
    return _encoded(fields)


def _elsewhere(data: bytes, random: Random) -> Field:
    """Any field of a message or of one inside it."""
    found: Field = (0x0A, data)
    while fields := _message(data):
        found = random.choice(fields)
        if isinstance(found[1], int) or random.random() < 0.3:
            break
        data = found[1]
    return found


def _change(fields: list[Field], at: int, random: Random, whole: bytes) -> None:
    tag, value = fields[at]
    match random.randrange(9):
        case 0:
            del fields[at]
        case 1:
            fields.insert(random.randrange(len(fields) + 1), fields[at])
        case 2:
            there = random.randrange(len(fields))
            fields[at], fields[there] = fields[there], fields[at]
        case 3:
            fields[at] = _elsewhere(whole, random)
        case 4:
            fields.insert(at, _elsewhere(whole, random))
        case 5 if isinstance(value, bytes):
            fields[at] = (random.choice([each for each in _TAGS if each & 7 == tag & 7]), value)
        case 6 if isinstance(value, bytes):
            fields[at] = (tag, value[: random.randrange(len(value) + 1)])
        case _:
            fields[at] = (tag, _changed_value(value, random))


def _changed_value(value: int | bytes, random: Random) -> int | bytes:
    if isinstance(value, int):
        near = (value + 1, max(0, value - 1), value ^ 1 << random.randrange(8))
        return random.choice((*_NUMBERS, *near, *near)) & 2**64 - 1
    return plain(value, random)


def json_text(data: bytes, random: Random) -> bytes:
    """JSON with a value changed, or a member dropped, doubled, renamed or moved."""
    if not random.randrange(8):
        return plain(data, random)
    try:
        holder = [json.loads(data)]
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            _change_json(holder, random)
        separators = random.choice(((",", ":"), (",", ":"), (", ", ": ")))
        text = json.dumps(holder[0], ensure_ascii=random.random() < 0.3, separators=separators, sort_keys=True)
        return text.encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return plain(data, random)


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, list | dict):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from _containers(each)


def _change_json(holder: list[Any], random: Random) -> None:
    places = [each for each in _containers(holder) if each]
    place = random.choice(places)
    key = random.choice(list(place)) if isinstance(place, dict) else random.randrange(len(place))
    other = random.choice(places)
    # A copy: a value inside itself would never end.
    other_value = json.loads(json.dumps(random.choice(list(other.values()) if isinstance(other, dict) else other)))
    match random.randrange(8):
        case 0 if place is not holder:
            del place[key]
        case 1 if isinstance(place, dict):
            place[random.choice(("", "x", "z", f"{key}2", key.upper()))] = other_value
        case 1 | 2 if isinstance(place, list) and place is not holder:
            place.insert(random.randrange(len(place) + 1), other_value)
        case 3:
            place[key] = other_value
        case 4 | 5:
            place[key] = random.choice(_JSON_VALUES)
        case _:
            place[key] = _changed_json(place[key], random)


def _changed_json(value: Any, random: Random) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return random.choice((value + 1, value - 1, -value, value * 2, value / 2))
    if isinstance(value, str):
        return plain(value.encode("utf-8", "surrogatepass"), random).decode("utf-8", "surrogateescape")
    return random.choice((value, [value], {"x": value}))


def each_part(*mutators: Mutate) -> Mutate:
    """One part changed by its own mutator, the last for all that follow; now and then a part dropped or repeated."""

    def mutate(data: bytes, random: Random) -> bytes:
        parts = parts_of(data, 64)
        at = random.randrange(len(parts))
        match random.randrange(12):
            case 0:
                parts.insert(at, parts[random.randrange(len(parts))])
            case 1 if len(parts) > 1:
                del parts[at]
            case _:
                parts[at] = mutators[min(at, len(mutators) - 1)](parts[at], random)
        return joined(*parts)

    return mutate


def base64url(inner: Mutate, prefix: bytes = b"") -> Mutate:
    """What unpadded base64url text behind `prefix` holds changed, and encoded again; now and then the text itself."""

    def mutate(data: bytes, random: Random) -> bytes:
        if not random.randrange(8) or not data.startswith(prefix):
            return plain(data, random)
        text = data[len(prefix) :]
        try:
            content = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
        except ValueError:
            return plain(data, random)
        return prefix + base64.urlsafe_b64encode(inner(content, random)).rstrip(b"=")

    return mutate


def either(*mutators: Mutate) -> Mutate:
    """One of these, by chance."""

    def mutate(data: bytes, random: Random) -> bytes:
        return random.choice(mutators)(data, random)

    return mutate
