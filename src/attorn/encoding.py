"""Strict text encodings: one spelling for every value, everything else refused.

base64url without padding (RFC 4648 section 5), base58btc and unsigned varints (multiformats).
"""

from __future__ import annotations

import string
from binascii import a2b_base64, b2a_base64

from attorn.errors import MalformedError

# The standard alphabet's own two characters and the padding become characters that no alphabet has.
_FROM_URL_SAFE = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_PADDING = (b"", b"===", b"==", b"=")
# By the length modulo 4: which characters can stand last, with the bits that no byte needs at zero.
_URL_SAFE = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_LAST = (_URL_SAFE, "", _URL_SAFE[::16], _URL_SAFE[::4])
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUE = {character: value for value, character in enumerate(_BASE58)}
_BASE58_PAIRS = tuple(a + b for a in _BASE58 for b in _BASE58)
_BASE58_CHUNK = 58**10


def base64url_encode(data: bytes) -> str:
    """The unpadded base64url text of `data`."""
    return b2a_base64(data, newline=False).translate(_TO_URL_SAFE, b"=").decode()


def base64url_decode(text: str) -> bytes:
    """The bytes of unpadded base64url `text`. Raises `MalformedError` for any other spelling of the same bytes."""
    if not isinstance(text, str):
        raise MalformedError("expected unpadded base64url text")
    rest = len(text) % 4
    try:
        # What is no ASCII has octets in UTF-8 that no alphabet has.
        data = a2b_base64(text.encode().translate(_FROM_URL_SAFE) + _PADDING[rest], strict_mode=True)
    except ValueError:
        data = None
    if data is None:
        # Raised out here, because the codec's error carries the whole text.
        raise MalformedError("expected unpadded base64url text")
    # Python accepts non-zero trailing bits; one value must have one spelling.
    if rest and text[-1] not in _LAST[rest]:
        raise MalformedError("base64url text is not canonical: trailing bits are not zero")
    return data


def base58_encode(data: bytes) -> str:
    """The base58btc text of `data`, without a multibase prefix."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number = int.from_bytes(data, "big")
    chunks: list[str] = []
    while number:
        number, chunk = divmod(number, _BASE58_CHUNK)
        text = ""
        for _ in range(5):
            chunk, pair = divmod(chunk, 3364)
            text = _BASE58_PAIRS[pair] + text
        chunks.append(text)
    return "1" * zeros + "".join(reversed(chunks)).lstrip("1")


def base58_decode(text: str, *, most: int = 1024) -> bytes:
    """The bytes of base58btc `text` of at most `most` characters. Raises `MalformedError`."""
    if not isinstance(text, str):
        raise MalformedError("expected base58 text")
    if len(text) > most:
        raise MalformedError(f"base58 text: expected at most {most} characters, got {len(text)}")
    number = 0
    try:
        for character in text:
            number = number * 58 + _BASE58_VALUE[character]
    except KeyError:
        raise MalformedError("base58 text holds a character outside its alphabet") from None
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def varint_encode(value: int) -> bytes:
    """The unsigned varint of `value` (0 to 2**64 - 1), shortest form."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varint_decode(data: bytes, start: int) -> tuple[int, int]:
    """The value of the shortest-form varint at `start`, and the index behind it. Raises `MalformedError`."""
    if start + 1 < len(data):
        low, high = data[start], data[start + 1]
        if low > 0x7F and 0 < high < 0x80:
            # Two bytes, the length of nearly every varint that is not one.
            return (low & 0x7F) | high << 7, start + 2
    value = shift = 0
    for index in range(start, min(start + 10, len(data))):
        byte = data[index]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if (byte == 0 and shift) or value >= 1 << 64:
                raise MalformedError("varint is not in its shortest form")
            return value, index + 1
        shift += 7
    raise MalformedError("varint is cut short or longer than 64 bits")
