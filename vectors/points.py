"""Points and what only looks like one, on both curves. Nothing here imports attorn.

Sources: RFC 8032 section 5.1, SEC 1 section 2.3, FIPS 186-5.
"""

from __future__ import annotations

from nacl.bindings import crypto_core_ed25519_add

ED25519_PRIME = 2**255 - 19
ED25519_D = -121665 * pow(121666, -1, ED25519_PRIME) % ED25519_PRIME
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
"""The y of a point of order 8."""


def is_ed25519(y: int) -> bool:
    """Whether there is a point with this y."""
    square = (y * y - 1) * pow(ED25519_D * y * y + 1, -1, ED25519_PRIME) % ED25519_PRIME
    return square == 0 or pow(square, (ED25519_PRIME - 1) // 2, ED25519_PRIME) == 1


def is_p256(x: int) -> bool:
    """Whether there is a point with this x."""
    square = (x**3 - 3 * x + P256_B) % P256_PRIME
    return pow(square, (P256_PRIME - 1) // 2, P256_PRIME) == 1


def ed25519(y: int, sign: int = 0) -> bytes:
    """A y as it is encoded, whatever it is."""
    return (y | sign << 255).to_bytes(32, "little")


def no_ed25519(drawn: bytes) -> bytes:
    """32 bytes that encode no point."""
    y = int.from_bytes(drawn, "little") % ED25519_PRIME
    while is_ed25519(y):
        y += 1
    return ed25519(y)


def no_p256(drawn: bytes) -> bytes:
    """A compressed point whose x is that of none."""
    x = int.from_bytes(drawn, "big") % P256_PRIME
    while is_p256(x):
        x += 1
    return b"\x02" + x.to_bytes(32, "big")


def second_spelling() -> bytes:
    """A point that is not of low order, its y written with the prime added."""
    y = next(y for y in range(2, 19) if is_ed25519(y))
    return ed25519(y + ED25519_PRIME)


def mixed(key: bytes) -> bytes:
    """The key and a point of order 8: on the curve, and not of the prime-order group."""
    return crypto_core_ed25519_add(key, ed25519(ORDER_8))
