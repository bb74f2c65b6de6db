"""DEFLATE (RFC 1951) in its plainest forms, in the frames of gzip and zlib: the same bytes whatever zlib is built in.

Nothing here imports attorn.
"""

from __future__ import annotations

import zlib

_END, _LONGEST = 256, 258


class _Bits:
    """Bits put one behind the other, the least significant of each byte first."""

    def __init__(self) -> None:
        self.value = 0
        self.count = 0

    def put(self, number: int, count: int) -> None:
        """A number, its lowest bit first."""
        self.value |= number << self.count
        self.count += count

    def code(self, code: int, count: int) -> None:
        """A Huffman code, its highest bit first."""
        self.put(int(f"{code:0{count}b}"[::-1], 2), count)

    def octets(self) -> bytes:
        return self.value.to_bytes((self.count + 7) // 8, "little")


def fixed(data: bytes) -> bytes:
    """One block of fixed codes, in which 258 times the byte before is one match."""
    bits, at = _Bits(), 0
    bits.put(1, 1)
    bits.put(1, 2)
    while at < len(data):
        if at and data[at : at + _LONGEST] == data[at - 1 : at] * _LONGEST:
            # The symbol 285: the longest match, at distance 1.
            bits.code(0xC5, 8)
            bits.code(0, 5)
            at += _LONGEST
            continue
        byte = data[at]
        bits.code(*((0x30 + byte, 8) if byte < 144 else (0x190 + byte - 144, 9)))
        at += 1
    bits.code(0, 7)
    return bits.octets()


def zeros(matches: int) -> bytes:
    """A block that is 1 + 258 * `matches` bytes of zero once inflated, at two bits for 258 of them."""
    bits = _Bits()
    for number, count in ((1, 1), (2, 2), (29, 5), (0, 5), (14, 4)):
        bits.put(number, count)
    # Code lengths of the code lengths, in the order of RFC 1951 section 3.2.7: 18 has one bit, 1 and 2 have two.
    for symbol in (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1):
        bits.put({18: 1, 1: 2, 2: 2}.get(symbol, 0), 3)
    one, two, none = (0b10, 2), (0b11, 2), (0b0, 1)
    # The literal 0 and the end have two bits, the longest match has one, and so has the one distance.
    for code, extra in ((two, None), (none, 138), (none, 117), (two, None), (none, 28), (one, None), (one, None)):
        bits.code(*code)
        if extra is not None:
            bits.put(extra - 11, 7)
    bits.code(0b10, 2)
    bits.count += 2 * matches
    bits.code(0b11, 2)
    return bits.octets()


def gzip_frame(block: bytes, data: bytes) -> bytes:
    """RFC 1952, without a name or a time; `data` is what the block holds."""
    trailer = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block + trailer


def zlib_frame(block: bytes, data: bytes) -> bytes:
    """RFC 1950."""
    return b"\x78\x01" + block + zlib.adler32(data).to_bytes(4, "big")


def gzipped(data: bytes) -> bytes:
    return gzip_frame(fixed(data), data)


def zlibbed(data: bytes) -> bytes:
    return zlib_frame(fixed(data), data)
