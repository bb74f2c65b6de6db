"""Protobuf primitives, strict: shortest varints, one order of fields, nothing beyond the buffer.

Biscuit schemas are proto2 (specification 3.3, `schema.proto`). Writers return bytes; readers take (data, index) and
return (value, index behind it), and raise `MalformedError`.
"""

from __future__ import annotations

from attorn.encoding import varint_decode, varint_encode
from attorn.errors import MalformedError


def write_varint_field(tag: int, value: int) -> bytes:
    """A varint field; negative integers take their 64-bit two's complement, ten bytes long."""
    return varint_encode(tag << 3) + varint_encode(value & 0xFFFF_FFFF_FFFF_FFFF)


def write_bytes_field(tag: int, value: bytes) -> bytes:
    """A length-delimited field."""
    size = len(value)
    if size < 0x80:
        return bytes((tag << 3 | 2, size)) + value
    return bytes((tag << 3 | 2,)) + varint_encode(size) + value


def read_length(data: bytes, index: int, end: int) -> tuple[int, int]:
    """The end of the length-delimited value whose length stands at `index`, and where its content starts."""
    if index >= end:
        raise MalformedError("protobuf message is cut short")
    size = data[index]
    index += 1
    if size >= 0x80:
        size, index = varint_decode(data, index - 1)
    stop = index + size
    if stop > end:
        raise MalformedError("protobuf length reaches past its message")
    return stop, index


def read_varint(data: bytes, index: int, end: int) -> tuple[int, int]:
    """The varint at `index`."""
    if index >= end:
        raise MalformedError("protobuf message is cut short")
    byte = data[index]
    if byte < 0x80:
        return byte, index + 1
    value, index = varint_decode(data, index)
    if index > end:
        raise MalformedError("protobuf varint reaches past its message")
    return value, index
