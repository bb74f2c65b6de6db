"""Public keys of the two algorithms, and the one question asked of them: did this key sign these bytes?

The algorithm belongs to the key. Nothing in a message can change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError

from attorn.errors import InputError, MalformedError
from attorn.keys import ecdsa

SIGNATURE_BYTES = 64


class Algorithm(StrEnum):
    """Ed25519 (RFC 8032), or ECDSA with SHA-256 over P-256 (FIPS 186-5)."""

    ED25519 = "Ed25519"
    P256 = "P-256"


_FIELD = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_LOW_ORDER = frozenset(
    (y | sign << 255).to_bytes(32, "little") for y in (0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8) for sign in (0, 1)
)
_FIELD_TOP = (_FIELD >> 8).to_bytes(31, "little")
_FIELD_TOP_SIGNED = (_FIELD >> 8 | 1 << 247).to_bytes(31, "little")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: `data` is the 32-byte Ed25519 point, or the 33-byte compressed SEC 1 point of P-256.

    Constructing one checks what is cheap: length, prefix, no low-order Ed25519 point, no second spelling of one.
    `checked` also makes sure that there is such a point. A key that is not a point verifies nothing.
    Raises `MalformedError` for unusable data and `InputError` for arguments of the wrong type.
    """

    algorithm: Algorithm
    data: bytes

    def __post_init__(self) -> None:
        data = self.data
        if type(data) is not bytes:
            raise InputError(f"public key: expected bytes, got {type(data).__name__}")
        if self.algorithm is Algorithm.ED25519:
            if len(data) != 32:
                raise MalformedError(f"Ed25519 public key: expected 32 bytes, got {len(data)}")
            if data in _LOW_ORDER:
                raise MalformedError("Ed25519 public key is a point of low order")
            # y >= p is a second spelling of y - p (RFC 8032 section 5.1.3).
            if data[31] & 0x7F == 0x7F and data[0] >= 0xED and data[1:] in (_FIELD_TOP, _FIELD_TOP_SIGNED):
                raise MalformedError("Ed25519 public key is not canonical")
        elif self.algorithm is Algorithm.P256:
            if len(data) != 33 or data[0] not in (2, 3):
                raise MalformedError("P-256 public key: expected a compressed point of 33 bytes")
        else:
            raise InputError(f"public key: expected an Algorithm, got {type(self.algorithm).__name__}")

    def __eq__(self, other: object) -> bool:
        # Data of another algorithm has another length.
        return self.data == other.data if isinstance(other, PublicKey) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.data)

    @classmethod
    def checked(cls, algorithm: Algorithm, data: bytes) -> PublicKey:
        """The key, after the full import check: on the curve, and for Ed25519 in the prime-order subgroup.

        Raises `MalformedError` for anything else.
        """
        key = cls(algorithm, data)
        if algorithm is Algorithm.ED25519:
            if not crypto_core_ed25519_is_valid_point(data):
                raise MalformedError("Ed25519 public key is not a point of the prime-order group")
            return key
        from attorn.keys import p256  # noqa: PLC0415 - loads OpenSSL, which most programs never need

        if not p256.is_point(data):
            raise MalformedError("P-256 public key is not a point on the curve")
        return key

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether this key signed `message`. False, never an error, for any signature that is not a genuine one.

        `signature` is 64 bytes: R||S for Ed25519 (S below the group order), r||s with low S for P-256.
        Raises `InputError` for a message that is not `bytes`.
        """
        if type(message) is not bytes:
            raise InputError(f"message: expected bytes, got {type(message).__name__}")
        if type(signature) is not bytes or len(signature) != SIGNATURE_BYTES:
            return False
        if self.algorithm is Algorithm.ED25519:
            try:
                crypto_sign_open(signature + message, self.data)
            except BadSignatureError:
                return False
            return True
        from attorn.keys import p256  # noqa: PLC0415 - loads OpenSSL, which most programs never need

        return ecdsa.is_low_s(signature) and p256.verify(self.data, signature, message)

    def verify_any_s(self, signature: bytes, message: bytes) -> bool:
        """The same, with either half of s for P-256, as signers of others' formats emit it.

        So a signature identifies nothing: whoever has seen one can make its twin. Raises as `verify` does.
        """
        if self.algorithm is Algorithm.P256 and type(signature) is bytes:
            try:
                signature = ecdsa.to_low_s(signature)
            except MalformedError:
                signature = b""
        return self.verify(signature, message)
