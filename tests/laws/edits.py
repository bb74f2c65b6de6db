"""Edits of bytes, texts and parts, as somebody makes them who has the token and perhaps a few keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

Part = TypeVar("Part")


@st.composite
def mutations(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """One change to some bytes: flipped bits, a span cut out, moved, doubled, or bytes put in."""
    kind = draw(st.sampled_from(("flip", "set", "cut", "double", "insert", "swap", "truncate", "append")))
    at = draw(st.integers(0, 2**16))
    size = draw(st.integers(1, 40))
    extra = draw(st.binary(min_size=1, max_size=4))

    def change(data: bytes) -> bytes:
        start = at % (len(data) or 1)
        end = min(len(data), start + size)
        if kind == "flip":
            return data[:start] + bytes((data[start] ^ (1 << size % 8),)) + data[start + 1 :] if data else extra
        if kind == "set":
            return data[:start] + extra + data[start + len(extra) :]
        if kind == "swap":
            return data[:start] + data[end : end + size] + data[start:end] + data[end + size :]
        return {
            "cut": data[:start] + data[end:],
            "double": data[:end] + data[start:end] + data[end:],
            "insert": data[:start] + extra + data[start:],
            "truncate": data[:start],
            "append": data + extra,
        }[kind]

    return change


@st.composite
def rearranged(draw: st.DrawFn, parts: Sequence[Part], others: Sequence[Part]) -> list[Part]:
    """The parts with one or two left out, doubled, swapped, or taken from another token."""
    found: list[Any] = list(parts)
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(("delete", "double", "swap", "splice", "insert")))
        at = draw(st.integers(0, max(0, len(found) - 1)))
        if kind == "delete" and found:
            del found[at]
        elif kind == "double" and found:
            found.insert(draw(st.integers(0, len(found))), found[at])
        elif kind == "swap" and found:
            other = draw(st.integers(0, len(found) - 1))
            found[at], found[other] = found[other], found[at]
        elif kind == "splice" and found:
            found[at] = draw(st.sampled_from(others))
        else:
            found.insert(at, draw(st.sampled_from(others)))
    return found
