"""Packed arrays of small numbers in either bit order, and their compressed forms, inflated within a bound."""

from __future__ import annotations

import zlib
from enum import StrEnum
from typing import Final

from attorn.errors import InputError, LimitError, MalformedError

MOST_BYTES: Final = 16 << 20
"""Most bytes that a list may have once inflated: 128 Mi entries of one bit."""
WIDEST: Final = 8
"""Most bits of one entry."""


class Order(StrEnum):
    """Which bit of a byte comes first."""

    LEFT = "left"
    """The most significant one (Bitstring Status List): index 0 is the left-most bit."""
    RIGHT = "right"
    """The least significant one (Token Status List)."""


class Packing(StrEnum):
    """How the array is compressed."""

    GZIP = "gzip"
    """RFC 1952 (Bitstring Status List)."""
    ZLIB = "zlib"
    """RFC 1950 (Token Status List)."""


# Small pieces: what is left of one is copied each time, and a bomb is noticed within one.
_INPUT: Final = 1 << 14
_OUTPUT: Final = 1 << 16
# The window of 32 KiB, and which frame is around it (zlib manual, inflateInit2).
_WINDOW: Final = {Packing.GZIP: 16 + zlib.MAX_WBITS, Packing.ZLIB: zlib.MAX_WBITS}


def entries(data: bytes | bytearray, width: int) -> int:
    """How many whole entries of `width` bits there are."""
    return len(data) * 8 // width


def get(data: bytes | bytearray, index: int, width: int, order: Order) -> int:
    """The entry at `index`, which the caller knows to be there."""
    first, last, shift = _place(index, width, order)
    chunk = int.from_bytes(data[first:last], "big" if order is Order.LEFT else "little")
    return chunk >> shift & (1 << width) - 1


def put(data: bytearray, index: int, width: int, order: Order, value: int) -> None:
    """Make `value` the entry at `index`, which the caller knows to be there."""
    first, last, shift = _place(index, width, order)
    end = "big" if order is Order.LEFT else "little"
    mask = (1 << width) - 1
    chunk = int.from_bytes(data[first:last], end) & ~(mask << shift) | (value & mask) << shift  # type: ignore[arg-type]
    data[first:last] = chunk.to_bytes(last - first, end)  # type: ignore[arg-type]  # one of the two words it knows


def _place(index: int, width: int, order: Order) -> tuple[int, int, int]:
    """The bytes that an entry lies in, and how far its lowest bit is from theirs."""
    start, stop = index * width, index * width + width
    first, last = start // 8, (stop + 7) // 8
    return first, last, last * 8 - stop if order is Order.LEFT else start - first * 8


def pack(data: bytes, packing: Packing) -> bytes:
    """`data` compressed as tightly as zlib can; the same bytes for the same data."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _WINDOW[packing])
    return packer.compress(data) + packer.flush()


def unpack(data: bytes, packing: Packing, *, most: int = MOST_BYTES) -> bytes:
    """What `data` holds: one stream with its checksum, and nothing behind it.

    Stops as soon as there are more than `most` bytes and raises `LimitError`: a bomb costs what `most` costs. Raises
    `MalformedError` for anything that is not exactly one whole stream.
    """
    if type(most) is not int or most < 1:
        raise InputError("status list: expected a positive bound")
    stream = zlib.decompressobj(_WINDOW[packing])
    pieces: list[bytes] = []
    size = at = 0
    waiting = b""
    while not stream.eof:
        if not waiting:
            waiting, at = data[at : at + _INPUT], at + _INPUT
        try:
            piece = stream.decompress(waiting, _OUTPUT)
        except zlib.error:
            size = -1
            break
        if not piece and not waiting:
            raise MalformedError(f"status list: the {packing} data is cut short")
        waiting = stream.unconsumed_tail
        size += len(piece)
        if size > most:
            raise LimitError(f"status list: more than {most} bytes once inflated")
        pieces.append(piece)
    if size < 0:
        raise MalformedError(f"status list: not {packing} data")
    if stream.unused_data or at < len(data):
        # A second gzip member would be there, too.
        raise MalformedError(f"status list: bytes behind the {packing} data")
    return b"".join(pieces)
