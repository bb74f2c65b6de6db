"""ECDSA signatures over P-256 in their two spellings, strictly: raw r||s (IEEE P1363, 64 bytes) and DER.

If (r, s) verifies then so does (r, n - s). attorn writes and accepts only the half with s <= n/2, so that nobody can
make a second signature out of one they have seen.
"""

from __future__ import annotations

from attorn.errors import InputError, MalformedError

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""n, the number of points of P-256 (SEC 2, section 2.4.2)."""

_HALF = ORDER >> 1
_LONGEST_DER = 72


def is_low_s(raw: bytes) -> bool:
    """Whether `raw` is 64 bytes r||s with r in 1..n-1 and s in 1..n/2."""
    if not isinstance(raw, bytes) or len(raw) != 64:
        return False
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    return 0 < r < ORDER and 0 < s <= _HALF


def to_low_s(raw: bytes) -> bytes:
    """The low-S twin of `raw` (r||s), itself if it is that already. Raises `MalformedError` for r or s out of range."""
    r, s = _split(raw)
    if s <= _HALF:
        return bytes(raw)
    return _join(r, ORDER - s)


def raw_to_der(raw: bytes) -> bytes:
    """The DER form (RFC 3279 section 2.2.3) of `raw` (r||s). Raises `MalformedError` for r or s out of range."""
    r, s = _split(raw)
    body = _write_integer(r) + _write_integer(s)
    return bytes((0x30, len(body))) + body


def der_to_raw(der: bytes, *, low_s: bool = True) -> bytes:
    """The raw form r||s of a DER signature, high-S refused unless `low_s` is false.

    Raises `MalformedError` for anything but the one DER spelling: long-form or wrong lengths, padded or negative
    integers, bytes behind the end, r or s outside 1..n-1.
    """
    if not isinstance(der, bytes):
        raise InputError(f"DER signature: expected bytes, got {type(der).__name__}")
    if not 8 <= len(der) <= _LONGEST_DER or der[0] != 0x30 or der[1] != len(der) - 2:
        raise MalformedError("DER signature: expected one SEQUENCE of the stated length")
    r, behind = _read_integer(der, 2)
    s, behind = _read_integer(der, behind)
    if behind != len(der):
        raise MalformedError("DER signature: bytes behind the second integer")
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise MalformedError("DER signature: r or s is outside 1..n-1")
    if low_s and s > _HALF:
        raise MalformedError("DER signature: s is in the upper half")
    return _join(r, s)


def _split(raw: bytes) -> tuple[int, int]:
    if not isinstance(raw, bytes):
        raise InputError(f"raw signature: expected bytes, got {type(raw).__name__}")
    if len(raw) != 64:
        raise MalformedError(f"raw signature: expected 64 bytes, got {len(raw)}")
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise MalformedError("raw signature: r or s is outside 1..n-1")
    return r, s


def _join(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _write_integer(value: int) -> bytes:
    # One bit more than the value needs: a leading one would make it negative.
    octets = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return bytes((0x02, len(octets))) + octets


def _read_integer(der: bytes, start: int) -> tuple[int, int]:
    if start + 2 > len(der) or der[start] != 0x02:
        raise MalformedError("DER signature: expected an INTEGER")
    length = der[start + 1]
    end = start + 2 + length
    if not 1 <= length <= 33 or end > len(der):
        raise MalformedError("DER signature: INTEGER of an impossible length")
    first = der[start + 2]
    if first & 0x80:
        raise MalformedError("DER signature: INTEGER is negative")
    if first == 0 and length > 1 and not der[start + 3] & 0x80:
        raise MalformedError("DER signature: INTEGER is padded")
    return int.from_bytes(der[start + 2 : end], "big"), end
